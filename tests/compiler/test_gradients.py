"""jit(grad(f)) and jit(value_and_grad(f)) of arrays use the loops' own gradient."""

from functools import wraps

import numpy as np
import pytest

from micrograd import Value, dot, grad, jit, mean, sum, value_and_grad, vmap


def numbers(tree):
    """The data of a nest of Values, as nested lists."""
    if isinstance(tree, (list, tuple)):
        return [numbers(branch) for branch in tree]
    return tree.data if isinstance(tree, Value) else tree


def flat(tree):
    return [x for branch in tree for x in flat(branch)] if isinstance(tree, list) else [tree]


def agree(f, args, argnums=0, transform=value_and_grad, **options):
    compiled = jit(transform(f, argnums), **options)
    expected = flat([numbers(transform(f, argnums)(*args))])
    for _ in range(2):  # the second call finds the program of the first
        assert flat([numbers(compiled(*args))]) == pytest.approx(expected, rel=1e-10)


def recurrence(P, xs, ys):
    w, u, b = P
    h, errors = [0.0] * 4, []
    for x, y in zip(xs, ys, strict=True):
        h = [(w[i] * x + dot(u[i], h) + b[i]).tanh() for i in range(4)]
        errors.append((h[0] - y) ** 2)
    return sum(errors) / len(errors)


@pytest.fixture
def recurrence_arguments():
    draw = np.random.default_rng(0)
    P = draw.normal(size=4).tolist(), (draw.normal(size=(4, 4)) / 4).tolist(), [0.1] * 4
    return P, draw.normal(size=40).tolist(), draw.normal(size=40).tolist()


@pytest.mark.parametrize("backend", ["c", "numpy"])
def test_a_recurrence_with_an_error_at_each_step(recurrence_arguments, backend):
    agree(recurrence, recurrence_arguments, backend=backend)


def test_its_program_does_not_grow_with_the_steps(recurrence_arguments):
    P, xs, ys = recurrence_arguments
    compiled = jit(value_and_grad(recurrence))
    assert len(compiled.source(P, xs * 4, ys * 4)) < 1.05 * len(compiled.source(P, xs, ys))


def test_several_arguments_and_one_that_is_not_used():
    def f(a, b, c):
        return sum([x * y for x, y in zip(a, b, strict=True)]) ** 2

    agree(f, ([1.0, 2.0], [3.0, 4.0], [5.0]), argnums=(0, 2))
    agree(f, ([1.0, 2.0], [3.0, 4.0], [5.0]), argnums=1, transform=grad)


def test_parameters_as_an_argument_and_examples_in_a_batch():
    def f(w, X, y):
        return mean(vmap(lambda x, t: (dot(w, x) - t) ** 2)(X, y))

    X = np.random.default_rng(0).normal(size=(20, 2))
    compiled = numbers(jit(value_and_grad(f))([0.3, -0.2], X, X[:, 0]))
    eager = numbers(value_and_grad(f)([0.3, -0.2], X.tolist(), X[:, 0].tolist()))
    assert flat(compiled) == pytest.approx(flat(eager), rel=1e-12)


def test_values_come_out_with_their_history_where_values_go_in():
    w = [Value(2.0), Value(3.0)]
    slope = jit(grad(lambda p: p[0] * p[0] * p[1]))(w)
    slope[0].backward()
    assert [p.grad for p in w] == [6.0, 4.0]


def test_what_wraps_a_compiled_function_is_compiled_as_itself():
    cube = jit(lambda x: x * x * x)

    @wraps(cube)
    def more(x):
        return cube(x) + 1.0

    assert [jit(grad(cube))(2.0), jit(vmap(cube))([2.0]), jit(more)(2.0)] == [12.0, [8.0], 9.0]


def test_many_steps_of_single_numbers_are_loops():
    def decay(rate, x):
        for _ in range(60):
            x = x - 0.01 * rate * x * x
        return x

    agree(decay, (0.5, 2.0), argnums=(1, 0))
    assert len(jit(value_and_grad(decay, (1, 0))).source(0.5, 2.0).splitlines()) < 125
