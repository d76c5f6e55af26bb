"""The loops of a large graph as groups: values that do the same, as the compiler finds them.

So the page and the compiler agree: what opens as one box is what runs as one loop.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import takewhile

from .. import ops
from ..compiler.graph import Graph
from ..compiler.passes.rerolling.flatten import FlatNode, flatten
from ..writing.notation import sign
from .groups import Box, chunked
from .snapshot import Snapshot


def group_by_structure(snapshot: Snapshot) -> list[int | Box]:
    """Return one group for each kind of leaf and each loop; what is alone stays alone."""
    classes = flatten(_as_graph(snapshot)).classes
    owner = _owners(snapshot, {node for c in classes for node in c.nodes.tolist()})
    members: dict[int, list[int]] = defaultdict(list)
    for i, row_node in enumerate(owner):
        members[row_node].append(i)
    top: list[int | Box] = []
    for label, leaves in _leaves(snapshot, owner).items():
        top.append(leaves[0] if len(leaves) == 1 else chunked(label, "class", leaves))
    for row_class in classes:
        by_lengths: dict[tuple[int, ...], list[FlatNode]] = defaultdict(list)
        for row in row_class.rows:
            by_lengths[tuple(len(slot) for slot in row.slots)].append(row)
        for rows in by_lengths.values():
            name = _name(rows[0])
            items = [_whole(snapshot, name, row.node, members[row.node]) for row in rows]
            label = f"{len(rows):,} × {name}"
            top.append(items[0] if len(items) == 1 else chunked(label, "loop", items))
    return top


def _as_graph(snapshot: Snapshot) -> Graph:
    """Return the graph as the compiler sees one: labelled leaves count as parameters."""
    leaves = [i for i, parents in enumerate(snapshot.parents) if not parents]
    return Graph(
        ops=[v.op if v.parents else None for v in snapshot.values],
        parents=[tuple(parents) for parents in snapshot.parents],
        data=[v.data for v in snapshot.values],
        parameters=[i for i in leaves if snapshot.values[i].label],
        inputs=[],
        outputs=list(snapshot.roots),
    )


def _owners(snapshot: Snapshot, rows: set[int]) -> list[int]:
    """Return the row that each node is part of: itself, or what it is used in and nowhere else."""
    owner = list(range(len(snapshot.values)))
    for i in reversed(range(len(owner))):
        children = snapshot.children[i]
        unnamed_number = not snapshot.parents[i] and not snapshot.values[i].label
        if i not in rows and len(children) == 1 and (snapshot.parents[i] or unnamed_number):
            owner[i] = owner[children[0]]
    return owner


def _leaves(snapshot: Snapshot, owner: list[int]) -> dict[str, list[int]]:
    """Group the leaves by what their labels have in common, and by the first loop they are in."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, value in enumerate(snapshot.values):
        if not value.parents and owner[i] == i:
            parts = value.label.split(".")
            pattern = ".".join(re.sub(r"^\d+$", "#", part) for part in parts[2:])
            found[".".join(parts[:2]) if parts[2:] else "", pattern].append(i)
    named: dict[str, list[int]] = {}
    for nodes in found.values():
        label = _shared([snapshot.values[i].label for i in nodes])
        named[f"{len(nodes):,} × {label}"] = nodes
    return named


def _whole(snapshot: Snapshot, name: str, row: int, nodes: list[int]) -> int | Box:
    if len(nodes) == 1:
        return row
    label = snapshot.values[row].label
    return Box(f"{label} = {name}" if label else name, "sum", [*nodes])


def _name(row: FlatNode) -> str:
    terms = sum(len(slot) for slot in row.slots)
    if row.op is not ops.SUM:
        return f"{sign(row.op)} of {terms}" if terms > 1 else sign(row.op)
    return f"sum of {terms:,}" if terms > 1 else "product"


def _shared(labels: Sequence[str]) -> str:
    """Return what dotted labels have in common: ``layers.0…w``."""
    paths = [label.split(".") for label in labels]
    same = takewhile(lambda level: len(set(level)) == 1, zip(*paths, strict=False))
    start = [level[0] for level in same][:2]
    names = [[part for part in path[len(start) :] if not part.isdigit()] for path in paths]
    ends = {name[-1] if name else "" for name in names}
    end = ends.pop() if len(ends) == 1 else ""
    return "…".join(part for part in (".".join(start), end) if part) or "numbers"
