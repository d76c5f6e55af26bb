"""fit by compiled loops gives what fit gives one Value at a time, and says when it cannot."""

import itertools
import math
import os
import random
import signal
import threading
import time
import warnings

import numpy as np
import pytest

from micrograd import data, losses, optim
from micrograd import sum as total
from micrograd.compiler.errors import JitError
from micrograd.engine import Value
from micrograd.functions import dot, log_softmax, mean, softmax, take, where
from micrograd.losses import accuracy
from micrograd.modes import detect_anomaly
from micrograd.nn import MLP, Module
from micrograd.schedules import Cosine, Linear
from micrograd.train import fit

X, Y = data.moons(25, noise=0.1)


def make(optimizer=optim.SGD, widths=(4, 1), **settings):
    model = MLP(2, list(widths), activation="tanh", seed=1)
    return model, optimizer(model.parameters(), **{"lr": 0.1} | settings)


def train(model, optimizer, compile=True, **settings):
    settings = {"epochs": 4, "batch_size": 10, "seed": 3, "progress": False} | settings
    loss = settings.pop("loss", lambda x, y: (model(x) - y) ** 2)
    chosen = settings.pop("data", (X, Y))
    return fit(loss, chosen, model=model, optimizer=optimizer, compile=compile, **settings)


def numbers(model, optimizer, history):
    """All that a run leaves behind."""
    return [
        history.step_loss,
        history.loss,
        history.learning_rate,
        [p.data for p in model.parameters()],
        [p.grad for p in model.parameters()],
        *(state.tolist() for state in optimizer.state),
        [optimizer.steps],
    ]


def assert_same_run(make, tolerance=1e-9, **settings):
    """Train eagerly and compiled; compare the histories, parameters, gradients and states."""
    runs = []
    for compile in (False, True):
        model, optimizer = make()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            history = train(model, optimizer, compile, **settings_of(settings, model))
        runs.append((numbers(model, optimizer, history), history))
    (eager, eager_history), (compiled, compiled_history) = runs
    for a, b in zip(eager, compiled, strict=True):
        assert np.allclose(a, b, rtol=tolerance, atol=tolerance)
    assert eager_history.best_epoch == compiled_history.best_epoch
    assert eager_history.stopped == compiled_history.stopped
    return eager_history, compiled_history


def settings_of(settings, model):
    """The settings, in which functions named of_model are made for this model."""
    return {
        k: s(model) if getattr(s, "__name__", "") == "of_model" else s for k, s in settings.items()
    }


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


class Point(Module):
    def __init__(self, at=4.0):
        self.at = Value(at)


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
    history = train(model, optim.SGD(model.parameters(), lr=1e200), data=[1.0],
                    loss=lambda x: (model.at - x) ** 2, epochs=6)  # fmt: skip
    assert np.isnan(history.loss[-1])
    assert history.best_epoch == 0


def test_the_best_epoch_is_found_among_many_done_at_once():
    assert_same_run(lambda: make(lr=1.5), batch_size=None, epochs=60)
    assert_same_run(lambda: make(lr=0.5), batch_size=7, epochs=20)


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


def test_ctrl_c_ends_a_long_run_and_keeps_the_best_parameters():
    model, optimizer = make(lr=3.0)

    def interrupt():
        while optimizer.steps < 1000:
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    history = train(model, optimizer, batch_size=None, epochs=3_000_000)
    assert history.stopped == "interrupted"
    again, optimizer = make(lr=3.0)
    train(again, optimizer, batch_size=None, epochs=history.best_epoch + 1)
    assert [p.data for p in model.parameters()] == [p.data for p in again.parameters()]


def test_lines_tell_how_a_long_run_goes(capsys):
    train(*make(), epochs=400, batch_size=None, progress=True)
    assert len(capsys.readouterr().out.splitlines()) == 10


# Lists of different lengths


class Attentive(Module):
    """From each letter and those before it, weighed by their likeness, guess the next letter."""

    def __init__(self):
        rng = random.Random(3)
        self.table = [[Value(rng.uniform(-1, 1)) for _ in range(3)] for _ in range(5)]
        self.guess = [[Value(rng.uniform(-1, 1)) for _ in range(3)] for _ in range(5)]

    def loss(self, letters):
        seen, found = [], []
        for i in range(len(letters) - 1):
            x = take(self.table, letters[i])
            seen.append(x)
            weights = softmax([dot(x, y) for y in seen])
            h = [x[k] + dot(weights, [y[k] for y in seen]).tanh() for k in range(3)]
            logits = [dot(row, h) for row in self.guess]
            found.append(-take(log_softmax(logits), letters[i + 1]))
        return mean(found)


WORDS = [[(7 * i + j * j) % 5 for j in range(n)] for i, n in enumerate([9, 4, 12, 2, 7, 9, 20, 3])]


def reader(optimizer=optim.Adam):
    model = Attentive()
    return model, optimizer(model.parameters(), lr=0.05)


def loss_of_words():
    def of_model(model):
        return model.loss

    return of_model


@pytest.mark.parametrize("batch_size", [1, 3])
def test_one_program_takes_lists_of_all_lengths(batch_size):
    assert_same_run(reader, loss=loss_of_words(), data=WORDS, batch_size=batch_size)


@pytest.mark.usefixtures("without_compiler")
def test_numpy_takes_lists_of_all_lengths_too():
    assert_same_run(reader, loss=loss_of_words(), data=WORDS, batch_size=3, epochs=2)


def test_a_penalty_counts_once_for_a_batch_of_lists():
    def of_model(model):
        return lambda: 0.1 * total([p * p for row in model.guess for p in row])

    assert_same_run(reader, loss=loss_of_words(), penalty=of_model, data=WORDS, batch_size=3)


def test_what_a_loss_does_at_one_length_only_is_done_at_that_length():
    def of_model(model):
        return lambda word: model.loss(word) * (3.0 if len(word) == 9 else 1.0)

    assert_same_run(reader, loss=of_model, data=WORDS, batch_size=1)


def test_metrics_of_lists_are_the_same():
    def of_model(model):
        return {"loss again": model.loss}

    eager, compiled = assert_same_run(
        reader, loss=loss_of_words(), data=WORDS, batch_size=1, metrics=of_model, epochs=2
    )
    again = [history.metrics["loss again"] for history in (eager, compiled)]
    assert np.allclose(*again, rtol=1e-9)


# What cannot be compiled


def test_what_cannot_be_compiled_runs_eagerly_with_a_warning_that_says_why():
    def bent(model):
        return lambda x, y: (model(x) - y) ** 2 * (2.0 if x[0] > 0.5 else 1.0)

    eager_model, o = make()
    eager = train(eager_model, o, False, loss=bent(eager_model))
    model, o = make()
    with pytest.warns(RuntimeWarning, match="training eagerly.*where"):
        history = train(model, o, "auto", loss=bent(model))
    assert history.step_loss == eager.step_loss
    model, o = make()
    with pytest.raises(JitError, match="where"):
        train(model, o, True, loss=bent(model))


def test_the_warning_names_the_line_that_calls_fit():
    model, optimizer = make()
    with pytest.warns(RuntimeWarning) as caught:
        fit(lambda x, y: (model(x) - y) ** 2 * random.random(), (X, Y), model=model,
            optimizer=optimizer, epochs=1, progress=False)  # fmt: skip
    assert caught[0].filename == __file__
    assert "draws random numbers" in str(caught[0].message)


def test_a_loss_that_changes_from_call_to_call_is_noticed():
    calls = itertools.count(1)

    def changing(model):
        return lambda x, y: (model(x) - y) ** 2 * next(calls)

    model, o = make()
    with pytest.raises(JitError, match="does not give what an eager one gives"):
        train(model, o, True, loss=changing(model))


def test_a_branch_on_parameters_takes_the_path_that_holds():
    def of_model(model):
        return lambda x: (model.at - x) ** 2 if model.at < 2.5 else 3 * model.at

    def point():
        model = Point()
        return model, optim.SGD(model.parameters(), lr=0.1)

    assert_same_run(point, loss=of_model, data=[1.0, 2.0, 4.0], batch_size=None, epochs=30)


def test_random_numbers_are_as_if_nothing_had_been_tried():
    def noisy(model):
        return lambda x, y: (model(x) - y) ** 2 * random.random()

    found = []
    for compile in (False, "auto"):
        random.seed(4)
        model, o = make()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found.append(train(model, o, compile, loss=noisy(model)).step_loss)
    assert found[0] == found[1]


def test_a_step_of_ones_own_is_not_passed_over():
    class Still(optim.SGD):
        def step(self):
            pass

    with pytest.raises(JitError, match="Still has a step of its own"):
        train(*make(Still))


def test_a_rule_that_is_no_arithmetic_is_refused():
    class Rough(optim.SGD):
        def rule(self, p, g, state, step, lr):
            return p - lr * math.copysign(1.0, g), ()

    with pytest.raises(JitError, match="rule cannot be compiled"):
        train(*make(Rough))


def test_an_index_out_of_range_is_the_eager_error():
    model = Attentive()
    words = [[0, 1, 2, 3, 4, 0, 1], [0, 1, 2, 3, 4, 9, 1]]
    with pytest.warns(RuntimeWarning), pytest.raises(IndexError, match="9"):
        fit(model.loss, words, model=model, optimizer=optim.SGD(model.parameters(), lr=0.1),
            epochs=2, batch_size=1, progress=False)  # fmt: skip


def test_anomalies_are_looked_for_one_value_at_a_time():
    model = Point()
    with detect_anomaly(), pytest.raises(FloatingPointError):
        train(model, optim.SGD(model.parameters(), lr=1.0), data=[-4.0, 1.0],
              loss=lambda x: where(x < 0, 1.0 / (model.at + x), model.at))  # fmt: skip


def test_compile_is_a_yes_a_no_or_auto():
    with pytest.raises(ValueError, match="compile is True, False or \"auto\", got 'c'"):
        train(*make(), compile="c")
