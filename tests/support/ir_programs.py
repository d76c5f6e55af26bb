"""Small programs of the kinds that people write, for the golden files of what the passes make."""

import random
from collections.abc import Callable
from itertools import pairwise

from micrograd import Value, dot, mean, softmax, sum, take, vmap, where
from micrograd import maximum as largest
from micrograd.losses import cross_entropy
from micrograd.nn import MLP

XS = [0.3, -0.5, 0.7, 0.9, -1.1, 1.3]


def matrix(rows: int, columns: int) -> list[list[Value]]:
    rng = random.Random(rows * 10 + columns)
    return [[Value(rng.gauss(0, 1)) for _ in range(columns)] for _ in range(rows)]


def recurrence():
    w = Value(0.5)
    return lambda xs: _folded(lambda h, x: (w * h + x).tanh(), xs), (XS,)


def _folded(step: Callable, xs: list) -> Value:
    h = xs[0]
    for x in xs[1:]:
        h = step(h, x)
    return h


def mlp():
    model = MLP(2, [3, 1], seed=1)
    data = [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]], [1.0, -1.0, 1.0]
    return lambda X, Y: mean(vmap(lambda x, y: (1 - y * model(x)).relu())(X, Y)), data


def unrolled_mlp():
    model = MLP(2, [3, 1], seed=1)
    X = [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]]
    return lambda X: sum(model(x) for x in X), (X,)


def rnn():
    wx, wh, wo, rows = matrix(3, 2), matrix(3, 3), matrix(4, 3), matrix(4, 2)

    def loss(tokens):
        h, losses = [0.0] * 3, []
        for now, after in pairwise(tokens):
            x = take(rows, now)
            h = [(dot(a, x) + dot(b, h)).tanh() for a, b in zip(wx, wh)]
            losses.append(cross_entropy([dot(row, h) for row in wo], after))
        return mean(losses)

    return loss, ([0, 1, 2, 3, 1, 2, 0, 3],)


def causal_attention():
    def attend(xs):
        return sum(dot(softmax(xs[: i + 1]), xs[: i + 1]) for i in range(len(xs)))

    return attend, ([Value(x) for x in XS],)


def taken():
    rows = matrix(4, 3)
    return lambda i, j: sum(a * b for a, b in zip(take(rows, i), take(rows, j))), (1, 2)


def pooled():
    return lambda xs: sum(largest(xs[i : i + 2]) for i in range(0, 6, 2)), ([*map(Value, XS)],)


def convolution():
    kernel = [Value(0.25), Value(-1.0), Value(0.5)]
    return lambda xs: sum(dot(kernel, xs[i : i + 3]).relu() for i in range(4)), (XS,)


def oscillator():
    k = Value(2.0)

    def energy(x, v):
        for _ in range(6):
            x, v = x + 0.1 * v, v - 0.1 * k * x
        return x * x + v * v

    return energy, (1.0, 0.0)


def mesh():
    def exchange(x):
        for _ in range(6):
            a = [0.0] * 3
            for i, j in [(0, 1), (1, 2), (2, 0)]:
                a[i] += (x[j] - x[i]).sin()
                a[j] += (x[i] - x[j]).sin()
            x = [u + 0.1 * v for u, v in zip(x, a)]
        return x[0]

    return exchange, ([Value(1.0), Value(2.0), Value(3.0)],)


def normalised():
    def f(xs):
        centre = mean(xs)
        spread = mean([(x - centre) ** 2 for x in xs])
        return sum(x * (x - centre) * (spread + 1e-5) ** -0.5 for x in xs)

    return f, ([Value(x) for x in XS],)


def choice():
    return lambda xs: sum(where(x > 0, x * x, -x.exp()) for x in xs), ([*map(Value, XS)],)


PROGRAMS = [
    causal_attention, choice, convolution, mesh, mlp, normalised, oscillator, pooled, recurrence,
    rnn, taken, unrolled_mlp,
]  # fmt: skip
