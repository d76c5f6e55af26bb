"""One program for all lengths of a list, and never a wrong one."""

import functools
import io
import math
from itertools import pairwise

import numpy as np
import pytest

import micrograd
from micrograd import Value, exp, hessian, mean, softmax, sum, take, value_and_grad

jit = functools.partial(micrograd.jit, backend="numpy")
LENGTHS = (6, 7, 8, 12, 20, 3, 12, 1)


def _alike(f, lengths=LENGTHS, of=lambda n: [0.5 + i / 7 for i in range(n)]):
    g = jit(f)
    for n in lengths:
        assert g(of(n)) == pytest.approx(f(of(n)), rel=1e-12), n


def test_sums_over_any_length():
    _alike(lambda xs: sum([x * x for x in xs]) * 2.0)


def test_ragged_rows_over_any_length():
    _alike(lambda xs: sum([softmax(xs[: i + 1])[0] * x for i, x in enumerate(xs)]))


def test_a_mean_has_its_length_as_a_number():
    _alike(lambda xs: mean(xs) + mean([x * x for x in xs]))


def test_gradients_of_parameters_at_any_length():
    w = [Value(0.1 * i) for i in range(30)]

    def f(xs):
        return mean([(a * x).tanh() for a, x in zip(w, xs)])

    g = jit(f)
    for n in LENGTHS:
        xs = [0.5 + i / 7 for i in range(n)]
        for p in w:
            p.grad = 0.0
        f(xs).backward()
        expected = [p.grad for p in w]
        for p in w:
            p.grad = 0.0
        g(xs).backward()
        assert [p.grad for p in w] == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_one_program_is_traced_once_more_for_each_new_length_only():
    runs = io.StringIO()  # what is written to a file stays outside of what jit watches

    def f(xs):
        print(end=".", file=runs)
        return sum([x * x for x in xs])

    g = jit(f)
    for n in LENGTHS:
        g([1.0] * n)
    traced = len(runs.getvalue())
    for n in LENGTHS:
        g([2.0] * n)
    assert len(runs.getvalue()) == traced


def test_a_slice_that_ends_before_the_list_does():
    _alike(lambda xs: sum(xs[:10]) * 2.0)


def test_a_slice_whose_remainder_is_zero_at_first():
    f = jit(lambda xs: sum(xs[:10]) * 2.0)
    for n in (6, 7, 12):
        f([0.0] * n)
    assert f([1.0] * 12) == 20.0


def test_a_branch_on_the_length():
    _alike(lambda xs: sum(xs) if len(xs) < 12 else xs[0] * 100.0)


def test_a_result_that_names_the_length():
    f = jit(lambda xs: (sum(xs), len(xs)))
    assert [f([1.0] * n)[1] for n in LENGTHS] == list(LENGTHS)


@pytest.mark.parametrize(
    "f",
    [
        lambda xs: (xs[0] * 2.0, np.zeros(len(xs))),
        lambda xs: (xs[0] * 2.0, np.zeros(300 * len(xs), dtype=bool)),
        lambda xs: (np.eye(len(xs)), xs[0] * 2.0),
        lambda xs: (np.array(hessian(lambda v: sum([x**3 for x in v]))(xs)[0]), xs[0]),
    ],
    ids=["zeros", "many", "eye", "hessian"],
)
def test_constants_in_a_result_are_those_of_each_length(f):
    g = jit(f)
    for n in LENGTHS:
        xs = [0.5 + i for i in range(n)]
        for x, y in zip(g(xs), f(xs), strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-12)


def test_a_list_longer_than_what_it_meets_is_an_error_as_without_jit():
    w, other = [Value(float(i)) for i in range(10)], Value(7.0)
    f = jit(lambda xs: sum([w[i] * x for i, x in enumerate(xs)]) + other)
    for n in (6, 7, 8):
        f([1.0] * n)
    with pytest.raises(IndexError):
        f([1.0] * 12)


def test_two_lists_of_one_length_and_a_shift():
    f = jit(lambda xs, ys: sum([x * y for x, y in zip(xs, ys[1:])]))
    for n in LENGTHS:
        xs, ys = [float(i) for i in range(n)], [float(i) for i in range(n + 1)]
        assert f(xs, ys) == float(sum([i * (i + 1) for i in range(n)]))


def test_two_lengths_that_vary_apart():
    f = jit(lambda xs, ys: sum(xs) * sum(ys))
    for n, m in [(5, 6), (6, 7), (6, 9), (9, 6), (7, 8), (3, 3)]:
        assert f([1.0] * n, [1.0] * m) == n * m


def test_rows_looked_up_at_any_length():
    table = [[Value(10.0 * i + j) for j in range(3)] for i in range(4)]

    def f(tokens):
        rows = [take(table, t) for t in tokens]
        return sum([x * y for row, after in pairwise(rows) for x, y in zip(row, after)])

    g = jit(f)
    for n in (4, 5, 6, 9, 2, 7):
        tokens = [(i * i) % 4 for i in range(n)]
        expected = sum([(10.0 * a + j) * (10.0 * b + j)
                        for a, b in pairwise(tokens) for j in range(3)])  # fmt: skip
        assert g(tokens).data == pytest.approx(expected)


def test_an_empty_list():
    f = jit(lambda xs: sum(xs) + 1.0)
    assert [f([1.0] * n) for n in (5, 6, 0, 7)] == [6.0, 7.0, 1.0, 8.0]


@pytest.mark.parametrize(("backend", "long"), [("numpy", 90), ("c", 300)])
def test_value_and_gradient_of_a_recurrence_at_any_length(backend, long):
    def filtered(p, ys):
        total, m, variance = 0.0, 0.0, 10.0
        for y in ys:
            variance = p[2] * p[2] * variance + exp(p[0])
            m, gain = p[2] * m, variance / (variance + exp(p[1]))
            total = total + gain * (y - m) ** 2
            m, variance = m + gain * (y - m), (1 - gain) * variance
        return total

    f = value_and_grad(filtered)
    g = micrograd.jit(f, backend=backend)
    parameters = [0.1, -0.2, 0.7]
    for n in (40, 41, 41, 41, 41, 55, 55, 55, 40, long, long, long, 41, 41):
        ys = [math.sin(i) for i in range(n)]
        value, slopes = f(parameters, ys)
        assert g(parameters, ys)[0] == pytest.approx(value, rel=1e-12)
        assert g(parameters, ys)[1] == pytest.approx(slopes, rel=1e-11)
    assert g.cache_info().made == 2


@pytest.mark.parametrize("start", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("backend", ["numpy", "c"])
def test_horners_scheme_from_a_constant_is_one_program(backend, start):
    def horner(c, x):
        r = start
        for a in c:
            r = r * x + a
        return r

    g = micrograd.jit(horner, backend=backend)
    for n in (5, 6, 7, 12, 1, 2, 40):
        c = [0.5 + i / 7 for i in range(n)]
        assert g(c, 0.75) == pytest.approx(horner(c, 0.75), rel=1e-12), n
    assert g.cache_info().programs == 2


def test_a_slice_that_ends_with_its_array_is_as_long_as_it_is_plainly():
    def f(xs, a):
        return a[1 : len(xs) + 1] * 2.0

    g, a = jit(f), np.arange(6.0)
    for n in (3, 4, 5, 8, 2):
        assert g([0.5] * n, a).tolist() == f([0.5] * n, a).tolist(), n


def test_a_report_says_that_each_length_has_a_program_of_its_own():
    f = jit(lambda xs: sum([x ** (i + 2) for i, x in enumerate(xs)]))
    for n in (5, 6):
        f([1.5] * n)
    assert "each length has a program of its own" in str(f.report())
