"""The functions of the op table over whole arrays: the values of ``ieee.py``, nan included."""

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ops import OPS, Op

Array = NDArray[Any]


def function(op: Op) -> Callable[..., Array]:
    """Return the function of an op: it takes one array for each argument, and they broadcast."""
    if op.name == "powc":
        assert op.static is not None
        exponent = float(op.static)
        return lambda x: _constant_power(x, exponent)
    if op.name in _FUNCTIONS and OPS.get(op.name) is op:
        return _FUNCTIONS[op.name]
    return lambda *xs: np.asarray(np.frompyfunc(op.fn, len(xs), 1)(*xs), np.result_type(*xs))


def first_largest(x: Array) -> Array:
    """Return the largest along the last axis; nan where any is nan; the first of equals."""
    return np.take_along_axis(x, np.argmax(x, -1)[..., None], -1)[..., 0]


def first_smallest(x: Array) -> Array:
    """Return the smallest along the last axis; nan where any is nan; the first of equals."""
    return np.take_along_axis(x, np.argmin(x, -1)[..., None], -1)[..., 0]


def whole(index: Array, rows: int) -> Array:
    """Return an array of run-time indices as integers.

    Raises:
        IndexError: one is outside 0 ... rows - 1, or not a whole number.
    """
    wrong = ~((index >= 0) & (index < rows) & (index == np.floor(index)))
    if wrong.any():
        got = index[wrong][0]
        raise IndexError(f"take expects a whole index from 0 to {rows - 1}, got {got}")
    return index.astype(np.int64)


def _constant_power(x: Array, exponent: float) -> Array:
    if exponent == 2.0:
        return x * x
    if exponent == -1.0:
        return 1.0 / x
    return _power(x, np.full_like(x, exponent))


def _power(x: Array, y: Array) -> Array:
    half = y == 0.5  # for which NumPy may take sqrt, which differs at -0 and -inf
    power = np.power(np.where(half, x + 0.0, x), y)
    return np.where(half & (x == -np.inf), np.inf, power)


def _sigmoid(x: Array) -> Array:
    e = np.exp(-np.abs(x))  # of a negative number, so that it cannot overflow
    return np.where(x < 0, e, 1.0) / (1.0 + e)


def _softplus(x: Array) -> Array:
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def _erf(x: Array) -> Array:
    return np.asarray(np.frompyfunc(math.erf, 1, 1)(x), x.dtype)


def _sign(x: Array) -> Array:
    return np.where(np.equal(x, 0), x, np.sign(x)).astype(x.dtype, copy=False)


def _relu(x: Array) -> Array:
    return np.where(x < 0, 0.0, x).astype(x.dtype, copy=False)


def _stacked(xs: tuple[Array, ...]) -> Array:
    return np.stack(np.broadcast_arrays(*xs), -1)


def _logsumexp(*xs: Array) -> Array:
    stacked = _stacked(xs)
    first = np.argmax(stacked, -1)[..., None]
    top = np.take_along_axis(stacked, first, -1)
    rest = np.exp(stacked - top)
    np.put_along_axis(rest, first, 0.0, -1)  # the largest is the 1 of log1p
    total = top[..., 0] + np.log1p(np.add.reduce(rest, -1))
    return np.where(np.isfinite(top[..., 0]), total, top[..., 0])


def _take(index: Array, *rows: Array) -> Array:
    chosen, stacked = np.broadcast_arrays(whole(index, len(rows))[..., None], _stacked(rows))
    return np.take_along_axis(stacked, chosen[..., :1], -1)[..., 0]


def _where(condition: Array, x: Array, y: Array) -> Array:
    return np.where(condition != 0, x, y)


def _number(comparison: Callable[..., Array]) -> Callable[..., Array]:
    return lambda x, y: comparison(x, y).astype(np.result_type(x, y))


_FUNCTIONS: dict[str, Callable[..., Array]] = {
    "add": np.add,
    "mul": np.multiply,
    "sum": lambda *xs: reduce(np.add, xs),
    "prod": lambda *xs: reduce(np.multiply, xs),
    "pow": _power,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "erf": _erf,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "log2": np.log2,
    "log10": np.log10,
    "cbrt": np.cbrt,
    "hypot": np.hypot,
    "floor": np.floor,
    "ceil": np.ceil,
    "mod": np.remainder,
    "floordiv": np.floor_divide,
    "sign": _sign,
    "silu": lambda x: x * _sigmoid(x),
    "relu": _relu,
    "abs": np.abs,
    "maximum": lambda *xs: first_largest(_stacked(xs)),
    "minimum": lambda *xs: first_smallest(_stacked(xs)),
    "logsumexp": _logsumexp,
    "where": _where,
    "take": _take,
    "detach": lambda x: x,
    "lt": _number(np.less),
    "le": _number(np.less_equal),
    "gt": _number(np.greater),
    "ge": _number(np.greater_equal),
}
