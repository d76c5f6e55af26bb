"""Random scalar programs give the same values and gradients with jit and without it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_programs import Recipe, arguments, recipes

import micrograd
from micrograd import Value, mean, sum, take, vmap

TOLERANCE = {"float64": 1e-9, "float32": 2e-3}


def _run(f, w, xs, indices):
    """The values of both results, and the gradients of parameters and inputs by each."""
    results = f(w, xs, indices)
    slopes = []
    for result in results:
        for v in (*w, *xs):
            v.grad = 0.0
        result.backward()
        slopes.append([v.grad for v in (*w, *xs)])
    return [r.data for r in results], slopes


def _same(found, expected, tolerance):
    found, expected = np.array(found), np.array(expected)
    finite = np.isfinite(expected)
    assert np.array_equal(np.isfinite(found), finite), (found, expected)
    assert np.array_equal(found[~finite], expected[~finite], equal_nan=True)
    scale = np.abs(expected[finite]).max(initial=1.0)
    assert np.abs(found[finite] - expected[finite]).max(initial=0.0) <= tolerance * scale


def _agree(recipe, calls, **options):
    dtype = options.get("dtype", "float64")
    w = [Value(x) for x in calls[0][0]]
    jitted = micrograd.jit(lambda xs, indices: recipe(w, xs, indices), **options)
    for numbers, xs, indices in calls:
        for p, x in zip(w, numbers):
            p.data = x
        given_xs = [Value(x) for x in xs]
        found = _run(lambda w, xs, indices: jitted(xs, indices), w, given_xs, indices)
        expected = _run(recipe, [Value(x) for x in numbers], [Value(x) for x in xs], indices)
        for a, b in zip(found, expected):
            _same(a, b, TOLERANCE[dtype])


calls = st.integers(1, 6).flatmap(lambda n: st.lists(arguments(n), min_size=2, max_size=3))


@settings(max_examples=150)
@given(recipes(), calls)
def test_numpy_agrees_with_the_eager_engine(recipe, calls):
    _agree(recipe, calls, backend="numpy")


def _joined(several):
    """One program that does the work of several, so that C compiles once for all."""
    return lambda w, xs, indices: tuple([r for f in several for r in f(w, xs, indices)])


@settings(max_examples=4)
@given(st.lists(recipes(branches=False), min_size=6, max_size=6), calls)
def test_c_agrees_with_the_eager_engine(several, calls):
    _agree(_joined(several), calls, backend="c")


@settings(max_examples=40)
@given(recipes(branches=False), calls)
def test_single_precision_agrees_within_its_own_tolerance(recipe, calls):
    _agree(recipe, calls, backend="numpy", dtype="float32")


@pytest.mark.parametrize("backend", ["numpy", "c"])
def test_single_precision_by_both_back_ends(backend):
    several = [
        Recipe([("whole", name, 1), ("binary", "mul", 0, 2)], (3, 2))
        for name in ("softmax", "attention", "recurrence", "padded convolution", "bends")
    ]
    calls = [([0.5, -1.0, 2.0, 0.25, 1.5], [1.0, 2.0, -0.5, 0.0, 0.75], [0, 0, 3])]
    _agree(_joined(several), calls, backend=backend, dtype="float32")


@st.composite
def batches(draw):
    count = draw(st.sampled_from([1, 2, 3, 15, 16, 17, 33]))
    size = draw(st.integers(1, 4))
    seed = draw(st.integers(0, 99))
    random = np.random.default_rng(seed)
    return random.integers(-20, 21, (count, size)) / 8, random.integers(0, size, (count, 3))


@settings(max_examples=60)
@given(recipes(most=5, branches=False), batches(), batches())
def test_mapped_programs_agree_with_the_list_they_stand_for(recipe, first, second):
    size = first[0].shape[1]
    w = [Value(0.25 * i - 0.4) for i in range(size)]
    same = [Value(p.data) for p in w]

    def objective(w, xs, indices):
        return mean(vmap(lambda x, i: recipe(w, x, i)[0])(xs, indices)) + sum(w)

    jitted = micrograd.jit(lambda xs, indices: objective(w, xs, indices), backend="numpy")
    for X, indices in (first, (np.resize(second[0], (5, size)), np.resize(indices_of(second, size), (5, 3)))):
        found, expected = jitted(X, indices), objective(same, X.tolist(), indices.tolist())
        for v in (*w, *same):
            v.grad = 0.0
        found.backward()
        expected.backward()
        _same([found.data], [expected.data], 1e-9)
        _same([p.grad for p in w], [p.grad for p in same], 1e-9)


def indices_of(batch, size):
    return batch[1] % size


def _exactly_equal(a, b):
    return a == b or (math.isnan(a) and math.isnan(b))


@settings(max_examples=60)
@given(recipes(), calls)
def test_strict_keeps_the_order_of_every_sum(recipe, calls):
    w = [Value(x) for x in calls[0][0]]
    jitted = micrograd.jit(lambda xs, i: recipe(w, xs, i), backend="numpy", strict=True)
    for _, xs, indices in calls:
        found = jitted(xs, indices)
        expected = recipe(w, [Value(x) for x in xs], indices)
        assert all(_exactly_equal(a.data, b.data) for a, b in zip(found, expected))


def test_indices_in_no_order_scatter_their_gradients():
    def f(w, ix):
        early, late = [take(w, i) for i in ix], [take(w, i) for i in ix]
        return sum([(a + b).tanh() for a, b in zip(w, early)]) + sum(late)

    w, same = [Value(0.0), Value(0.0)], [Value(0.0), Value(0.0)]
    micrograd.jit(lambda ix: f(w, ix), backend="numpy")([0, 0, 1]).backward()
    f(same, [0, 0, 1]).backward()
    assert [p.grad for p in w] == [p.grad for p in same] == [5.0, 2.0]
