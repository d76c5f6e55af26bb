"""The order within each column: few crossings, by barycentre sweeps and swaps of neighbours."""

from bisect import bisect_right, insort
from collections.abc import Sequence
from typing import Any

from .graph import Graph


def order_columns(graph: Graph) -> list[list[int]]:
    """Order each column so that few edges cross: sweeps to and fro, the best order seen is kept."""
    best: list[list[int]] = []
    fewest = -1
    segments = sum(map(len, graph.after)) + len(graph.rank)
    for start in (graph.before, graph.after):
        layers = _by_depth_first_search(graph, start)
        place = places(graph, layers)
        sweeps = max(2, min(24, 60_000 // segments))  # a picture must appear at once
        for sweep in range(sweeps):
            if sweep:
                _sweep(graph, layers, place, forward=sweep % 2 == 1)
            if segments < 6_000:
                _swap_neighbours(graph, layers, place)
            crossings = _crossings(graph, layers, place)
            if fewest < 0 or crossings < fewest:
                best, fewest = [layer[:] for layer in layers], crossings
            if not fewest:
                return best
    return best


def _by_depth_first_search(graph: Graph, towards: list[list[int]]) -> list[list[int]]:
    """The order in which a depth-first search meets the nodes: without a crossing on a tree."""
    layers: list[list[int]] = [[] for _ in range(max(graph.rank) + 1)]
    opposite = graph.after if towards is graph.before else graph.before
    stack = [i for i in range(len(graph.rank)) if not opposite[i]][::-1]
    seen = set()
    while stack:
        i = stack.pop()
        if i not in seen:
            seen.add(i)
            layers[graph.rank[i]].append(i)
            stack += towards[i][::-1]
    return layers


def places(graph: Graph, layers: list[list[int]]) -> list[int]:
    """Return the position of every node in its column."""
    place = [0] * len(graph.rank)
    for layer in layers:
        for position, i in enumerate(layer):
            place[i] = position
    return place


def _sweep(graph: Graph, layers: list[list[int]], place: list[int], forward: bool) -> None:
    """Sort each column by the mean position of the neighbours in the column before it."""
    near = graph.before if forward else graph.after
    for layer in layers[1:] if forward else layers[-2::-1]:
        mean = {}
        for i in layer:
            around = near[i]
            mean[i] = sum([place[j] for j in around]) / len(around) if around else place[i]
        layer.sort(key=mean.__getitem__)
        for position, i in enumerate(layer):
            place[i] = position


def _swap_neighbours(
    graph: Graph, layers: list[list[int]], place: list[int], known: Sequence[Any] = ()
) -> None:
    """Exchange neighbours in a column wherever that removes crossings; two known ones stay."""

    def gain(i: int, j: int) -> int:
        total = 0
        for near in (graph.before, graph.after):
            theirs = [place[b] for b in near[j]]
            for a in near[i]:
                at = place[a]
                for b in theirs:
                    total += (b < at) - (at < b)
        return total

    for _ in range(4):
        improved = False
        for layer in layers:
            for position in range(len(layer) - 1):
                i, j = layer[position], layer[position + 1]
                if known and known[i] and known[j]:
                    continue
                if gain(i, j) > 0:
                    layer[position], layer[position + 1] = j, i
                    place[i], place[j] = position + 1, position
                    improved = True
        if not improved:
            return


def _crossings(graph: Graph, layers: list[list[int]], place: list[int]) -> int:
    total = 0
    for layer in layers[:-1]:
        ends: list[int] = []
        for i in layer:
            targets = sorted([place[j] for j in graph.after[i]])
            for target in targets:
                total += len(ends) - bisect_right(ends, target)
            for target in targets:
                insort(ends, target)
    return total


def order_as_before(graph: Graph, known: list[float | None]) -> list[list[int]]:
    """Keep the order of the nodes that an earlier layout knows; fit the others in between."""
    hint = known + [None] * (len(graph.rank) - graph.size)
    layers = _by_depth_first_search(graph, graph.before)
    for near in (graph.before, graph.after, graph.before):
        for layer in layers if near is graph.before else layers[::-1]:
            for i in layer:
                around = [y for j in near[i] if (y := hint[j]) is not None]
                if hint[i] is None and around:
                    hint[i] = sum(around) / len(around)
    for layer in layers:
        layer.sort(key=lambda i: hint[i] or 0.0)
    fixed = [y is not None for y in known] + [False] * (len(graph.rank) - graph.size)
    _swap_neighbours(graph, layers, places(graph, layers), fixed)
    return layers
