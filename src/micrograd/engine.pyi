"""What type checkers and editors know of Value, whichever engine computes.

What a Value has only to say that it cannot be done, such as ``float(value)``, is left out, so that
a checker says it first.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, SupportsFloat, TypeAlias, overload

import numpy as np

from .ops import Op

__all__ = ["Value", "apply", "toposort"]

_Number: TypeAlias = float | np.floating[Any] | np.integer[Any] | np.bool_
_Assigned: TypeAlias = _Number | SupportsFloat
_Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
_Objects: TypeAlias = np.ndarray[Any, np.dtype[np.object_]]

def apply(op: Op, *args: Any) -> Value: ...
def toposort(root: Value) -> list[Value]: ...

class Value:
    """One number, its gradient, and how it was computed."""

    parents: tuple[Value, ...]
    op: Op | None
    label: str
    name: str
    _op: str
    _backward: Callable[[], None]
    # of the package alone
    _data: float
    _grad: float
    _closure: Any
    _is_micrograd_value: ClassVar[bool]
    _apply: Any
    @staticmethod
    def _make(
        cls: type[Value], data: float, grad: float, op: Op | None, parents: Any, label: str
    ) -> Any: ...
    def _rewire(self, op: Op | None, parents: Any) -> None: ...
    def __init__(
        self,
        data: _Assigned,
        _children: Iterable[Value] = (),
        _op: str | Sequence[float] = "",
        label: str = "",
        name: str = "",
    ) -> None: ...
    @property
    def data(self) -> float:
        """The number. Setting it does not recompute what was computed from it."""
    @data.setter
    def data(self, x: _Assigned) -> None: ...
    @property
    def grad(self) -> float:
        """The derivative, with respect to this value, of the one ``backward`` was called on."""
    @grad.setter
    def grad(self, x: _Assigned | None) -> None: ...
    @property
    def _prev(self) -> set[Value]: ...
    @_prev.setter
    def _prev(self, children: Iterable[Value]) -> None: ...
    @property
    def _children(self) -> tuple[Value, ...]: ...
    @_children.setter
    def _children(self, children: Iterable[Value]) -> None: ...
    @property
    def _local_grads(self) -> tuple[float, ...]: ...
    @_local_grads.setter
    def _local_grads(self, numbers: Sequence[float]) -> None: ...
    def backward(self) -> None:
        """Fill ``grad`` of all that this value was computed from with d(self)/d(that value)."""
    def partials(self) -> tuple[float, ...]:
        """Compute d(self)/d(parent) for each parent, from the parents' present data."""
    def detach(self) -> Value:
        """Return the same number as a constant: no gradient passes through it."""
    def conjugate(self) -> Value:
        """Return the value itself, a real number."""
    def item(self) -> float:
        """Return the data, a float."""
    @overload
    def __add__(self, other: Value | _Number) -> Value: ...
    @overload
    def __add__(self, other: _Array) -> _Objects: ...
    @overload
    def __radd__(self, other: Value | _Number) -> Value: ...
    @overload
    def __radd__(self, other: _Array) -> _Objects: ...
    @overload
    def __sub__(self, other: Value | _Number) -> Value: ...
    @overload
    def __sub__(self, other: _Array) -> _Objects: ...
    @overload
    def __rsub__(self, other: Value | _Number) -> Value: ...
    @overload
    def __rsub__(self, other: _Array) -> _Objects: ...
    @overload
    def __mul__(self, other: Value | _Number) -> Value: ...
    @overload
    def __mul__(self, other: _Array) -> _Objects: ...
    @overload
    def __rmul__(self, other: Value | _Number) -> Value: ...
    @overload
    def __rmul__(self, other: _Array) -> _Objects: ...
    @overload
    def __truediv__(self, other: Value | _Number) -> Value: ...
    @overload
    def __truediv__(self, other: _Array) -> _Objects: ...
    @overload
    def __rtruediv__(self, other: Value | _Number) -> Value: ...
    @overload
    def __rtruediv__(self, other: _Array) -> _Objects: ...
    @overload
    def __floordiv__(self, other: Value | _Number) -> Value: ...
    @overload
    def __floordiv__(self, other: _Array) -> _Objects: ...
    @overload
    def __rfloordiv__(self, other: Value | _Number) -> Value: ...
    @overload
    def __rfloordiv__(self, other: _Array) -> _Objects: ...
    @overload
    def __mod__(self, other: Value | _Number) -> Value: ...
    @overload
    def __mod__(self, other: _Array) -> _Objects: ...
    @overload
    def __rmod__(self, other: Value | _Number) -> Value: ...
    @overload
    def __rmod__(self, other: _Array) -> _Objects: ...
    @overload
    def __divmod__(self, other: Value | _Number) -> tuple[Value, Value]: ...
    @overload
    def __divmod__(self, other: _Array) -> tuple[_Objects, _Objects]: ...
    def __rdivmod__(self, other: Value | _Number) -> tuple[Value, Value]: ...
    @overload
    def __pow__(self, other: Value | _Number) -> Value: ...
    @overload
    def __pow__(self, other: _Array) -> _Objects: ...
    @overload
    def __rpow__(self, other: Value | _Number) -> Value: ...
    @overload
    def __rpow__(self, other: _Array) -> _Objects: ...
    def __lt__(self, other: Value | _Number) -> bool: ...
    def __le__(self, other: Value | _Number) -> bool: ...
    def __gt__(self, other: Value | _Number) -> bool: ...
    def __ge__(self, other: Value | _Number) -> bool: ...
    def __neg__(self) -> Value: ...
    def __pos__(self) -> Value: ...
    def __abs__(self) -> Value: ...
    def __copy__(self) -> Value: ...
    def __deepcopy__(self, memo: dict[int, Any]) -> Value: ...
    def __format__(self, spec: str) -> str: ...
    def abs(self) -> Value:
        """Return abs of this value."""
    def acos(self) -> Value:
        """Return acos of this value."""
    def acosh(self) -> Value:
        """Return acosh of this value."""
    def arccos(self) -> Value:
        """Return acos of this value."""
    def arccosh(self) -> Value:
        """Return acosh of this value."""
    def arcsin(self) -> Value:
        """Return asin of this value."""
    def arcsinh(self) -> Value:
        """Return asinh of this value."""
    def arctan(self) -> Value:
        """Return atan of this value."""
    def arctan2(self, x: Value | _Number) -> Value:
        """Return the angle of the point (x, this value)."""
    def arctanh(self) -> Value:
        """Return atanh of this value."""
    def asin(self) -> Value:
        """Return asin of this value."""
    def asinh(self) -> Value:
        """Return asinh of this value."""
    def atan(self) -> Value:
        """Return atan of this value."""
    def atan2(self, x: Value | _Number) -> Value:
        """Return the angle of the point (x, this value)."""
    def atanh(self) -> Value:
        """Return atanh of this value."""
    def cbrt(self) -> Value:
        """Return cbrt of this value."""
    def ceil(self) -> Value:
        """Return ceil of this value."""
    def clip(
        self, low: Value | _Number | None = None, high: Value | _Number | None = None
    ) -> Value:
        """Return this value within limits; outside of them no gradient passes."""
    def cos(self) -> Value:
        """Return cos of this value."""
    def cosh(self) -> Value:
        """Return cosh of this value."""
    def deg2rad(self) -> Value:
        """Return an angle in degrees in radians."""
    def degrees(self) -> Value:
        """Return an angle in radians in degrees."""
    def elu(self, alpha: Value | _Number = 1.0) -> Value:
        """Return this value where it is positive, else alpha · (exp(value) - 1)."""
    def erf(self) -> Value:
        """Return erf of this value."""
    def erfc(self) -> Value:
        """Return erfc of this value."""
    def exp(self) -> Value:
        """Return exp of this value."""
    def exp2(self) -> Value:
        """Return 2 to the power of this value."""
    def expm1(self) -> Value:
        """Return expm1 of this value."""
    def fabs(self) -> Value:
        """Return abs of this value."""
    def floor(self) -> Value:
        """Return floor of this value."""
    def gelu(self) -> Value:
        """Return gelu of this value."""
    def hypot(self, other: Value | _Number) -> Value:
        """Return the length of the vector (this value, other)."""
    def leaky_relu(self, negative_slope: Value | _Number = 0.01) -> Value:
        """Return this value where it is positive, else its product with a small slope."""
    def log(self) -> Value:
        """Return log of this value."""
    def log10(self) -> Value:
        """Return log10 of this value."""
    def log1p(self) -> Value:
        """Return log1p of this value."""
    def log2(self) -> Value:
        """Return log2 of this value."""
    def neg(self) -> Value:
        """Return minus this value."""
    def pow(self, exponent: Value | _Number) -> Value:
        """Return this value to the power of a number or a Value."""
    def rad2deg(self) -> Value:
        """Return an angle in radians in degrees."""
    def radians(self) -> Value:
        """Return an angle in degrees in radians."""
    def relu(self) -> Value:
        """Return relu of this value."""
    def sigmoid(self) -> Value:
        """Return sigmoid of this value."""
    def sign(self) -> Value:
        """Return sign of this value."""
    def silu(self) -> Value:
        """Return silu of this value."""
    def sin(self) -> Value:
        """Return sin of this value."""
    def sinh(self) -> Value:
        """Return sinh of this value."""
    def softplus(self) -> Value:
        """Return softplus of this value."""
    def sqrt(self) -> Value:
        """Return sqrt of this value."""
    def tan(self) -> Value:
        """Return tan of this value."""
    def tanh(self) -> Value:
        """Return tanh of this value."""
