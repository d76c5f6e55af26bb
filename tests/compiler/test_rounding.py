"""Sums may be reordered, but what lives by its rounding keeps its order."""

from itertools import pairwise

import numpy as np
import pytest

from micrograd import jit, log_softmax, logsumexp, sign, sqrt, sum, vmap, where

pytestmark = pytest.mark.parametrize("backend", ["numpy", "c"])

WHOLE = 6755399441055744.0  # 1.5·2⁵²: added and subtracted again, it rounds to whole numbers


def number(x):
    return getattr(x, "data", x)


def kahan(xs):
    total, lost = 0.0, 0.0
    for x in xs:
        y = x - lost
        t = total + y
        lost = (t - total) - y
        total = t
    return total


def two_sum(a, b):
    s = a + b
    from_b = s - a
    return s, (a - (s - from_b)) + (b - from_b)


def rounded(x):
    return (x + WHOLE) - WHOLE


def test_a_compensated_sum_compensates(backend):
    xs = [1e16, 1.0, 1.0, -1e16] + [0.1] * 8
    assert number(jit(kahan, backend=backend)(xs)) == number(kahan(xs)) == pytest.approx(2.8)


def test_the_error_of_a_sum_comes_out_exactly(backend):
    for a, b in [(1e16, 1.2345), (0.1, 0.7), (-3.0, 1e20)]:
        exact = [number(x) for x in two_sum(a, b)]
        assert [number(x) for x in jit(two_sum, backend=backend)(a, b)] == exact


def test_the_error_of_a_sum_comes_out_exactly_for_each_example(backend):
    a, b = np.array([1e16, 0.1, -3.0] * 5), np.array([1.2345, 0.7, 1e20] * 5)
    _, lost = jit(vmap(two_sum), backend=backend)(a, b)
    assert list(lost) == [number(two_sum(x, y)[1]) for x, y in zip(a.tolist(), b.tolist())]


@pytest.mark.parametrize(
    "f",
    [
        lambda xs: sum([rounded(x) for x in xs]),
        lambda xs: sum([xs[0], xs[1], WHOLE, -WHOLE]),
        lambda xs: sum([xs[0] * xs[1], WHOLE]) - WHOLE,
        lambda xs: xs[0] + (xs[1] + (WHOLE - WHOLE)) + xs[2],
        lambda xs: (xs[0] + 2 * xs[3] * xs[1]) - xs[1] * (2 * xs[3]),
        lambda xs: ((xs[0] + xs[3]) - (xs[1] + xs[3])) + (xs[1] - xs[2]),
    ],
)
def test_a_term_is_not_taken_together_with_its_negative(backend, f):
    xs = [1.3, 2.6, 4.5, 1e16]
    assert number(jit(f, backend=backend)(xs)) == number(f(xs))


def test_differences_that_telescope_are_still_one_loop(backend):
    def path(xs):
        return sum([b - a for a, b in pairwise(xs)])

    xs = np.random.default_rng(0).normal(size=40).tolist()
    compiled = jit(path, backend=backend)
    assert number(compiled(xs)) == pytest.approx(number(path(xs)), abs=1e-14)
    assert len(compiled.lower(xs).forward) == 2


def upper(x):
    scaled = x * 134217729.0
    return scaled - (scaled - x)


def upper_written_twice(x):
    return (x * 134217729.0) - ((x * 134217729.0) - x)


def error_of_a_product(x):
    high, y = upper(x), x * 1.7
    low, up = x - high, upper(y)
    return ((high * up - x * y) + high * (y - up) + low * up) + low * (y - up)


def to_cents(x):
    return ((x * 100 + WHOLE) - WHOLE) / 100


@pytest.mark.parametrize("f", [upper, upper_written_twice, error_of_a_product, to_cents])
def test_what_lives_by_the_rounding_of_a_product_gives_it(backend, f):
    xs = [0.1, 3.3, 7.7, 6.795, 2.718]
    assert [jit(f, backend=backend)(x) for x in xs] == [f(x) for x in xs]
    for batch in (xs, [x / 3 for x in xs * 5]):
        assert jit(vmap(f), backend=backend)(np.array(batch)).tolist() == [f(x) for x in batch]


def test_functions_of_constants_are_computed_as_plainly(backend):
    def f(x):
        pairs = [1.932, -1.958], [-1.768, -1.217], [0.0, 0.0, 0.0]
        return [logsumexp(log_softmax(xs)) for xs in pairs], x

    g = jit(f, backend=backend)
    assert [g(1.0), g(2.0)] == [f(1.0), f(2.0)]


SHARP = {
    "root": lambda a, b: sqrt(a * a - b * b),
    "root of a multiple": lambda a, b: sqrt(2.0 * (a * a - b * b)),
    "power": lambda a, b: (a * b - b * a) ** 0.5,
    "test": lambda a, b: where(a * b - b * a > 0, 1.0, 2.0),
    "sign": lambda a, b: sign(a * a - b * b),
}


@pytest.mark.parametrize("name", SHARP)
def test_a_difference_of_products_is_0_where_a_root_or_a_test_needs_it(backend, name):
    x = np.random.default_rng(0).normal(size=200)
    compiled = jit(vmap(SHARP[name]), backend=backend)(x, x)
    assert list(compiled) == [number(SHARP[name](a, a)) for a in x.tolist()]
