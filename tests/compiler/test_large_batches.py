"""Batches that are done in parts: what comes out is what each example gives."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from cores import one_core

from micrograd import Value, exp, jit, mean, take, vmap


@pytest.fixture(autouse=True, params=["all cores", "one core"])
def cores(request) -> Iterator[None]:
    """Let this thread have all cores, or one, which does all without others."""
    if request.param == "all cores":
        yield
        return
    with one_core():
        yield


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


def test_each_call_of_a_large_batch_reads_what_is_there():
    w = Value(2.0)
    scale = [3.0]
    x = np.linspace(0.0, 1.0, 300_000)
    f = jit(vmap(lambda x: {"y": w.data * x * scale[0], "same": (x, 0.5), "large": x > 0.5}))
    for k in range(5):
        w.data, scale[0] = 2.0 + k, 3.0 + k // 3
        made = f(x)
        np.testing.assert_allclose(made["y"], w.data * scale[0] * x)
        np.testing.assert_array_equal(made["same"][0], x)
        np.testing.assert_array_equal(made["same"][1], np.full(len(x), 0.5))
        np.testing.assert_array_equal(made["large"], x > 0.5)
        assert made["large"].dtype == bool
        x = x[::-1] if k % 2 else x + 1.0


def test_arrays_of_other_kinds_come_between_those_of_a_large_batch():
    x = np.linspace(0.0, 1.0, 300_000)
    locked, narrow = x + 2.0, x.astype("f4")
    locked.flags.writeable = False
    f = jit(vmap(lambda x: x * 2.0 + 1.0))
    for args in [
        x,
        x,
        x,
        locked,
        narrow,
        x[::2],
        x[::2].copy(),
        x.tolist(),
        x[:5],
        x,
        np.arange(300_000),
    ]:
        made = f(args)
        np.testing.assert_allclose(made, 2.0 * np.asarray(args, float) + 1.0, rtol=1e-6)
        assert type(made) is type(args)


def test_results_of_several_calls_of_a_large_batch_are_apart():
    x = np.linspace(0.0, 1.0, 300_000)
    f = jit(vmap(lambda x: x * 2.0))
    made = [f(x + k) for k in range(6)]
    for k, one in enumerate(made):
        np.testing.assert_allclose(one, 2.0 * (x + k))


def test_a_large_batch_gives_the_nests_that_its_function_returns():
    f = jit(
        lambda x, y: [vmap(lambda x, y: (x + y, (x * y,)))(x, y), vmap(lambda x, y: x - y)(x, y)]
    )
    x = np.linspace(-1.0, 1.0, 300_000)
    for k in range(5):
        y = np.cos(x + k)
        (total, (product,)), difference = made = f(x, y)
        np.testing.assert_allclose(total, x + y)
        np.testing.assert_allclose(product, x * y)
        np.testing.assert_allclose(difference, x - y, atol=1e-15)
        assert [type(made), type(made[0]), type(made[0][1])] == [list, tuple, tuple]
        assert all(a.flags.writeable and a.shape == x.shape for a in (total, product, difference))


def test_results_of_a_large_batch_may_be_changed_without_others_changing():
    x = np.linspace(0.0, 1.0, 300_000)
    f = jit(vmap(lambda x: (x * 2.0, x + 1.0)))
    for _ in range(5):
        doubled, more = f(x)
        doubled[:] = 7.0
        np.testing.assert_allclose(more, x + 1.0)
        np.testing.assert_allclose(f(x)[0], 2.0 * x)
        np.testing.assert_array_equal(doubled, 7.0)


def test_threads_share_a_function_of_large_batches():
    f = jit(vmap(lambda x, y: x * y + 1.0))
    x = np.linspace(0.0, 1.0, 300_000)
    for _ in range(3):
        f(x, x)
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda k: f(x, x + k), range(24)))
    for k, one in enumerate(made):
        np.testing.assert_allclose(one, x * (x + k) + 1.0)


def test_a_large_batch_takes_a_number_for_all_its_examples():
    f = jit(lambda xs, n: vmap(lambda x: x * n)(xs))
    x = np.linspace(0.0, 1.0, 300_000)
    for k in range(5):
        np.testing.assert_allclose(f(x, float(k)), x * k)


def test_the_values_of_a_large_batch_have_their_data():
    w = Value(2.0)
    x = np.linspace(0.0, 1.0, 300_000)
    f = jit(vmap(lambda x: w * x))
    for _ in range(4):
        made = f(x)
    np.testing.assert_allclose(made.data, 2.0 * x)


def test_a_division_by_zero_in_one_example_of_a_large_batch_raises_at_every_call():
    x = np.linspace(1.0, 2.0, 300_000)
    f = jit(lambda xs: vmap(lambda x: 1.0 / x)(xs))
    for _ in range(4):
        np.testing.assert_allclose(f(x.tolist()), 1.0 / x)
    zeros = x.tolist()
    zeros[-3] = 0.0
    with pytest.raises(ZeroDivisionError):
        f(zeros)


def test_losses_of_large_batches_keep_what_they_were_computed_from():
    w = Value(2.0)
    f = jit(lambda xs: mean(vmap(lambda x: (w * x) ** 2)(xs)))
    x = np.linspace(0.0, 1.0, 600_000)
    f(x), f(x)
    losses = [f(x + k) for k in range(3)]
    for k in (1, 2, 0):
        w.grad = 0.0
        losses[k].backward()
        mean_square = np.mean((x + k) ** 2)
        assert losses[k].data == pytest.approx(4.0 * mean_square)
        assert w.grad == pytest.approx(4.0 * mean_square)
    del losses
    w.grad = 0.0
    f(x).backward()
    assert w.grad == pytest.approx(4.0 * np.mean(x**2))


def test_what_one_part_of_a_large_batch_raises_is_raised():
    table = np.array([1.0, 2.0, 3.0])
    f = jit(lambda places: mean(vmap(lambda i: take(table, i) * 2.0)(places)))
    places = np.arange(900_000) % 3
    for _ in range(3):
        assert f(places) == pytest.approx(4.0)
    places[-5] = 3
    for _ in range(2):
        with pytest.raises(IndexError, match="from 0 to 2, got 3"):
            f(places)
    places[-5] = 0
    assert f(places) == pytest.approx(4.0, rel=1e-4)
