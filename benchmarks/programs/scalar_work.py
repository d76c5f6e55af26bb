"""Eager work on scalars of any kind: a chain, a neuron, the README expression, the scalar GPT.

argv: the kind of scalar, and "collector-off" in favour of those whose nodes are reference cycles.
"""

import gc
import os
import random
import sys
from operator import mul

from peers.gpt_scalar import load, matrices, objective
from programs.expression import expression
from programs.scalars import chosen
from serve import seconds, serve

LENGTH = 100_000
leaf, gradient, read = chosen(sys.argv[1])
if "collector-off" in sys.argv:
    gc.disable()
random.seed(1)
NEURON = [random.uniform(-1, 1) for _ in range(33)]
README = [-4.0, 2.0]
CHAIN = [0.5, 0.999]
PARAMETERS, DOCUMENTS = load()


def chain(leaves):
    a, b = leaves
    c = a
    for _ in range(LENGTH // 2):
        c = c * b + a
    return c


def neuron(leaves):
    w, x, bias = leaves[:16], leaves[16:32], leaves[32]
    return sum(map(mul, w, x), bias).relu()


def readme(leaves):
    return expression(*leaves)


def gpt(leaves):
    return objective(matrices(leaves), DOCUMENTS[0])


def work(f, numbers, count):
    """Return a measure: the seconds of one evaluation of f and its gradient."""

    def measure():
        leaves = [leaf(x) for x in numbers]

        def repeated():
            for _ in range(count):
                gradient(f, leaves)

        return seconds(repeated, count)

    return measure


def checked(f, numbers, gradients=2):
    """The value of f and its first derivatives."""
    leaves = [leaf(x) for x in numbers]
    return read(gradient(f, leaves), leaves[:gradients])[: 1 + gradients]


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def bytes_per_node():
    """What a fresh process grows by while the nodes of the chain are made."""
    leaves = [leaf(x) for x in CHAIN]
    before = resident()
    out = chain(leaves)
    grown = resident() - before
    del out
    return grown / LENGTH


few = 3 if sys.argv[1] == "autograd" else 20
serve(
    chain=work(chain, CHAIN, 1),
    neuron=work(neuron, NEURON, 10 * few),
    readme=work(readme, README, 10 * few),
    gpt=work(gpt, PARAMETERS, 1),
    bytes=bytes_per_node,
    losses=lambda: [*checked(chain, CHAIN), *checked(neuron, NEURON), *checked(readme, README)],
    gpt_losses=lambda: checked(gpt, PARAMETERS, gradients=0),
)
