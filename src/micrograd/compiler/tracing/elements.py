"""What becomes of one element of a traced array where the array makes something else of it."""

from typing import Any

from ...engine import Value
from ...value.modes import mode
from ...value.number import Number
from .elementwise import truncated
from .integers import Integer, whole_of
from .predicates import count, detached


def as_bool(x: Any) -> Any:
    """Return an element of an array of bools."""
    return x != 0 if isinstance(x, Number) else x


def cut(x: Any) -> Any:
    """Return a number as an array of ints holds it."""
    x = count(x)
    if not isinstance(x, Number):
        return int(x)
    return x if isinstance(x, Integer) else whole_of(truncated(x))


def of_python(x: Any) -> Any:
    """Return a number as Python's own."""
    if mode.tracer is None or not isinstance(x, Number) or isinstance(x, Integer):
        return x
    return mode.tracer.of_python(x * 1.0)


def data_of(x: Any) -> Any:
    """Return a Value's number: no gradient passes through it."""
    if not isinstance(x, Value) or isinstance(x, Number):
        return x
    return detached(x)
