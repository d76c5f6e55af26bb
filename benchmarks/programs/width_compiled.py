"""An MLP, tanh, cross-entropy, SGD, batch 64, by ``fit``. argv: inputs hidden outputs dtype."""

import sys

import numpy as np

from micrograd.losses import cross_entropy
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.train import fit
from serve import serve

inputs, hidden, outputs = map(int, sys.argv[1:4])
random = np.random.default_rng(1)
X, y = random.standard_normal((64, inputs)), random.integers(outputs, size=64)
model = MLP(inputs, [hidden, outputs], activation="tanh")
steps = max(100, 80_000 // hidden)  # between 0.1 and 4 seconds


def loss(x, target):
    return cross_entropy(model(x), target)


def step():
    history = fit(
        loss,
        (X, y),
        model=model,
        optimizer=SGD(model.parameters(), lr=0.01),
        epochs=steps,
        progress=False,
        compile=True,
        dtype=sys.argv[4],
    )
    return history.seconds / steps  # without tracing and compiling, which a call does once


serve(step=step)
