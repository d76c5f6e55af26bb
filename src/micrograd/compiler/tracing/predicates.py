"""Comparisons in a trace: numbers that are true or false, and guards where Python branches."""

from collections.abc import Callable
from typing import Any

from ... import ops
from ...engine import Value
from ...functions import apply
from ...value.modes import mode
from ...value.number import Number
from .integers import node


class Predicate:
    """A comparison of traced numbers: give it to ``where``; a branch on it becomes a guard."""

    def __init__(self, traced: Any, guard: Callable[[Value], bool]) -> None:
        self._traced, self._guard = traced, guard

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self) if mode.tracer is None else mode.tracer.class_of(self)

    def __bool__(self) -> bool:
        if not isinstance(self._traced, Value):
            return bool(self._traced)
        return self._guard(self._traced)

    @staticmethod
    def _apply(op: ops.Op, *args: Any) -> Any:
        return apply(op, *map(truth, args))

    def _of(self, test: Any, x: Any, y: Any) -> "Predicate":
        return Predicate(apply(ops.WHERE, *map(truth, (test, x, y))), self._guard)

    def __and__(self, other: Any) -> "Predicate":
        return self._of(self, other, 0.0)

    def __or__(self, other: Any) -> "Predicate":
        return self._of(self, 1.0, other)

    def __invert__(self) -> "Predicate":
        return self._of(self, 0.0, 1.0)

    def __eq__(self, other: Any) -> Any:
        return self._of(self, other, self._of(other, 0.0, 1.0))

    def __ne__(self, other: Any) -> Any:
        return ~(self == other)

    def __xor__(self, other: Any) -> Any:
        return ~(self == other)

    def __hash__(self) -> int:
        return hash(bool(self))

    def __index__(self) -> int:
        return int(bool(self))

    def __add__(self, other: Any) -> Any:
        return count(self) + count(other)

    def __mul__(self, other: Any) -> Any:
        return count(self) * count(other)

    def __sub__(self, other: Any) -> Any:
        return count(self) - count(other)

    def __rsub__(self, other: Any) -> Any:
        return count(other) - count(self)

    def __truediv__(self, other: Any) -> Any:
        return count(self) / count(other)

    def __rtruediv__(self, other: Any) -> Any:
        return count(other) / count(self)

    def __pow__(self, other: Any) -> Any:
        return count(self) ** count(other)

    def __rpow__(self, other: Any) -> Any:
        return count(other) ** count(self)

    def __lt__(self, other: Any) -> Any:
        return count(self) < count(other)

    def __le__(self, other: Any) -> Any:
        return count(self) <= count(other)

    def __gt__(self, other: Any) -> Any:
        return count(self) > count(other)

    def __ge__(self, other: Any) -> Any:
        return count(self) >= count(other)

    def __neg__(self) -> Any:
        return -count(self)

    def __pos__(self) -> Any:
        return count(self)

    __rand__, __ror__, __rxor__, __radd__, __rmul__ = __and__, __or__, __xor__, __add__, __mul__


def truth(x: Any) -> Any:
    """Return what stands behind a comparison; anything else as it is."""
    return getattr(x, "_traced", x)


def count(x: Any) -> Any:
    """Return a comparison as the 1 or 0 that it is in arithmetic; anything else as it is."""
    if not isinstance(x, Predicate):
        return x
    if not isinstance(x._traced, Value):
        return int(x._traced)
    return node(ops.WHERE, int(x._traced._data), x._traced, 1.0, 0.0)


def chosen(test: Any, x: Any, y: Any) -> Any:
    """Return one of two whole numbers."""
    if not isinstance(truth(test), Value):
        return x if test else y
    return node(
        ops.WHERE, int(x if truth(test)._data else getattr(y, "_data", y)), truth(test), x, y
    )


def detached(x: Value) -> Number:
    """Return the number of a Value, which is none, as a traced number."""
    assert mode.tracer is not None
    return compared(ops.DETACH, x, tape=mode.tracer.tape)


def compared(op: ops.Op, *args: Any, tape: list[Value]) -> Any:
    """Compute a comparison as a number: also of Values it is none, eagerly it is a bool."""
    made = Value._apply(op, *args)
    if isinstance(made, Number):
        return made
    number = made._make(Number, made._data, 0.0, made.op, made.parents, "")
    tape[-1] = number
    return number
