"""Steps that repeat become loops over them, which give what the steps gave, gradients included."""

import numpy as np
import pytest

from micrograd import Value, jit, mean, sum, vmap

pytestmark = pytest.mark.parametrize("backend", ["numpy", "c"])


def agree(f, values, backend, *args):
    compiled = jit(f, backend=backend)
    for _ in range(2):
        found = []
        for g in (f, compiled):
            for v in values:
                v.grad = 0.0
            out = g(*args)
            out.backward()
            found.append([out.data, *[v.grad for v in values]])
        assert found[1] == pytest.approx(found[0], rel=1e-11, abs=1e-14)


def layers(count, width):
    numbers = np.random.default_rng(count).uniform(-1, 1, (count, width, width)).tolist()
    return [[[Value(x) for x in row] for row in layer] for layer in numbers]


def forward(weights, x):
    for layer in weights:
        x = [sum([w * a for w, a in zip(row, x)]).tanh() for row in layer]
    return x


@pytest.mark.parametrize("count", [3, 4, 7])
def test_the_first_of_equal_layers_reads_numbers_without_a_gradient(backend, count):
    weights = layers(count, 4)
    values = [w for layer in weights for row in layer for w in row]
    agree(lambda x: sum(forward(weights, x)), values, backend, [0.1, -0.2, 0.3, 0.4])


def test_layers_of_one_width_are_mapped_over_a_batch(backend):
    weights = layers(5, 3)
    values = [w for layer in weights for row in layer for w in row]
    X = np.random.default_rng(0).normal(size=(6, 3))
    agree(lambda X: mean(vmap(lambda x: sum(forward(weights, x)))(X)), values, backend, X)


def test_a_recurrence_is_mapped_over_a_batch(backend):
    w = [Value(0.5), Value(-0.3)]

    def state(x):
        h = x
        for _ in range(8):
            h = (w[0] * h + w[1] * x).tanh()
        return h

    agree(lambda X: mean(vmap(state)(X)), w, backend, np.array([0.1, 0.2, 0.3]))


def test_gradients_between_the_first_and_the_last_step_start_at_zero(backend):
    w = [Value(0.9), Value(0.1)]

    def f(x):
        path = [x]
        for _ in range(6):
            path.append((w[0] * path[-1] + w[1]).tanh())
        return sum(p * p for p in path)

    agree(f, w, backend, 0.5)
