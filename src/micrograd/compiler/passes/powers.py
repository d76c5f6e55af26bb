"""Powers of what has another power in the same loop: 1/x² is the square of 1/x, which is there.

Derivatives of quotients and roots ask for such pairs. Multiplying is cheaper than dividing again.
"""

from collections.abc import Hashable
from dataclasses import replace

from ... import ops
from ..ir.program import Apply, Expr, Fused, Nest, Program, Ref, Term
from ..ir.visit import Simple, regrouped
from .regions import place_of
from .schedules import Target

_MOST = 3  # factors

_Known = dict[Hashable, list[tuple[float, Ref]]]  # powers that are computed, by what they are of


def share_powers(program: Program, target: Target) -> Program:
    """Compute powers from others of the same loop, where numbers need not be exactly these."""
    if target.strict or program.by_rounding:
        return program

    def shared(s: Simple | Fused) -> list[Simple | Fused]:
        return [_shared(s) if isinstance(s, Fused) and not s.schedule.packed else s]

    forward, backward = (regrouped(body, shared) for body in (program.forward, program.backward))
    return replace(program, forward=forward, backward=backward)


def _shared(group: Fused) -> Fused:
    known: _Known = {}
    nests: list[Nest] = []
    written: set[Hashable] = set()
    for nest in group.nests:
        terms = [t if t.dims else Term(t.dims, _from_others(t.expr, known)) for t in nest.terms]
        nests.append(replace(nest, terms=tuple(terms)))
        if place_of(nest.target) in written:
            known.clear()  # an operand, or a power, may have changed
        written.add(place_of(nest.target))
        expr = nest.terms[0].expr if len(nest.terms) == 1 and not nest.terms[0].dims else None
        if nest.accumulate or nest.scatter or not isinstance(expr, Apply):
            continue
        if expr.op.name == "powc" and isinstance(expr.args[0], Ref):
            power = (_exponent(expr), nest.target)
            known.setdefault(place_of(expr.args[0]), []).append(power)
    return replace(group, nests=tuple(nests))


def _from_others(expr: Expr, known: _Known) -> Expr:
    if not isinstance(expr, Apply):
        return expr
    args = tuple([_from_others(a, known) for a in expr.args])
    if expr.op.name == "powc" and isinstance(args[0], Ref):
        for exponent, power in known.get(place_of(args[0]), ()):
            if exponent < 0 and (n := _exponent(expr) / exponent) in range(2, _MOST + 1):
                return _times(power, int(n))
    return Apply(expr.op, args)


def _times(power: Expr, factors: int) -> Expr:
    return power if factors == 1 else Apply(ops.MUL, (_times(power, factors - 1), power))


def _exponent(expr: Apply) -> float:
    return float(expr.op.static)  # type: ignore[arg-type]
