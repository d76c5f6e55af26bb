"""Arrays turned over for whole vectors give what they gave as they lay."""

import random
from itertools import pairwise

import numpy as np
import pytest

from micrograd import jit, maximum, sum
from micrograd.nn import MLP, TransformerEncoderLayer


@pytest.fixture
def model():
    random.seed(0)
    return MLP(2, [16, 1])


def both_ways(f, model, X, y):
    """The value and the gradients of f, eagerly and compiled."""
    found = []
    compiled = jit(f, when="now")
    compiled(X, y)
    for run, args in ((f, (X.tolist(), y.tolist())), (compiled, (X, y))):
        model.zero_grad()
        out = run(*args)
        out.backward()
        found.append([out.data, *(p.grad for p in model.parameters())])
    return found


def data(outputs):
    return [[[a.data for a in row] for row in rows] for rows in outputs]


def examples(count, targets):
    numbers = np.random.default_rng(1)
    return numbers.normal(size=(count, 2)), numbers.normal(size=targets)


@pytest.mark.parametrize("count", [8, 24, 100])
def test_an_unrolled_batch_runs_sample_by_sample_in_vectors(model, count):
    def f(X, y):
        return sum([(model(x) - t) ** 2 for x, t in zip(X, y)])

    X, y = examples(count, count)
    eager, compiled = both_ways(f, model, X, y)
    assert compiled == pytest.approx(eager, rel=1e-11)
    assert f"[16,{count}]" in str(jit(f).lower(X, y))


def test_a_sum_over_two_arguments_keeps_both_in_their_order(model):
    def f(X, y):
        squares = [a * a for x in X for a in x] + [t * t for t in y]
        return sum([model(x) for x in X]) + sum(squares)

    eager, compiled = both_ways(f, model, *examples(24, 48))
    assert compiled == pytest.approx(eager, rel=1e-11)


def test_samples_that_are_also_read_across_keep_their_order(model):
    def f(X, y):
        out = [model(x) for x in X]
        return sum([a * b for a, b in pairwise(out)]) + sum([x[0] * t for x, t in zip(X[3:], y)])

    eager, compiled = both_ways(f, model, *examples(24, 21))
    assert compiled == pytest.approx(eager, rel=1e-11)


def test_a_dim_in_which_two_arrays_have_samples_of_other_sizes_is_not_split_for_both():
    numbers = np.random.default_rng(1).normal(size=(2, 3, 4)).tolist()
    layer = TransformerEncoderLayer(4, 2, 1, dropout=0.0, batch_first=True, seed=1)
    compiled = jit(lambda X: layer(X), when="now")
    for _ in range(2):
        np.testing.assert_allclose(data(compiled(numbers)), data(layer(numbers)), rtol=1e-11)


@pytest.mark.parametrize("size", [2, 4])
def test_a_maximum_of_numbers_within_samples_finds_them(model, size):
    def f(X, y):
        h = [a for x in X for a in model.layers[0](x)]
        return sum([maximum(h[i : i + size]) * t for i, t in zip(range(0, len(h), size), y)])

    eager, compiled = both_ways(f, model, *examples(24, 24 * 16 // size))
    assert compiled == pytest.approx(eager, rel=1e-11)
