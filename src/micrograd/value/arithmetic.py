"""Arithmetic for what derivative rules are run on besides numbers: expressions and formulas."""

from typing import Any

from .. import ops


class Arithmetic:
    """Operators that apply ops; a class gets them by having ``_apply(op, *args)``.

    A difference is a sum with a product by -1, a quotient a product with a power, as everywhere.
    """

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        return ops.ADD(self, other)

    def __radd__(self, other: Any) -> Any:
        return ops.ADD(other, self)

    def __sub__(self, other: Any) -> Any:
        return ops.ADD(self, ops.MUL(other, -1.0))

    def __rsub__(self, other: Any) -> Any:
        return ops.ADD(other, ops.MUL(self, -1.0))

    def __mul__(self, other: Any) -> Any:
        return ops.MUL(self, other)

    def __rmul__(self, other: Any) -> Any:
        return ops.MUL(other, self)

    def __neg__(self) -> Any:
        return ops.MUL(self, -1.0)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return ops.ABS(self)

    def __truediv__(self, other: Any) -> Any:
        return ops.MUL(self, ops.power(-1)(other))

    def __rtruediv__(self, other: Any) -> Any:
        return ops.MUL(other, ops.power(-1)(self))

    def __pow__(self, other: Any) -> Any:
        if isinstance(other, ops.NUMBER):
            return ops.power(other)(self)
        return ops.POW(self, other)

    def __rpow__(self, other: Any) -> Any:
        return ops.POW(other, self)

    def __lt__(self, other: Any) -> Any:
        return ops.LT(self, other)

    def __le__(self, other: Any) -> Any:
        return ops.LE(self, other)

    def __gt__(self, other: Any) -> Any:
        return ops.GT(self, other)

    def __ge__(self, other: Any) -> Any:
        return ops.GE(self, other)
