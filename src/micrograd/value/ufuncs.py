"""NumPy's functions of each element, as what they are of Values, Numbers and plain numbers.

NumPy calls a method of each object that it meets, which a plain number beside Values does not have,
and for some of its functions it has no objects at all.
"""

import operator
from collections.abc import Callable
from math import inf, log, pi
from typing import Any

import numpy as np

from .. import ops
from ..functions import apply, logsumexp, maximum, minimum, where
from ..ops import Op
from .array_functions import ARRAY_FUNCTIONS
from .arrays import MixedArray, of_boxed, of_objects
from .number import Number


def unless_plain(
    f: Callable[[Any, Any], Any], of_plain: Callable[[Any, Any], Any]
) -> Callable[..., Any]:
    """Of Values and Numbers f; of plain numbers NumPy's own, which does not raise."""

    def computed(x: Any, y: Any) -> Any:
        values = hasattr(x, "_is_micrograd_value") or hasattr(y, "_is_micrograd_value")
        return f(x, y) if values else of_plain(x, y)

    return computed


def _of_numbers(op: Op) -> Callable[..., Any]:
    return lambda *xs: apply(op, *xs)


divided = unless_plain(operator.truediv, np.true_divide)
raised = unless_plain(operator.pow, np.power)
remainder = unless_plain(operator.mod, np.remainder)
floor, ceil = _of_numbers(ops.OPS["floor"]), _of_numbers(ops.OPS["ceil"])


def truncated(x: Any) -> Any:
    """Return what is left of a number without its fraction."""
    return where(x >= 0, floor(x), ceil(x))


def to_even(x: Any) -> Any:
    """Return the nearest whole number, of two the even one."""
    up = floor(x + 0.5)
    odd = up - 2.0 * floor(up / 2.0)
    nearest = where(up - x >= 0.5, up - odd, up)
    return where(abs(x) < 2.0**52, nearest, x)  # from there on there are only whole ones


def of_no_nan(best: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
    """Return the better of two numbers, the other one where one is nan."""
    return where(x != x, y, where(y != y, x, best(x, y)))


def fmod(x: Any, y: Any) -> Any:
    """Return the rest of a division, with the sign of x."""
    rest = apply(ops.OPS["mod"], abs(x), abs(y))
    return where(x < 0, -rest, rest)


def _heaviside(x: Any, at_zero: Any) -> Any:
    return where(x > 0, 1.0, where(x < 0, 0.0, where(x >= 0, at_zero, x)))


ELEMENTWISE: dict[Any, Callable[..., Any]] = {
    np.true_divide: divided,
    np.floor_divide: unless_plain(operator.floordiv, np.floor_divide),
    np.remainder: remainder,
    np.fmod: unless_plain(fmod, np.fmod),
    np.power: raised,
    np.float_power: raised,
    np.fabs: abs,
    np.fmax: lambda x, y: of_no_nan(maximum, x, y),
    np.fmin: lambda x, y: of_no_nan(minimum, x, y),
    np.reciprocal: lambda x: divided(1.0, x),
    np.hypot: _of_numbers(ops.OPS["hypot"]),
    np.arctan2: _of_numbers(ops.OPS["atan2"]),
    np.deg2rad: lambda x: x * (pi / 180),
    np.radians: lambda x: x * (pi / 180),
    np.rad2deg: lambda x: x * (180 / pi),
    np.degrees: lambda x: x * (180 / pi),
    np.exp2: lambda x: raised(2.0, x),
    np.heaviside: _heaviside,
    np.logaddexp: lambda x, y: logsumexp([x, y]),
    np.logaddexp2: lambda x, y: logsumexp([x * log(2), y * log(2)]) / log(2),
    np.isnan: lambda x: x != x,
    np.isfinite: lambda x: abs(x) < inf,
    np.isinf: lambda x: abs(x) == inf,
    np.conjugate: lambda x: x,
    np.floor: floor,
    np.ceil: ceil,
    np.trunc: truncated,
    np.rint: to_even,
}
for _name in ("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt"):
    ELEMENTWISE[getattr(np, _name)] = _of_numbers(ops.OPS[_name])
for _name in ("sin", "cos", "tan", "sinh", "cosh", "tanh"):
    ELEMENTWISE[getattr(np, _name)] = _of_numbers(ops.OPS[_name])
    ELEMENTWISE[getattr(np, f"arc{_name}")] = _of_numbers(ops.OPS[f"a{_name}"])


def of_number(x: Any, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
    """What NumPy's functions are of a number that is differentiated by, and others."""
    return of_objects(ufunc, method, inputs, options)


def array_of_number(x: Any, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
    """What NumPy's functions of arrays are of a number that is differentiated by, and others."""
    return of_boxed(function, args, kwargs)


MixedArray.elementwise, MixedArray.instead = ELEMENTWISE, ARRAY_FUNCTIONS
Number.__array_ufunc__ = of_number  # type: ignore[attr-defined]
Number.__array_function__ = array_of_number  # type: ignore[attr-defined]
