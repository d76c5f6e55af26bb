"""Zeros of both signs, infinities, nan and overflow give under jit what they give without it."""

import functools
import math

import pytest

import micrograd
from micrograd import Value, logsumexp, maximum, minimum, prod, softmax, sum, where

jit = functools.partial(micrograd.jit, backend="numpy")
EDGES = [0.5, 0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan]
EDGES += [1e308, -1e308, 5e-324, 710.0, -710.0]
FUNCTIONS = {
    **{name: lambda x, name=name: getattr(x, name)() for name in (
        "relu", "tanh", "sigmoid", "exp", "log", "sqrt", "sin", "cos", "log1p", "expm1",
        "softplus", "erf",
    )},
    **{f"power {n}": lambda x, n=n: x**n for n in (0, 1, 2, 3, -1, 0.5, -1.5)},
    "abs": lambda x: abs(x),
    "exponential": lambda x: 2.0**x,
    "own power": lambda x: x**x,
    "times zero": lambda x: x * 0.0,
    "minus itself": lambda x: x - x,
    "chosen": lambda x: where(x > 0, x.log(), 0.0),
    "largest": lambda x: maximum(x, 0.0),
    "smallest": lambda x: minimum(0.0, x),
}  # fmt: skip


def _same(found, expected):
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_one_number_at_its_edges(name):
    f = FUNCTIONS[name]
    jitted = jit(f)
    for number in EDGES:
        x, same = Value(number), Value(number)
        found, expected = jitted(x), f(same)
        found.backward()
        expected.backward()
        _same([found.data, x.grad], [expected.data, same.grad])


@pytest.mark.parametrize(
    "f",
    [
        lambda v: sum([a * b for a, b in zip(softmax(v), (1.0, 2.0, 3.0))]),
        lambda v: maximum(v) + 2 * minimum(v),
        lambda v: sum([maximum(v[i:]) * (i + 1) for i in range(2)]),
        lambda v: logsumexp(v),
        lambda v: prod([*v, *v]),
    ],
)
def test_functions_of_many_numbers_at_their_edges(f):
    jitted = jit(f)
    inf, nan = math.inf, math.nan
    for numbers in [
        (1, 2, 3),
        (1, 1, 1),
        (0.0, -0.0, 0.0),
        (1, -inf, 3),
        (inf, 1, inf),
        (-inf, -inf, -inf),
        (nan, 1, 2),
        (1, nan, nan),
        (1e308, -1e308, 0),
    ]:
        xs, same = ([Value(x) for x in numbers] for _ in range(2))
        found, expected = jitted(xs), f(same)
        found.backward()
        expected.backward()
        _same([found.data, *[x.grad for x in xs]], [expected.data, *[x.grad for x in same]])
