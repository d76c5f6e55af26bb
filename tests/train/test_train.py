"""fit trains, tells what happened, and can be interrupted."""

import copy
import math
import pickle
import random
import re
import signal

import numpy as np
import pytest
from small_runs import Point, X, Y, datas, interrupting, make, train

from micrograd import data, losses, optim
from micrograd.nn import MLP
from micrograd.schedules import Linear

# What the original library computes in the first steps of its demo.
ORIGINAL = [0.8958441028683222, 1.723590533697202, 0.7429006313851131]


# What a run computes


def test_fit_is_the_loop_people_write():
    model, optimizer = make()
    history = train(model, optimizer, epochs=5, batch_size=None, schedule=Linear(end=0.5))
    other, _ = make()
    for step in range(5):
        total = sum([losses.hinge(other(x), y) for x, y in zip(X, Y, strict=True)]) * (1 / 24)
        other.zero_grad()
        total.backward()
        for p in other.parameters():
            p.data -= 0.1 * (1 - 0.5 * step / 5) * p.grad
        assert history.step_loss[step] == pytest.approx(total.data, rel=1e-13)
    assert datas(model) == pytest.approx(datas(other), rel=1e-12)
    assert history.loss == history.step_loss
    assert history.learning_rate == pytest.approx([0.1, 0.09, 0.08, 0.07, 0.06])
    assert optimizer.lr == 0.1


def test_the_moons_objective_starts_and_falls_as_known():
    random.seed(1337)
    model = MLP(2, [16, 16, 1])
    history = train(
        model,
        optim.SGD(model.parameters(), lr=1.0),
        data=data.moons(100, noise=0.1, seed=1337),
        epochs=3,
        batch_size=None,
        penalty=lambda: 1e-4 * losses.l2(model.parameters()),
        schedule=Linear(end=0.1, steps=100),
    )
    assert history.loss == pytest.approx(ORIGINAL, rel=1e-12)


def test_the_lectures_four_examples_are_learnt():
    model = MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh", seed=0)
    history = train(
        model,
        optim.SGD(model.parameters(), lr=0.1),
        data=data.tiny(),
        loss=lambda x, y: losses.mse(model(x), y),
        epochs=150,
        batch_size=None,
    )
    assert history.loss[-1] < 0.02
    assert [model(x).data for x in data.tiny()[0]] == pytest.approx(data.tiny()[1], abs=0.3)


def test_an_epochs_loss_is_the_mean_over_its_examples():
    model, optimizer = make()
    history = train(model, optimizer, epochs=1)
    first, second, third = history.step_loss
    assert history.loss[0] == pytest.approx((10 * first + 10 * second + 4 * third) / 24)


def test_a_seed_decides_the_order_and_the_numbers():
    runs = [train(*make(), seed=seed).step_loss for seed in (3, 3, 4)]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_without_a_seed_pythons_own_decides():
    random.seed(7)
    first = train(*make(), seed=None)
    random.seed(7)
    second = train(*make(), seed=None)
    assert first.step_loss == second.step_loss
    assert first.seed == second.seed


def test_examples_may_have_any_number_of_arguments():
    model = Point()
    train(model, optim.SGD(model.parameters(), lr=0.1), data=[1.0, 2.0, 3.0], epochs=200,
          batch_size=None, loss=lambda x: (model.at - x) ** 2)  # fmt: skip
    assert model.at.data == pytest.approx(2.0)


def test_metrics_are_measured_after_each_epoch_in_evaluation_mode():
    model, optimizer = make()
    modes = []

    def accuracy(x, y):
        modes.append(model.training)
        return losses.accuracy(model(x), y)

    history = train(model, optimizer, metrics={"accuracy": accuracy})
    right = sum((model(x).data > 0) == (y > 0) for x, y in zip(X, Y, strict=True))
    assert len(history.metrics["accuracy"]) == 4
    assert history.metrics["accuracy"][-1] == pytest.approx(right / 24)
    assert set(modes) == {False}
    assert model.training


def test_validation_is_measured_without_penalty_or_gradients():
    model, optimizer = make()
    history = train(model, optimizer, validation=(X[:5], Y[:5]), penalty=lambda: 100)
    expected = sum(losses.hinge(model(x), y).data for x, y in zip(X[:5], Y[:5], strict=True)) / 5
    assert history.validation_loss[-1] == pytest.approx(expected)
    assert history.loss[-1] > 100


def test_parameters_are_recorded_every_so_many_steps():
    model, optimizer = make()
    before = datas(model)
    recorded = train(model, optimizer, record=2).recorded
    assert recorded.steps == [0, 2, 4, 6, 8, 10, 12]
    assert recorded.parameters[0].tolist() == before
    assert recorded.parameters[-1].tolist() == datas(model)
    assert recorded.names == [name for name, _ in model.named_parameters()]


def test_recording_changes_no_number():
    assert train(*make(), record=1).step_loss == train(*make()).step_loss


# Early ends


def test_early_stopping_goes_back_to_the_best_parameters():
    model = Point()
    history = train(
        model,
        optim.SGD(model.parameters(), lr=0.1),
        data=[0.0],
        validation=[2.0],
        loss=lambda x: (model.at - x) ** 2,
        epochs=100,
        early_stopping=3,
    )
    assert history.stopped == "early stopping"
    assert history.epochs == history.best_epoch + 1 + 3
    assert history.validation_loss[history.best_epoch] == min(history.validation_loss)
    assert (model.at.data - 2.0) ** 2 == min(history.validation_loss)


def test_ctrl_c_keeps_the_best_parameters_and_returns_the_history():
    model, optimizer = make(lr=5.0)
    history = train(model, optimizer, loss=interrupting(model, 100), validation=(X, Y), epochs=50)
    assert history.stopped == "interrupted"
    assert history.epochs >= 1
    found = sum(losses.hinge(model(x), y).data for x, y in zip(X, Y, strict=True)) / 24
    assert found == pytest.approx(min(history.validation_loss))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("compile", [False, True])
def test_what_ends_a_run_does_so_before_the_first_step_as_well(number, compile):
    model, optimizer = make()
    before = datas(model)

    def loss(x, y):
        assert signal.getsignal(number) is not signal.SIG_DFL
        signal.raise_signal(number)
        return losses.hinge(model(x), y)

    history = train(model, optimizer, loss=loss, compile=compile)
    assert (history.stopped, history.epochs, datas(model)) == ("interrupted", 0, before)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_loss_that_becomes_nan_is_recorded_and_never_the_best():
    model = Point()
    with pytest.warns(RuntimeWarning):
        history = train(model, optim.SGD(model.parameters(), lr=1e200), data=[1.0],
                        loss=lambda x: (model.at - x) ** 2, epochs=6)  # fmt: skip
    assert math.isnan(history.loss[-1])
    assert history.best_epoch == 0


@pytest.mark.parametrize("batch_size", [None, 1])
@pytest.mark.parametrize("compile", [True, False])
def test_the_first_loss_that_is_no_number_is_warned_of_once(compile, batch_size):
    model = Point()
    with pytest.warns(RuntimeWarning, match="the loss became inf in epoch 2: try a small") as found:
        train(model, optim.SGD(model.parameters(), lr=1e200), data=[1.0], epochs=50,
              loss=lambda x: (model.at - x) ** 2, batch_size=batch_size,
              compile=compile)  # fmt: skip
    assert len(found) == 1
    assert found[0].filename == train.__code__.co_filename  # which calls fit


def test_a_run_that_diverges_keeps_the_best_parameters_where_it_stops_early():
    model = Point()
    with pytest.warns(RuntimeWarning, match="became inf in epoch 2"):
        history = train(model, optim.SGD(model.parameters(), lr=1e200), data=[1.0],
                        loss=lambda x: (model.at - x) ** 2, epochs=6, early_stopping=2)  # fmt: skip
    assert history.stopped == "early stopping"
    assert math.isfinite(model.at.data)


# What is shown


def test_about_ten_lines_are_printed(capsys):
    train(*make(), epochs=40, batch_size=None, data=(X[:3], Y[:3]), progress=True)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert lines[-1].startswith("epoch 40/40  loss ")


def test_very_large_and_very_small_numbers_stay_short(capsys):
    model = Point()
    train(model, optim.SGD(model.parameters(), lr=1e30), data=[1.0], progress=True,
          loss=lambda x: (model.at - x) ** 2, epochs=3, validation=[1.0],
          metrics={"small": lambda x: 1.5e-7})  # fmt: skip
    for line in capsys.readouterr().out.splitlines():
        assert re.fullmatch(r"epoch ./3  loss \S{,9}  validation loss \S{,9}  small 1\.5e-07", line)


def test_a_terminal_gets_a_bar(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    metrics = {"accuracy": lambda x, y: True}
    train(*make(), progress=True, metrics=metrics)
    captured = capsys.readouterr()
    assert "12/12" in captured.err
    assert "accuracy 1.0000" in captured.err
    assert captured.out == ""


def test_no_progress_prints_nothing(capsys):
    train(*make(), progress=False)
    assert capsys.readouterr() == ("", "")


def test_a_history_shows_where_it_ended_and_pickles():
    history = train(*make(), metrics={"accuracy": lambda x, y: 0.5}, record=3)
    assert repr(history).startswith("History(4 epochs, loss ")
    assert "accuracy 0.5, finished" in repr(history)
    twin = pickle.loads(pickle.dumps(copy.deepcopy(history)))
    assert twin.step_loss == history.step_loss
    assert np.array_equal(twin.recorded.parameters, history.recorded.parameters)
