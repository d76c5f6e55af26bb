"""What the way back computes again, from what it reads anyway, because keeping it would cost more.

Cheap values only, of which neither they nor what they are made of change afterwards.
"""

from collections.abc import Hashable
from dataclasses import replace

from ... import ops
from ..graph import PICK
from ..ir.program import Apply, Expr, Fused, Nest, Program, Ref
from ..ir.visit import Simple, regrouped, simple
from .regions import RegionList, Regions, operands, place_of
from .schedules import Costs, Target
from .signs import tested_by_results

_MOST = 64  # copies in one loop
_CHEAP = {ops.ADD, ops.MUL, ops.SUM, ops.PROD, ops.WHERE, PICK, ops.RELU, ops.ABS, ops.MAXIMUM}
_CHEAP |= {ops.MINIMUM, ops.LT, ops.LE, ops.GT, ops.GE}
_SMALL_POWERS = (-2, -1, 0, 1, 2, 3)

_Known = dict[Hashable, Nest]  # cheap nests of the way forward, by what they write


def recompute(program: Program, target: Target) -> Program:
    """Let the way back compute cheap values again where that saves memory traffic."""
    known, costs = _known(program, Regions(target.lanes)), Costs(target)
    program = tested_by_results(program, known.values())

    def with_copies(s: Simple | Fused) -> list[Simple | Fused]:
        if isinstance(s, Fused) and not s.schedule.packed:
            return [_with_copies(s, known, costs)]
        return [s]

    return replace(program, backward=regrouped(program.backward, with_copies))


def _known(program: Program, regions: Regions) -> _Known:
    order = list(simple(program.forward))
    written = RegionList([regions.written(s) for s in order])
    places = {id(s): i for i, s in enumerate(order)}

    def lasting(nest: Nest) -> bool:
        """Tell whether neither the value nor what it is computed from changes afterwards."""
        place = places[id(nest)]
        if any(written.meeting(used)[place:].any() for used in regions.reads(nest)):
            return False
        return not written.meeting(regions.written(nest))[place + 1 :].any()

    return {
        place_of(nest.target): nest
        for item in program.forward
        if isinstance(item, Fused)
        for nest in item.nests
        if _cheap(nest) and lasting(nest)
    }


def _with_copies(group: Fused, known: _Known, costs: Costs) -> Fused:
    """Put copies of cheap forward nests first, where they read fewer arrays than they save."""
    dims = group.nests[0].dims
    wanted = dict.fromkeys(
        ref
        for nest in group.nests
        for d, ref in operands(nest)
        if not ref.grad and len(d) == len(dims)
    )
    again: dict[Hashable, Nest] = {}
    leaves: set[Ref] = set()

    def trace(ref: Ref, depth: int) -> None:
        nest = known.get(place_of(ref)) if depth else None
        if nest is None or nest.dims != dims or ref.table is not None or ref.index is not None:
            leaves.add(ref)
        elif place_of(ref) not in again:
            for _, operand in operands(nest):
                trace(operand, depth - 1)
            again[place_of(ref)] = nest

    for ref in wanted:
        trace(ref, _MOST)
    copies = tuple([replace(nest) for nest in again.values()])
    if not copies or len(leaves) >= len(wanted) or len(copies) + len(group.nests) > 2 * _MOST:
        return group
    nests = (*copies, *group.nests)
    if not costs.along_lanes(nests):
        return group
    return replace(group, nests=nests, stored=(*[False] * len(copies), *group.stored))


def _cheap(nest: Nest) -> bool:
    if nest.accumulate or nest.scatter:
        return False
    return all(not t.dims and _cheap_expression(t.expr) for t in nest.terms)


def _cheap_expression(expr: Expr) -> bool:
    if not isinstance(expr, Apply):
        return True
    small = expr.op.name == "powc" and expr.op.static in _SMALL_POWERS
    return (small or expr.op in _CHEAP) and all(map(_cheap_expression, expr.args))
