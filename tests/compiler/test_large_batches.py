"""Batches that are done in parts: what comes out is what each example gives."""

import numpy as np
import pytest

from micrograd import exp, jit, take, vmap


@pytest.mark.parametrize("backend", ["c", "numpy"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("size", [100_000, 100_011])
def test_a_large_batch_is_what_its_examples_are(size, dtype, backend):
    def one(x, row, n):
        y = row[0] * row[1] - x
        return x, y, [y, exp(-row[2]) * n], row, row[1], (1.0, x * 2)

    x = np.linspace(-2.0, 2.0, size)
    rows, whole = np.stack([x, x + 1, x * x], axis=1), np.arange(size) % 7
    f = jit(vmap(one), backend=backend, dtype=dtype)
    y = rows[:, 0] * rows[:, 1] - x
    expected = x, y, np.stack([y, np.exp(-rows[:, 2]) * whole], 1), rows, rows[:, 1]
    for _ in range(3):
        *made, (constant, doubled) = f(x, rows, whole)
        for one_of_them, other in zip(made, expected, strict=True):
            np.testing.assert_allclose(one_of_them, other, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(doubled, 2 * x, rtol=1e-6)
        np.testing.assert_array_equal(constant, np.ones(size))


@pytest.mark.parametrize("backend", ["c", "numpy"])
def test_an_index_outside_of_its_range_in_one_part_of_a_large_batch_is_named(backend):
    f = jit(lambda table, places: vmap(lambda i: take(table, i) * 2.0)(places), backend=backend)
    table, places = np.array([1.0, 2.0, 3.0]), np.arange(300_000) % 3
    np.testing.assert_array_equal(f(table, places), 2 * table[places])
    places[-5] = 3
    with pytest.raises(IndexError, match="from 0 to 2, got 3"):
        f(table, places)
