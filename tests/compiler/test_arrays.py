"""Inside jit arrays are arrays and lists are lists: what NumPy and Python make of them plainly."""

import random

import numpy as np
import pytest
from alike import check, jit

from micrograd import mean, sum, vmap

A, M = np.array([1.0, 2.5, 4.0]), np.arange(1.0, 7.0).reshape(2, 3)
WHOLE = np.array([3, 1, 2])


OF_AN_ARRAY = {
    "arithmetic": lambda a: 2 * a - a / 4 + a**2 - [1, 1, 1],
    "slices": lambda a: a[1:] - a[:-1] + a[::-1][0:2],
    "sums": lambda a: (a.sum(), a.mean(), a.std(), a.max(), a.min(), np.linalg.norm(a)),
    "products": lambda a: (a @ a, np.dot(M, a), np.outer(a, a), np.einsum("ij,j->i", M, a)),
    "products with numbers": lambda a: (np.dot(a[0], a), np.dot(M, a[1]), np.dot(a[0], a[1])),
    "functions": lambda a: np.tanh(a) + np.exp(-a) * np.log(a) + np.maximum(a, 2.0),
    "choices": lambda a: (np.where(a > 2.0, a, -a), a[a > 2.0], a.argmax(), np.sort(-a)),
    "shapes": lambda a: (a.reshape(3, 1), np.stack([a, a * 2]), np.concatenate([a, a[:1]])),
    "lengths": lambda a: a / len(a) + a.shape[0] * a.ndim + a.size,
    "indices": lambda a: (a[[0, 2]], a[np.array([True, False, True])], a[-1], a[WHOLE - 1]),
    "running": lambda a: (np.cumsum(a), np.diff(a)),
    "averages": lambda a: (np.average(a), np.average(a, weights=a), np.average(M, weights=a * M)),
    "questions": lambda a: (np.all(a == a), np.any(a > 9), np.isnan(a).sum(), np.allclose(a, a)),
    "items": lambda a: [x * 2 for x in a],
    "constants": lambda a: np.array([1.0, 2.0, 3.0]) * a[0] + np.array([a[1], 2.0, a[0]]),
}


@pytest.mark.parametrize("name", OF_AN_ARRAY)
def test_numpy_means_what_it_means(name):
    check(OF_AN_ARRAY[name], (A,), (A + 0.5,))


def test_axes_of_a_matrix():
    check(lambda m: (m[0] + m[1], m[:, 0] * 2, m.T @ m, m.mean(axis=0), m.sum(1)), (M,), (M + 1,))


def test_whole_numbers_stay_whole():
    check(lambda i: (i * 2, i.sum(), i / 2, i.mean(), i[0] + 1), (WHOLE,), (WHOLE + 1,))


def test_arrays_made_inside_hold_traced_numbers():
    def f(a):
        filled = np.zeros(3)
        filled[1] = a[0] * 2
        filled[2:] = a[2]
        return filled + np.ones_like(a)

    check(f, (A,), (A * 2,))


def test_an_array_of_an_array_is_a_copy():
    def f(a):
        b, same, whole = np.array(a), np.asarray(a), np.array(WHOLE, dtype=float)
        b[0], whole[1] = 7.0, a[1]
        b *= a[2]
        return a, b, same, whole, np.array([a[0], 2], dtype=float)

    check(f, (A,), (A * 2,))


def test_numpy_itself_does_what_depends_on_no_argument():
    def f(a):
        grid = np.linspace(0.0, 1.0, 3)
        grid[1] = a[0]
        return np.linalg.solve(np.eye(3) * 2.0, np.array([1.0, 2.0, 3.0])) * a + grid

    check(f, (A,), (A * 2,))


def test_arrays_of_single_precision_stay_it():
    single = A.astype(np.float32)
    g = jit(lambda a: (a * 2, np.tanh(a)[1:], a.cumsum(), a + np.zeros(3), a > 2))
    for a in (single, single + 1, A):
        for _ in range(2):
            for x, y in zip(g(a), g.__wrapped__(a), strict=True):
                assert x.dtype == y.dtype
                np.testing.assert_allclose(x, y, rtol=1e-6)


@pytest.mark.parametrize("kind", ["float32", "float16", "int32", "uint8"])
def test_arrays_keep_their_width_at_every_call(kind):
    a = np.array([1, 2, 3], dtype=kind)
    g = jit(lambda a: [vmap(lambda x: x * x)(a), a + a, vmap(lambda x: x)(a)])
    for _ in range(3):
        assert [x.dtype.name for x in g(a)] == [kind] * 3


def test_lists_join_repeat_and_change():
    def f(xs):
        ys = list(xs)
        ys.append(7.0)
        ys[0] = ys[1] * 2
        return sum(ys), mean(xs + ys[:1]) + mean(xs * 2), ys[::2], xs == ys

    check(f, ([1.0, 2.0],), ([3.0, 5.0],))


def random_program(seed):
    """A function of a vector and a matrix, made of slices, arithmetic, sums and functions."""
    rng = random.Random(seed)
    unary = [np.tanh, np.sin, lambda x: x * x, lambda x: x[::-1], lambda x: x - x.mean(), np.abs]
    binary = [np.add, np.subtract, np.multiply, np.maximum, lambda x, y: np.where(x > y, x, y / 2)]
    steps = [(rng.choice(unary), rng.choice(binary), rng.randrange(3)) for _ in range(4)]

    def f(a, m):
        known = [a, m[0], m[:, 1].sum() * a]
        for one, two, k in steps:
            known.append(two(one(known[-1]), known[k]))
        return known[-1], known[-2][1:].sum(), m @ known[-1]

    return f


@pytest.mark.parametrize("seed", range(12))
def test_random_programs_of_arrays(seed):
    check(random_program(seed), (A, M), (A - 2.0, M * 0.5))
