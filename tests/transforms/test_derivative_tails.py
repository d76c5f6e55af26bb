"""Derivatives that are nearly 0 keep their digits, in every engine and compiled."""

import math
from fractions import Fraction

import pytest

from micrograd import Value, jit, pure
from micrograd.ops import EXPM1, SIGMOID, TANH


def power_of_e(x):
    """e to the x, by its series, to far more digits than a float has."""
    halvings = max(0, math.ceil(math.log2(abs(x) + 1)) + 8)
    small, term, total = Fraction(x) / 2**halvings, Fraction(1), Fraction(0)
    for k in range(1, 24):
        total, term = total + term, term * small / k
    for _ in range(halvings):
        total = Fraction(round(total * total * 2**600), 2**600)
    return total


def exact(op, x):
    e = power_of_e(-abs(x))
    if op is TANH:
        return 4 * e**2 / (1 + e**2) ** 2
    return e / (1 + e) ** 2 if op is SIGMOID else (e if x < 0 else 1 / e)


CASES = [(TANH, x) for x in (0.3, -0.7, 2.0, -9.0, 20.0, -20.0, 100.0)]
CASES += [(SIGMOID, x) for x in (0.0, 3.0, -3.0, 37.4, -37.4, 300.0, -300.0)]
CASES += [(EXPM1, x) for x in (1.0, -1.0, -20.0, -40.0, -300.0)]


@pytest.mark.parametrize(("op", "x"), CASES)
def test_a_slope_has_all_its_digits(op, x):
    want = float(exact(op, x))
    for kind in (Value, pure.Value):
        v = kind(x)
        getattr(v, op.name)().backward()
        assert v.grad == pytest.approx(want, rel=2e-15)
    for backend in ("c", "numpy"):
        v = Value(x)
        jit(lambda v: getattr(v, op.name)(), backend=backend)(v).backward()
        assert v.grad == pytest.approx(want, rel=4e-15)
