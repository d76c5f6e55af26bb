"""Where the boxes of a graph go: a layered layout, left to right, in the standard library alone.

The steps are Sugiyama's, one to a file: columns and dummy nodes (``graph``), the order within a
column (``order``), heights (``heights``). The same input gives the same picture, always.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .graph import LayeredGraph, add_dummies, assign_columns
from .heights import assign_heights
from .order import order_as_before, order_columns

Point = tuple[float, float]


@dataclass(frozen=True)
class Arrangement:
    """The finished picture, in the unit of the sizes given; y grows downwards."""

    width: float
    height: float
    positions: dict[Any, Point]  # the centre of every node
    routes: list[list[Point]]  # of every edge, in the order given; level inside a column


def layout(
    nodes: Iterable[Hashable],
    edges: Iterable[tuple[Hashable, Hashable]],
    sizes: Mapping[Any, tuple[float, float]],
    *,
    gap: tuple[float, float] = (64.0, 18.0),
    room: Sequence[float] | None = None,
    previous: Arrangement | None = None,
) -> Arrangement:
    """Place the nodes of an acyclic graph in columns, and route its edges between them.

    Args:
        nodes: hashable keys, in an order that is the same every time.
        edges: (source, target) pairs; parallel edges are allowed, and each gets its route.
        sizes: the (width, height) of every node.
        gap: the least distance between columns, and between the boxes of a column.
        room: for each edge the least length of its last step, if not the first of ``gap``: what a
            text on it needs.
        previous: an earlier layout; nodes that it knows keep their order, top to bottom.

    Returns:
        The positions, routes and total size. A route leaves its source on the right, enters its
        target on the left, and passes through no other box.

    Raises:
        ValueError: the graph has a cycle, a node twice, or an edge to an unknown node.
    """
    keys = list(nodes)
    number = {key: i for i, key in enumerate(keys)}
    if len(number) < len(keys):
        raise ValueError("a node is listed twice: every key in nodes must be different")
    try:
        pairs = [(number[source], number[target]) for source, target in edges]
    except KeyError as error:
        raise ValueError(f"an edge names {error.args[0]!r}, which is not among the nodes") from None
    if not keys:
        return Arrangement(0.0, 0.0, {}, [])
    graph = add_dummies(len(keys), pairs, assign_columns(keys, pairs))
    if previous is None:
        layers = order_columns(graph)
    else:
        known: dict[Any, tuple[float, float | None]] = {**previous.positions}
        layers = order_as_before(graph, [known.get(key, (0.0, None))[1] for key in keys])
    box = [sizes[key] for key in keys]
    tall = [height for _, height in box] + [0.0] * (len(graph.rank) - len(keys))
    steps = [0.0] * len(layers)  # from each column to the next
    for path, needed in zip(graph.paths, room or [gap[0]] * len(pairs), strict=True):
        column = graph.rank[path[-2]]
        steps[column] = max(steps[column], needed)
    return _placed(keys, box, graph, layers, assign_heights(graph, layers, tall, gap[1]), steps)


def _placed(
    keys: Sequence[Any],
    box: Sequence[tuple[float, float]],
    graph: LayeredGraph,
    layers: list[list[int]],
    ys: list[float],
    steps: Sequence[float],
) -> Arrangement:
    top = min(min(ys), min([ys[i] - box[i][1] / 2 for i in range(graph.size)]))
    ys = [y - top for y in ys]
    left: list[float] = []
    right: list[float] = []
    x = 0.0
    for layer, step in zip(layers, steps, strict=True):
        wide = max((box[i][0] for i in layer if i < graph.size), default=0.0)
        left.append(x)
        right.append(x + wide)
        steep = max((abs(ys[i] - ys[j]) for i in layer for j in graph.after[i]), default=0.0)
        x += wide + max(step, min(0.15 * steep, 4 * step))  # steep edges need room to be told apart
    middle = [(a + b) / 2 for a, b in zip(left, right, strict=True)]
    routes = []
    for path in graph.paths:
        points = []
        for i in path:
            column, y = graph.rank[i], ys[i]
            half = (box[i][0] if i < graph.size else right[column] - left[column]) / 2
            if i != path[0]:
                points += [(left[column], y), (middle[column] - half, y)]
            if i != path[-1]:
                points += [(middle[column] + half, y), (right[column], y)]
        points = [(round(x, 2), round(y, 2)) for x, y in points]
        routes.append([p for n, p in enumerate(points) if not n or p != points[n - 1]])
    bottom = max(ys[i] + box[i][1] / 2 for i in range(graph.size))
    centres = [(round(middle[graph.rank[i]], 2), round(ys[i], 2)) for i in range(graph.size)]
    return Arrangement(
        width=round(right[-1], 2),
        height=round(max(bottom, max(ys)), 2),
        positions=dict(zip(keys, centres, strict=True)),
        routes=routes,
    )
