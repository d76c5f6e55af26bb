"""Derivative rules that somebody has written: do they hold for all numbers at once?"""

from functools import cache
from typing import Any

from ... import ops
from ...value.arithmetic import Arithmetic
from ..errors import JitError


@cache
def check_rule(op: ops.Op, count: int) -> None:
    """Raise if a derivative does not hold for all numbers at once."""
    assert op.partials
    try:
        rule = op.partials(*[_AnyNumber() for _ in range(count)], _AnyNumber())
        if len(rule) != count:
            raise TypeError(f"it gives {len(rule)} for {count}")
    except TypeError as error:
        raise JitError(
            f"the derivative of {op.name} has to be arithmetic and operations (ABS, EXP, WHERE, "
            f"...) that hold for all numbers at once, in a tuple, for each argument one: {error}"
        ) from error


class _AnyNumber(Arithmetic):
    """What a rule may be told of a number: nothing."""

    @staticmethod
    def _apply(op: ops.Op, *args: Any) -> "_AnyNumber":
        return _AnyNumber()

    def __bool__(self) -> bool:
        raise TypeError("a condition is neither true nor false: choose by WHERE")
