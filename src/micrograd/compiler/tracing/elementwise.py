"""NumPy's functions of each element, as what they are of a traced number or a Value."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ... import ops
from ...engine import Value
from ...functions import apply, maximum, minimum, where
from ...value.modes import mode
from ...value.number import Number, is_number
from ..errors import JitError, users_line
from ..graph import PICK
from .integers import is_int
from .predicates import Predicate, chosen, count, truth

_INFINITY = float("inf")
_LOG_2 = float(np.log(2.0))


def _unary(op: ops.Op) -> Callable[[Any], Any]:
    return lambda x: apply(op, x)


def _divided(x: Any, y: Any) -> Any:
    traced = hasattr(x, "_is_micrograd_value") or hasattr(y, "_is_micrograd_value")
    return x / y if traced else np.true_divide(x, y)


def _raised(x: Any, y: Any) -> Any:
    traced = hasattr(x, "_is_micrograd_value") or hasattr(y, "_is_micrograd_value")
    return x**y if traced else np.power(x, y)


def _holds(x: Any) -> Any:
    """A number as whether it is not 0, a Value as itself: NumPy picks one of two objects."""
    return x if isinstance(x, Predicate) or not is_number(x) else x != 0


def _logical(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: function(*(map(_holds, args) if all(map(_is_plain, args)) else args))


def _is_plain(x: Any) -> bool:
    return isinstance(x, Predicate) or is_number(x)


def _bits(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of bools; of ints it is one of their bits, of which a trace knows nothing."""

    def computed(*args: Any) -> Any:
        if any(isinstance(x, Number) for x in args):
            raise JitError(
                "the bits of a traced int: of bools & | ^ ~ are compiled, write x != 0\n"
                f"  at {users_line()}"
            )
        return function(*args)

    return computed


def _both(x: Any, y: Any) -> Any:
    return x & y if isinstance(x, Predicate) else y & x if isinstance(y, Predicate) else x and y


def _either(x: Any, y: Any) -> Any:
    return x | y if isinstance(x, Predicate) else y | x if isinstance(y, Predicate) else x or y


def _not(x: Any) -> Any:
    return ~x if isinstance(x, Predicate) else x == 0


def _both_bools(x: Any, y: Any) -> bool:
    return all(isinstance(z, (Predicate, bool, np.bool_)) for z in (x, y))


def _added(x: Any, y: Any) -> Any:
    return _either(x, y) if _both_bools(x, y) else count(x) + count(y)


def _multiplied(x: Any, y: Any) -> Any:
    return _both(x, y) if _both_bools(x, y) else count(x) * count(y)


def _differ(x: Any, y: Any) -> Any:
    return x ^ y if isinstance(x, Predicate) else y ^ x if isinstance(y, Predicate) else x != y


def _sign(x: Any) -> Any:
    if is_int(x):
        return chosen(x > 0, 1, chosen(x < 0, -1, 0))
    return where(x > 0, 1.0, where(x < 0, -1.0, x))


_KEEPS_INTS = np.floor(np.arange(2)).dtype.kind == "i"  # since 2.1, of ints that are whole already


def _rounding(op: ops.Op) -> Callable[[Any], Any]:
    def rounded(x: Any) -> Any:
        return (x if _KEEPS_INTS else x * 1.0) if is_int(x) else apply(op, x)

    return rounded


_floor, _ceil = _rounding(ops.OPS["floor"]), _rounding(ops.OPS["ceil"])


def truncated(x: Any) -> Any:
    """Return what is left of a number without its fraction."""
    return _floor(x) if is_int(x) else where(x >= 0, _floor(x), _ceil(x))


def _to_even(x: Any) -> Any:
    """Return the nearest whole number, of two the even one."""
    if is_int(x):
        return _floor(x)
    up = _floor(x + 0.5)
    odd = up - 2.0 * _floor(up / 2.0)
    nearest = where(up - x >= 0.5, up - odd, up)
    return where(abs(x) < 2.0**52, nearest, x)  # from there on there are only whole ones


def are_objects(items: Sequence[Any]) -> bool:
    """Tell whether NumPy plainly has objects here, of which it picks some."""
    return mode.tracer is not None and mode.tracer.are_objects(items)


def picked(test: Any, x: Any, y: Any) -> Any:
    """Return x or y, as NumPy picks of objects: nothing passes to the other.

    Of a Value and a number it is now the one, now the other: a branch.
    """
    if is_number(x) != is_number(y):
        return x if test else y
    whole = is_int(x) and is_int(y)
    if whole or not are_objects([x, y]) or not isinstance(truth(test), Value):
        return where(test, x, y)
    return mode.tracer.pick(apply(PICK, truth(test), x, y))  # type: ignore[union-attr]


def larger(x: Any, y: Any) -> Any:
    """Return what ``np.maximum`` does; of objects the second where one is nan."""
    if _both_bools(x, y):
        return _either(x, y)
    return picked(x >= y, x, y) if are_objects([x, y]) else maximum([x, y])


def smaller(x: Any, y: Any) -> Any:
    """Return what ``np.minimum`` does; of objects the second where one is nan."""
    if _both_bools(x, y):
        return _both(x, y)
    return picked(x <= y, x, y) if are_objects([x, y]) else minimum([x, y])


def _of_no_nan(best: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
    """Return the better of two numbers, the other one where one is nan."""
    if _both_bools(x, y):
        return best(x, y)
    return where(x != x, y, where(y != y, x, best(x, y)))


def _float(x: Any) -> Any:
    """A whole number as a float, as which some functions of NumPy give it."""
    return x * 1.0 if is_int(x) else x


def _reciprocal(x: Any) -> Any:
    if is_int(x):
        if x == 0:
            raise JitError(f"1 / 0 as an int, which has no such number\n  at {users_line()}")
        return chosen(x == 1, 1, chosen(x == -1, -1, 0))
    return _divided(1.0, x)


def _fmod(x: Any, y: Any) -> Any:
    """The rest of a division, with the sign of x."""
    if is_int(x) and is_int(y):
        rest = _remainder(abs(x), abs(y))
        return chosen(x < 0, -rest, rest)
    rest = apply(ops.OPS["mod"], abs(x), abs(y))
    return where(x < 0, -rest, rest)


def _quotient(traced: Callable, plain: Callable) -> Callable:
    """Of plain numbers NumPy's own, which does not raise."""

    def computed(x: Any, y: Any) -> Any:
        values = hasattr(x, "_is_micrograd_value") or hasattr(y, "_is_micrograd_value")
        return traced(x, y) if values else plain(x, y)

    return computed


_remainder = _quotient(operator.mod, np.remainder)


def _counted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Arithmetic, in which comparisons are 0 and 1."""
    return lambda *args: function(*map(count, args))


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.add: _added,
    np.subtract: _counted(operator.sub),
    np.multiply: _multiplied,
    np.true_divide: _counted(_divided),
    np.power: _counted(_raised),
    np.float_power: lambda x, y: _raised(_float(count(x)), _float(count(y))),
    np.negative: operator.neg,
    np.positive: lambda x: x,
    np.absolute: abs,
    np.fabs: lambda x: abs(_float(x)),
    np.square: lambda x: x * x,
    np.reciprocal: _reciprocal,
    np.sign: _sign,
    np.floor_divide: _quotient(operator.floordiv, np.floor_divide),
    np.remainder: _remainder,
    np.fmod: _quotient(_fmod, np.fmod),
    np.maximum: larger,
    np.minimum: smaller,
    np.fmax: lambda x, y: _of_no_nan(larger, x, y),
    np.fmin: lambda x, y: _of_no_nan(smaller, x, y),
    np.clip: lambda x, low, high: smaller(larger(x, low), high),
    np.hypot: lambda x, y: apply(ops.OPS["hypot"], x, y),
    np.arctan2: lambda x, y: apply(ops.OPS["atan2"], x, y),
    np.deg2rad: lambda x: x * (np.pi / 180),
    np.radians: lambda x: x * (np.pi / 180),
    np.rad2deg: lambda x: x * (180 / np.pi),
    np.degrees: lambda x: x * (180 / np.pi),
    np.exp2: lambda x: _raised(2.0, x),
    np.heaviside: lambda x, at_zero: where(
        x > 0, 1.0, where(x < 0, 0.0, where(x >= 0, at_zero, x))
    ),
    np.logaddexp: lambda x, y: _logaddexp(x, y),
    np.logaddexp2: lambda x, y: _logaddexp(x * _LOG_2, y * _LOG_2) * (1 / _LOG_2),
    np.less: operator.lt,
    np.less_equal: operator.le,
    np.greater: operator.gt,
    np.greater_equal: operator.ge,
    np.equal: operator.eq,
    np.not_equal: operator.ne,
    np.logical_and: _logical(_both),
    np.bitwise_and: _bits(_both),
    np.logical_or: _logical(_either),
    np.bitwise_or: _bits(_either),
    np.bitwise_xor: _bits(_differ),
    np.logical_xor: _logical(_differ),
    np.logical_not: _not,
    np.invert: _bits(_not),
    np.isnan: lambda x: x != x,
    np.isfinite: lambda x: abs(x) < _INFINITY,
    np.isinf: lambda x: abs(x) == _INFINITY,
    np.conjugate: lambda x: x,
}
for _name in ("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt"):
    FUNCTIONS[getattr(np, _name)] = _unary(ops.OPS[_name])
for _name in ("sin", "cos", "tan", "sinh", "cosh", "tanh"):
    FUNCTIONS[getattr(np, _name)] = _unary(ops.OPS[_name])
    FUNCTIONS[getattr(np, f"arc{_name}")] = _unary(ops.OPS[f"a{_name}"])
FUNCTIONS |= {
    np.floor: _floor,
    np.ceil: _ceil,
    np.trunc: truncated,
    np.rint: lambda x: _to_even(_float(x)),
}

OF_BOOLS = {  # which of bools are other functions than of 0 and 1
    *(np.add, np.multiply, np.maximum, np.minimum, np.logical_and, np.logical_or, np.logical_xor),
    *(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.fmax, np.fmin),
}


def _logaddexp(x: Any, y: Any) -> Any:
    from ...functions import logsumexp

    return logsumexp([x, y])
