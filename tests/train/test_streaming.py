"""Data in a file, larger than the memory perhaps, is read where it lies, a stretch at a time."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest

from micrograd import dot
from micrograd.data import batch_indices
from micrograd.engine import Value
from micrograd.nn import Module
from micrograd.optim import SGD
from micrograd.train import fit

ROWS, WIDTH = 2000, 500


class Scale(Module):
    def __init__(self):
        self.w = [Value(0.01 * k) for k in range(WIDTH)]

    def __call__(self, x):
        return dot(self.w, x)


def train(data, **settings):
    model = Scale()
    settings = {"epochs": 2, "batch_size": 100, "seed": 1, "buffer": 300} | settings
    history = fit(
        lambda x, y: (model(x) - y) ** 2,
        data,
        model=model,
        optimizer=SGD(model.parameters(), lr=1e-4),
        progress=False,
        **settings,
    )
    return history.step_loss


@pytest.fixture
def mapped(tmp_path):
    X = np.memmap(tmp_path / "X", np.float64, "w+", shape=(ROWS, WIDTH))
    X[:] = np.random.default_rng(1).standard_normal((ROWS, WIDTH))
    return X, np.asarray(X[:, 0])


def test_a_column_of_fits_own_type_is_never_copied(mapped):
    train(mapped)
    tracemalloc.start()
    losses = train(mapped)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < mapped[0].nbytes / 2
    assert losses == train((np.array(mapped[0]), mapped[1]), compile=True)
    few = (mapped[0][:300], mapped[1][:300])
    eager = train(few, compile=False, batch_size=30, buffer=50, epochs=1)
    assert np.allclose(train(few, batch_size=30, buffer=50, epochs=1), eager, rtol=1e-9)


def test_a_number_that_is_not_finite_is_found_in_a_file_too(mapped):
    mapped[0][1999, 7] = np.nan
    with pytest.raises(ValueError, match=r"example 1999, argument 0\[7\] is nan"):
        train(mapped)


@pytest.mark.parametrize("buffer", [1, 7, 20, 300])
def test_a_buffer_shuffles_neighbours_among_each_other(buffer):
    whole, again, later = (
        np.concatenate(batch_indices(100, 9, seed=3, epoch=epoch, buffer=buffer))
        for epoch in (0, 0, 1)
    )
    assert sorted(whole) == list(range(100))
    assert (whole == again).all()
    assert (whole != later).any()
    stretches = [i // buffer for i in whole.tolist()]
    changes = sum(a != b for a, b in pairwise(stretches))
    assert changes == (-(-100 // buffer) - 1)
    if buffer < 100:
        assert stretches != sorted(stretches)


def test_a_buffer_is_a_whole_number():
    with pytest.raises(ValueError, match=r"buffer .* got 0"):
        train(([[0.0] * WIDTH], [0.0]), buffer=0)
