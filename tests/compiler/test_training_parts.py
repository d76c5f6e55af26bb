"""Large batches are done in parts, on all cores."""

import os

import numpy as np
import pytest
from training_runs import assert_same_run, forgetful, make, train

from micrograd import sum as total
from micrograd.compiler.calls import parts


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(parts, "_CACHE", 1)  # so that 16 examples are a part


def data(count):
    random = np.random.default_rng(3)
    return random.normal(size=(count, 2)), random.choice([-1.0, 1.0], count)


@pytest.mark.parametrize(("made", "batch_size"), [(make, 35), (forgetful, None)])
def test_steps_in_parts_are_the_eager_ones(made, batch_size):
    def of_model(model):
        return lambda: 0.01 * total([p * p for p in model.parameters()])

    assert_same_run(
        made, data=data(75), batch_size=batch_size, penalty=of_model, clip_grad_norm=0.5
    )


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_numbers_do_not_depend_on_how_many_cores_there_are(monkeypatch, dtype):
    ends = []
    for cores in (1, 2, 7):
        monkeypatch.setattr(os, "sched_getaffinity", lambda process, n=cores: set(range(n)))
        model, optimizer = forgetful()
        history = train(model, optimizer, data=data(150), epochs=3, compile=True, dtype=dtype)
        ends.append(([p.data for p in model.parameters()], history.loss))
    assert ends[0] == ends[1] == ends[2]
