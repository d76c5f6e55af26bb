"""The moons problem, trained as the original's demo trains it. Runs on any micrograd.

argv: "collector-off" favours libraries whose nodes are reference cycles.
"""

import gc
import statistics
import sys
import time

from micrograd.engine import Value
from micrograd.nn import MLP
from programs.moons_data import X, restart, y
from serve import serve

model = MLP(2, [16, 16, 1])
if "collector-off" in sys.argv:
    gc.disable()


def objective():
    inputs = [[Value(x) for x in row] for row in X]
    scores = [model(row) for row in inputs]
    losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    return data_loss + 1e-4 * sum(p * p for p in model.parameters())


def train(steps):
    """Return the losses, and the median time of a step."""
    restart(model)
    losses, times = [], []
    for k in range(steps):
        begin = time.perf_counter()
        total = objective()
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.9 * k / 100) * p.grad
        times.append(time.perf_counter() - begin)
        losses.append(total.data)
    return losses, statistics.median(times)


serve(first_steps=lambda: train(5)[1], losses=lambda: train(1)[0])
