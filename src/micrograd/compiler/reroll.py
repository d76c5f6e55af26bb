"""Find the loops and matrices in a scalar graph: ``reroll(graph)`` gives the nests and where all values lie.

Rows of one class with sums of the same lengths become one loop nest. Operands whose addresses
advance by strides need nothing more (``h[100,16] = Σ₂ w[16,2]·x[100,2]`` is found, not declared);
others get a table of offsets.
"""

import struct
from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from .. import ops
from .fit import Addresses, Fit, common_dims, dense_strides, fit, strides_over
from .flatten import LEAVES, Row, RowClass, flatten
from .graph import BATCH_SUM, Graph
from .ir import BATCH, PADDED, Apply, Expr, Literal, Nest, Ref, Table, Term
from .sizes import Size

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
    """One factor of a slot, for all rows and terms: a literal, or addresses (rows x terms)."""

    addresses: Addresses | None
    literal: Literal | None = None
    batched: bool = False
    fit: Fit | None = None


def reroll(graph: Graph) -> Loops:
    """Group, place and fit."""
    classes, leaves = flatten(graph)
    placing = _Placing(graph, classes, leaves)
    finder = _NestFinder(graph, placing)
    nests = []
    for row_class in classes:
        groups: dict[tuple[int, ...], list[Row]] = defaultdict(list)
        for row in row_class.rows:
            groups[tuple([len(slot) for slot in row.slots])].append(row)
        for rows in groups.values():
            nests += finder.nests(row_class, rows)
    constants = [graph.data[i] for i in placing.constants]
    return Loops(nests, placing.arrays, placing.plain, placing.rows, placing.address, constants)


class _Placing:
    """Give each class a contiguous range of addresses: leaves first, then computed ones by depth."""

    def __init__(self, graph: Graph, classes: list[RowClass], leaves: list[int]) -> None:
        self.address = [-1] * len(graph.ops)
        self.arrays: list[Array] = []
        self.plain = 0
        self.rows = 0
        known = {*graph.parameters, *graph.inputs}
        self.constants = [i for i in leaves if i not in known]
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


class _NestFinder:
    """Turn the rows of one group into a nest, or into several where the addresses break."""

    def __init__(self, graph: Graph, placing: _Placing) -> None:
        self.graph = graph
        self.plain = placing.plain
        self.address = np.array(placing.address, dtype=np.int64)
        self.constants = frozenset(placing.constants)
        self.tables = 0

    def nests(self, row_class: RowClass, rows: list[Row]) -> list[Nest]:
        """Return the nests that compute these rows."""
        target = self._placed([[row.node] for row in rows], row_class.batched)
        slots = [
            [self._operand(nodes) for nodes in _by_factor(row_class.op, s, rows)]
            for s in range(len(rows[0].slots))
        ]
        return [self._nest(row_class, target, slots)]

    def _operand(self, nodes: list[list[int]]) -> _Operand:
        """One and the same constant becomes a literal; all else has addresses."""
        first = nodes[0][0]
        if first in self.constants:
            pack = struct.Struct("<d").pack
            bits = pack(self.graph.data[first])
            if all(pack(self.graph.data[i]) == bits for row in nodes for i in row):
                return _Operand(None, Literal(self.graph.data[first]))
        return self._placed(nodes, self.graph.batched[first])

    def _placed(self, nodes: list[list[int]], batched: bool) -> _Operand:
        addresses = self.address[np.array(nodes, dtype=np.int64)]
        return _Operand(addresses, batched=batched, fit=fit(addresses))

    def _nest(self, row_class: RowClass, target: _Operand, slots: list[list[_Operand]]) -> Nest:
        op, batched = row_class.op, row_class.batched
        operands = [target, *[o for slot in slots for o in slot if o.fit]]
        outer = _agreed(operands, "rows", len(target.addresses))
        dims: tuple[Size, ...] = (*outer, BATCH) if batched else tuple(outer)
        terms = []
        for slot in slots:
            placed = [o for o in slot if o.fit]
            length = placed[0].addresses.shape[1] if placed else 1
            if op is ops.TAKE:
                terms.append(Term((), self._take(*slot, outer, batched)))
                continue
            inner = _agreed(placed, "terms", length)
            refs = [o.literal or self._ref(o, outer, inner, batched) for o in slot]
            if op is BATCH_SUM:
                inner, refs = [BATCH], [_along_the_batch(r) for r in refs]
            terms.append(Term(tuple(inner), _expression(op, refs)))
        reduced = op in _EXTREMES and len(slots[0]) == 1
        target_ref = self._ref(target, outer, [], batched)
        return Nest(dims, target_ref, tuple(terms), op if reduced else ops.SUM)

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
        if not joins:
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


def _along_the_batch(ref: Expr) -> Expr:
    assert isinstance(ref, Ref)
    table = ref.table and replace(ref.table, strides=(*ref.table.strides, 0))
    return replace(ref, strides=(*ref.strides, 1), table=table)
