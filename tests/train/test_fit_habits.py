"""What people do around the steps of a training: rates by the losses, clipping, callbacks, logs."""

import csv
import random as pyrandom
import sys
from types import SimpleNamespace

import pytest

from micrograd import JitError, data, losses, optim
from micrograd.nn import MLP, BatchNorm1d, Linear, Module
from micrograd.schedules import Plateau
from micrograd.train import CSVLog, History, fit

X, Y = data.moons(24, noise=0.1)


def made(seed=1, lr=0.1):
    model = MLP(2, [4, 1], activation="tanh", seed=seed)
    return model, optim.SGD(model.parameters(), lr=lr)


def train(model, optimizer, **settings):
    settings = {"epochs": 4, "batch_size": 10, "seed": 3, "progress": False} | settings
    loss = settings.pop("loss", lambda x, y: losses.hinge(model(x), y))
    return fit(loss, settings.pop("data", (X, Y)), model=model, optimizer=optimizer, **settings)


def datas(model):
    return [p.data for p in model.parameters()]


# Rates by the losses


@pytest.mark.parametrize("compiled", [True, False])
def test_a_plateau_lowers_the_rate_by_what_the_losses_were(compiled):
    model, optimizer = made(lr=30.0)
    plateau = Plateau(factor=0.1, patience=0)
    history = train(model, optimizer, epochs=6, schedule=plateau, compile=compiled)
    expected = [30.0 * plateau(history.loss[:epoch]) for epoch in range(6)]
    assert history.learning_rate[::3] == expected
    assert expected[-1] < 30.0
    assert optimizer.lr == 30.0


def test_a_run_with_a_plateau_goes_on_to_the_very_same_numbers(tmp_path):
    plateau = Plateau(factor=0.1, patience=0)
    model, optimizer = made(lr=30.0)
    whole = train(model, optimizer, epochs=6, schedule=plateau)
    again, optimizer = made(lr=30.0)
    for epochs in (3, 6):
        settings = {"schedule": plateau, "checkpoint": tmp_path / "run"}
        history = train(again, optimizer, epochs=epochs, **settings)
    assert (history.loss, datas(again)) == (whole.loss, datas(model))
    with pytest.raises(ValueError, match="is of a run with plateau='Plateau"):
        train(*made(lr=30.0), **settings | {"schedule": Plateau(factor=0.5)})


# Clipping and accumulation


@pytest.mark.parametrize("backend", ["c", "numpy", "eager"])
def test_gradients_that_are_too_long_are_shrunk_before_each_step(backend, monkeypatch):
    if backend == "numpy":
        monkeypatch.setenv("CC", "no-such-compiler")
    model, optimizer = made(lr=3.0)
    settings = {"clip_grad_norm": 0.05, "compile": backend != "eager", "batch_size": None}
    train(model, optimizer, **settings)
    other, by_hand = made(lr=3.0)
    for _ in range(4):
        loss = sum([losses.hinge(other(x), y) for x, y in zip(X, Y, strict=True)]) * (1 / len(X))
        other.zero_grad()
        loss.backward()
        assert optim.clip_grad_norm(other.parameters(), 0.05) > 0.05
        by_hand.step()
    assert datas(model) == pytest.approx(datas(other), rel=1e-9)
    assert sum(p.grad**2 for p in model.parameters()) == pytest.approx(0.05**2, rel=1e-4)


@pytest.mark.parametrize("compiled", [True, False])
def test_accumulated_batches_make_the_step_of_a_large_one(compiled):
    model, optimizer = made()
    settings = {"penalty": lambda: 0.1 * losses.l2(model.parameters()), "compile": compiled}
    history = train(model, optimizer, batch_size=4, accumulate=3, **settings)
    other, optimizer = made()
    settings["penalty"] = lambda: 0.1 * losses.l2(other.parameters())
    expected = train(other, optimizer, batch_size=12, **settings)
    assert history.step_loss == pytest.approx(expected.step_loss, rel=1e-12)
    assert datas(model) == pytest.approx(datas(other), rel=1e-12)
    with pytest.raises(ValueError, match="accumulate=2 of which batches"):
        train(model, optimizer, batch_size=None, accumulate=2)


# Callbacks


class Watch:
    def __init__(self, steps=99, epochs=99):
        self.steps, self.epochs, self.seen = steps, epochs, []

    def on_step(self, history):
        self.seen.append(len(history.step_loss))
        return len(history.step_loss) == self.steps

    def on_epoch(self, history):
        self.seen.append(("epoch", history.epochs))
        return history.epochs == self.epochs


@pytest.mark.parametrize("compiled", [True, False])
def test_callbacks_hear_of_each_step_and_epoch_and_change_no_number(compiled):
    watch, (model, optimizer) = Watch(), made()
    history = train(model, optimizer, epochs=2, callbacks=[watch], compile=compiled)
    assert watch.seen == [1, 2, 3, ("epoch", 1), 4, 5, 6, ("epoch", 2)]
    other, optimizer = made()
    assert train(other, optimizer, epochs=2, compile=compiled).step_loss == history.step_loss


def test_a_callback_ends_a_run_after_a_step_or_an_epoch():
    model, optimizer = made()
    history = train(model, optimizer, callbacks=[Watch(epochs=2)])
    assert (history.epochs, history.stopped) == (2, "callback")
    history = train(model, optimizer, callbacks=[Watch(steps=4)])
    assert (history.epochs, len(history.step_loss), history.stopped) == (1, 4, "callback")


def test_what_is_no_callback_is_named():
    with pytest.raises(TypeError, match=r"a callback has on_step\(history\) or on_epoch.* got 5"):
        train(*made(), callbacks=[5])


def test_a_log_has_a_line_for_each_epoch_also_of_a_run_that_goes_on(tmp_path):
    model, optimizer = made()
    settings = {"checkpoint": tmp_path / "run", "validation": (X, Y)}
    settings |= {"metrics": {"accuracy": lambda x, y: losses.accuracy(model(x), y)}}
    for epochs in (2, 3):
        log = CSVLog(tmp_path / "run.csv")
        history = train(model, optimizer, epochs=epochs, callbacks=[log], **settings)
    with open(tmp_path / "run.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["epoch", "learning_rate", "loss", "validation_loss", "accuracy"]
    columns = {name: [float(row[name]) for row in rows] for name in rows[0]}
    assert columns == history.to_dict()
    assert columns["loss"] == history.loss


# A loss that sees its batch


class Normalised(Module):
    def __init__(self):
        self.first, self.norm = Linear(2, 3, seed=1), BatchNorm1d(3)
        self.last = Linear(3, 1, seed=2)

    def __call__(self, x):
        return self.last([h.tanh() for h in self.norm(self.first(x))])

    def batch(self, rows):
        hidden = self.norm(self.first(rows))
        return [self.last([h.tanh() for h in row])[0] for row in hidden]


@pytest.mark.parametrize("compiled", [True, False])
def test_batch_norm_is_trained_with_a_short_last_batch(compiled):
    model = Normalised()
    history = train(
        model,
        optim.SGD(model.parameters(), lr=0.1),
        loss=lambda X, y: losses.mse(model.batch(X), y),
        epochs=2,
        batched=True,
        validation=(X, Y),
        metrics={"accuracy": lambda x, y: losses.accuracy(model(x)[0], y)},
        compile=compiled,
    )
    other = Normalised()
    optimizer, expected = optim.SGD(other.parameters(), lr=0.1), []
    for epoch in range(2):
        for X_, y_ in data.minibatches((X, Y), 10, seed=3, epoch=epoch):
            loss = losses.mse(other.batch(X_), y_)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            expected.append(loss.data)
    assert history.step_loss == pytest.approx(expected, rel=1e-9)
    for name, array in other.state_dict().items():
        assert model.state_dict()[name] == pytest.approx(array, rel=1e-9)
    held_out = losses.mse(other.eval().batch(X), Y).data
    assert history.validation_loss[-1] == pytest.approx(held_out, rel=1e-9)


@pytest.mark.parametrize("compiled", [True, False])
def test_accumulated_batches_are_normalised_one_by_one(compiled):
    model = Normalised()
    train(
        model,
        optim.SGD(model.parameters(), lr=0.1),
        loss=lambda X, y: losses.mse(model.batch(X), y),
        epochs=1,
        batch_size=7,  # of 24 examples: steps of 14 and 10, the last one of 7 and 3
        accumulate=2,
        batched=True,
        compile=compiled,
    )
    other = Normalised()
    optimizer = optim.SGD(other.parameters(), lr=0.1)
    batches = list(data.minibatches((X, Y), 7, seed=3))
    for pair in (batches[:2], batches[2:]):
        optimizer.zero_grad()
        for X_, y_ in pair:
            share = len(X_) / sum(len(part) for part, _ in pair)
            (losses.mse(other.batch(X_), y_) * share).backward()
        optimizer.step()
    for name, array in other.state_dict().items():
        assert model.state_dict()[name] == pytest.approx(array, rel=1e-9)


def test_a_loss_of_a_batch_that_cannot_be_compiled_says_so():
    def loss(X, y):
        return losses.mse(model.batch(X), y) * pyrandom.random()

    model = Normalised()
    settings = {"optimizer": optim.SGD(model.parameters(), lr=0.1), "batched": True, "epochs": 1}
    with pytest.raises(JitError, match="draws random numbers from Python's random"):
        train(model, loss=loss, compile=True, **settings)
    with pytest.warns(RuntimeWarning, match=r"training eagerly.*Python's random") as told:
        assert len(train(model, loss=loss, **settings).step_loss) == 3
    assert len(told) == 1


def test_a_last_batch_of_one_is_found_before_the_first_step():
    model = Normalised()
    before = model.state_dict()["norm.running_mean"].tolist()
    with pytest.raises(ValueError, match="last batch of 24 examples would be of one"):
        train(
            model,
            optim.SGD(model.parameters()),
            loss=lambda X, y: losses.mse(model.batch(X), y),
            batched=True,
            batch_size=23,
        )
    assert model.state_dict()["norm.running_mean"].tolist() == before


def test_a_history_is_a_table_of_pandas_where_that_is_installed(monkeypatch):
    history = History(loss=[2.0, 1.0], step_loss=[2.0, 1.0], learning_rate=[0.1, 0.1])
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=lambda columns: columns))
    assert history.to_pandas() == history.to_dict()
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"a history as a table needs pandas: pip install pandas"):
        history.to_pandas()
