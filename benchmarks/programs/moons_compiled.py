"""The moons problem, compiled: by ``fit``, and in a Python loop over a jitted objective."""

from statistics import median

import numpy as np

from micrograd import jit, mean, sum, vmap
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.schedules import Linear
from micrograd.train import fit
from programs.moons_data import X, restart, y
from serve import one_more, seconds, serve

X, y = np.array(X), np.array(y)  # as data sets come from other libraries
model = MLP(2, [16, 16, 1])


def loss(x, target):
    return (1 - target * model(x)).relu()


def penalty():
    return 1e-4 * sum(p * p for p in model.parameters())


@jit
def objective(X, y):
    return mean(vmap(loss)(X, y)) + penalty()


def by_fit(steps):
    restart(model)
    return fit(
        loss,
        (X, y),
        model=model,
        optimizer=SGD(model.parameters(), lr=1.0),
        epochs=steps,
        batch_size=100,
        penalty=penalty,
        schedule=Linear(end=0.1),
        progress=False,
    )


def by_loop():
    optimizer = SGD(model.parameters(), lr=1.0)
    losses = []
    for step in range(100):
        total = objective(X, y)
        model.zero_grad()
        total.backward()
        optimizer.lr = 1.0 - 0.9 * step / 100
        optimizer.step()
        losses.append(total.data)
    return losses


def step_by_fit():
    """Time a step: the median of several, as C by hand takes it of times as long."""
    return median(one_more(by_fit, 100, 5100) for _ in range(5))


def timed(train):
    restart(model)  # as the peers' parameters are made before they are timed
    return seconds(train, 100)


def loop_losses():
    restart(model)
    return ends(by_loop())


def ends(losses):
    return [losses[0], losses[-1]]


serve(
    fit=step_by_fit,
    loop=lambda: timed(by_loop),
    fit_losses=lambda: ends(by_fit(100).step_loss),
    loop_losses=loop_losses,
)
