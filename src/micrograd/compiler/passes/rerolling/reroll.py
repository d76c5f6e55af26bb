"""Find the loops and matrices in rows, and where all values lie: ``reroll(flatten(graph))``.

Rows of one class with sums of the same lengths become one loop nest. Operands whose addresses
advance by strides need nothing more (``h[100,16] = Σ₂ w[16,2]·x[100,2]`` is found, not declared);
others get a table of offsets.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .... import ops
from ...graph import BATCH_SUM, Graph
from ...ir.array import Array, Placement
from ...ir.joins import joined
from ...ir.program import BATCH, PADDED, Apply, Expr, Nest, Program, Ref, Table, Term
from ...ir.sizes import Size, known
from .addressing import Addressing
from .fit import Addresses, Fit, common_dims, dense_strides, strides_over
from .flatten import ArrayNodes, Rows
from .gathers import gathered
from .operands import Operand, RowGroup, groups_of
from .roll import rolled

_MOST_PARTS = 4  # statements, once rolled, that a group may become before tables are better
_LEAST_ROWS = 2  # on average, of a part
_EXTREMES = (ops.MAXIMUM, ops.MINIMUM)


def reroll(rows: Rows) -> Program:
    """Return the nests that compute rows, in an order in which they can run."""
    graph = rows.graph
    data = np.asarray(graph.data, dtype=np.float64)
    groups = [group for c in rows.classes for group in groups_of(graph, c, data)]
    layouts = rows.layouts or [
        ArrayNodes(c.nodes, c.batched, c.needs_gradient) for c in rows.classes
    ]
    addressing = Addressing(graph, layouts, _used(graph, groups, rows.leaves))
    for group in groups:
        for o in group.operands():
            o.lie_at(addressing.address[o.nodes])
        group.take_sums_apart(graph.by_rounding and rows.in_waves, not rows.in_waves)
    groups = list(gathered(graph, groups, addressing))
    writer = _NestWriter(addressing)
    nests = [nest for group in groups for nest in writer.nests(group)]
    return _program(graph, nests, writer.arrays, addressing)


def _program(
    graph: Graph, nests: list[Nest], arrays: list[Array], addressing: Addressing
) -> Program:
    plain, rows = addressing.plain, addressing.rows

    def at(address: int, batched: int) -> Size:
        return plain + address * PADDED if batched else address

    segments, first = [], 0
    for count in graph.segments:
        node = graph.inputs[first]
        address, batched = int(addressing.address[node]), graph.batched[node]
        segments.append(Placement(at(address, batched), count))
        first += count
    inputs = [a for a in arrays if a.kind in ("variable", "input") and not a.batched]
    constants = [a.start for a in arrays if a.kind == "constant"]
    program = Program(
        forward=list(nests),
        size=plain + rows * PADDED,
        parameters=(0, len(graph.parameters)),
        inputs=(inputs[0].start if inputs else 0, sum(a.count for a in inputs)),
        constants=(
            constants[0] if constants else 0,
            tuple([graph.data[i] for i in addressing.constants]),
        ),
        outputs=tuple([at(int(addressing.address[i]), graph.batched[i]) for i in graph.outputs]),
        sizes=("B", "P") if rows else (),
        scalars=tuple([f"seed{k}" for k in range(len(graph.outputs))]),
        arrays=tuple(arrays),
        segments=tuple(segments),
        by_rounding=graph.by_rounding,
    )
    return joined(program, program.forward) if len(segments) > 1 else program


def _used(graph: Graph, groups: list[RowGroup], leaves: NDArray[np.int64]) -> list[int]:
    """The leaves that must lie in memory, as outputs or as operands that are no literals."""
    used = np.zeros(len(graph.ops), dtype=bool)
    used[graph.outputs] = True
    for group in groups:
        for o in group.operands():
            used[o.nodes] = True
    return leaves[used[leaves]].tolist()


class _NestWriter:
    """Turn groups into nests: one, or several where the addresses break in a regular way."""

    def __init__(self, addressing: Addressing) -> None:
        plain = self.plain = addressing.plain
        self.tables = 0
        self.arrays: list[Array] = []
        self.starts: dict[bool, list[int]] = {False: [], True: []}  # of arrays batched or not
        self.of: dict[bool, list[Array]] = {False: [], True: []}
        for array in addressing.arrays:  # there the rows of batched ones count as one address
            start = known(array.start)
            self.starts[array.batched].append(start)
            if array.batched:
                array = replace(array, start=plain + start * PADDED)
            self.of[array.batched].append(array)
            self.arrays.append(array)

    def nests(self, group: RowGroup) -> list[Nest]:
        """Return the nests that compute these rows."""
        if group.row_class.op is not ops.TAKE and any(o.irregular for o in group.operands()):
            nests = self._regular(group.alike_parts(_MOST_PARTS)) or self._regular([group])
            if nests:
                return nests
        return [self._nest(group)]

    def _regular(self, groups: list[RowGroup]) -> list[Nest]:
        """Return nests without tables; [] where these are many, once rolled."""
        nests = []
        for group in groups:
            parts = group.regular_parts(_MOST_PARTS, _LEAST_ROWS)
            if not parts:
                return []
            nests += [self._nest(part) for part in parts]
        return nests if len(rolled(nests)) <= _MOST_PARTS else []

    def _nest(self, group: RowGroup) -> Nest:
        op, batched = group.row_class.op, group.row_class.batched
        outer = _agreed(group.operands(), "rows", len(group.target.nodes))
        dims: tuple[Size, ...] = (*outer, BATCH) if batched else tuple(outer)
        if op is ops.TAKE:
            rows, index = group.slots[0]
            terms = [Term((), self._taken(rows, index, outer, batched))]
        else:
            terms = [self._term(op, slot, outer, batched) for slot in group.slots]
        reduced = op in _EXTREMES and len(group.slots[0]) == 1
        target = self._ref(group.target, outer, [], batched)
        return Nest(dims, target, tuple(terms), op if reduced else ops.SUM)

    def _term(self, op: ops.Op, slot: list[Operand], outer: list[int], batched: bool) -> Term:
        placed = [o for o in slot if o.literal is None]
        inner = _agreed(placed, "terms", slot[0].nodes.shape[1])
        if op is BATCH_SUM:
            summed = self._ref(slot[0], outer, inner, batched)
            return Term((BATCH,), _along_the_batch(summed, slot[0].batched))
        factors = [o.literal or self._ref(o, outer, inner, batched) for o in slot]
        return Term(tuple(inner), _expression(op, factors))

    def _ref(self, o: Operand, outer: list[int], inner: list[int], batched: bool) -> Ref:
        """Write an operand's addresses as strides over the nest's dims and the term's."""
        fitted = o.fit
        values: Addresses | None = None
        over: list[int] = []
        if fitted.full_table is not None:
            strides = [0] * (len(outer) + len(inner))
            values, over = fitted.full_table.reshape(-1), dense_strides([*outer, *inner])
        else:
            strides = strides_over(fitted.rows, outer) + strides_over(fitted.terms, inner)
            if fitted.row_table is not None:
                steps = [(count, int(i == 0)) for i, (count, _) in enumerate(fitted.rows)]
                values, over = fitted.row_table, strides_over(steps, outer) + [0] * len(inner)
        scale: Size = PADDED if o.batched else 1  # addresses of a batched array count its rows
        k = bisect_right(self.starts[o.batched], fitted.start) - 1
        offset = (fitted.start - self.starts[o.batched][k]) * scale
        sized: list[Size] = [s * scale for s in strides]
        if batched:
            sized.insert(len(outer), int(o.batched))
            over.insert(len(outer), 0)
        table = None
        if values is not None:
            offsets = tuple((values - fitted.start).tolist())
            table = Table(f"table{self.tables}", offsets, tuple(over), scale)
            self.tables += 1
        array = self.of[o.batched][k]
        return Ref(offset, tuple(sized), table=table, padded=o.batched, array=array)

    def _taken(self, rows: Operand, index: Operand, outer: list[int], batched: bool) -> Ref:
        """Refer to rows[index], for rows that are a constant step apart."""
        step = rows.fit.terms[0][1] if rows.fit.terms else 0
        first = replace(rows, fit=replace(rows.fit, terms=[]))
        return replace(
            self._ref(first, outer, [], batched),
            index=self._ref(index, outer, [], batched),
            row=step * PADDED if rows.batched else step,
            rows=rows.nodes.shape[1],
        )


def _agreed(operands: list[Operand], part: str, size: int) -> list[int]:
    """Find dims that all operands' runs divide into; one that does not gets a table."""
    dims, joined = common_dims([getattr(o.fit, part) for o in operands], size)
    for o, joins in zip(operands, joined):
        if not joins:
            o.fit = Fit(int(o.addresses[0, 0]), [], [], full_table=o.addresses)
    return dims


def _expression(op: ops.Op, arguments: Sequence[Expr]) -> Expr:
    if op not in (ops.SUM, BATCH_SUM, *_EXTREMES):
        return Apply(op, tuple(arguments))
    if op in _EXTREMES and len(arguments) > 1:
        return Apply(op, tuple(arguments))
    product = arguments[0]
    for factor in arguments[1:]:
        product = Apply(ops.MUL, (product, factor))
    return product


def _along_the_batch(ref: Ref, batched: bool) -> Ref:
    return replace(ref.with_strides(lambda s: (*s, 0)), strides=(*ref.strides, int(batched)))
