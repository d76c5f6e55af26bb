"""The moons problem trained the way the original's demo does it, Value by Value. Runs on any micrograd.

argv: "collector-off" to switch Python's garbage collector off, in favour of libraries with reference cycles.
"""

import gc
import random
import statistics
import sys
import time
from array import array

from micrograd.engine import Value
from micrograd.nn import MLP
from serve import serve

flat = array("d")
with open("moons.bin", "rb") as file:
    flat.frombytes(file.read())
X = [list(flat[i : i + 2]) for i in range(0, 200, 2)]
y = list(flat[200:300])
random.seed(1337)
model = MLP(2, [16, 16, 1])
start = [p.data for p in model.parameters()]
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
    for p, data in zip(model.parameters(), start, strict=True):
        p.data = data
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


serve(first_steps=lambda: train(10)[1], losses=lambda: train(1)[0])
