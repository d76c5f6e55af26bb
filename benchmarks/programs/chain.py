"""A chain of 10,000 operations, and 100 neurons of 16 inputs. Runs on any micrograd."""

import gc
import random
import sys

from micrograd.engine import Value
from micrograd.nn import Neuron
from serve import seconds, serve

sys.setrecursionlimit(10**6)  # the original's backward recurses
if "collector-off" in sys.argv:
    gc.disable()
random.seed(1)
neuron = Neuron(16)


def chain():
    a, b = Value(0.5), Value(0.999)
    c = a
    for _ in range(5_000):
        c = c * b + a
    c.backward()
    return [c.data, a.grad, b.grad]


def neurons():
    for _ in range(100):
        neuron([0.25] * 16).backward()


serve(
    chain=lambda: seconds(chain, 10_000),
    neuron=lambda: seconds(neurons, 100),
    losses=chain,
)
