"""The value functions of the op table as C computes them: inf, -inf or nan where Python raises.

Python stops with an exception at 1/0.0, exp(1000), log(0) or sin(inf), and makes (-8.0) ** (1/3)
complex. A training run must not stop in its middle, and C must give the same bits, so each function
here follows IEEE 754 and C's Annex F, calling the same libm underneath.
"""

import math
from collections.abc import Callable
from typing import Any

inf, nan = math.inf, math.nan


def sum(*xs: float) -> float:
    """Add from left to right, rounding each time (Python's ``sum`` compensates since 3.12)."""
    total = xs[0]
    for x in xs[1:]:
        total += x
    return total


def prod(*xs: float) -> float:
    """Multiply from left to right, each partial product rounded."""
    product = xs[0]
    for x in xs[1:]:
        product *= x
    return product


def products_of_others(*xs: Any) -> tuple:
    """For each x the product of all the others: of those before it times of those after it."""
    before, after = [1.0], [1.0]
    for x, y in zip(xs[:-1], xs[:0:-1], strict=True):
        before.append(before[-1] * x)
        after.append(y * after[-1])
    return tuple(b * a for b, a in zip(before, reversed(after), strict=True))


def slope(short: Callable[[Any, Any], Any], exact: Callable[[Any, Any], Any]) -> Callable:
    """Partials of two equal forms: 1 - out² is what people read, and loses its digits near 1."""
    return lambda x, out: ((short if hasattr(x, "is_formula") else exact)(x, out),)


def pow(x: float, y: float) -> float:
    """Raise x to the power y as C's ``pow``: a pole is an infinity, a complex result is nan."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -inf if x < 0 and y % 2 == 1 else inf
    except ValueError:
        if x == 0:  # a pole: an odd whole exponent keeps the sign of zero
            return math.copysign(inf, x) if y % 2 == 1 else inf
        return nan


def exp(x: float) -> float:
    """e to the x; inf where that overflows."""
    try:
        return math.exp(x)
    except OverflowError:
        return inf


def expm1(x: float) -> float:
    """exp(x) - 1, exact near 0; inf where it overflows."""
    try:
        return math.expm1(x)
    except OverflowError:
        return inf


def log(x: float) -> float:
    """The natural logarithm; -inf at 0, nan below."""
    if x > 0:
        return math.log(x)
    return -inf if x == 0 else nan


def log1p(x: float) -> float:
    """log(1 + x), exact near 0; -inf at -1, nan below."""
    if x > -1:
        return math.log1p(x)
    return -inf if x == -1 else nan


def sqrt(x: float) -> float:
    """The square root; nan below 0."""
    return math.sqrt(x) if x >= 0 else nan


def sin(x: float) -> float:
    """The sine; nan at an infinity."""
    return math.sin(x) if -inf < x < inf else nan


def cos(x: float) -> float:
    """The cosine; nan at an infinity."""
    return math.cos(x) if -inf < x < inf else nan


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)); the exponential is taken of a negative number, and cannot overflow."""
    if x < 0:
        e = math.exp(x)
        return e / (1.0 + e)
    return 1.0 / (1.0 + math.exp(-x))


def softplus(x: float) -> float:
    """log(1 + exp(x)), exact to a few ulp at any x."""
    return (x if x > 0 else 0.0) + math.log1p(math.exp(-abs(x))) if x == x else x


def relu(x: float) -> float:
    """x where it is positive, else 0; nan stays nan."""
    return 0.0 if x < 0 else x


def maximum(*xs: float) -> float:
    """The largest; nan where any is nan; the first of equals."""
    best = xs[0]
    for x in xs[1:]:
        if not (best >= x or best != best):
            best = x
    return best


def minimum(*xs: float) -> float:
    """The smallest; nan where any is nan; the first of equals."""
    best = xs[0]
    for x in xs[1:]:
        if not (best <= x or best != best):
            best = x
    return best


def logsumexp(*xs: float) -> float:
    """log(exp(x1) + exp(x2) + ...); the largest term is taken out, and is the 1 of log1p."""
    top = maximum(*xs)
    if not -inf < top < inf:
        return top
    rest, seen = 0.0, False
    for x in xs:
        if x == top and not seen:
            seen = True
        else:
            rest += math.exp(x - top)
    return top + math.log1p(rest)
