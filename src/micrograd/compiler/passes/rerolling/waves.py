"""Waves: rows that do the same at the same step of a computation, whatever stands around them.

``flatten`` tells rows apart by all that they come of, so that a border makes every cell of a
dynamic program a class of its own, and each column of a triangular factor. Here rows are alike
that apply one operation to operands of the same kinds, and a step ends with each row of one chosen
template: a wave holds all rows of a template at one step. A family of templates that the same
operands read has one array, a line of equal length for each wave: what comes from an earlier wave
is then a fixed distance away, and waves that differ in length only become one loop.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from .... import ops
from ....ops import Op
from ...graph import CONSTANT, Graph, live_nodes
from .chains import chains_of
from .flatten import (
    LEAVES,
    FlatNode,
    Layout,
    RowClass,
    Rows,
    gathered,
    leaf_classes,
    leaf_kinds,
    matrices,
)

_LEAVES = 2 * len(LEAVES)
_LEAST_STEPS = 4
_MOST_COUNTS = 50_000_000  # rows times templates
_MOST_ROOM = 4  # times as many places as there are rows; else lines follow each other directly

_Template = tuple[Op, tuple[tuple[int, ...], ...], int]  # operation, kinds of operands, own kind


@dataclass(slots=True)
class _Row(FlatNode):
    """A row, the number of its template, the rows it reads, its step and its depth in that."""

    template: int
    above: list[int]
    step: int = 0
    depth: int = 0


_Rows = dict[int, _Row]  # by their nodes, parents first


def waves(graph: Graph) -> Rows | None:
    """Return the rows of a graph by waves; None where there are none to be found."""
    live = live_nodes(graph)
    if graph.strict or any(graph.ops[i] is ops.TAKE for i in live):
        return None
    kinds = leaf_classes(graph, live)
    wanted = _wanted(graph, live, kinds)
    rows = _rows(graph, live, kinds, wanted)
    steps = _steps(rows)
    if steps is None:
        return None
    _set_steps(graph, rows, steps)
    classes = _classes(graph, rows, wanted)
    leaves = np.array([i for i in live if graph.ops[i] is None], dtype=np.int64)
    return Rows(graph, [c for c, _ in classes], leaves, _layouts(rows, classes))


def _wanted(graph: Graph, live: Sequence[int], kinds: Sequence[int]) -> bytearray:
    """Mark the nodes whose gradient matters: it comes there, and goes on from there."""
    leaf = [c.needs_gradient for c in leaf_kinds(graph)]
    parents = list(graph.parents)
    above, reached = bytearray(len(kinds)), bytearray(len(kinds))
    for i in live:
        if graph.ops[i] is None:
            above[i] = leaf[kinds[i]]
        else:
            above[i] = graph.ops[i] not in CONSTANT and any(above[p] for p in parents[i])
    for i in graph.outputs:
        reached[i] = 1
    for i in reversed(live):
        if reached[i] and above[i]:
            for p in parents[i]:
                reached[p] = 1
    return bytearray(a & r for a, r in zip(above, reached))


def _rows(graph: Graph, live: Sequence[int], kinds: list[int], wanted: bytearray) -> _Rows:
    """Return all rows; ``kinds`` are those of leaves, and get those of rows."""
    chains = chains_of(graph, live)
    ids: dict[_Template, int] = {}
    rows: _Rows = {}
    for i in live:
        if i in chains:
            kinds[i] = _LEAVES + 2 * bool(graph.batched[i]) + wanted[i]
            types, slots = gathered(chains[i], kinds, strict=False)
            template = ids.setdefault((chains[i].op, types, kinds[i]), len(ids))
            read = dict.fromkeys(f for slot in slots for term in slot for f in term)
            above = [f for f in read if f in rows]
            rows[i] = _Row(i, chains[i].op, slots, template, above)
    return rows


def _steps(rows: _Rows) -> dict[int, int] | None:
    """Return how many rows of one template lie on the way to each row, itself counted.

    The template is that of the longest way; of several, the one with the fewest rows. None where
    no way is long.
    """
    count = np.bincount([row.template for row in rows.values()], minlength=1)
    if len(rows) * len(count) > _MOST_COUNTS:
        return None
    number = {node: k for k, node in enumerate(rows)}
    steps = np.zeros((len(rows), len(count)), np.int32)
    for k, row in enumerate(rows.values()):
        if row.above:
            steps[k] = steps[[number[f] for f in row.above]].max(axis=0)
        steps[k, row.template] += 1
    length = steps.max(axis=0)
    longest = np.flatnonzero(length == length.max())
    if length.max() < _LEAST_STEPS:
        return None
    clock = longest[np.argmin(count[longest])]
    return dict(zip(rows, steps[:, clock].tolist()))


def _set_steps(graph: Graph, rows: _Rows, steps: dict[int, int]) -> None:
    """Give rows their steps; what waits for none is made when it is first read."""
    first_use = dict.fromkeys(rows, max(steps.values())) | dict.fromkeys(graph.outputs, 0)
    for i, row in reversed(rows.items()):
        row.step = steps[i] or first_use[i]
        for f in row.above:
            first_use[f] = min(first_use[f], row.step)
    for row in rows.values():
        above = [rows[f] for f in row.above]
        row.depth = max([a.depth + 1 for a in above if a.step == row.step], default=0)


def _classes(graph: Graph, rows: _Rows, wanted: bytearray) -> list[tuple[RowClass, int]]:
    """Return a class, and its template, for each that is at a step and depth, in their order."""
    found: dict[tuple[int, int, int], list[FlatNode]] = defaultdict(list)
    for row in rows.values():
        found[row.step, row.depth, row.template].append(row)
    classes = []
    for key in sorted(found):
        node, op = found[key][0].node, found[key][0].op
        row_class = RowClass(op, (), 0, bool(graph.batched[node]), bool(wanted[node]))
        row_class.groups = matrices(found[key])
        classes.append((row_class, key[2]))
    return classes


def _layouts(rows: _Rows, classes: Sequence[tuple[RowClass, int]]) -> list[Layout]:
    """Return an array for each family: a line for the rows of each step and depth."""
    family = _families(rows)
    lines: dict[int, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.values():
        lines[family[row.template]][row.step, row.depth].append(row.node)
    of = {family[template]: row_class for row_class, template in classes}
    return [
        Layout(_one_array([some[at] for at in sorted(some)]), c.batched, c.needs_gradient)
        for some, c in ((lines[name], c) for name, c in of.items())
    ]


def _families(rows: _Rows) -> dict[int, int]:
    """Return the family of each template: one of those that operands read beside it."""
    family = {row.template: row.template for row in rows.values()}

    def of(template: int) -> int:
        while family[template] != template:
            template = family[template]
        return template

    read: dict[tuple[int, int, int], int] = {}
    for row in rows.values():
        for s, slot in enumerate(row.slots):
            for term in slot:
                for f, node in enumerate(term):
                    if node in rows:
                        one = of(rows[node].template)
                        family[one] = of(read.setdefault((row.template, s, f), one))
    return {template: of(template) for template in family}


def _one_array(lines: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Return nodes line by line, each filled up with -1 to the longest where that is not much."""
    longest = max(map(len, lines))
    if longest * len(lines) > _MOST_ROOM * sum(map(len, lines)):
        return np.array(list(chain.from_iterable(lines)))
    made = np.full((len(lines), longest), -1)
    for k, line in enumerate(lines):
        made[k, : len(line)] = line
    return made.reshape(-1)
