"""The heights of the nodes: near their neighbours, in order, and level wherever that costs nothing.

First each column in turn takes the heights that its neighbours ask for, as nearly as the distances
allow: least squares, solved exactly by pooling. Then lines through dummies, and pairs that are
level but for a little, are made straight, by shifting as little else as possible.
"""

from collections.abc import Sequence
from itertools import pairwise

from .graph import LayeredGraph
from .order import places

_SWEEPS = 10
_KINK = 14.0  # two nodes whose heights differ by less are brought to one height,
_DRIFT = 60.0  # and so are the dummies of a line, up to here from its beginning


def assign_heights(
    graph: LayeredGraph, layers: list[list[int]], tall: Sequence[float], gap: float
) -> list[float]:
    """Return the y of every node and dummy, in the order of ``layers`` and without overlaps."""
    ys = [0.0] * len(graph.rank)
    below_first = []  # of each column: how far each member is, at least, below the first
    for layer in layers:
        offsets = [0.0]
        for i, j in pairwise(layer):
            offsets.append(offsets[-1] + _distance(i, j, tall, gap))
        below_first.append(offsets)
        for i, offset in zip(layer, offsets, strict=True):
            ys[i] = offset - offsets[-1] / 2
    columns = list(zip(layers, below_first, strict=True))
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for layer, offsets in columns[1:] if forward else columns[-2::-1]:
            _pool(graph, layer, offsets, forward, sweep > 1, ys)
    return _straightened(graph, layers, ys, tall, gap)


def _distance(i: int, j: int, tall: Sequence[float], gap: float) -> float:
    """Return how far apart two neighbours in a column are at least; two lines may be closer."""
    return (tall[i] + tall[j]) / 2 + (gap if tall[i] or tall[j] else 0.6 * gap)


def _pool(
    graph: LayeredGraph,
    layer: list[int],
    offsets: list[float],
    forward: bool,
    both: bool,
    ys: list[float],
) -> None:
    """Move a column to the heights its neighbours ask for; those who would collide go together.

    With y = z + offset the distances say that z does not fall: an isotonic regression.
    """
    shares = (1.0, 0.5 * both) if forward else (0.5 * both, 1.0)
    pools: list[tuple[float, float, int]] = []  # of z: the weighted sum, the weight, how many
    for i, offset in zip(layer, offsets, strict=True):
        total, weight = 0.0, 0.0
        for j in graph.before[i]:
            pull = shares[0] * _stiffness(graph, j, i)
            total += pull * (ys[j] - offset)
            weight += pull
        for j in graph.after[i]:
            pull = shares[1] * _stiffness(graph, i, j)
            total += pull * (ys[j] - offset)
            weight += pull
        if not weight:
            total, weight = 0.1 * (ys[i] - offset), 0.1
        count = 1
        while pools and pools[-1][0] * weight > total * pools[-1][1]:
            former = pools.pop()
            total, weight, count = total + former[0], weight + former[1], count + former[2]
        pools.append((total, weight, count))
    members = iter(zip(layer, offsets, strict=True))
    for total, weight, count in pools:
        for _ in range(count):
            i, offset = next(members)
            ys[i] = total / weight + offset


def _stiffness(graph: LayeredGraph, source: int, target: int) -> int:
    """Return how much an edge wants to be level: a long line most, then a link of a chain."""
    if source >= graph.size:
        return 8 if target >= graph.size else 2
    if len(graph.after[source]) == 1 == len(graph.before[target]):
        return 4
    return 2 if target >= graph.size else 1


def _straightened(
    graph: LayeredGraph, layers: list[list[int]], ys: list[float], tall: Sequence[float], gap: float
) -> list[float]:
    """Bring each group of aligned nodes to one height, halfway between pushing down and up."""
    group = _aligned(graph, layers, ys)
    wanted = [0.0] * len(ys)
    count = [0] * len(ys)
    for i, y in enumerate(ys):
        wanted[group[i]] += y
        count[group[i]] += 1
    wanted = [y / n if n else 0.0 for y, n in zip(wanted, count, strict=True)]
    above: list[list[tuple[int, float]]] = [[] for _ in ys]
    below: list[list[tuple[int, float]]] = [[] for _ in ys]
    waiting = [0] * len(ys)
    for layer in layers:
        for i, j in pairwise(layer):
            distance = _distance(i, j, tall, gap)
            above[group[j]].append((group[i], distance))
            below[group[i]].append((group[j], distance))
            waiting[group[j]] += 1
    order = [i for i in range(len(ys)) if group[i] == i and not waiting[i]]
    down = wanted[:]
    for i in order:
        down[i] = max([wanted[i], *(down[j] + distance for j, distance in above[i])])
        for j, _ in below[i]:
            waiting[j] -= 1
            if not waiting[j]:
                order.append(j)
    up = wanted[:]
    for i in reversed(order):
        up[i] = min([wanted[i], *(up[j] - distance for j, distance in below[i])])
    return [(down[i] + up[i]) / 2 for i in group]


def _aligned(graph: LayeredGraph, layers: list[list[int]], ys: list[float]) -> list[int]:
    """Join nodes to one before them that is level, no two such lines crossing; return the groups.

    A line between dummies comes before the edges that cross it, as in Brandes and Köpf (2002).
    """
    place = places(graph, layers)
    group = list(range(len(ys)))
    for layer in layers[1:]:
        trunks = [
            (place[graph.before[i][0]], place[i])
            for i in layer
            if i >= graph.size and graph.before[i][0] >= graph.size
        ]
        last = -1
        for i in layer:
            for j in sorted(graph.before[i], key=lambda j: abs(ys[i] - ys[j])):
                p, q = place[j], place[i]
                inner = i >= graph.size and j >= graph.size
                if p <= last or abs(ys[i] - ys[group[j]]) > (
                    _DRIFT if _stiffness(graph, j, i) > 2 else _KINK
                ):
                    continue
                if inner or not any((a - p) * (b - q) < 0 for a, b in trunks):
                    group[i], last = group[j], p
                    break
    return group
