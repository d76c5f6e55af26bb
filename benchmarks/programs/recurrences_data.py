"""What both versions of the two recurrences start from: an RNN, and predators and prey."""

import math
import random

STEPS, ODE_STEPS = 200, 2000
ODE_PARAMETERS = [1.1, 0.4, 0.4, 0.1]


def rnn_parameters():
    """Return the input weights [8], recurrent weights [8][8], biases [8] and output weights [8]."""
    draw = random.Random(3).uniform
    w = [draw(-1, 1) for _ in range(8)]
    u = [[draw(-0.3, 0.3) for _ in range(8)] for _ in range(8)]
    return w, u, [0.0] * 8, [draw(-1, 1) for _ in range(8)]


def inputs():
    return [math.sin(0.1 * t) for t in range(STEPS)]


def targets():
    return [math.sin(0.1 * (t + 1)) for t in range(STEPS)]
