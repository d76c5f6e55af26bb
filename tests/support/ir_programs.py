"""Small programs of the kinds that people write, for the golden files of what the passes make."""

import random
from collections.abc import Callable
from itertools import pairwise

from micrograd import Value, dot, logsumexp, mean, softmax, sum, take, vmap, where
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


def lstm():
    names = ("keep", "let", "show", "new")
    of_x = {k: matrix(2, 1) for k in names}
    of_h = {k: matrix(2, 2) for k in names}
    out = matrix(1, 2)[0]

    def gate(k, x, h):
        return [a * x + dot(b, h) for (a,), b in zip(of_x[k], of_h[k])]

    def loss(xs, ys):
        h, c, errors = [0.0] * 2, [0.0] * 2, []
        for x, y in zip(xs, ys):
            keep, let, show = ([z.sigmoid() for z in gate(k, x, h)] for k in names[:3])
            new = [z.tanh() for z in gate("new", x, h)]
            c = [k * old + i * z for k, old, i, z in zip(keep, c, let, new)]
            h = [o * z.tanh() for o, z in zip(show, c)]
            errors.append((dot(out, h) - y) ** 2)
        return mean(errors)

    return loss, (XS, XS[::-1])


def transformer():
    query, key, value, head = matrix(3, 3), matrix(3, 3), matrix(3, 3), matrix(4, 3)
    tokens, places = matrix(4, 3), matrix(5, 3)

    def loss(letters):
        keys, values, losses = [], [], []
        for i, (now, after) in enumerate(pairwise(letters)):
            x = [a + b for a, b in zip(take(tokens, now), places[i])]
            q, k, v = ([dot(row, x) for row in w] for w in (query, key, value))
            keys.append(k)
            values.append(v)
            weights = softmax([dot(q, k) for k in keys])
            seen = [dot(weights, column) for column in zip(*values)]
            x = [a + b.relu() for a, b in zip(x, seen)]
            losses.append(cross_entropy([dot(row, x) for row in head], after))
        return mean(losses)

    return loss, ([0, 2, 1, 3, 1, 0],)


def pendulum():
    g = Value(9.81)

    def slope(angle, speed):
        return speed, -g * angle.sin()

    def final(angle, speed):
        for _ in range(6):
            a, b = slope(angle, speed)
            c, d = slope(angle + 0.05 * a, speed + 0.05 * b)
            angle, speed = angle + 0.1 * c, speed + 0.1 * d
        return angle

    return final, (Value(0.5), Value(0.0))


def batch_norm():
    scale, shift = Value(1.5), Value(0.5)

    def f(xs):
        centre = mean(xs)
        spread = mean([(x - centre) ** 2 for x in xs]) + 1e-5
        return sum((scale * (x - centre) * spread**-0.5 + shift).tanh() for x in xs)

    return f, (XS,)


def cholesky():
    def log_determinant(A):
        L = [[0.0] * len(A) for _ in A]
        for i in range(len(A)):
            for j in range(i + 1):
                rest = A[i][j] - sum(L[i][k] * L[j][k] for k in range(j))
                L[i][j] = rest.sqrt() if i == j else rest / L[j][j]
        return 2.0 * sum(L[i][i].log() for i in range(len(A)))

    A = [[4.0, 1.0, 0.5, 0.2], [1.0, 3.0, 0.3, 0.1], [0.5, 0.3, 2.0, 0.4], [0.2, 0.1, 0.4, 1.0]]
    return log_determinant, ([[Value(x) for x in row] for row in A],)


def kalman():
    noise, drift = Value(0.3), Value(0.1)

    def likelihood(ys):
        at, spread, total = 0.0, 1.0, []
        for y in ys:
            spread = spread + drift
            gain = spread / (spread + noise)
            total.append((y - at) ** 2 / (spread + noise) + (spread + noise).log())
            at, spread = at + gain * (y - at), (1.0 - gain) * spread
        return sum(total)

    return likelihood, (XS,)


def dropout():
    model = MLP(2, [3, 1], seed=1)
    masks = [[1.25, 0.0, 1.25], [0.0, 1.25, 1.25]]

    def loss(X, masks):
        first, last = model.layers
        kept = [[h * m for h, m in zip(first(x), mask)] for x, mask in zip(X, masks)]
        return mean([last(h) for h in kept])

    return loss, ([[0.1, 0.2], [0.3, -0.4]], masks)


def mixture():
    centres = [Value(-1.0), Value(0.5), Value(2.0)]
    return lambda xs: -sum(logsumexp([-((x - c) ** 2) for c in centres]) for x in xs), (XS,)


def classifier():
    model = MLP(2, [4, 3], activation="tanh", seed=2)
    data = [[0.1, 0.2], [0.3, -0.4]], [0, 2]
    return lambda X, y: mean(vmap(lambda x, y: cross_entropy(model(x), y))(X, y)), data


PROGRAMS = [
    batch_norm, causal_attention, choice, cholesky, classifier, convolution, dropout, kalman, lstm,
    mesh, mixture, mlp, normalised, oscillator, pendulum, pooled, recurrence, rnn, taken,
    transformer, unrolled_mlp,
]  # fmt: skip
