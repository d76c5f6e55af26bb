"""The loss of the moons' network and its gradient, 65,536 as one batch, on one core and on two."""

import os

import numpy as np

from micrograd import jit, mean, vmap
from micrograd.nn import MLP
from serve import seconds, serve

COUNT = 65_536
draw = np.random.default_rng(1)
X = draw.normal(size=(COUNT, 2))
Y = np.sign(X[:, 0])
model = MLP(2, [16, 16, 1], seed=1)
objective = jit(lambda X, Y: mean(vmap(lambda x, y: (1 - y * model(x)).relu())(X, Y)))


def step():
    model.zero_grad()
    loss = objective(X, Y)
    loss.backward()
    return loss


def on_cores(count):
    """Return the time of a step on so many cores, which micrograd looks up at each call."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(range(os.cpu_count() or 1))[-count:])
    step()  # its memory is in the caches of these cores
    return min(seconds(step) for _ in range(5))


serve(
    one=lambda: on_cores(1),
    two=lambda: on_cores(2),
    losses=lambda: [step().data, *[p.grad for p in model.parameters()][:4]],
)
