"""fit by compiled loops gives what fit gives one Value at a time."""

import os
import signal
import threading
import time

import numpy as np
import pytest
from training_runs import Point, X, Y, assert_same_run, forgetful, make, train

from micrograd import losses, optim
from micrograd import sum as total
from micrograd.engine import Value
from micrograd.losses import accuracy
from micrograd.nn import MLP, Module
from micrograd.schedules import Cosine, Linear

# The same numbers

RULES = [
    (optim.SGD, {}),
    (optim.SGD, {"lr": 0.02, "momentum": 0.9}),
    (optim.SGD, {"lr": 0.02, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.01}),
    (optim.SGD, {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    (optim.RMSprop, {"lr": 0.01}),
    (optim.RMSprop, {"lr": 0.01, "momentum": 0.5, "centered": True, "weight_decay": 0.01}),
    (optim.Adam, {"lr": 0.02}),
    (optim.Adam, {"lr": 0.02, "weight_decay": 0.1, "betas": (0.5, 0.75)}),
    (optim.AdamW, {"lr": 0.02}),
]


@pytest.mark.parametrize(("optimizer", "settings"), RULES)
@pytest.mark.parametrize("batch_size", [None, 10, 1])
def test_every_optimiser_does_the_same(optimizer, settings, batch_size):
    assert_same_run(lambda: make(optimizer, **settings), batch_size=batch_size)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("optimizer", "settings"), RULES[4:])
def test_parameters_are_moved_several_vectors_at_a_time(optimizer, settings, dtype):
    def of_85_parameters():
        return make(optimizer, widths=(21, 1), **settings)

    tolerance = 1e-9 if dtype == "float64" else 2e-3
    assert_same_run(of_85_parameters, tolerance, dtype, batch_size=10)


@pytest.mark.parametrize("batch_size", [1, 2, 7, 8, 9, 23, 24, 100])
def test_batches_need_not_divide_the_data(batch_size):
    assert_same_run(make, batch_size=batch_size)


@pytest.mark.parametrize("batch_size", [None, 7, 1])
def test_penalty_and_schedule_are_honoured(batch_size):
    def of_model(model):
        return lambda: 0.01 * total([p * p for p in model.parameters()])

    assert_same_run(make, batch_size=batch_size, penalty=of_model, schedule=Cosine(end=0.1))


@pytest.mark.usefixtures("without_compiler")
@pytest.mark.parametrize("batch_size", [None, 7, 1])
def test_without_a_compiler_numpy_does_the_same(batch_size):
    def of_model(model):
        return lambda: 0.01 * total([p * p for p in model.parameters()])

    assert_same_run(lambda: make(optim.Adam), batch_size=batch_size, penalty=of_model)


@pytest.fixture
def without_compiler(monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler")


def test_classes_and_columns_of_numbers():
    def of_model(model):
        return lambda x, y: losses.cross_entropy(model(x), y)

    labels = (Y > 0).astype(int)
    assert_same_run(lambda: make(widths=(3, 2)), loss=of_model, data=(X, labels), batch_size=5)


def test_examples_may_be_single_numbers():
    def of_model(model):
        return lambda x: (model.at - x) ** 2

    def point():
        model = Point()
        return model, optim.Adam(model.parameters(), lr=0.1)

    assert_same_run(point, loss=of_model, data=[1.0, 2.0, 4.0, 7.0], batch_size=3)


def test_only_the_optimisers_parameters_move():
    def head():
        model = MLP(2, [4, 1], activation="tanh", seed=1)
        return model, optim.SGD(list(model.layers[1].parameters())[::-1], lr=0.1)

    assert_same_run(head)
    model, optimizer = head()
    before = [p.data for p in model.layers[0].parameters()]
    train(model, optimizer)
    assert [p.data for p in model.layers[0].parameters()] == before


def test_parameters_that_the_loss_does_not_use_decay_all_the_same():
    def of_model(model):
        return lambda x: (model.at - x) ** 2

    class Two(Point):
        def __init__(self):
            super().__init__()
            self.idle = Value(3.0)

    def two():
        model = Two()
        return model, optim.SGD(model.parameters(), lr=0.1, weight_decay=0.5)

    assert_same_run(two, loss=of_model, data=[1.0, 2.0, 5.0], batch_size=3)


@pytest.mark.parametrize("slope", [0.0, -0.0, 1e-170, 3e-155, 1e-140, 1e150, 1e200])
@pytest.mark.parametrize("place", [0, 12, 31, 33])
def test_slopes_of_any_size_move_their_parameter_and_no_other(slope, place):
    class Row(Module):
        def __init__(self):
            self.numbers = [Value(1.0 + k) for k in range(36)]

    def of_model(model):
        slopes = [0.5] * place + [slope] + [0.25] * (35 - place)
        return lambda x: x * total([p * s for p, s in zip(model.numbers, slopes)])

    def row():
        model = Row()
        return model, optim.Adam(model.parameters(), lr=0.1, eps=1e-300)

    assert_same_run(row, loss=of_model, data=[1.0, 2.0], batch_size=1)


def test_a_rule_of_ones_own_is_compiled_like_any_other():
    class Sign(optim.Optimizer):
        state_names = ("last",)

        def rule(self, p, g, state, step, lr):
            return p - lr / step**0.5 * (0.5 * state[0] + g) / (1 + abs_of(g)), (g,)

    def abs_of(g):
        return (g * g) ** 0.5

    assert_same_run(lambda: make(Sign))


def test_a_loss_that_becomes_nan_is_recorded_and_never_the_best():
    model = Point()
    with pytest.warns(RuntimeWarning, match="became inf in epoch 2"):
        history = train(model, optim.SGD(model.parameters(), lr=1e200), data=[1.0],
                        loss=lambda x: (model.at - x) ** 2, epochs=6)  # fmt: skip
    assert np.isnan(history.loss[-1])
    assert history.best_epoch == 0


def test_the_best_epoch_is_found_among_many_done_at_once():
    assert_same_run(lambda: make(lr=0.1, momentum=0.95), batch_size=None, epochs=60)
    assert_same_run(lambda: make(lr=0.5), batch_size=7, epochs=20)


@pytest.mark.parametrize("batch_size", [None, 7, 1])
def test_random_numbers_are_drawn_anew_for_each_example_of_each_step(batch_size):
    assert_same_run(forgetful, batch_size=batch_size)


@pytest.mark.usefixtures("without_compiler")
@pytest.mark.parametrize("batch_size", [7, 1])
def test_numpy_draws_the_same_random_numbers(batch_size):
    assert_same_run(forgetful, batch_size=batch_size)


# What goes on around the steps


def test_validation_metrics_and_early_stopping_are_the_same():
    def of_model(model):
        return {
            "accuracy": lambda x, y: accuracy(model(x), y),
            "rounded": lambda x, y: round(model(x).data),
        }

    eager, compiled = assert_same_run(
        lambda: make(lr=2.0),
        metrics=of_model,
        validation=(X[:5], Y[:5]),
        early_stopping=3,
        epochs=30,
    )
    assert np.allclose(eager.validation_loss, compiled.validation_loss, rtol=1e-9)
    assert eager.metrics.keys() == compiled.metrics.keys() == {"accuracy", "rounded"}
    for name in eager.metrics:
        assert np.allclose(eager.metrics[name], compiled.metrics[name], rtol=1e-9)


def test_parameters_are_recorded_at_the_same_steps():
    eager, compiled = assert_same_run(make, record=4)
    assert eager.recorded.steps == compiled.recorded.steps
    assert np.allclose(eager.recorded.parameters, compiled.recorded.parameters, rtol=1e-9)


@pytest.mark.parametrize("optimizer", [optim.SGD, optim.Adam])
def test_a_resumed_run_comes_to_the_very_same_numbers(tmp_path, optimizer):
    options = {"epochs": 6, "schedule": Linear(end=0.1), "validation": (X[:4], Y[:4])}
    whole, o = make(optimizer)
    expected = train(whole, o, **options)

    path = tmp_path / "run"
    model, o = make(optimizer)
    cut = train(model, o, checkpoint=path, **options | {"metrics": {"m": after(model, 20)}})
    assert cut.stopped == "interrupted"
    model, o = make(optimizer)
    history = train(model, o, checkpoint=path, **options)
    assert history.step_loss == expected.step_loss
    assert history.validation_loss == expected.validation_loss
    assert [p.data for p in model.parameters()] == [p.data for p in whole.parameters()]


def after(model, calls):
    """A metric that interrupts after so many calls."""
    left = iter(range(calls))

    def metric(x, y):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return model(x).data

    return metric


def interrupted(optimizer, steps=1000):
    """Send Ctrl-C once the optimiser has done so many steps."""

    def interrupt():
        while optimizer.steps < steps:
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()


def test_ctrl_c_ends_a_long_run_and_keeps_the_best_parameters():
    model, optimizer = make(lr=3.0)
    interrupted(optimizer, steps=100_000)
    with pytest.warns(RuntimeWarning, match="became inf"):
        history = train(model, optimizer, batch_size=None, epochs=3_000_000)
    assert history.stopped == "interrupted"
    again, optimizer = make(lr=3.0)
    train(again, optimizer, batch_size=None, epochs=history.best_epoch + 1)
    assert [p.data for p in model.parameters()] == [p.data for p in again.parameters()]


@pytest.mark.parametrize("seen", [False, True])
def test_ctrl_c_puts_the_best_back_where_only_some_parameters_move(seen):
    model, _ = make()
    first = [p.data for p in model.parameters()]
    optimizer = optim.SGD(model.parameters()[:4:-1], lr=0.1)
    settings = {"validation": (X[:4], Y[:4])} if seen else {}

    def interrupt():
        while optimizer.steps < 20:
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    history = train(model, optimizer, batch_size=None, epochs=3_000_000, **settings)
    assert history.stopped == "interrupted"
    last = [p.data for p in model.parameters()]
    assert last[:5] == first[:5]
    again, _ = make()
    moved = optim.SGD(again.parameters()[:4:-1], lr=0.1)
    train(again, moved, batch_size=None, epochs=history.best_epoch + 1)
    assert last == [p.data for p in again.parameters()]


def test_lines_tell_how_a_long_run_goes(capsys):
    train(*make(), epochs=400, batch_size=None, progress=True)
    assert len(capsys.readouterr().out.splitlines()) == 10
