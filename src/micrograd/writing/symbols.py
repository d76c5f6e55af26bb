"""Formulas in place of numbers: an op's partials, called on symbols, write its derivative.

Only what makes a derivative readable is simplified: 1·x, 0·x, 0 + x, x·x, numbers with numbers.
"""

from typing import Any

from .. import ops
from ..ops import Op
from ..value.arithmetic import Arithmetic
from .notation import Written, number_tex, number_text, write_tex, write_text


class Symbol(Arithmetic):
    """A name, or an operation on symbols and numbers.

    Args:
        text: how it is written in plain text.
        tex: how it is written in TeX.
    """

    is_formula = True  # so that a derivative is given in its short form

    def __init__(
        self, text: Written, tex: Written, op: Op | None = None, args: tuple[Any, ...] = ()
    ) -> None:
        self.text, self.tex, self.op, self.args = text, tex, op, args

    @staticmethod
    def _apply(op: Op, *args: Any) -> Any:
        simple = _simplified(op, args)
        return _written(op, args) if simple is None else simple

    def __bool__(self) -> bool:
        raise TypeError(f"{self.text.text} is a formula, neither true nor false: choose by where")


def _written(op: Op, args: tuple[Any, ...]) -> Symbol:
    """Write the operation, numbers first among factors."""
    if op is ops.MUL and isinstance(args[1], (int, float)):
        args = args[::-1]
    return Symbol(
        write_text(op, [x.text if isinstance(x, Symbol) else number_text(x) for x in args]),
        write_tex(op, [x.tex if isinstance(x, Symbol) else number_tex(x) for x in args]),
        op,
        args,
    )


def _simplified(op: Op, args: tuple[Any, ...]) -> Any:
    """Return what an operation is equal to in short, or None."""
    if op is ops.MUL:
        return _product(*args)
    if op is ops.ADD:
        return _sum(*args)
    if op.name == "powc":
        return 1.0 if op.static == 0 else args[0] if op.static == 1 else None
    if op is ops.POW:
        return args[0] if args[1] == 1 else None
    if op is ops.WHERE:
        condition, x, y = args
        if isinstance(condition, (int, float)):
            return x if condition else y
        if x is y or _but_for_zero(condition, x, y):
            return x
        return x if _numbers(x, y) and x == y else None
    return None


def _but_for_zero(condition: Symbol, x: Any, y: Any) -> bool:
    """Tell whether x is chosen for all numbers above 0, and again for all below: as in a power."""
    if not isinstance(y, Symbol) or y.op is not ops.WHERE or y.args[1] is not x:
        return False
    above, below = condition, y.args[0]
    signs = (above.op, below.op) == (ops.GT, ops.LT)
    return signs and above.args[0] is below.args[0] and above.args[1] == below.args[1] == 0


def _product(x: Any, y: Any) -> Any:
    for one, other in ((x, y), (y, x)):
        if isinstance(one, (int, float)):
            if one == 0:
                return 0.0
            if one == 1:
                return other
            if other.op is ops.MUL and isinstance(other.args[0], (int, float)):
                return ops.MUL(one * other.args[0], other.args[1])
            return _through_choice(lambda branch, one=one: one * branch, other)
    return ops.power(2)(x) if x is y else None


def _sum(x: Any, y: Any) -> Any:
    for one, other in ((x, y), (y, x)):
        if isinstance(one, (int, float)):
            return (
                other if one == 0 else _through_choice(lambda branch, one=one: one + branch, other)
            )
    return None


def _through_choice(f: Any, x: Symbol) -> Any:
    """Apply f to the two numbers that x chooses from."""
    if x.op is not ops.WHERE or not _numbers(*x.args[1:]):
        return None
    return ops.WHERE(x.args[0], f(x.args[1]), f(x.args[2]))


def _numbers(*xs: Any) -> bool:
    return all(isinstance(x, (int, float)) for x in xs)
