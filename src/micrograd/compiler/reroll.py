"""Find the loops and matrices in a scalar graph: ``reroll(graph)`` gives the nests and where all values lie.

Rows of one class with sums of the same lengths become one loop nest. Operands whose addresses
advance by strides need nothing more (``h[100,16] = Σ₂ w[16,2]·x[100,2]`` is found, not declared);
others get a table of offsets.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .. import ops
from .fit import (
    Addresses,
    Fit,
    common_dims,
    dense_strides,
    fit,
    regular_prefixes,
    strides_over,
)
from .flatten import LEAVES, Row, RowClass, flatten
from .graph import BATCH_SUM, Graph
from .ir import BATCH, PADDED, Apply, Expr, Literal, Nest, Ref, Table, Term
from .roll import roll
from .sizes import Size

_MOST_PARTS = 4  # statements, once rolled, that a group may become before tables are better
_LEAST_ROWS = 2  # on average, of a part
_EXTREMES = (ops.MAXIMUM, ops.MINIMUM)


@dataclass(slots=True)
class Array:
    """The addresses of one class. In a batched one they count rows of P numbers, which lie last."""

    start: int
    count: int
    batched: bool
    needs_gradient: bool
    kind: str  # one of LEAVES, or "computed"


@dataclass(slots=True)
class Loops:
    """The result of rerolling: nests in an order in which they can run, and the places of values."""

    nests: list[Nest]
    arrays: list[Array]
    plain: int  # how many plain addresses there are
    rows: int  # how many batched rows
    address: list[int]  # of each node; -1 where it has none
    constants: list[float]


@dataclass(slots=True)
class _Operand:
    """One factor of a slot, for all rows and terms: a literal, or nodes (rows x terms)."""

    nodes: NDArray[np.int64]
    batched: bool
    literal: Literal | None = None
    addresses: Addresses | None = None
    fit: Fit | None = None

    def placed(self, address: Addresses) -> None:
        """Look the addresses up, now that they are known, and describe them."""
        if self.literal is None:
            self.addresses = address[self.nodes]
            self.fit = fit(self.addresses)

    def part(self, rows: slice) -> "_Operand":
        """Return the same for some of the rows."""
        if self.addresses is None:
            return replace(self, nodes=self.nodes[rows])
        addresses = self.addresses[rows]
        return replace(self, nodes=self.nodes[rows], addresses=addresses, fit=fit(addresses))


@dataclass(slots=True)
class _Group:
    """Rows of one class whose sums have the same lengths: one nest, if the addresses allow."""

    row_class: RowClass
    target: _Operand
    slots: list[list[_Operand]]

    def operands(self) -> list[_Operand]:
        """The target and all factors that have addresses."""
        return [self.target, *[o for slot in self.slots for o in slot if o.literal is None]]

    def part(self, rows: slice) -> "_Group":
        """Return the group of some of the rows."""
        slots = [[o.part(rows) for o in slot] for slot in self.slots]
        return _Group(self.row_class, self.target.part(rows), slots)


def reroll(graph: Graph) -> Loops:
    """Group, place and fit."""
    classes, leaves = flatten(graph)
    groups = [group for c in classes for group in _groups(graph, c)]
    used = {
        int(i)
        for group in groups
        for o in group.operands()
        if graph.ops[o.nodes[0, 0]] is None
        for i in o.nodes.reshape(-1)
    } | set(graph.outputs)
    placing = _Placing(graph, classes, [i for i in leaves if i in used])
    writer = _NestWriter(placing.plain)
    address = np.array(placing.address, dtype=np.int64)
    nests: list[Nest] = []
    for group in groups:
        for o in group.operands():
            o.placed(address)
        nests += writer.nests(group)
    constants = [graph.data[i] for i in placing.constants]
    return Loops(nests, placing.arrays, placing.plain, placing.rows, placing.address, constants)


def _groups(graph: Graph, row_class: RowClass) -> Iterator[_Group]:
    by_lengths: dict[tuple[int, ...], list[Row]] = defaultdict(list)
    for row in row_class.rows:
        by_lengths[tuple([len(slot) for slot in row.slots])].append(row)
    for rows in by_lengths.values():
        target = _Operand(np.array([[row.node] for row in rows]), row_class.batched)
        slots = [
            [_operand(graph, nodes) for nodes in _by_factor(row_class.op, s, rows)]
            for s in range(len(rows[0].slots))
        ]
        yield _Group(row_class, target, slots)


def _operand(graph: Graph, nodes: list[list[int]]) -> _Operand:
    """One and the same constant becomes a literal; all else has addresses."""
    first = nodes[0][0]
    operand = _Operand(np.array(nodes, dtype=np.int64), graph.batched[first])
    if graph.ops[first] is None and first in graph.constants:
        bits = np.array([[graph.data[i] for i in row] for row in nodes]).view(np.int64)
        if (bits == bits[0, 0]).all():
            operand.literal = Literal(graph.data[first])
    return operand


class _Placing:
    """Give each class a contiguous range of addresses: leaves first, then computed ones by depth."""

    def __init__(self, graph: Graph, classes: list[RowClass], leaves: list[int]) -> None:
        self.address = [-1] * len(graph.ops)
        self.arrays: list[Array] = []
        self.plain = 0
        self.rows = 0
        self.constants = [i for i in leaves if i in graph.constants]
        variables = [i for i in graph.inputs if i in graph.differentiable]
        inputs = [i for i in graph.inputs if i not in graph.differentiable]
        for kind, nodes in zip(LEAVES, (graph.parameters, variables, inputs, self.constants)):
            for batched in (False, True):
                mine = [i for i in nodes if graph.batched[i] == batched]
                self._place(mine, batched, kind in ("parameter", "variable"), kind)
        for c in classes:
            self._place([row.node for row in c.rows], c.batched, c.needs_gradient, "computed")

    def _place(self, nodes: list[int], batched: bool, gradient: bool, kind: str) -> None:
        start = self.rows if batched else self.plain
        for offset, i in enumerate(nodes, start):
            self.address[i] = offset
        if nodes:
            self.arrays.append(Array(start, len(nodes), batched, gradient, kind))
        if batched:
            self.rows += len(nodes)
        else:
            self.plain += len(nodes)


class _NestWriter:
    """Turn groups into nests: one, or several where the addresses break in a regular way."""

    def __init__(self, plain: int) -> None:
        self.plain = plain
        self.tables = 0

    def nests(self, group: _Group) -> list[Nest]:
        """Return the nests that compute these rows."""
        if group.row_class.op is not ops.TAKE and any(_irregular(o.fit) for o in group.operands()):
            parts = _parts(group)
            nests = [self._nest(part) for part in parts]
            if parts and len(roll(nests)) <= _MOST_PARTS:
                return nests
        return [self._nest(group)]

    def _nest(self, group: _Group) -> Nest:
        op, batched = group.row_class.op, group.row_class.batched
        outer = _agreed(group.operands(), "rows", len(group.target.nodes))
        dims: tuple[Size, ...] = (*outer, BATCH) if batched else tuple(outer)
        terms = []
        for slot in group.slots:
            if op is ops.TAKE:
                terms.append(Term((), self._take(*slot, outer, batched)))
                continue
            placed = [o for o in slot if o.literal is None]
            inner = _agreed(placed, "terms", slot[0].nodes.shape[1])
            refs = [o.literal or self._ref(o, outer, inner, batched) for o in slot]
            if op is BATCH_SUM:
                inner, refs = [BATCH], [_along_the_batch(r, slot[0].batched) for r in refs]
            terms.append(Term(tuple(inner), _expression(op, refs)))
        reduced = op in _EXTREMES and len(group.slots[0]) == 1
        target = self._ref(group.target, outer, [], batched)
        return Nest(dims, target, tuple(terms), op if reduced else ops.SUM)

    def _ref(self, o: _Operand, outer: list[int], inner: list[int], batched: bool) -> Ref:
        """Write an operand's addresses as strides over the nest's dims and the term's."""
        fitted, values, over = o.fit, None, []
        if fitted.full_table is not None:
            strides = [0] * (len(outer) + len(inner))
            values, over = fitted.full_table.reshape(-1), dense_strides([*outer, *inner])
        else:
            strides = strides_over(fitted.rows, outer) + strides_over(fitted.terms, inner)
            if fitted.row_table is not None:
                steps = [(count, int(i == 0)) for i, (count, _) in enumerate(fitted.rows)]
                values, over = fitted.row_table, strides_over(steps, outer) + [0] * len(inner)
        scale: Size = PADDED if o.batched else 1  # addresses of a batched array count its rows
        offset = fitted.start * scale + (self.plain if o.batched else 0)
        sized = [s * scale for s in strides]
        if batched:
            sized.insert(len(outer), 1 if o.batched else 0)
            over.insert(len(outer), 0)
        table = None
        if values is not None:
            offsets = tuple((values - fitted.start).tolist())
            table = Table(f"table{self.tables}", offsets, tuple(over), scale)
            self.tables += 1
        return Ref(offset, tuple(sized), table=table, padded=o.batched)

    def _take(self, index: _Operand, rows: _Operand, outer: list[int], batched: bool) -> Ref:
        """Refer to rows[index]: the rows must lie a constant step apart."""
        count = rows.addresses.shape[1]
        if rows.fit.full_table is not None or len(rows.fit.terms) > 1:
            raise IrregularRows
        step = rows.fit.terms[0][1] if rows.fit.terms else 0
        first = replace(rows.fit, terms=[])
        ref = self._ref(replace(rows, fit=first), outer, [], batched)
        row = step * PADDED if rows.batched else step
        return replace(ref, index=self._ref(index, outer, [], batched), row=row, rows=count)


class IrregularRows(Exception):
    """The rows of a take do not lie a constant step apart: they must be copied together first."""


def _by_factor(op: ops.Op, slot: int, rows: list[Row]) -> list[list[list[int]]]:
    """The nodes of each factor of a slot, by row and term."""
    if op is ops.TAKE:
        arguments = [row.slots[0][0] for row in rows]
        return [[[a[0]] for a in arguments], [list(a[1:]) for a in arguments]]
    count = len(rows[0].slots[slot][0])
    return [[[term[f] for term in row.slots[slot]] for row in rows] for f in range(count)]


def _agreed(operands: list[_Operand], part: str, size: int) -> list[int]:
    """Find dims that all operands' runs divide into; one that does not gets a table of addresses."""
    dims, joined = common_dims([getattr(o.fit, part) for o in operands], size)
    for o, joins in zip(operands, joined):
        if not joins and o.addresses is not None:
            o.fit = Fit(int(o.addresses[0, 0]), [], [], full_table=o.addresses)
    return dims


def _expression(op: ops.Op, arguments: list[Expr]) -> Expr:
    if op not in (ops.SUM, BATCH_SUM, *_EXTREMES):
        return Apply(op, tuple(arguments))
    if op in _EXTREMES and len(arguments) > 1:
        return Apply(op, tuple(arguments))
    product = arguments[0]
    for factor in arguments[1:]:
        product = Apply(ops.MUL, (product, factor))
    return product


def _along_the_batch(ref: Expr, batched: bool) -> Expr:
    if not isinstance(ref, Ref):
        return ref
    table = ref.table and replace(ref.table, strides=(*ref.table.strides, 0))
    return replace(ref, strides=(*ref.strides, int(batched)), table=table)


def _irregular(fitted: Fit | None) -> bool:
    return fitted is not None and (fitted.row_table is not None or fitted.full_table is not None)


def _parts(group: _Group) -> list[_Group]:
    """Split the rows where the addresses break, so that no part needs a table; [] if that is many.

    Ragged rows break like this: 1 row, then 2, then 3, each a little further on. They are taken
    apart from the end, where the rows are longest and nothing looks regular by accident.
    """
    stop = len(group.target.nodes)
    parts: list[_Group] = []
    done = 0
    while stop:
        if len(parts) * _LEAST_ROWS > done + _MOST_PARTS * _LEAST_ROWS:
            return []
        rest = [o.addresses[:stop][::-1] for o in group.operands() if o.addresses is not None]
        prefixes = [regular_prefixes(a) for a in rest]
        longest = min(max(p) for p in prefixes)
        for length in sorted({n for p in prefixes for n in p if n <= longest}, reverse=True):
            part = group.part(slice(stop - length, stop))
            if not any(_irregular(o.fit) for o in part.operands()):
                break
        parts.append(part)
        stop -= length
        done += length
    return parts[::-1]
