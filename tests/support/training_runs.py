"""Runs of fit that are made twice, one Value at a time and compiled, and compared."""

import random
import warnings

import numpy as np

from micrograd import data, optim
from micrograd import random as draws
from micrograd.engine import Value
from micrograd.functions import dot, log_softmax, mean, softmax, take
from micrograd.nn import MLP, Dropout, Module
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
        [draws.default.state()["position"]],
    ]


def assert_same_run(make, tolerance=1e-9, dtype="float64", **settings):
    """Train eagerly, and compiled with a dtype; compare all that the runs leave behind."""
    runs = []
    for compile in (False, True):
        model, optimizer = make()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", "running by NumPy.*no-such-compiler")
            inside = {"dtype": dtype} if compile else {}
            history = train(model, optimizer, compile, **inside, **settings_of(settings, model))
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


class Point(Module):
    def __init__(self, at=4.0):
        self.at = Value(at)


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


class Forgetful(Module):
    def __init__(self):
        self.hidden, self.drop = MLP(2, [6], activation="tanh", seed=1), Dropout(0.5)
        self.out = MLP(6, [1], seed=2)

    def __call__(self, x):
        return self.out(self.drop(self.hidden(x)))


def forgetful():
    draws.seed(7)
    model = Forgetful()
    return model, optim.Adam(model.parameters(), lr=0.02)
