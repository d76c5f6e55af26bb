"""Along which dims nests are done in blocks, after what goes along the lanes was chosen.

A block keeps several elements in registers, which share operands. It is long in C: what takes next
to none of the time, as the corners of a padded convolution, is done without.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from math import ceil, prod

from ..ir.footprint import apart
from ..ir.program import Fused, Nest, Program, Schedule, Statement
from ..ir.sizes import Poly, Size
from ..ir.visit import Simple, regrouped, walk
from .schedules import Costs, Target, along, heavy, irregular, operands, usual

_CHEAP = 0.005  # of the whole cost: as much is not done in blocks, which are long in C
_BESIDE_HALVES = (4, 6, 5)  # sums a half, first the best
_MANY = 32  # rows: what is left over behind blocks of them counts no more
_DONE_WITH_HALVES = 4  # nests; what is done with each sum stands in C for each of both halves


def schedule(program: Program, target: Target) -> Program:
    """Choose for all fused nests how to run through them."""

    costs = Costs(target)
    cheap = _cheap([*program.forward, *program.backward], costs)

    def chosen(statement: Simple | Fused) -> list[Statement]:
        if isinstance(statement, Fused) and not statement.schedule.packed:
            nests = statement.nests
            short = id(statement) in cheap
            choice = costs.best(nests)[1] if short else _schedule(nests, costs)
            statement = replace(statement, schedule=choice)
        return [statement]

    forward, backward = (regrouped(body, chosen) for body in (program.forward, program.backward))
    return replace(program, forward=forward, backward=backward)


def shares(body: Sequence[Statement], costs: Costs) -> dict[int, float]:
    """Return which part of the whole cost each group of fused nests has, by its id."""
    times: dict[int, float] = {}
    for s, around in walk(body):
        if isinstance(s, Fused):
            times[id(s)] = costs.best(s.nests)[0] * prod([usual(loop.count) for loop in around])
    total = sum(times.values())
    return {group: time / total for group, time in times.items()}


def _cheap(body: Sequence[Statement], costs: Costs) -> set[int]:
    """Return the ids of groups that all together take next to nothing."""
    by_cost = sorted(shares(body, costs).items(), key=lambda item: item[1])
    together = accumulate([share for _, share in by_cost])
    cheap = zip(by_cost, together, strict=True)
    return {group for (group, _), most in cheap if most <= _CHEAP}


def _schedule(nests: Sequence[Nest], costs: Costs) -> Schedule:
    """Choose how to run through nests of equal dims; several are never run as "inner"."""
    choice = costs.best(nests)[1]
    blocks = _blocks(nests, choice, costs.target)
    sides = dict(blocks)
    if choice.lanes is not None:
        sides[choice.lanes] = blocks.get(choice.lanes, 1) * costs.target.lanes
    for target in [n.target for n in nests if n.scatter]:
        if any(irregular(target, dim) for dim in sides) or not apart(target, sides):
            return choice
    return replace(choice, blocks=tuple(blocks.items()))


def _blocks(nests: Sequence[Nest], choice: Schedule, target: Target) -> dict[int, int]:
    """Block the dims along which an operand of a sum is used again and again."""
    nest = nests[-1] if len(nests) == 1 else max(nests, key=_longest)
    if any(heavy(t.expr) for n in nests for t in n.terms):
        return {}
    if _longest(nest) < 2 or (choice.lanes is None and {*choice.inner} <= {None}):
        return {}
    term = max(nest.terms, key=lambda t: prod(map(usual, t.dims)))
    shared = [
        dim
        for dim, extent in enumerate(nest.dims)
        if dim != choice.lanes
        and extent != 1
        and any(along(ref.strides, dim) == 0 for ref in operands(term.expr))
    ]
    if choice.lanes is None:
        shared = shared or [d for d, extent in enumerate(nest.dims) if extent != 1]
        blocks = {dim: _four(nest.dims[dim]) for dim in shared[-2:]}
        if len(blocks) == 2:  # the last has four sums, whose lanes are added up at once
            blocks[shared[-2]] = min(blocks[shared[-2]], target.sums // 4)
        return blocks
    blocks = {}
    extent = nest.dims[choice.lanes]
    vectors = _vectors_at_once(extent, target.lanes, bool(shared))
    sizes: tuple[int, ...] = (4,) if vectors > 1 else (8, 6, 7, 9, 5, 10, 4)
    beside = [n for n in nests if not any(t.dims for t in n.terms)]
    can = shared and vectors < target.halves and len(beside) <= _DONE_WITH_HALVES
    if can and _halved(extent, nest.dims[shared[-1]], target):
        vectors, sizes = target.halves, _BESIDE_HALVES
    elif _in_fours(extent, target) and any(map(_few, [*nest.dims, *term.dims])):
        vectors, sizes = 4, (2,)
    if vectors > 1:
        blocks[choice.lanes] = vectors
    if shared:
        blocks[shared[-1]] = min(_block(nest.dims[shared[-1]], sizes), target.sums // vectors)
    return blocks


def _halved(extent: Size, others: Size, target: Target) -> bool:
    """Tell whether to take both halves of a row's vector at once, so that they share its factors.

    Else each product loads a factor of its own, and processors load no faster than they multiply.
    """
    if isinstance(extent, int) and extent * target.halves <= target.lanes:
        return False
    return not isinstance(others, int) or any(others % n == 0 for n in _BESIDE_HALVES)


def _in_fours(extent: Size, target: Target) -> bool:
    """Tell whether a row is made of four vectors again and again, where those are halves."""
    four = 4 * target.lanes // target.halves
    return target.halves > 1 and isinstance(extent, int) and extent % four == 0


def _few(extent: Size) -> bool:
    """Tell whether a loop of unknown length is short: over rows, or over what a sum adds up.

    Then rows that are left over behind blocks take much of the time, one at a time: the more sums
    each of them has, the less they wait. And sums that soon end are soon written, side by side. Of
    two rows the sums, and what they are made of, are always in registers.
    """
    return isinstance(extent, Poly) and usual(extent) < _MANY


def _longest(nest: Nest) -> int:
    return max(prod(map(usual, term.dims)) for term in nest.terms)


def _four(extent: Size) -> int:
    """Four sums, whose lanes are added up at once, though some are left over; or all there are."""
    return min(4, extent) if isinstance(extent, int) else 4


def _block(extent: Size, sizes: Sequence[int]) -> int:
    """The first size that divides the extent, or fits into it."""
    if isinstance(extent, Poly):
        return sizes[-1]
    fitting = [s for s in sizes if extent % s == 0] or [s for s in (4, 3, 2) if s <= extent]
    return next((s for s in fitting if extent % s == 0), fitting[0])


def _vectors_at_once(extent: Size, width: int, shared: bool) -> int:
    """How many sums to have at once: each waits for itself. Where others share its operand, too."""
    vectors = ceil(extent / width) if isinstance(extent, int) else 1
    return next(n for n in (4, 2, 1) if vectors % n == 0 or (vectors > n > 1 and not shared))
