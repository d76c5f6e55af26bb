"""Which nests share their loops: ``fuse``.

Nests of equal dims can run in one loop when what a later one reads of an earlier one is the element
just computed: it stays in a register, and a chain of elementwise operations costs one loop.
"""

from collections.abc import Sequence
from dataclasses import replace

from ..ir.program import For, Fused, Nest, Program, Statement
from ..ir.visit import opened, reordered
from .regions import Regions, feeds, operands, same_element
from .schedules import Costs, Target, heavy

_MOST = 64  # nests in one loop: registers are few, and so the time to compile stays small
_BACK = 32  # how many loops back one is looked for that can be shared


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
        for statement in statements:
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
        chosen: tuple[int, Nest] | None = None
        for k in reversed(range(max(len(items) - _BACK, 0), len(items))):
            item = items[k]
            if isinstance(item, For):
                break
            loops = item if isinstance(item, Fused) and not item.schedule.packed else None
            turned = _in_order_of(loops.nests, nest) if loops else nest
            if loops and self._fits(turned, loops.nests):
                chosen = chosen or (k, turned)
                if any(feeds(other, turned) for other in loops.nests):
                    chosen = k, turned
                    break
            if any(self.regions.ordered(nest, s) for s in opened(item)):
                break
        if chosen is None:
            return False
        k, turned = chosen
        group = items[k]
        assert isinstance(group, Fused)
        items[k] = Fused((*group.nests, turned), (*group.stored, True))
        return True

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
