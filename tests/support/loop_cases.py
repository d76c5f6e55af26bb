"""Recurrences of every kind that array programs keep as loops over rows, with their arguments."""

import math

import numpy as np

from micrograd import Value, dot, maximum, mean, softmax, sum, take, vmap


def squares(xs):
    total, seen = 0.0, []
    for x in xs:
        total = (total * 0.5 + x * x).tanh()
        seen.append(maximum(total, x))
    return sum(seen)


def backwards(xs):
    h = Value(0.5)
    for i in range(len(xs)):
        h = (h * xs[len(xs) - 1 - i]).tanh()
    return h


def three_before(xs):
    weights, seen = [Value(0.5), Value(-0.25), Value(0.125)], list(xs[:3])
    for x in xs[3:]:
        seen.append(dot(weights, seen[-3:]).tanh() + x)
    return sum(seen)


def picked(xs):
    rows, h = [[Value(0.5), Value(-1.0)], [Value(2.0), Value(0.25)]], [Value(1.0), Value(0.5)]
    for x in xs:
        h = [(a + b).tanh() for a, b in zip(h, take(rows, x))]
    return sum(h)


def twice_nested(xs):
    h, w = Value(0.5), Value(0.75)
    for x in xs:
        for _ in range(4):
            h = (w * h).sin()
        h = h + x
    return h


def of_a_batch(X):
    w = Value(0.5)

    def last(x):
        h = x[0]
        for item in x[1:]:
            h = maximum(h * w, item).tanh()
        return h

    return mean(vmap(last)(X))


XS = [0.3, -0.5, 0.7, 0.9, -1.1, 1.3, -0.2, 0.4]
LOOPS = {
    "read behind the loop": (squares, ([*map(Value, XS)],)),
    "nan on its way": (squares, ([*map(Value, XS[:4]), Value(math.nan), *map(Value, XS)],)),
    "ties": (squares, ([Value(0.0)] * 6,)),
    "a row for each step, from behind": (backwards, ([*map(Value, XS)],)),
    "several steps before": (three_before, ([*map(Value, 2 * XS)],)),
    "rows by index": (picked, ([0, 1, 1, 0, 1, 0, 0],)),
    "a loop in a loop": (twice_nested, ([*map(Value, XS)],)),
    "a batch": (of_a_batch, (np.reshape(np.tile(XS, 3), (4, 6)),)),
    "one example": (of_a_batch, (np.array([XS]),)),
}


def attention(rows):
    """Causal, over rows of two numbers."""
    seen, total = [], 0.0
    for row in rows:
        seen.append(row)
        weights = softmax([dot(row, other) for other in seen])
        total = total + dot(weights, [a for a, _ in seen]).tanh()
    return total


def from_here_on(xs):
    return sum(dot(xs[k:], xs[: len(xs) - k]).sin() for k in range(len(xs)))


def attention_of_each(X):
    return mean(vmap(lambda x: attention([x[k : k + 2] for k in range(len(x) - 1)]))(X))


ROWS = [[Value(a), Value(b)] for a, b in zip(XS, XS[::-1])]
RAGGED = {
    "causal attention": (attention, (ROWS,)),
    "equal rows": (attention, ([ROWS[0]] * 5,)),
    "nan in one": (attention, ([*ROWS[:3], [Value(math.nan), Value(1.0)], *ROWS[3:]],)),
    "shorter and shorter": (from_here_on, ([*map(Value, XS)],)),
    "a batch": (attention_of_each, (np.reshape(np.tile(XS, 3), (4, 6)),)),
    "one example": (attention_of_each, (np.array([XS]),)),
}
