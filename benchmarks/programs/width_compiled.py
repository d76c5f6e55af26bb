"""MLP 1024-H-27, tanh, cross-entropy, SGD, batch 64, float32, compiled. argv: H."""

import sys

import numpy as np

from micrograd import jit, mean, vmap
from micrograd.losses import cross_entropy
from micrograd.nn import MLP
from micrograd.optim import SGD
from serve import seconds, serve

random = np.random.default_rng(1)
X, y = random.standard_normal((64, 1024)).astype("float32"), random.integers(27, size=64)
model = MLP(1024, [int(sys.argv[1]), 27], activation="tanh")
optimizer = SGD(model.parameters(), lr=0.01)


def loss(x, target):
    return cross_entropy(model(x), target)


@jit(dtype="float32")
def objective(X, y):
    return mean(vmap(loss)(X, y))


def steps():
    for _ in range(20):
        total = objective(X, y)
        model.zero_grad()
        total.backward()
        optimizer.step()


serve(step=lambda: seconds(steps, 20))
