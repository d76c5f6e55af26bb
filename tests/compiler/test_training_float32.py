"""fit with dtype="float32": the same steps, with the numbers inside rounded to float32."""

import numpy as np
import pytest
from thorough import sampled
from training_runs import Attentive, assert_same_run, make, train

from micrograd import optim
from micrograd import random as draws
from micrograd import sum as total
from micrograd.compiler.errors import JitError
from micrograd.losses import cross_entropy
from micrograd.nn import MLP, Dropout, Module
from micrograd.train import trial

TOLERANCE = 1e-3
RULES = [
    (optim.SGD, {}),
    (optim.SGD, {"lr": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    (optim.RMSprop, {"lr": 0.01, "momentum": 0.5, "centered": True}),
    (optim.Adam, {"lr": 0.02}),
    (optim.AdamW, {"lr": 0.02}),
]


def of_model(model):
    return lambda: 0.01 * total([p * p for p in model.parameters()])


@pytest.mark.parametrize(("optimizer", "settings"), RULES)
@pytest.mark.parametrize("batch_size", [None, 10, 1])
def test_every_optimiser_does_nearly_the_same(optimizer, settings, batch_size):
    assert_same_run(
        lambda: make(optimizer, **settings),
        TOLERANCE,
        batch_size=batch_size,
        penalty=of_model,
        dtype="float32",
    )


@pytest.mark.parametrize("batch_size", [2, 7, 8, 9, 15, 16, 17, 24])
def test_batches_need_not_be_whole_vectors(batch_size):
    assert_same_run(make, TOLERANCE, batch_size=batch_size, dtype="float32")


@pytest.mark.parametrize("batch_size", [None, 7, 1])
def test_without_a_compiler_numpy_does_nearly_the_same(monkeypatch, batch_size):
    monkeypatch.setenv("CC", "no-such-compiler")
    assert_same_run(
        lambda: make(optim.Adam),
        TOLERANCE,
        batch_size=batch_size,
        penalty=of_model,
        dtype="float32",
    )


@pytest.mark.parametrize("compiler", ["cc", "no-such-compiler"])
@pytest.mark.parametrize("batch_size", [None, 1])
def test_the_numbers_inside_are_float32(monkeypatch, compiler, batch_size):
    monkeypatch.setenv("CC", compiler)
    model, optimizer = make(optim.Adam)
    train(model, optimizer, batch_size=batch_size, dtype="float32")
    numbers = np.array([p.data for p in model.parameters()])
    assert (numbers == numbers.astype(np.float32)).all()
    assert all((state == state.astype(np.float32)).all() for state in optimizer.state)
    assert all(type(p.data) is float for p in model.parameters())


def test_losses_and_the_best_epoch_are_given_as_doubles():
    model, optimizer = make()
    history = train(model, optimizer, batch_size=None, dtype="float32")
    assert all(type(x) is float for x in history.step_loss)
    assert history.best_epoch == 3


@sampled("compiler", ["cc", "no-such-compiler"], of=2)
def test_lists_of_different_lengths(monkeypatch, compiler):
    monkeypatch.setenv("CC", compiler)

    def attentive():
        model = Attentive()
        return model, optim.SGD(model.parameters(), lr=0.05)

    def of_model(model):
        return model.loss

    words = [[0, 1, 2], [3, 4, 0, 1], [2, 2, 0, 3], [4, 3, 2, 1, 0], [1, 2]]
    assert_same_run(attentive, TOLERANCE, loss=of_model, data=words, batch_size=2, dtype="float32")


class Forgetful(Module):
    def __init__(self):
        self.hidden, self.drop = MLP(2, [4], activation="tanh", seed=1), Dropout(0.5)
        self.out = MLP(4, [1], seed=2)

    def __call__(self, x):
        return self.out(self.drop(self.hidden(x)))


@pytest.mark.parametrize("compiler", ["cc", "no-such-compiler"])
def test_random_numbers_are_the_same_ones(monkeypatch, compiler):
    monkeypatch.setenv("CC", compiler)

    def forgetful():
        draws.seed(4)
        model = Forgetful()
        return model, optim.SGD(model.parameters(), lr=0.05)

    assert_same_run(forgetful, TOLERANCE, batch_size=7, dtype="float32")


def test_float64_and_float32_of_one_model_are_two_programs():
    model, optimizer = make()

    def loss(x, y):
        return (model(x) - y) ** 2

    for dtype in ("float64", "float32", "float64"):
        train(model, optimizer, loss=loss, dtype=dtype)
        numbers = np.array([p.data for p in model.parameters()])
        assert (numbers == numbers.astype(np.float32)).all() == (dtype == "float32")


def test_eager_steps_have_no_float32():
    model, optimizer = make()
    with pytest.raises(ValueError, match="only compiled steps compute in float32"):
        train(model, optimizer, False, dtype="float32")


def test_an_unknown_dtype_is_refused():
    model, optimizer = make()
    with pytest.raises(ValueError, match="float64, float32 or bfloat16, got 'float16'"):
        train(model, optimizer, dtype="float16")


def test_what_cannot_be_compiled_is_done_in_float64_and_says_so():
    model, optimizer = make()

    def bent(x, y):
        return (model(x) - y) ** 2 * (2.0 if x[0] > 0.5 else 1.0)

    with pytest.warns(RuntimeWarning, match="training eagerly.*in float64.*where"):
        train(model, optimizer, "auto", loss=bent, dtype="float32")


@pytest.mark.parametrize("number", [2**24 + 1, 1e300])
def test_data_that_float32_cannot_hold_is_refused(number):
    model, optimizer = make()
    with pytest.raises(JitError, match="argument 1 of the loss holds numbers that float32"):
        train(
            model,
            optimizer,
            loss=lambda x, y: (model(x) - y * 0.0) ** 2,
            data=([[0.0, 1.0], [1.0, 0.0]], [1, number]),
            dtype="float32",
        )


def test_a_run_goes_on_from_its_checkpoint_to_the_same_numbers(tmp_path):
    whole, optimizer = make(optim.Adam)
    train(whole, optimizer, epochs=6, dtype="float32")
    for epochs in (2, 6):
        model, optimizer = make(optim.Adam)
        train(model, optimizer, epochs=epochs, dtype="float32", checkpoint=tmp_path / "run")
    assert [p.data for p in model.parameters()] == [p.data for p in whole.parameters()]
    with pytest.raises(ValueError, match="a run with dtype='float32', this one has 'float64'"):
        train(model, optimizer, epochs=6, checkpoint=tmp_path / "run")


def test_an_example_of_which_the_model_is_sure_may_be_the_one_that_is_compared(monkeypatch):
    monkeypatch.setattr(trial, "TRIED_VALUES", 1)  # as of a large model: there is one
    X, labels = np.random.default_rng(0).normal(size=(8, 2)), [0, 1] * 4
    model = MLP(2, [2], activation=None, seed=1)
    zero, one = model(X[1])
    model.parameters()[-1].data += 15.0 + zero.data - one.data

    def loss(x, label):
        return cross_entropy(model(x), label)

    assert 1e-7 < loss(X[1], 1).data < 1e-6
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    history = train(model, optimizer, loss=loss, data=(X, labels), dtype="float32")
    assert history.loss[-1] < history.loss[0]
