"""Random recurrences are the plain run, however their first and last steps differ from the rest."""

import random

import numpy as np
import pytest

from micrograd import Value, dot, jit, maximum, mean, softmax, sum, take, where


def mix(h, x, t, weights, u):
    return [(dot(row, h) + x).tanh() for row in weights]


def fade(h, x, t, weights, u):
    return [0.5 * dot(row, h) + 0.1 * x for row in weights]


def lower(h, x, t, weights, u):
    top = maximum(h)
    return [a - 0.1 * top + x * v for a, v in zip(h, u)]


def drive(h, x, t, weights, u):
    return [a + take(u, t % len(u)) * x for a in h]


def choose(h, x, t, weights, u):
    return [where(a > 0, a * 0.5, a * v) + 0.1 * x * v for a, v in zip(h, u)]


def weigh(h, x, t, weights, u):
    return [a * b + v for a, b, v in zip(h, softmax(h), u)]


def square(h, x, t, weights, u):
    return [(a * a + 0.3 * v).tanh() for a, v in zip(h, u)]


STEPS = [mix, fade, lower, drive, choose, weigh, square]
RESULTS = [
    lambda hs, xs, u: sum(hs[-1]) * u[0],
    lambda hs, xs, u: sum([h[0] for h in hs]) * u[0],
    lambda hs, xs, u: mean([sum(h) * v for h, v in zip(hs, u * len(hs))]),
    lambda hs, xs, u: sum([a * b for h in hs for a, b in zip(h, u)]) + sum(hs[-1]) * u[0],
    lambda hs, xs, u: sum([h[-1] * x * u[0] for h, x in zip(hs, xs)]),
    lambda hs, xs, u: sum([h[0] * h[0] for h in hs]) * u[0],
]


def recurrence(rng):
    """A function of a list of numbers, and the Values that it uses."""
    size = rng.randint(2, 3)
    steps = [rng.choice(STEPS) for _ in range(rng.randint(1, 3))]
    weights = [[Value(rng.uniform(-0.6, 0.6)) for _ in range(size)] for _ in range(size)]
    u = [Value(rng.uniform(-1, 1)) for _ in range(size)]
    start = rng.choice([lambda x: [0.0] * size, lambda x: [0.5 * x] * size, lambda x: u])
    result = rng.choice(RESULTS)
    skips, alternates = rng.random() < 0.3, rng.random() < 0.2

    def f(xs):
        h, hs = start(xs[0]), []
        for t, x in enumerate(xs):
            before = h
            for step in steps:
                h = step(h, x, t, weights, u)
            if skips:
                h = [a + 0.3 * b for a, b in zip(h, before)]
            if alternates and t % 2:
                h = [1.5 * a for a in h]
            hs.append(h)
        return result(hs, xs, u)

    return f, [*u, *[w for row in weights for w in row]]


def check(seed):
    rng = random.Random(seed)
    f, values = recurrence(rng)
    xs = [rng.uniform(-1, 1) for _ in range(rng.choice([3, 4, 5, 6, 7, 9, 12]))]
    compiled, found = jit(f, backend="numpy"), []
    for g in (f, compiled, compiled):
        for v in values:
            v.grad = 0.0
        out = g(xs)
        out.backward()
        found.append([out.data, *[v.grad for v in values]])
    assert np.allclose(found[2], found[0], rtol=1e-9, atol=1e-11), seed


@pytest.mark.parametrize("seed", range(8))
def test_a_random_recurrence_is_the_plain_run(seed):
    check(seed)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(100, 1600, 100))
def test_many_random_recurrences_are_the_plain_run(seed):
    for k in range(seed, seed + 100):
        check(k)


@pytest.mark.parametrize("start", [-1e9, None], ids=["constant", "argument"])
def test_a_running_maximum_is_a_loop_whatever_it_starts_from(start):
    def largest(x, numbers):
        most = x if start is None else start
        for number in numbers:
            most = maximum(most, number * x)
        return most

    def written(count):
        return jit(largest).source(Value(0.5), numbers(count))

    def numbers(count):
        return [((7 * k) % 11) / 10 for k in range(count)]  # many are the largest

    assert len(written(80)) < 1.05 * len(written(40)) < 8_000
    compiled, x, y = jit(largest, backend="c"), Value(0.5), Value(0.5)
    out, there = compiled(x, numbers(40)), largest(y, numbers(40))
    out.backward()
    there.backward()
    assert (out.data, x.grad) == (there.data, y.grad)


def test_a_loss_of_two_terms_a_step_is_one_loop_unless_the_order_counts():
    def loss(x, numbers):
        total, spread = 0.0, 1.0
        for number in numbers:
            x, spread = 0.9 * x + number, 0.8 * spread + 0.1 * x * x
            total = total + x * x / spread + spread.log()
        return total

    numbers = [0.1, 0.3, -0.2, 0.4, -0.1, 0.2, 0.5, -0.3, 0.1, 0.2]
    formulas = str(jit(loss).lower(Value(0.5), numbers))
    assert (
        len(formulas) <= len(str(jit(loss).lower(Value(0.5), 2 * numbers))) < 1.05 * len(formulas)
    )
    for compiled in (jit(loss, backend="c"), jit(loss, backend="c", strict=True)):
        x, y = Value(0.5), Value(0.5)
        out, there = compiled(x, numbers), loss(y, numbers)
        out.backward()
        there.backward()
        assert (out.data, x.grad) == pytest.approx((there.data, y.grad), rel=1e-12)
    assert out.data == there.data
