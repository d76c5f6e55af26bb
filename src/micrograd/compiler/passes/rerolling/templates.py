"""Templates: rows that apply one operation to operands of the same kinds, wherever they stand.

``flatten`` tells rows apart by all that they come of, so that the border of a dynamic program makes
each of its cells a class of its own. Here an operand is a parameter, an input, a constant or
something that is computed; what it is computed of does not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...graph import CONSTANT, Graph
from .chains import chains_of
from .flatten import LEAVES, FlatNode, gathered, leaf_classes, leaf_kinds

_COMPUTED = 2 * len(LEAVES)  # the first kind that is no leaf's


@dataclass(slots=True)
class TemplateRow(FlatNode):
    """A row, the number of its template, the rows that it reads, its step and its depth in that."""

    batched: bool
    needs_gradient: bool
    template: int
    above: list[int]
    step: int = 0
    depth: int = 0


Rowwise = dict[int, TemplateRow]  # by their nodes, parents first


def rows_of(graph: Graph, live: Sequence[int]) -> Rowwise:
    """Return all rows of a graph."""
    chains = chains_of(graph, live)
    kinds = leaf_classes(graph, live)
    wanted = _wanted(graph, live, kinds)
    ids: dict[Any, int] = {}
    rows: Rowwise = {}
    for i in live:
        if i in chains:
            batched, needs = bool(graph.batched[i]), bool(wanted[i])
            kinds[i] = _COMPUTED + 2 * batched + needs
            op = chains[i].op
            types, slots = gathered(chains[i], kinds, strict=False)
            template = ids.setdefault((op, types, kinds[i]), len(ids))
            read = dict.fromkeys(f for slot in slots for term in slot for f in term)
            above = [f for f in read if f in rows]
            rows[i] = TemplateRow(i, op, slots, batched, needs, template, above)
    return rows


def refine(rows: Rowwise) -> None:
    """Tell templates apart by those of the rows that are read, slot by slot."""
    ids: dict[Any, int] = {}
    found = []
    for row in rows.values():
        read = [
            frozenset(rows[f].template for term in slot for f in term if f in rows)
            for slot in row.slots
        ]
        found.append(ids.setdefault((row.template, *read), len(ids)))
    for row, template in zip(rows.values(), found, strict=True):
        row.template = template


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
