"""Which nests share their loops: ``fuse``.

Nests of equal dims can run in one loop when what a later one reads of an earlier one is the element
just computed: it stays in a register, and a chain of elementwise operations costs one loop. Numbers
in a row, elementwise, are taken as the rows and columns that the others have of them.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from ..ir.program import For, Fused, Nest, Program, Ref, Statement
from ..ir.sizes import Size
from ..ir.visit import opened, reordered, with_operands
from .regions import Regions, feeds, operands, same_element
from .row_loops import joined_rows
from .schedules import Costs, Target, heavy

_MOST = 64  # nests in one loop: registers are few, and so the time to compile stays small
_BACK = 32  # how many loops back one is looked for that can be shared
_MORE = 1.2  # what the last vectors of rows may cost: to read what was just stored costs as much


def fuse(program: Program, target: Target) -> Program:
    """Let nests of equal dims share their loops where that costs no more."""
    fusion = _Fusion(target)
    return replace(
        program,
        forward=fusion.grouped(program.forward),
        backward=fusion.grouped(program.backward),
    )


class _Fusion:
    def __init__(self, target: Target) -> None:
        self.costs = Costs(target)
        self.regions = Regions(target.lanes)

    def grouped(self, statements: Sequence[Statement]) -> list[Statement]:
        items: list[Statement] = []
        for statement in joined_rows(statements):
            if isinstance(statement, For):
                items.append(replace(statement, body=tuple(self.grouped(statement.body))))
            elif not isinstance(statement, Nest):
                items.append(statement)
            elif not self._joins(statement, items):
                items.append(Fused((statement,), (True,)))
        return items

    def _joins(self, nest: Nest, items: list[Statement]) -> bool:
        """Add a nest to others that it can share loops with, if there are any.

        These are the last that compute what it reads, which then need not be read; or the last.
        """
        if all(extent == 1 for extent in nest.dims):
            return False  # it has nothing to lie along the lanes: see Costs.together
        chosen: tuple[int, tuple[Nest, ...]] | None = None
        for k in reversed(range(max(len(items) - _BACK, 0), len(items))):
            item = items[k]
            if isinstance(item, For):
                break
            loops = item if isinstance(item, Fused) and not item.schedule.packed else None
            if loops:
                group, turned = self._alike(loops.nests, _in_order_of(loops.nests, nest))
                if self._fits(turned, group):
                    fed = any(feeds(other, turned) for other in group)
                    if chosen is None or fed:
                        chosen = k, (*group, turned)
                    if fed:
                        break
            if any(self.regions.ordered(nest, s) for s in opened(item)):
                break
        if chosen is None:
            return False
        k, nests = chosen
        items[k] = Fused(nests, (True,) * len(nests))
        return True

    def _alike(self, group: Sequence[Nest], nest: Nest) -> tuple[Sequence[Nest], Nest]:
        """Return both over rows and columns where one has these and reads the other, in one row.

        If rows take many more vectors, as they do not end with one, both stay.
        """
        dims = max(group[0].dims, nest.dims, key=len)
        if {len(group[0].dims), len(nest.dims)} != {1, 2}:
            return group, nest
        rows = [_in_rows(n, dims) if len(n.dims) == 1 else n for n in (*group, nest)]
        if any(n.dims != dims for n in rows) or not any(feeds(n, rows[-1]) for n in rows[:-1]):
            return group, nest
        changed = [rows[-1]] if len(nest.dims) == 1 else rows[:-1]
        before = [nest] if len(nest.dims) == 1 else group
        if self.costs.best(changed)[0] > _MORE * self.costs.best(before)[0]:
            return group, nest
        return rows[:-1], rows[-1]

    def _fits(self, nest: Nest, group: Sequence[Nest]) -> bool:
        first = group[0]
        if nest.dims != first.dims or nest.scatter or first.scatter or len(group) >= _MOST:
            return False
        elementwise = not any(t.dims for n in (*group, nest) for t in n.terms)
        if not (elementwise or any(feeds(other, nest) for other in group)):
            return False
        if not elementwise and any(heavy(t.expr) for n in (*group, nest) for t in n.terms):
            return False
        if any(self._clash(nest, other) for other in group):
            return False
        return self.costs.together(group, nest)

    def _clash(self, later: Nest, earlier: Nest) -> bool:
        """Tell whether one of two nests of equal dims meets the other's target but at its index."""
        for nest, other in ((later, earlier), (earlier, later)):
            written, count = self.regions.written(other), len(nest.dims)
            for ref, region in self.regions.touched(nest):
                if region.meets(written) and not same_element(ref, other.target, count):
                    return True
        return False


def _in_rows(nest: Nest, dims: tuple[Size, ...]) -> Nest:
    """Return a nest of one dim over the rows and columns that others have; else itself."""
    refs = [ref for _, ref in operands(nest)]
    if nest.dims != (prod(dims),) or any(ref.padded for ref in (nest.target, *refs)):
        return nest
    length = dims[1]

    def in_rows(ref: Ref, _: Sequence[Size]) -> Ref:
        return ref.with_strides(lambda strides: (strides[0] * length, *strides))

    return replace(with_operands(nest, in_rows), dims=dims)


def _in_order_of(group: Sequence[Nest], nest: Nest) -> Nest:
    """Return a nest with its dims in the order in which a group computes an operand of it."""
    count = len(nest.dims)
    if nest.scatter or count != len(group[0].dims) or any(feeds(n, nest) for n in group):
        return nest
    for _, ref in operands(nest):
        for target in (n.target for n in group):
            if (ref.grad, ref.address) == (target.grad, target.address):
                moves = list(zip(nest.dims, ref.strides))[:count]
                wanted = list(zip(group[0].dims, target.strides))
                if set(moves) == set(wanted) and len(set(moves)) == count:
                    return reordered(nest, [moves.index(move) for move in wanted])
    return nest
