"""Whole models give the same values and gradients with jit and without it."""

import importlib.util
import math
import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import micrograd
from micrograd import Value, dot, log_softmax, maximum, mean, softmax, sum, take, vmap

BACKENDS = pytest.mark.parametrize("backend", ["numpy", "c"])


def _weights(*shape, seed=0):
    numbers = np.random.default_rng(seed).normal(0, 0.5, shape)
    return _nested(numbers)


def _nested(numbers):
    return [_nested(row) for row in numbers] if numbers.ndim else Value(float(numbers))


def _flat(nest):
    return [v for part in nest for v in _flat(part)] if isinstance(nest, list) else [nest]


def _agree(f, parameters, *calls, rel=1e-9, **options):
    """f(*args) has the same values and gradients of all parameters, at each call."""
    parameters = _flat(parameters)
    jitted = micrograd.jit(f, **options)
    for args in calls:
        slopes = []
        for function in (jitted, f):
            for p in parameters:
                p.grad = 0.0
            result = function(*args)
            result.backward()
            slopes.append((result.data, [p.grad for p in parameters]))
        (found, found_slopes), (expected, expected_slopes) = slopes
        assert found == pytest.approx(expected, rel=rel)
        scale = max(map(abs, expected_slopes), default=0.0)
        assert found_slopes == pytest.approx(expected_slopes, rel=rel, abs=rel * scale)
    return jitted


ACTIVATIONS = {
    "tanh": lambda x: x.tanh(),
    "relu": lambda x: x.relu(),
    "sigmoid": lambda x: x.sigmoid(),
    "softplus": lambda x: x.softplus(),
    "gelu": lambda x: x * 0.5 * (1 + (x / math.sqrt(2)).erf()),
    "leaky": lambda x: maximum(x, x * 0.01),
}


def _linear(w, b, x):
    return [dot(row, x) + bias for row, bias in zip(w, b)]


@BACKENDS
def test_mlp_with_every_activation(backend):
    models = [(_weights(5, 3), _weights(5), _weights(2, 5), _weights(2)) for _ in ACTIVATIONS]

    def f(xs):
        losses = []
        for (w, b, v, c), activation in zip(models, ACTIVATIONS.values()):
            hidden = [activation(h) for h in _linear(w, b, xs)]
            losses.append(sum([y * y for y in _linear(v, c, hidden)]))
        return sum(losses)

    parameters = [p for model in models for part in model for p in _flat(part)]
    _agree(f, parameters, ([0.5, -1.0, 2.0],), ([1.5, 0.0, -0.25],), backend=backend)


@pytest.mark.parametrize("unrolled", [True, False])
@BACKENDS
def test_mlp_on_batches_of_every_size(backend, unrolled):
    w, b, v = _weights(6, 2), _weights(6), _weights(6)

    def loss(x, y):
        return (1 - y * dot(v, [h.relu() for h in _linear(w, b, x)])).relu()

    def f(X, Y):
        losses = [loss(x, y) for x, y in zip(X, Y)] if unrolled else vmap(loss)(X, Y)
        return mean(losses) + 1e-4 * sum([p * p for p in _flat(w)])

    def batch(n):
        X = np.random.default_rng(n).normal(size=(n, 2)).tolist()
        return X, [1.0 if i % 3 else -1.0 for i in range(n)]

    sizes = (1, 2, 17) if unrolled else (1, 2, 15, 16, 17, 100, 1000)
    _agree(f, [w, b, v], *[batch(n) for n in sizes], backend=backend)


@BACKENDS
def test_convolution_and_pooling(backend):
    kernels, head = _weights(3, 3, 3), _weights(3, 4)

    def padded(image, i, j):
        inside = 0 <= i < len(image) and 0 <= j < len(image)
        return image[i][j] if inside else 0.0

    def f(image):
        n = len(image)
        with_zeros = [[[sum([k[a][b] * padded(image, i + a - 1, j + b - 1)
                             for a in range(3) for b in range(3)])
                        for j in range(n)] for i in range(n)] for k in kernels]  # fmt: skip
        skipped = [[[sum([k[a][b] * image[i + a - 1][j + b - 1]
                          for a in range(3) for b in range(3)
                          if 0 <= i + a - 1 < n and 0 <= j + b - 1 < n])
                     for j in range(n)] for i in range(n)] for k in kernels]  # fmt: skip
        loss = Value(0.0)
        for maps in (with_zeros, skipped):
            pooled = [[maximum(m[i][j], m[i][j + 1], m[i + 1][j], m[i + 1][j + 1])
                       for i in range(0, n, 2) for j in range(0, n, 2)] for m in maps]  # fmt: skip
            loss = loss + sum([dot(h, p).tanh() for h, p in zip(head, pooled)])
        return loss

    images = np.random.default_rng(1).integers(0, 3, (3, 4, 4)) / 2  # zeros and ties among them
    calls = [(image.tolist(),) for image in (*images, np.zeros((4, 4)))]
    _agree(f, [kernels, head], *calls, backend=backend)


@BACKENDS
def test_ties_in_pooling_go_to_the_first(backend):
    image = [Value(1.0) for _ in range(6)]
    pool = micrograd.jit(
        lambda xs: sum([maximum(xs[i : i + 2]) for i in (0, 2, 4)]), backend=backend
    )
    pool(image).backward()
    assert [x.grad for x in image] == [1.0, 0.0] * 3


@BACKENDS
def test_unrolled_recurrent_network(backend):
    w, u, b, v = _weights(4, 4), _weights(4, 2), _weights(4), _weights(4)

    def f(xs):
        h = [Value(0.0)] * 4
        for x in xs:
            h = [(dot(row, h) + dot(col, x) + c).tanh() for row, col, c in zip(w, u, b)]
        return dot(v, h)

    calls = [(np.random.default_rng(s).normal(size=(12, 2)).tolist(),) for s in (0, 1)]
    _agree(f, [w, u, b, v], *calls, backend=backend)


@BACKENDS
def test_lstm(backend):
    n = 3
    gates = {name: (_weights(n, n + 2, seed=i), _weights(n, seed=i + 9))
             for i, name in enumerate("ifog")}  # fmt: skip

    def f(xs):
        h, c = [Value(0.0)] * n, [Value(0.0)] * n
        for x in xs:
            z = {k: _linear(w, b, [*h, *x]) for k, (w, b) in gates.items()}
            c = [f.sigmoid() * s + i.sigmoid() * g.tanh()
                 for f, s, i, g in zip(z["f"], c, z["i"], z["g"])]  # fmt: skip
            h = [o.sigmoid() * s.tanh() for o, s in zip(z["o"], c)]
        return sum(h)

    calls = [(np.random.default_rng(s).normal(size=(8, 2)).tolist(),) for s in (0, 1)]
    _agree(f, [p for pair in gates.values() for p in pair], *calls, backend=backend)


@BACKENDS
def test_ordinary_differential_equation(backend):
    a, b = Value(1.5), Value(-0.7)

    def f(start, step):
        x, y = [v * 1.0 if isinstance(v, Value) else Value(v) for v in start]
        for _ in range(60):
            x, y = x + step * (a * y), y + step * (b * x.sin() - 0.1 * y)
        return x * x + y

    _agree(f, [a, b], ([1.0, 0.5], 0.05), ([0.2, -0.5], 0.01), backend=backend)


@BACKENDS
def test_attention_over_any_length(backend):
    n = 4
    q, k, v = (_weights(n, n, seed=s) for s in range(3))

    def f(xs):
        keys, values, total = [], [], []
        for x in xs:
            keys.append([dot(row, x) for row in k])
            values.append([dot(row, x) for row in v])
            query = [dot(row, x) for row in q]
            weights = softmax([dot(query, key) / 2.0 for key in keys])
            total += [dot(weights, column) for column in zip(*values)]
        return mean([t * t for t in total])

    calls = [(np.random.default_rng(t).normal(size=(t, n)).tolist(),) for t in (3, 5, 6, 9, 1, 7)]
    _agree(f, [q, k, v], *calls, backend=backend)


@BACKENDS
def test_tied_and_repeated_and_unused_parameters(backend):
    table, unused = _weights(5, 3), _weights(4)

    class Model:
        def parameters(self):
            return [*_flat(table), *unused]

        def __call__(self, tokens):
            losses = []
            for token, following in pairwise(tokens):
                hidden = [(x * x + unused[0]).tanh() for x in take(table, token)]
                logits = [dot(row, hidden) for row in table]
                losses.append(-take(log_softmax(logits), following))
            return mean(losses)

    model = Model()
    calls = [([1, 1, 1, 1],), ([0, 4, 2, 4],), ([3, 3, 0, 0],)]
    _agree(model.__call__, model.parameters(), *calls, backend=backend)
    assert [p.grad for p in unused[1:]] == [0.0] * 3


@pytest.mark.deep
def test_gpt_on_documents_of_every_length_and_repeated_letters():
    path = Path(__file__).parents[2] / "examples" / "gpt.py"
    spec = importlib.util.spec_from_file_location("gpt", path)
    gpt = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gpt)
    random.seed(3)
    model = gpt.GPT("abc")
    lines = ["a" * n if n % 3 == 0 else "".join(random.choices("abc", k=n)) for n in range(1, 18)]
    random.shuffle(lines)
    calls = [(model.tokens(line),) for line in lines]
    jitted = _agree(model.loss, model.parameters(), *calls, backend="numpy")
    for _ in range(2):
        assert jitted(model.tokens("abcabc")).data == pytest.approx(
            model.loss(model.tokens("abcabc")).data
        )


@pytest.mark.parametrize("samples", [1, 10, 100])
def test_graphs_of_growing_size(samples):
    w, v = _weights(8, 3), _weights(8)

    def f(X):
        return mean([dot(v, [dot(row, x).tanh() for row in w]) for x in X])

    X = np.random.default_rng(samples).normal(size=(samples, 3)).tolist()
    _agree(f, [w, v], (X,), backend="numpy")
