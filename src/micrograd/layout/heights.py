"""The heights of the nodes, after Brandes and Köpf (2002): long lines straight, no overlaps."""

from collections.abc import Sequence
from itertools import pairwise

from .graph import Graph
from .order import places


def assign_heights(
    graph: Graph, layers: list[list[int]], tall: Sequence[float], gap: float
) -> list[float]:
    """The y of every node and dummy: the middle of four alignments, each pulled to one side."""
    blocked = _crossed_trunks(graph, layers, places(graph, layers))
    found = []
    for near, columns in ((graph.before, layers), (graph.after, layers[::-1])):
        for upwards in (False, True):
            rows = [layer[::-1] for layer in columns] if upwards else columns
            place = places(graph, rows)
            ys = _compact(rows, _aligned(near, rows, place, blocked), tall, gap)
            found.append([-y for y in ys] if upwards else ys)
    slimmest = min(found, key=lambda ys: max(ys) - min(ys))
    for n, ys in enumerate(found):  # to one edge of the slimmest: its top, or its bottom
        edge = max if n % 2 else min
        shift = edge(slimmest) - edge(ys)
        found[n] = [y + shift for y in ys]
    middle = []
    for four in zip(*found, strict=True):
        _, low, high, _ = sorted(four)
        middle.append((low + high) / 2)
    return middle


def _crossed_trunks(
    graph: Graph, layers: list[list[int]], place: list[int]
) -> set[tuple[int, int]]:
    """The edges that cross a line between two dummies, which stays straight in their stead."""
    blocked = set()
    for layer in layers[1:]:
        trunks = [(place[graph.before[i][0]], place[i]) for i in layer
                  if i >= graph.size and graph.before[i][0] >= graph.size]  # fmt: skip
        if not trunks:
            continue
        for i in layer:
            for j in graph.before[i]:
                if i < graph.size or j < graph.size:
                    p, q = place[j], place[i]
                    if any((a - p) * (b - q) < 0 for a, b in trunks):
                        blocked.add((min(i, j), max(i, j)))
    return blocked


def _aligned(
    near: list[list[int]], rows: list[list[int]], place: list[int], blocked: set[tuple[int, int]]
) -> list[int]:
    """Join each node to a middle neighbour where that crosses no other such line; return roots."""
    root = list(range(len(place)))
    for layer in rows[1:]:
        last = -1
        for i in layer:
            around = sorted(near[i], key=place.__getitem__)
            middle = (len(around) - 1) / 2
            for j in around[int(middle) : int(middle + 0.5) + 1]:
                if root[i] == i and last < place[j] and (min(i, j), max(i, j)) not in blocked:
                    root[i], last = root[j], place[j]
    return root


def _compact(
    rows: list[list[int]], root: list[int], tall: Sequence[float], gap: float
) -> list[float]:
    """Give all nodes of one root the same y: as small as the distances allow, then closed up."""
    above: dict[int, list[tuple[int, float]]] = {i: [] for i in root}
    below: dict[int, list[tuple[int, float]]] = {i: [] for i in above}
    for layer in rows:
        for i, j in pairwise(layer):
            distance = (tall[i] + tall[j]) / 2 + (gap if tall[i] or tall[j] else 0.6 * gap)
            above[root[j]].append((root[i], distance))
            below[root[i]].append((root[j], distance))
    waiting = {i: len(pairs) for i, pairs in above.items()}
    ready = [i for i, count in waiting.items() if not count]
    ys = [0.0] * len(root)
    for i in ready:
        ys[i] = max([ys[j] + distance for j, distance in above[i]], default=0.0)
        for j, _ in below[i]:
            waiting[j] -= 1
            if not waiting[j]:
                ready.append(j)
    for i in reversed(ready):
        if below[i]:
            ys[i] = max(ys[i], min([ys[j] - distance for j, distance in below[i]]))
    return [ys[i] for i in root]
