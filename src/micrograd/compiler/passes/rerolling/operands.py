"""Operands of whole groups of rows: which nodes they are, and where these lie in memory.

A group is what may become one loop nest: rows of one class whose sums have the same lengths.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from .... import ops
from ...graph import Graph
from ...ir.program import Literal
from .fit import Addresses, Fit, fit, regular_prefixes
from .flatten import RowClass

_FEW_TERMS = 8


@dataclass(slots=True)
class Operand:
    """One factor of a slot, for all rows and terms: a literal, or nodes (rows x terms)."""

    nodes: NDArray[np.int32]
    batched: bool
    literal: Literal | None = None  # if there is one, the rest says nothing
    addresses: Addresses = field(default_factory=lambda: np.empty((0, 0), dtype=np.int32))
    fit: Fit = field(default_factory=lambda: Fit(0, [], []))

    def lie_at(self, addresses: Addresses) -> None:
        """Take addresses (rows x terms), and describe them."""
        self.addresses = addresses
        self.fit = fit(addresses)

    @property
    def irregular(self) -> bool:
        """Whether the addresses need a table."""
        return self.fit.row_table is not None or self.fit.full_table is not None

    def term(self, t: int) -> "Operand":
        """Return the same for one of the terms."""
        one = replace(self, nodes=self.nodes[:, t : t + 1])
        if self.literal is None:
            one.lie_at(self.addresses[:, t : t + 1])
        return one

    def part(self, rows: slice | NDArray[np.int64]) -> "Operand":
        """Return the same for some of the rows."""
        some = replace(self, nodes=self.nodes[rows])
        if self.literal is None:
            some.lie_at(self.addresses[rows])
        return some


@dataclass(slots=True)
class RowGroup:
    """Rows of one class whose sums have the same lengths: one nest, if the addresses allow."""

    row_class: RowClass
    target: Operand
    slots: list[list[Operand]]

    def operands(self) -> list[Operand]:
        """The target and all factors that have addresses."""
        return [self.target, *[o for slot in self.slots for o in slot if o.literal is None]]

    def take_sums_apart(self, all_short: bool, regular: bool) -> None:
        """Let each term of a short sum be one of its own: of one that needs a table, or of all.

        Args:
            all_short: of all.
            regular: only where none of the terms needs a table then.
        """
        if self.row_class.op is ops.SUM:
            self.slots = [part for slot in self.slots for part in _parts(slot, all_short, regular)]

    def part(self, rows: slice | NDArray[np.int64]) -> "RowGroup":
        """Return the group of some of the rows."""
        slots = [[o.part(rows) for o in slot] for slot in self.slots]
        return RowGroup(self.row_class, self.target.part(rows), slots)

    def alike_parts(self, most: int) -> list["RowGroup"]:
        """Sort the rows by how far their terms are apart; [] if that is in one way, or in many.

        Where images have a border of zeros, 3 by 4 of a window are in them at the upper edge, 4 by
        3 at the left one: as many, in lines of other lengths.
        """
        apart = np.concatenate([np.diff(o.addresses) for o in self.operands()], axis=1)
        left, alike = np.arange(len(apart)), list[NDArray[np.int64]]()
        while len(left):
            if len(alike) == most:
                return []
            same = (apart[left] == apart[left[0]]).all(axis=1)
            alike.append(left[same])
            left = left[~same]
        return [self.part(rows) for rows in alike] if len(alike) > 1 else []

    def regular_parts(self, most: int, least_rows: int) -> list["RowGroup"]:
        """Split the rows where addresses break, so that no part needs a table; [] if that is many.

        Ragged rows break like this: 1 row, then 2, then 3, each a little further on. They are taken
        apart from the end, where the rows are longest and nothing looks regular by accident.

        Args:
            most: how many parts there may be, or else
            least_rows: how many rows a part must have on average.
        """
        stop = len(self.target.nodes)
        parts: list[RowGroup] = []
        done = 0
        while stop:
            if len(parts) * least_rows > done + most * least_rows:
                return []
            prefixes = [regular_prefixes(o.addresses[:stop][::-1]) for o in self.operands()]
            longest = min(max(p) for p in prefixes)
            for length in sorted({n for p in prefixes for n in p if n <= longest}, reverse=True):
                part = self.part(slice(stop - length, stop))
                if not any(o.irregular for o in part.operands()):
                    break
            parts.append(part)
            stop -= length
            done += length
        return parts[::-1]


def _parts(slot: list[Operand], all_short: bool, regular: bool) -> list[list[Operand]]:
    """Return the terms of a slot one by one, where they are few, and otherwise the slot."""
    count = slot[0].nodes.shape[1]
    apart = all_short or any(o.literal is None and o.irregular for o in slot)
    if not apart or not 1 < count <= _FEW_TERMS:
        return [slot]
    terms = [[o.term(t) for o in slot] for t in range(count)]
    return [slot] if regular and any(o.irregular for term in terms for o in term) else terms


def groups_of(graph: Graph, row_class: RowClass, data: NDArray[np.float64]) -> Iterator[RowGroup]:
    """Yield the groups of a class; their operands have no addresses yet.

    Args:
        data: the graph's.
    """
    for group in row_class.groups:
        target = Operand(group.nodes[:, None], row_class.batched)
        if row_class.op is ops.TAKE:
            slots = [_rows_and_index(graph, group.slots[0][:, 0])]
        else:
            slots = [
                [_operand(graph, slot[:, :, f], data) for f in range(slot.shape[2])]
                for slot in group.slots
            ]
        yield RowGroup(row_class, target, slots)


def _operand(graph: Graph, nodes: NDArray[np.int32], data: NDArray[np.float64]) -> Operand:
    """One and the same constant becomes a literal; all else has addresses."""
    first = int(nodes[0, 0])
    operand = Operand(nodes, bool(graph.batched[first]))
    if graph.ops[first] is None and first in graph.constants:
        bits = data[nodes].view(np.int64)
        if (bits == bits[0, 0]).all():
            operand.literal = Literal(float(data[first]))
    return operand


def _rows_and_index(graph: Graph, arguments: NDArray[np.int32]) -> list[Operand]:
    """What a take needs, all in memory; the rows first, since only an index may need a table."""
    parts = arguments[:, 1:], arguments[:, :1]
    return [Operand(nodes, bool(graph.batched[nodes[0, 0]])) for nodes in parts]
