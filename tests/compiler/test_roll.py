"""Steps that repeat become loops over them, which give what the steps gave, gradients included."""

import numpy as np
import pytest
from thorough import sampled

from micrograd import Value, jit, logsumexp, maximum, mean, minimum, sum, vmap
from micrograd.nn import Conv2d

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


@sampled("count", [6, 12, 5, 9], of=2)
def test_a_recurrence_that_starts_at_a_number_is_one_loop_of_all_steps(backend, count):
    def f(xs):
        h = xs[0]
        for x in xs[1:]:
            h = (h * x).tanh()
        return h

    values = [Value(0.3 * i + 0.5) for i in range(count + 1)]
    agree(lambda: f(values), values, backend)
    xs = [x.data for x in values]
    shown = str(jit(f, backend=backend).lower(xs)).split("\n")
    assert shown[:3] == [
        "h1[0] = xs[0]",
        f"for t0 < {count}:",
        "    h1[t0 + 1] = tanh(xs[t0 + 1]·h1[t0])",
    ]


def exchanges(x, edges, steps):
    for _ in range(steps):
        a = [0.0] * len(x)
        for i, j in edges:
            a[i] += (x[j] - x[i]).sin()
            a[j] += (x[i] - x[j]).sin()
        x = [u + 0.1 * v for u, v in zip(x, a)]
    return x[0]


def attractions(x, steps):
    v = [0.0] * len(x)
    for _ in range(steps):
        pulls = [[((q - p) ** 2 + 0.1) ** -1.5 * (q - p) for q in x if q is not p] for p in x]
        v = [p + 0.01 * sum(q) for p, q in zip(v, pulls)]
        x = [p + 0.01 * q for p, q in zip(x, v)]
    return sum(x) * x[0]


@sampled("steps", [6, 3, 7], of=3)
def test_a_mesh_over_many_steps_has_its_gradient(backend, steps):
    x = [Value(0.3 + i) for i in range(4)]
    edges = [(0, 1), (0, 2), (1, 3), (2, 3), (3, 0)]
    agree(lambda: exchanges(x, edges, steps), x, backend)
    agree(lambda: attractions(x, steps), x, backend)


@sampled("reduce", [maximum, minimum, logsumexp, sum], of=2)
@sampled("count", [17, 3, 30, 16], of=2)
def test_what_is_reduced_may_be_of_any_depths_and_repeat(backend, reduce, count):
    w, x = Value(1.1), Value(0.4)

    def f():
        made, h = [x, x], w * x
        for _ in range(count - 2):
            h = (h * w).sin()
            made.append(h)
        return reduce(made) * reduce([x, w, x, x * w, x])

    agree(f, [w, x], backend)


def test_each_side_and_corner_of_a_border_is_one_loop_over_all_channels(backend):
    conv = Conv2d(1, 3, 5, padding=2, seed=1)
    image = np.random.default_rng(2).normal(size=(1, 8, 8))
    parameters = conv.parameters()

    def f(image):
        return sum([x.tanh() for channel in conv(image) for row in channel for x in row])

    agree(f, parameters, backend, image)
    sums = [line for line in str(jit(f).lower(image, until="roll")).splitlines() if "Σ" in line]
    assert len(sums) == 10  # windows have 3, 4 or 5 rows inside, and as many columns; and the sum
