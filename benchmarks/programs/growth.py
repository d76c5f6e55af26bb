"""Compile the unrolled MLP objective of some size: seconds and bytes a node. argv: samples."""

import random
import resource
import sys

from micrograd import jit
from micrograd.engine import toposort
from micrograd.nn import MLP
from serve import seconds, serve

samples = int(sys.argv[1])
draw = random.Random(1).uniform
X = [[draw(-1, 1), draw(-1, 1)] for _ in range(samples)]
y = [1.0 if x0 * x1 > 0 else -1.0 for x0, x1 in X]
model = MLP(2, [16, 16, 1])


def objective(X, y):
    losses = [(1 + -yi * model(x)).relu() for x, yi in zip(X, y, strict=True)]
    return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())


NODES = len(toposort(objective(X, y)))
compiled = jit(objective)


def first_call():
    compiled(X, y).backward()


def memory():
    """Peak bytes a node that the first call adds."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first_call()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / NODES


serve(time=lambda: seconds(first_call, NODES), memory=memory)
