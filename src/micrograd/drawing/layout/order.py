"""The order within each column: few crossings, by barycentre sweeps and swaps of neighbours."""

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from itertools import product

from .graph import LayeredGraph


def order_columns(graph: LayeredGraph) -> list[list[int]]:
    """Order each column so that few edges cross: sweeps to and fro, the best order seen is kept."""
    best: list[list[int]] = []
    fewest = -1
    segments = sum(map(len, graph.after)) + len(graph.rank)
    sweeps = max(3, min(24, 24_000 // segments))  # a picture must appear at once
    for start, middle in product((graph.before, graph.after), (_mean, _median)):
        layers = _by_depth_first_search(graph, start)
        place = places(graph, layers)
        for sweep in range(sweeps):
            if sweep:
                _sweep(graph, layers, place, middle, sweep)
            if segments < 6_000:
                _swap_neighbours(graph, layers, place, ties=sweep % 4 > 1)
            crossings = _crossings(graph, layers, place)
            if fewest < 0 or crossings < fewest:
                best, fewest = [layer[:] for layer in layers], crossings
            if not fewest:
                return best
        if segments > 3_000:
            break
    return best


def _by_depth_first_search(graph: LayeredGraph, towards: list[list[int]]) -> list[list[int]]:
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


def places(graph: LayeredGraph, layers: list[list[int]]) -> list[int]:
    """Return the position of every node in its column."""
    place = [0] * len(graph.rank)
    for layer in layers:
        for position, i in enumerate(layer):
            place[i] = position
    return place


def _mean(around: list[int]) -> float:
    return sum(around) / len(around)


def _median(around: list[int]) -> float:
    around.sort()
    half = len(around) // 2
    return around[half] if len(around) % 2 else (around[half - 1] + around[half]) / 2


def _sweep(
    graph: LayeredGraph,
    layers: list[list[int]],
    place: list[int],
    middle: Callable[[list[int]], float],
    sweep: int,
) -> None:
    """Sort each column by the middle of the neighbours in the column before it, or after it."""
    near, columns = (graph.before, layers[1:]) if sweep % 2 else (graph.after, layers[-2::-1])
    for layer in columns:
        moving = [i for i in layer if near[i]]
        slots = [place[i] for i in moving]
        wanted = {i: middle([place[j] for j in near[i]]) for i in moving}
        if sweep % 4 > 1:
            moving.reverse()  # among equals, so that sweeps do not all end in the same order
        moving.sort(key=wanted.__getitem__)
        for position, i in zip(slots, moving, strict=True):
            layer[position], place[i] = i, position


def _swap_neighbours(
    graph: LayeredGraph,
    layers: list[list[int]],
    place: list[int],
    *,
    known: Sequence[bool] = (),
    ties: bool = False,
) -> None:
    """Exchange neighbours in a column wherever that removes crossings; two known ones stay.

    With ``ties``, the first round also exchanges those for whom it makes no difference.
    """

    def gain(i: int, j: int) -> int:
        total = 0
        for near in (graph.before, graph.after):
            theirs = [place[b] for b in near[j]]
            for a in near[i]:
                at = place[a]
                for b in theirs:
                    total += (b < at) - (at < b)
        return total

    for again in range(6):
        improved = False
        for layer in layers:
            for position in range(len(layer) - 1):
                i, j = layer[position], layer[position + 1]
                if known and known[i] and known[j]:
                    continue
                removed = gain(i, j)
                if removed > 0 or (ties and not again and removed == 0):
                    layer[position], layer[position + 1] = j, i
                    place[i], place[j] = position + 1, position
                    improved = improved or removed > 0
        if not improved:
            return


def _crossings(graph: LayeredGraph, layers: list[list[int]], place: list[int]) -> int:
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


def order_as_before(graph: LayeredGraph, known: list[float | None]) -> list[list[int]]:
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
    _swap_neighbours(graph, layers, places(graph, layers), known=fixed)
    return layers
