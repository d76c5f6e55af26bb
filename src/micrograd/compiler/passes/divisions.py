"""Where divisions take no time of their own: a unit beside the others does them."""

from collections.abc import Sequence

from ..ir.program import Apply, Expr, Nest
from .schedules import heavy

_BESIDE_A_DIVISION = 36  # operations


def hides_divisions(nests: Sequence[Nest]) -> bool:
    """Tell whether nests that share their loops do so much else that divisions cost no time.

    A division of vectors keeps a unit of its own busy for 16 to 24 cycles, in which the others do
    two operations each; a guess made good takes eight of these.
    """
    if any(t.dims or heavy(t.expr) for n in nests for t in n.terms):
        return False
    expressions = [t.expr for n in nests for t in n.terms]
    slow = sum(map(_divisions, expressions))
    work = sum(map(_operations, expressions)) + sum(max(len(n.terms) - 1, 0) for n in nests)
    return work >= (1 + _BESIDE_A_DIVISION) * slow > 0


def _operations(expr: Expr) -> int:
    if not isinstance(expr, Apply):
        return 0
    return max(1, len(expr.args) - 1) + sum(map(_operations, expr.args))


def _divisions(expr: Expr) -> int:
    """Count what is divided, and roots, which the same unit takes."""
    if not isinstance(expr, Apply):
        return 0
    own, exponent = int(expr.op.name == "sqrt"), expr.op.static
    if expr.op.name == "powc" and isinstance(exponent, float | int):
        own = (exponent < 0) + (exponent % 1 != 0)
    return own + sum(map(_divisions, expr.args))
