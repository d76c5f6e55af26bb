"""Number: what a transform or a trace puts in the place of a plain number.

It remembers how it was computed, as a Value does, and is a plain number to the function that gets
it: equality, truth and hash are those of the number. What is computed from Numbers and plain
numbers alone is a Number; where a Value takes part, the result is a Value.
"""

from collections.abc import Callable
from numbers import Real
from typing import Any

from ..engine import Value, apply
from .backend import native
from .modes import mode
from .numeric import is_array
from .operators import instead_of_math

_OPERATORS = "add radd mul rmul sub rsub truediv rtruediv pow rpow neg abs"
_METHODS = "relu tanh sigmoid softplus exp expm1 log log1p sqrt sin cos erf detach"


class Number(Value):
    """A Value that is a plain number to its user."""

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # what C asks too, for a class pattern and for singledispatch
        return type(self) if mode.tracer is None else mode.tracer.class_of(self)

    def __eq__(self, other: Any) -> Any:
        if not is_number(other):
            return NotImplemented
        if mode.tracer is not None:
            return mode.tracer.equal(self, other)
        return bool(self._data == getattr(other, "_data", other))

    def __ne__(self, other: Any) -> Any:
        if mode.tracer is not None and is_number(other):
            return ~mode.tracer.equal(self, other)
        equal = self.__eq__(other)
        return NotImplemented if equal is NotImplemented else not equal

    def __bool__(self) -> bool:
        return bool(self != 0.0)

    def __float__(self) -> float:
        remedy = instead_of_math(
            self,
            "{called}(x), from micrograd, takes it",
            "compute {called} outside, and pass what it gives as an argument",
            "compute with it as it is, and take the float of what is returned",
        )
        raise TypeError(f"{_who()} is not a float: {remedy}")

    def __round__(self, digits: Any = None) -> Any:
        raise TypeError(
            f"{_who()} cannot be rounded, a step has no slope: "
            "return it, and round what is returned"
        )

    def __hash__(self) -> int:
        if mode.tracer is not None:
            mode.tracer.frozen(self)
        return hash(self._data)


def _who() -> str:
    if mode.tracer is None:
        return "a number that is differentiated by"
    return "a number that stands for those of all calls"


def is_number(x: Any) -> bool:
    """Tell whether x is a plain number, or stands for one."""
    if isinstance(x, (Number, float, int)):
        return True
    if hasattr(x, "_is_micrograd_value"):
        return False
    return issubclass(type(x), Real) or (is_array(x) and not x.ndim and x.dtype.kind in "fiub")


def of_numbers(out: Any) -> Any:
    """Make a result of Numbers, and the constants lifted on the way to it, Numbers too."""
    todo = [out]
    while todo:
        v = todo.pop()
        if type(v) is Value:
            v.__class__ = Number
            todo.extend(v.parents)
    return out


def _in_python(method: Callable) -> Callable:
    """The operation on Numbers; in the engine in C they are told apart as they are made."""

    def operation(self: Any, *others: Any) -> Any:
        out = method(self, *others)
        return of_numbers(out) if all(map(is_number, others)) else out

    operation.__doc__ = method.__doc__
    return operation


def _apply(op: Any, *args: Any) -> Any:
    out = apply(op, *args)
    return of_numbers(out) if all(map(is_number, args)) else out


if native is not None:
    native.set_number(Number)
else:
    for _name in [f"__{name}__" for name in _OPERATORS.split()] + _METHODS.split():
        setattr(Number, _name, _in_python(getattr(Value, _name)))
    Number._apply = staticmethod(_apply)
