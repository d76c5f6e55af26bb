"""Steps that have numbers of their own are one loop, which reads them from a list of constants."""

import random

import numpy as np
import pytest

from micrograd import Value, jit, sin, tanh, value_and_grad
from micrograd.value.backend import native

STEPS = 100
DRAW = random.Random(3)
TAPS = [DRAW.uniform(-1.0, 1.0) for _ in range(STEPS)]
FEW = [DRAW.choice([0.25, 0.5, 2.0]) for _ in range(STEPS)]  # most come again


def filtered(x, w):
    for tap in TAPS:
        x = x * tap + w
    return x


def with_several(x, w):
    for tap, weight in zip(TAPS, FEW, strict=True):
        x = tanh(x * tap + w * weight) * 0.5 + tap
    return x * x


def two_loops(x, w):
    for tap in TAPS:
        x = tanh(x * tap + w)
    for weight in FEW:
        x = tanh(x) * weight
    return x


def at_other_times(x, w):
    for t in range(STEPS):
        x = x + 0.01 * sin(0.1 * t) * x * w
    return x


def summed(x, w):
    total = 0.0
    for tap, weight in zip(TAPS, FEW, strict=True):
        x = (x - tap) / 2.5 + 0.5 * w
        total = total + weight * x * w
    return total


FUNCTIONS = [filtered, with_several, two_loops, at_other_times, summed]
only_by_few_steps = pytest.mark.skipif(native is None, reason="the engine in C tells such steps")


@only_by_few_steps
@pytest.mark.parametrize("f", FUNCTIONS)
def test_they_are_few_statements(f):
    assert len(jit(f).lower(Value(0.3), Value(0.7)).forward) < 10


@pytest.mark.parametrize("backend", ["c", "numpy"])
@pytest.mark.parametrize("f", FUNCTIONS)
def test_value_and_gradient_are_those_of_the_plain_run(f, backend):
    compiled = jit(f, backend=backend)
    for x in (0.3, -1.2):
        a, b = Value(x), Value(0.7)
        c, d = Value(x), Value(0.7)
        plain, fast = f(a, b), compiled(c, d)
        plain.backward()
        fast.backward()
        assert fast.data == pytest.approx(plain.data, rel=1e-12)
        assert (c.grad, d.grad) == pytest.approx((a.grad, b.grad), rel=1e-9)


@pytest.mark.parametrize("f", FUNCTIONS)
def test_so_is_a_gradient_that_is_traced(f):
    plain = value_and_grad(f, argnums=(0, 1))
    compiled = jit(plain)
    for x in (0.3, -1.2, 0.1, 0.9):
        value, slopes = compiled(x, 0.7)
        there, expected = plain(x, 0.7)
        assert value == pytest.approx(there, rel=1e-12)
        assert slopes == pytest.approx(expected, rel=1e-9)


def test_numbers_that_change_are_read_again():
    taps = list(TAPS)

    def f(x):
        for tap in taps:
            x = x * tap + 1.0
        return x

    compiled = jit(f, backend="c")
    for _ in range(3):
        compiled(0.5)
    taps[50] = 3.0
    assert compiled(0.5) == pytest.approx(f(0.5), rel=1e-12)


@only_by_few_steps
def test_constants_stand_in_one_array_with_their_values():
    program = jit(filtered).lower(Value(0.3), Value(0.7))
    assert set(np.round(TAPS[1:], 9)) <= set(np.round(program.constants[1], 9))
