"""exp(-x²) where erf or erfc of x is in the same loop: C takes the exponential that these have.

It is the slope of both, so that value and gradient ask for it together; it is two fifths of what
either costs.
"""

import math
from collections.abc import Hashable
from dataclasses import replace

from ... import ops
from ...ops import Op
from ..ir.program import Apply, Expr, Fused, Literal, Nest, Program, Ref, Term
from ..ir.visit import Simple, regrouped
from .regions import place_of
from .schedules import Target

# After differentiate: nobody asks for its slope.
GAUSS = Op("gauss", "gauss", 1, lambda x: math.exp(-x * x), lambda x, out: (-2.0 * x * out,),
           "e^{{-{0}^2}}", "gauss({0})")  # fmt: skip


def share_exponentials(program: Program, target: Target) -> Program:
    """Name exp(-x²) where it is the exponential of an erf, and need not be rounded as written."""
    if target.strict or program.by_rounding:
        return program

    def shared(s: Simple | Fused) -> list[Simple | Fused]:
        return [_shared(s) if isinstance(s, Fused) else s]

    forward, backward = (regrouped(body, shared) for body in (program.forward, program.backward))
    return replace(program, forward=forward, backward=backward)


def _shared(group: Fused) -> Fused:
    of_erf = {
        place_of(expr.args[0])
        for expr in map(_alone, group.nests)
        if isinstance(expr, Apply) and expr.op.name in ("erf", "erfc")
        if isinstance(expr.args[0], Ref)
    }
    if not of_erf:
        return group
    squares: dict[Hashable, Ref] = {}  # what -x² is of, by its place
    nests: list[Nest] = []
    for nest in group.nests:
        expr = _alone(nest)
        if isinstance(expr, Apply) and expr.op is ops.EXP:
            (of,) = expr.args
            x = squares.get(place_of(of)) if isinstance(of, Ref) else _root(of)
            if x is not None and place_of(x) in of_erf:
                nest = replace(nest, terms=(Term((), Apply(GAUSS, (x,))),))
        nests.append(nest)
        written = place_of(nest.target)
        squares = {p: x for p, x in squares.items() if written not in (p, place_of(x))}
        if not (nest.accumulate or nest.scatter) and expr and (x := _root(expr)) is not None:
            squares[written] = x
    return replace(group, nests=tuple(nests))


def _alone(nest: Nest) -> Expr | None:
    """Return what a nest sets its target to, where that is no sum over a loop of its own."""
    return nest.terms[0].expr if len(nest.terms) == 1 and not nest.terms[0].dims else None


def _root(expr: Expr) -> Ref | None:
    """Return x where an expression is (-1·x)·x, as the slopes of erf and erfc write -x²."""
    match expr:
        case Apply(outer, (Apply(inner, (Literal(-1.0), Ref() as x)), Ref() as y)):
            if outer is inner is ops.MUL and x == y:
                return x
    return None
