"""Small runs of ``fit``: the moons by a small network, learnt one Value at a time."""

from micrograd import data, losses, optim
from micrograd.engine import Value
from micrograd.nn import MLP, Module
from micrograd.train import fit

X, Y = data.moons(24, noise=0.1)


def make(seed=1, optimizer=optim.SGD, **settings):
    model = MLP(2, [4, 1], activation="tanh", seed=seed)
    return model, optimizer(model.parameters(), **{"lr": 0.1} | settings)


def hinge_of(model):
    return lambda x, y: losses.hinge(model(x), y)


def datas(model):
    return [p.data for p in model.parameters()]


def train(model, optimizer, **settings):
    """Train eagerly: the losses of these tests do more than to compute."""
    settings = {"epochs": 4, "batch_size": 10, "seed": 3, "progress": False} | settings
    settings = {"compile": False} | settings
    chosen = settings.pop("data", (X, Y))
    loss = settings.pop("loss", hinge_of(model))
    return fit(loss, chosen, model=model, optimizer=optimizer, **settings)


class Point(Module):
    def __init__(self, at=4.0):
        self.at = Value(at)


def interrupting(model, after):
    left = [after]

    def loss(x, y):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return losses.hinge(model(x), y)

    return loss
