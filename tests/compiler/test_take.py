"""``take`` under jit: rows from anywhere, chosen by a number that is known at run time only."""

import numpy as np
import pytest

from micrograd import Value, jit, mean, sum, take, vmap

BACKENDS = ("numpy", "c")
pytestmark = pytest.mark.parametrize("backend", BACKENDS)


def leaves(*numbers):
    return [Value(x) for x in numbers]


def gradients(f, values, *args):
    for v in values:
        v.grad = 0.0
    f(*args).backward()
    return [v.grad for v in values]


def agree(f, values, backend, calls):
    """Compare data and gradients of a compiled function with the eager ones."""
    compiled = jit(f, backend=backend)
    for args in calls:
        assert compiled(*args).data == pytest.approx(f(*args).data, rel=1e-12)
        expected = gradients(f, values, *args)
        assert gradients(compiled, values, *args) == pytest.approx(expected, rel=1e-12)


def test_rows_may_come_from_different_places_in_memory(backend):
    w = leaves(1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
    rows = [w[5], w[0], w[3], w[2]]
    agree(lambda i: take(rows, i) * w[1], w, backend, [(0,), (3,), (2,), (1,)])


def test_rows_may_be_literals_and_values_in_any_mixture(backend):
    w = leaves(1.5, -2.0, 3.0)

    def f(i, x):
        return take([1.0, w[0], 0.5, w[1] * x, w[2].tanh(), x, 1.0], i) * w[0]

    agree(f, w, backend, [(i, 0.25 * i) for i in range(7)])


def test_the_last_parameter_and_a_constant_next_to_it_are_not_one_array(backend):
    w = leaves(2.0, 3.0)
    agree(lambda i: take([w[1], 7.0], i) * w[0], w, backend, [(0,), (1,)])


@pytest.mark.parametrize("rows", [[4.0, 4.0, 4.0], [1.0, 2.0, 4.0, 8.0]])
def test_rows_may_all_be_numbers(backend, rows):
    w = leaves(2.0)
    agree(lambda i: take(rows, i) * w[0], w, backend, [(i,) for i in range(len(rows))])


def test_an_index_may_be_a_constant(backend):
    w = leaves(2.0, 3.0, 5.0)
    agree(lambda x: take([w[2], w[0]], Value(1.0)) * x, w, backend, [(2.0,)])


def test_nested_rows_are_taken_whole(backend):
    table = [leaves(1.0, 2.0, 3.0), leaves(4.0, 5.0, 6.0), leaves(7.0, 8.0, 9.0)]
    shuffled = [[row[2], row[0], row[1]] for row in (table[2], table[0], table[1])]

    def f(i, j):
        a, b = take(shuffled, i), take(shuffled, j)
        return sum([x * y * k for k, (x, y) in enumerate(zip(a, b), 1)])

    agree(f, [x for row in table for x in row], backend, [(0, 1), (2, 2), (1, 0)])


def test_a_row_may_appear_again_and_collects_both_gradients(backend):
    w = leaves(2.0, 3.0)
    rows = [w[0], w[0], w[1], w[0]]

    def f(i, j):
        return take(rows, i) * take(rows, j)

    agree(f, w, backend, [(0, 1), (3, 0), (2, 1), (2, 2)])


def test_rows_may_depend_on_the_arguments(backend):
    w = leaves(2.0, 3.0)

    def f(i, xs):
        rows = [x * w[0] for x in xs] + [w[1], xs[0]]
        return take(rows[::-1] + rows[:1], i) * w[0]

    agree(f, w, backend, [(i, [0.1, 0.2, 0.3]) for i in range(6)])


def test_a_batch_of_indices_takes_from_irregular_rows(backend):
    w = leaves(2.0, 3.0, 5.0, 7.0)
    X, indices = np.array([0.1, 0.2, 0.3, 0.4, 0.5]), np.array([0.0, 4.0, 1.0, 2.0, 3.0])

    def f(X, indices):
        return mean(vmap(lambda x, i: take([w[3], w[0] * x, 1.0, x, w[1]], i) * w[2])(X, indices))

    agree(f, w, backend, [(X, indices), (X[:3], indices[2:])])


def test_many_takes_from_the_same_irregular_rows(backend):
    w = leaves(*np.arange(1.0, 9.0))
    rows = [w[(3 * k) % 8] if k % 3 else 0.5 for k in range(8)]

    def f(tokens):
        return sum([take(rows, t) * w[k] for k, t in enumerate(tokens)])

    agree(f, w, backend, [([1, 2, 3, 7],), ([0, 0, 5, 6],)])


@pytest.mark.parametrize("index", [3.0, -1.0, 0.5])
def test_an_index_out_of_range_is_named_with_the_range(backend, index):
    w = leaves(1.0, 2.0, 3.0)
    f = jit(lambda i: take([w[1], Value(4.0), w[0]], i), backend=backend)
    assert f(1.0).data == 4.0
    with pytest.raises(IndexError, match=f"from 0 to 2, got {index}"):
        f(index)
