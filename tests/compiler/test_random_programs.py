"""Random scalar programs give the same values and gradients with jit and without it."""

import math
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_programs import Recipe, arguments, exact_recipes, recipes
from thorough import examples

import micrograd
from micrograd import Value, mean, sum, take, vmap
from micrograd.compiler.calls import parts

TOLERANCE = {"float64": 1e-9, "float32": 2e-3}
calls = st.integers(1, 6).flatmap(lambda n: st.lists(arguments(n), min_size=2, max_size=3))


def _run(f, w, xs, indices):
    """The values of all results, and the gradients of parameters and inputs by each."""
    results = f(w, xs, indices)
    slopes = []
    for result in results:
        for v in (*w, *xs):
            v.grad = 0.0
        result.backward()
        slopes += [v.grad for v in (*w, *xs)]
    return [r.data for r in results], slopes


def _same(found, expected, tolerance):
    found, expected = np.array(found), np.array(expected)
    finite = np.isfinite(expected)
    assert np.array_equal(np.isfinite(found), finite), (found, expected)
    assert np.array_equal(found[~finite], expected[~finite], equal_nan=True)
    scale = np.abs(expected[finite]).max(initial=1.0)
    assert np.abs(found[finite] - expected[finite]).max(initial=0.0) <= tolerance * scale


def _agree(recipe, calls, **options):
    tolerance = TOLERANCE[options.get("dtype", "float64")]
    w = [Value(x) for x in calls[0][0]]
    jitted = micrograd.jit(lambda xs, indices: recipe(w, xs, indices), **options)
    for numbers, xs, indices in calls:
        for p, x in zip(w, numbers):
            p.data = x
        found = _run(lambda w, xs, i: jitted(xs, i), w, [Value(x) for x in xs], indices)
        expected = _run(recipe, [Value(x) for x in numbers], [Value(x) for x in xs], indices)
        for a, b in zip(found, expected):
            _same(a, b, tolerance)


def _joined(several):
    """One program that does the work of several, so that C is compiled once for all."""
    return lambda w, xs, indices: tuple([r for f in several for r in f(w, xs, indices)])


@examples(10)
@given(recipes(), calls)
def test_numpy_agrees_with_the_eager_engine(recipe, calls):
    _agree(recipe, calls, backend="numpy")


@examples(2)
@given(st.lists(recipes(branches=False), min_size=6, max_size=6), calls)
def test_c_agrees_with_the_eager_engine(several, calls):
    _agree(_joined(several), calls, backend="c")


@examples(10)
@given(recipes(branches=False), calls)
def test_single_precision_agrees_within_its_own_tolerance(recipe, calls):
    _agree(recipe, calls, backend="numpy", dtype="float32")


@pytest.mark.parametrize("backend", ["numpy", "c"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_named_structures_by_both_back_ends(backend, dtype):
    names = ("softmax", "attention", "recurrence", "padded convolution", "short convolution")
    several = [
        Recipe([("whole", name, 1), ("binary", "mul", 0, 2), ("taken", 0)], (3, 4))
        for name in (*names, "bends", "pooled", "products of others", "maxima so far")
    ]
    calls = [
        ([0.5, -1.0, 2.0, 0.25, 1.5], [1.0, 2.0, -0.5, 0.0, 0.75], [0, 0, 3]),
        ([1.5, 1.5, -2.0, 0.0, -0.0], [1.0, 1.0, 1.0, -0.0, 0.0], [4, 0, 4]),
    ]
    _agree(_joined(several), calls, backend=backend, dtype=dtype)


@st.composite
def batches(draw, size, counts=(1, 2, 3, 15, 16, 17, 33)):
    """Examples and the indices of each."""
    count = draw(st.sampled_from(counts))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    return random.integers(-20, 21, (count, size)) / 8, random.integers(0, size, (count, 3))


@examples(10)
@given(
    recipes(most=5, branches=False),
    st.integers(1, 4).flatmap(lambda n: st.lists(batches(n), min_size=2, max_size=2)),
)
def test_mapped_programs_agree_with_the_list_they_stand_for(recipe, two):
    _agree_mapped(recipe, two, backend="numpy")


@examples(2)
@given(
    st.lists(recipes(most=5, branches=False), min_size=5, max_size=5),
    st.integers(1, 4).flatmap(lambda n: st.lists(batches(n), min_size=2, max_size=2)),
)
def test_mapped_programs_in_c(several, two):
    _agree_mapped(lambda *args: [sum(_joined(several)(*args))], two, backend="c")


@examples(15)
@given(
    recipes(most=5, branches=False),
    st.integers(1, 4).flatmap(lambda n: st.lists(batches(n, [50]), min_size=1, max_size=1)),
)
def test_mapped_programs_in_parts_agree_too(recipe, one):
    with patch.object(parts, "_CACHE", 1):  # so that 16 examples are a part
        _agree_mapped(recipe, one, backend="numpy")


def _agree_mapped(recipe, two, **options):
    size = two[0][0].shape[1]
    w, same = ([Value(0.25 * i - 0.4) for i in range(size)] for _ in range(2))

    def objective(w, xs, indices):
        def one(x, i):  # of Values, which have the methods that recipes call
            return recipe(w, [v + zero for v in x], i)[0]

        return mean(vmap(one)(xs, indices)) * w[0].cos() + sum(w)

    zero = Value(0.0)
    jitted = micrograd.jit(lambda xs, indices: objective(w, xs, indices), **options)
    for X, indices in two:
        found = jitted(X, indices)
        expected = objective(same, [[Value(x) for x in row] for row in X], indices.tolist())
        for v in (*w, *same):
            v.grad = 0.0
        found.backward()
        expected.backward()
        _same([found.data], [expected.data], 1e-9)
        _same([p.grad for p in w], [p.grad for p in same], 1e-9)


@examples(10)
@given(exact_recipes(), calls)
def test_strict_keeps_the_order_of_every_sum(recipe, calls):
    _bits_agree(recipe, calls, backend="numpy")


@examples(2)
@given(st.lists(exact_recipes(), min_size=6, max_size=6), calls)
def test_strict_keeps_the_order_of_every_sum_in_c(several, calls):
    _bits_agree(_joined(several), calls, backend="c")


def _bits_agree(recipe, calls, **options):
    w, zero = [Value(x / 7) for x in calls[0][0]], Value(0.0)

    def f(xs, indices):  # of Values, which have the methods that recipes call
        return recipe(w, [x + zero for x in xs], indices)

    jitted = micrograd.jit(f, strict=True, **options)
    for _, eighths, indices in calls:
        xs = [x / 7 for x in eighths]  # so that sums are rounded
        for a, b in zip(jitted(xs, indices), f(xs, indices), strict=True):
            assert a.data == b.data or (math.isnan(a.data) and math.isnan(b.data))


def test_indices_in_no_order_scatter_their_gradients():
    def f(w, ix):
        early, late = [take(w, i) for i in ix], [take(w, i) for i in ix]
        return sum([(a + b).tanh() for a, b in zip(w, early)]) + sum(late)

    w, same = [Value(0.0), Value(0.0)], [Value(0.0), Value(0.0)]
    micrograd.jit(lambda ix: f(w, ix), backend="numpy")([0, 0, 1]).backward()
    f(same, [0, 0, 1]).backward()
    assert [p.grad for p in w] == [p.grad for p in same] == [5.0, 2.0]
