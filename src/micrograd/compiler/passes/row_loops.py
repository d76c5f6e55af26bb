"""Loops over rows that lie one behind the other, each by itself: one nest over all numbers.

The gradient of a difference is a copy, and so a triangle of attention's weights is copied row by
row. In one piece it shares the loops of what is made of it: a GPT's step takes a hundredth less.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from ..ir.footprint import uses
from ..ir.program import For, Nest, Ref, Statement
from ..ir.sizes import Poly, Size, chosen_two, substitute, variables
from ..ir.visit import with_operands
from .regions import Regions, iteration, same_element


def joined_rows(statements: Sequence[Statement]) -> list[Statement]:
    """Return statements with one nest in place of a loop over such rows.

    The first row may stand apart, before or behind the loop.
    """
    result: list[Statement] = []
    for statement in statements:
        if result and (whole := _whole(result[-1], statement)):
            result[-1] = whole
        else:
            result.append(statement)
    return [_whole(statement) or statement for statement in result]


def _whole(*parts: Statement) -> Nest | None:
    """Return rows as one nest; None where they are not alike, or may be less than an array.

    Where a loop that runs to a length has no step, its array tells that there are no numbers.
    """
    loops = [part for part in parts if isinstance(part, For)]
    nests = [_in_one(part) if isinstance(part, For) else part for part in parts]
    if not loops or not all(isinstance(n, Nest) and _is_in_a_row(n) for n in nests):
        return None
    made: Nest | None = None
    for nest in nests:
        assert isinstance(nest, Nest)
        made = nest if made is None else _continued(made, nest) or _continued(nest, made)
        if made is None:
            return None
    assert made is not None
    known = all(isinstance(loop.count, int) for loop in loops)
    covers = made.target.offset == 0 and made.dims == (made.target.array.count,)
    return made if (known or covers) and _is_apart(made) else None


def _in_one(loop: For) -> Nest | None:
    """Return the rows of a loop as one nest, where each begins where the one before ends."""
    nest = loop.body[0]
    if len(loop.body) > 1 or not isinstance(nest, Nest) or any(t.dims for t in nest.terms):
        return None
    count = prod(nest.dims)
    strides = tuple([prod(nest.dims[d + 1 :]) for d in range(len(nest.dims))])
    following = iteration(loop.var, Poly.var(loop.var) + 1)
    for ref in _refs(nest):
        step = substitute(ref.offset, following) - ref.offset
        if ref.strides != strides or step != count or ref.table or ref.index:
            return None
    start, end = (iteration(loop.var, step) for step in (0, loop.count))
    total = substitute(nest.target.offset, end) - substitute(nest.target.offset, start)
    if {loop.var, chosen_two(loop.var)} & variables(total):
        return None

    def in_one(ref: Ref, _: Sequence[Size]) -> Ref:
        return replace(ref, offset=substitute(ref.offset, start), strides=(1,))

    return replace(with_operands(nest, in_one), dims=(total,))


def _is_in_a_row(nest: Nest) -> bool:
    """Tell whether a nest goes through numbers that lie side by side, one by one."""
    refs = _refs(nest)
    plain = not any(r.table or r.index or r.padded or r.strides != (1,) for r in refs)
    return plain and len(nest.dims) == 1 and not any(t.dims for t in nest.terms)


def _continued(nest: Nest, other: Nest) -> Nest | None:
    """Return a nest that goes on as another does, which begins where it ends; None if none does."""
    (count,), (rest,) = nest.dims, other.dims

    def further(ref: Ref, _: Sequence[Size]) -> Ref:
        return replace(ref, offset=ref.offset + count)

    alike = replace(with_operands(nest, further), dims=other.dims) == other
    return replace(nest, dims=(count + rest,)) if alike else None


def _is_apart(nest: Nest) -> bool:
    """Tell whether it reads nothing that it writes elsewhere, so that the order does not matter."""
    regions = Regions(1)
    written = regions.written(nest)
    return all(
        same_element(ref, nest.target, 1) or not region.meets(written)
        for ref, region in regions.touched(nest)
    )


def _refs(nest: Nest) -> list[Ref]:
    return [use.ref for use in uses(nest)]
