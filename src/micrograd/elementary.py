"""Elementary functions of a number, a Value, or each element of an array.

Of plain numbers they are plain numbers, by IEEE 754: none raises. Where a function has a kink or
a step, ``docs/value.md`` says what its derivative is there.
"""

from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Any, overload

from . import extended_ops as more
from . import ops
from .arguments import values
from .engine import Value
from .functions import apply, maximum, minimum
from .ops import Op
from .signatures import Elementary
from .value.modes import mode
from .value.numeric import is_array, number


def _each(function: Callable[..., Any], *args: Any) -> Any:
    """Call a function of numbers; of arrays, for each element, broadcast as NumPy does."""
    if not any(is_array(x) and x.ndim for x in args):
        return function(*args)
    import numpy as np

    from .value import ufuncs  # noqa: F401  # NumPy's functions are to know arrays of Values
    from .value.arrays import array_of

    for x in args:
        if hasattr(x, "_mapped"):  # a batch, while it is compiled
            return x._mapped(function, args)
    objects = [x.astype(object) if isinstance(x, np.ndarray) else x for x in args]
    shape = np.broadcast_shapes(*[np.shape(x) for x in args])
    columns = [np.broadcast_to(_boxed(x), shape).reshape(-1) for x in objects]
    made = [function(*row) for row in zip(*columns, strict=True)]
    return array_of(made, shape) if made else np.zeros(shape)


def _boxed(x: Any) -> Any:
    """A number as an array of one object."""
    import numpy as np

    if isinstance(x, np.ndarray):
        return x
    box = np.empty((), dtype=object)
    box[()] = x
    return box


def _plain(op: Op, *args: Any) -> Any:
    expects = f"{op.name} expects a Value or"
    out = apply(op, *[x if hasattr(x, "_apply") else number(x, expects) for x in args])
    return out if mode.tracer is None else mode.tracer.of_python(out)


def _of_one(op: Op, what: str) -> Elementary:
    def function(x: Any) -> Any:
        if type(x) is Value:  # the usual case first
            return _plain(op, x)
        return _each(lambda x: _plain(op, x), x)

    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = f"Return {what}, of a number, a Value, or each element of an array."
    return function


exp = _of_one(ops.EXP, "e to the power x")
expm1 = _of_one(ops.EXPM1, "exp(x) - 1, exact near 0")
log = _of_one(ops.LOG, "the natural logarithm")
log1p = _of_one(ops.LOG1P, "log(1 + x), exact near 0")
log2 = _of_one(more.LOG2, "the logarithm to base 2")
log10 = _of_one(more.LOG10, "the logarithm to base 10")
sqrt = _of_one(ops.SQRT, "the square root")
cbrt = _of_one(more.CBRT, "the cube root")
sin = _of_one(ops.SIN, "the sine")
cos = _of_one(ops.COS, "the cosine")
tan = _of_one(more.TAN, "the tangent")
asin = _of_one(more.ASIN, "the inverse sine")
acos = _of_one(more.ACOS, "the inverse cosine")
atan = _of_one(more.ATAN, "the inverse tangent")
sinh = _of_one(more.SINH, "the hyperbolic sine")
cosh = _of_one(more.COSH, "the hyperbolic cosine")
tanh = _of_one(ops.TANH, "the hyperbolic tangent")
asinh = _of_one(more.ASINH, "the inverse hyperbolic sine")
acosh = _of_one(more.ACOSH, "the inverse hyperbolic cosine")
atanh = _of_one(more.ATANH, "the inverse hyperbolic tangent")
erf = _of_one(ops.ERF, "the error function")
erfc = _of_one(more.ERFC, "1 - erf(x), exact also where that is small")
floor = _of_one(more.FLOOR, "x rounded down, with slope 0")
ceil = _of_one(more.CEIL, "x rounded up, with slope 0")
sign = _of_one(more.SIGN, "1, -1, or x where it is 0 or nan, with slope 0")
relu = _of_one(ops.RELU, "x where it is positive, else 0")
sigmoid = _of_one(ops.SIGMOID, "1 / (1 + exp(-x))")
softplus = _of_one(ops.SOFTPLUS, "log(1 + exp(x))")
silu = _of_one(more.SILU, "x · sigmoid(x)")
gelu = _of_one(more.GELU, "x times the normal distribution function of x (not its approximation)")


@overload
def atan2(y: float, x: float) -> float: ...  # type: ignore[overload-overlap]


@overload
def atan2(y: Value | float, x: Value | float) -> Value: ...


@overload
def atan2(y: Any, x: Any) -> Any: ...


def atan2(y: Any, x: Any) -> Any:
    """Return the angle of the point (x, y), from -π to π; its slopes are nan at (0, 0)."""
    return _each(lambda y, x: _plain(more.ATAN2, y, x), y, x)


@overload
def hypot(x: float, y: float) -> float: ...  # type: ignore[overload-overlap]


@overload
def hypot(x: Value | float, y: Value | float) -> Value: ...


@overload
def hypot(x: Any, y: Any) -> Any: ...


def hypot(x: Any, y: Any) -> Any:
    """Return sqrt(x² + y²), which does not overflow on the way; its slopes are 0 at (0, 0)."""
    return _each(lambda x, y: _plain(more.HYPOT, x, y), x, y)


@overload
def leaky_relu(x: Value, negative_slope: Any = ...) -> Value: ...


@overload
def leaky_relu(x: Any, negative_slope: Any = ...) -> Any: ...


def leaky_relu(x: Any, negative_slope: Any = 0.01) -> Any:
    """Return x where it is positive, else negative_slope · x, which may be a Value too."""
    return _each(lambda x, a: _plain(more.LEAKY_RELU, x, a), x, negative_slope)


@overload
def elu(x: Value, alpha: Any = ...) -> Value: ...


@overload
def elu(x: Any, alpha: Any = ...) -> Any: ...


def elu(x: Any, alpha: Any = 1.0) -> Any:
    """Return x where it is positive, else alpha · (exp(x) - 1)."""
    return _each(lambda x, a: _plain(more.ELU, x, a), x, alpha)


@overload
def clip(x: Value, low: Any = ..., high: Any = ...) -> Value: ...


@overload
def clip(x: Any, low: Any = ..., high: Any = ...) -> Any: ...


def clip(x: Any, low: Any = None, high: Any = None) -> Any:
    """Return x within limits, either of which may be None; outside no gradient passes to x."""

    def within(x: Any) -> Any:
        above = x if low is None else maximum(x, low)
        return above if high is None else minimum(above, high)

    return _each(within, x)


def cumsum(xs: Iterable[Any]) -> list[Any]:
    """Return the sums of the first, the first two, ... of the values.

    >>> cumsum([1.0, 2.0, 3.0])
    [1.0, 3.0, 6.0]
    """
    return list(accumulate(values("cumsum", xs), lambda total, x: apply(ops.SUM, total, x)))


def norm(xs: Iterable[Any]) -> Any:
    """Return the length of a vector, sqrt(x1² + x2² + ...), without overflow on the way.

    Its slopes are 0 where all of the values are 0.

    >>> norm([3.0, 4.0])
    5.0
    """
    length: Any = 0.0
    for x in values("norm", xs):
        length = apply(more.HYPOT, length, x)
    return length
