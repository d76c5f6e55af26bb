"""Where everything inside a group goes: one layout for each group, so that folding moves only what
is around it.

Groups of the same shape share one layout. A group whose members do not depend on each other is
a plain grid, which the page computes itself.
"""

import math
from typing import Any

from ..drawing.layout import layout
from .groups import Box
from .snapshot import Snapshot

SIZES = {
    "value": (192, 76),
    "leaf": (130, 76),
    "number": (130, 56),
    "group": (216, 64),
}
GAP = (72, 22)


def kind_of(snapshot: Snapshot, item: int | Box) -> str:
    """Return which of ``SIZES`` an item has."""
    if isinstance(item, Box):
        return "group"
    value = snapshot.values[item]
    if not value.parents:
        return "leaf" if value.label else "number"
    return "value"


def place(snapshot: Snapshot, root: Box) -> dict[str, Any]:
    """Return the tree of groups as JSON, each with the index of its layout in ``shapes``."""
    shapes: dict[Any, int] = {}
    layouts: list[Any] = []
    edges = _edges_by_group(snapshot, root)

    def written(group: Box) -> dict[str, Any]:
        inside = edges.get(id(group), [])
        items = [item if isinstance(item, int) else written(item) for item in group.items]
        out = {"label": group.label, "kind": group.kind, "folded": group.folded, "items": items}
        if not inside and len(group.items) > 1:
            return out
        sizes = tuple(SIZES[kind_of(snapshot, item)] for item in group.items)
        shape = (sizes, tuple(inside))
        if shape not in shapes:
            shapes[shape] = len(layouts)
            layouts.append(_laid_out(snapshot, group, sizes, inside))
        return {**out, "shape": shapes[shape]}

    tree = written(root)
    return {"sizes": SIZES, "gap": GAP, "tree": tree, "shapes": layouts}


def _edges_by_group(snapshot: Snapshot, root: Box) -> dict[int, list[tuple[int, int]]]:
    """Return, for each group, the edges between its items, as places in its list.

    Between two nodes there is one for each use; where a group takes part there is one in all.
    """
    chain: list[list[tuple[Box, int]]] = [[] for _ in snapshot.values]

    def walk(group: Box, above: list[tuple[Box, int]]) -> None:
        for place, item in enumerate(group.items):
            here = [*above, (group, place)]
            if isinstance(item, Box):
                walk(item, here)
            else:
                chain[item] = here

    walk(root, [])
    found: dict[int, dict[tuple[int, int], int]] = {}
    for i, parents in enumerate(snapshot.parents):
        for p in parents:
            for (group, a), (other, b) in zip(chain[p], chain[i], strict=False):
                if group is not other:
                    break
                if a != b:
                    pairs = found.setdefault(id(group), {})
                    both = isinstance(group.items[a], int) and isinstance(group.items[b], int)
                    pairs[a, b] = pairs.get((a, b), 0) + 1 if both else 1
                    break
    return {key: [pair for pair, n in pairs.items() for _ in range(n)]
            for key, pairs in found.items()}  # fmt: skip


def _laid_out(
    snapshot: Snapshot, group: Box, sizes: tuple, edges: list[tuple[int, int]]
) -> dict[str, Any]:
    """Lay a group out; an edge against the flow (a loop through a folded module) runs backwards."""
    rank = _flow(snapshot, group, edges)
    forward = [(a, b) if rank[a] < rank[b] else (b, a) for a, b in edges]
    placed = layout(range(len(sizes)), forward, dict(enumerate(sizes)), gap=GAP)
    routes = []
    for (a, b), route in zip(edges, placed.routes, strict=True):
        points = route if rank[a] < rank[b] else route[::-1]
        inner = points[1:-1]
        routes.append([a, b, [round(c) for point in inner for c in point]])
    at = [round(c) for i in range(len(sizes)) for c in placed.positions[i]]
    size = [math.ceil(placed.width), math.ceil(placed.height)]
    return {"size": size, "at": at, "routes": routes}


def _flow(snapshot: Snapshot, group: Box, edges: list[tuple[int, int]]) -> list[int]:
    """Order the items so that few edges run backwards: none if there is no cycle."""
    after: list[set[int]] = [set() for _ in group.items]
    waiting = [0] * len(group.items)
    for a, b in set(edges):
        after[a].add(b)
        waiting[b] += 1
    mean = []
    for item in group.items:
        nodes = [item] if isinstance(item, int) else list(item.nodes())
        mean.append(sum(nodes) / len(nodes))
    ready = [i for i, n in enumerate(waiting) if not n]
    left = set(range(len(group.items)))
    rank = [0] * len(group.items)
    for n in range(len(group.items)):
        i = ready.pop() if ready else min(left, key=lambda k: mean[k])
        rank[i] = n
        left.discard(i)
        for b in after[i]:
            waiting[b] -= 1
            if not waiting[b] and b in left:
                ready.append(b)
    return rank
