"""vmap has one layout, eagerly and compiled; a gradient inside a batch is each example's own."""

import dataclasses
import functools
import io
import random
from collections import namedtuple

import numpy as np
import pytest
from alike import assert_alike

import micrograd
from micrograd import Value, exp, grad, hessian, mean, sum, value_and_grad, vmap
from micrograd.nn import MLP

jit = functools.partial(micrograd.jit, backend="numpy")
T = np.array([0.1, 0.2, 0.3])
Pair = namedtuple("Pair", "x y")


@dataclasses.dataclass
class State:
    x: float
    v: float
    name: str = "state"


def check(f, *calls):
    g = jit(f)
    for args in calls:
        for _ in range(2):
            found, expected = g(*args), f(*args)
            if dataclasses.is_dataclass(expected):
                found, expected = vars(found), vars(expected)
            assert_alike(found, expected)


PARTS = {
    "a tuple": (lambda t: (t, 2 * t), (T, 2 * T)),
    "a named tuple": (lambda t: Pair(t, t * t), Pair(T, T * T)),
    "a dict": (lambda t: {"a": t, "b": [t, 1.0]}, {"a": T, "b": np.stack([T, T**0], 1)}),
    "a list": (lambda t: [t, t * t, t + 1], np.stack([T, T * T, T + 1], 1)),
    "a bool": (lambda t: t > 0.15, T > 0.15),
}


@pytest.mark.parametrize("name", PARTS)
def test_parts_are_mapped_and_vectors_have_the_batch_in_front(name):
    f, expected = PARTS[name]
    assert_alike(vmap(f)(T), expected)
    check(vmap(f), (T,), (T[:2] + 1,))


def test_a_dataclass_is_mapped_by_its_fields():
    f = vmap(lambda t: State(t, 2 * t))
    assert_alike(vars(f(T)), {"x": T, "v": 2 * T, "name": "state"})
    check(f, (T,), (T + 1,))


@pytest.mark.parametrize(
    "f", [lambda t: [t, (2 * t,)], lambda t: [t, [2 * t]], lambda t: [t, {"twice": 2 * t}]]
)
def test_a_list_of_several_shapes_is_a_list_of_each_example(f):
    assert_alike(vmap(f)(T), [f(t) for t in T])
    check(vmap(f), (T,), (T[:2] + 1,), (T.tolist(),))


def test_lists_give_lists():
    check(vmap(lambda t: (t, [t, 1.0])), ([1.0, 2.0],), ([3.0, 4.0],))


@pytest.mark.parametrize(
    "f",
    [
        lambda t, n: [1, t * 2],
        lambda t, n: [n, t, n * 2, t * n],
        lambda t, n: [t > 1.5, True],
        lambda t, n: [[1, t * 2], [t > 1.5, n]],
    ],
)
def test_in_a_list_each_number_keeps_its_kind(f):
    mapped = vmap(f, in_axes=(0, None))
    check(mapped, ([1.0, 2.0], 3), ([3.0, 4.0], 5))
    check(mapped, ([1, 2], 3), ([3, 4], 5))
    check(mapped, (T * 10, 3), (T[:2], 5))
    direct = micrograd.jit(mapped)
    for _ in range(4):
        assert_alike(direct([1.0, 2.0], 3), mapped([1.0, 2.0], 3))


def test_whole_numbers_of_a_batch_are_whole():
    check(vmap(lambda i: (i * 2, i / 2)), (np.array([1, 2, 3]),))


def test_a_branch_on_what_is_reduced_goes_by_the_whole_batch():
    w = Value(2.0)

    def halved(X):
        total, steps = mean(vmap(lambda t: (w * t - 1) ** 2)(X)), 0
        while total > 0.1 and steps < 5:
            total, steps = total * 0.5, steps + 1
        return total.data, steps

    check(lambda X: max(3, sum(vmap(lambda t: 2 * t)(X))), (T,), (10 * T,), (T[:2],))
    check(halved, (T,), (10 * T,), (T[:2] + 0.3,))


def test_a_batch_meets_arrays_and_transforms():
    check(lambda X: (vmap(lambda t: 2 - t)(X) < X, np.where(X > 0.1, X, vmap(np.sin)(X))), (T,))
    check(lambda xs: grad(lambda v: sum([x**3 for x in v]))(vmap(lambda t: t)(xs)), ([1.0, 2.0],))
    check(lambda X: sum(vmap(lambda t, n: n, in_axes=(0, None))(X, 1)), (T,), (T[:2],))
    check(vmap(lambda n: n**2), ([1, 2, 3],), ([3, 4],))


IN_A_BATCH = {
    "shared": (lambda p, X: vmap(grad(lambda p, t: (p * t).sin()), in_axes=(None, 0))(p, X)),
    "both": (lambda p, X: vmap(value_and_grad(lambda t: (p * t).tanh()))(X)),
    "second": (lambda p, X: vmap(lambda t: hessian(lambda q: (q * t).exp())(p))(X)),
    "in a loss": lambda p, X: mean(vmap(lambda t: grad(lambda q: (q * t) ** 2)(p) ** 2)(X)),
    "outside": grad(lambda p, X: mean(vmap(lambda t: (p * t) ** 2)(X))),
    "around": grad(lambda p, X: mean(vmap(lambda t: grad(lambda q: (q * t) ** 3)(p))(X))),
    "mapped twice": lambda p, X: vmap(lambda x: vmap(lambda y: p * x * y)(X))(X),
}


@pytest.mark.parametrize("name", IN_A_BATCH)
def test_gradients_keep_the_axis_of_the_batch(name):
    check(IN_A_BATCH[name], (2.0, T), (3.0, T + 0.5))


def test_gradients_for_each_example_by_what_they_share():
    found = jit(vmap(grad(lambda p, t: (p * t).sin()), in_axes=(None, 0)))(2.0, T)
    np.testing.assert_allclose(found, T * np.cos(2 * T))


def test_the_whole_batch_can_be_sliced_and_computed_with():
    f = lambda X: (lambda y: (y[1:] - y[:-1], y * 2 + 1, y.sum(), np.tanh(y)))(  # noqa: E731
        vmap(lambda t: t * t)(X)
    )
    check(f, (T,), (T + 1,))


def test_a_penalty_on_gradients_trains_parameters():
    w, same = Value(2.0), Value(2.0)

    def loss(w):
        return lambda X: mean(vmap(lambda x: grad(lambda x: (w * x).tanh())(x) ** 2)(X))

    g = jit(loss(w))
    g(T)
    g(T).backward()
    loss(same)(T).backward()
    assert w.grad == pytest.approx(same.grad)


def test_an_array_of_values_has_data_and_gradients():
    model = MLP(2, [3], seed=1)
    X = np.arange(8.0).reshape(4, 2)
    compiled = jit(vmap(model))
    for made in (vmap(model)(X), compiled(X), compiled(X)):
        assert made.shape == made.data.shape == (4, 3)
        np.testing.assert_allclose(made.data, [[v.data for v in model(x)] for x in X])
        with pytest.raises(TypeError, match="data"):
            assert made == made
        with pytest.raises(TypeError, match="data"):
            float(made)
        model.zero_grad()
        made[1, 2].backward()
        assert made.grad[1, 2] == 1.0
        slopes = [p.grad for p in model.parameters()]
        model.zero_grad()
        model(X[1])[2].backward()
        assert slopes == pytest.approx([p.grad for p in model.parameters()])


def test_an_array_may_have_values_beside_numbers():
    w = Value(2.0)
    compiled = jit(vmap(lambda x: [w * x, x]))
    for _ in range(2):
        rows = compiled(np.array([1.0, 3.0]))
        assert [[type(x) for x in row] for row in rows] == [[Value, np.float64]] * 2
        assert [(row[0].data, row[1]) for row in rows] == [(2.0, 1.0), (6.0, 3.0)]


def test_predictions_are_the_data_of_a_batch():
    model = MLP(2, [3], seed=1)
    check(lambda X: vmap(model)(X).data.argmax(1), (np.arange(8.0).reshape(4, 2),))


@pytest.mark.parametrize("seed", range(8))
def test_random_nests_of_transforms(seed):
    rng = random.Random(seed)
    inner = rng.choice([lambda x, p: (x * p).sin(), lambda x, p: x * x * p, lambda x, p: x * p**3])
    middle = rng.choice([0, 1, 2])

    def one(x, p):
        if middle == 0:
            return grad(lambda q: inner(x, q))(p)
        if middle == 1:
            return value_and_grad(lambda y: inner(y, p))(x)[1] * x
        return hessian(lambda q: inner(x, q) * q)(p)

    whole = rng.choice([lambda p, X: mean(vmap(one, in_axes=(0, None))(X, p)),
                        vmap(lambda x, p: one(x, p), in_axes=(None, 0)),
                        ])  # fmt: skip
    args = (2.0, T)
    check(whole, args, (1.5, T + 1))
    if rng.random() < 0.5:
        check(grad(lambda p, X: mean(vmap(lambda x: one(x, p))(X))), args)


def test_a_batch_that_is_done_in_parts_has_the_gradients_of_one_that_is_not():
    def payoff(p, z):
        total = 0.0
        for x in z:
            total = total + (p[0] - x / 2) * (p[1] / len(z))
        return exp(-p[0] * p[1]) * exp(total)  # p reaches it through the examples, and without

    f = jit(value_and_grad(lambda p, Z: mean(vmap(payoff, in_axes=(None, 0))(p, Z))))
    few = np.random.default_rng(1).normal(size=(16, 12))
    expected = f([0.02, 1.0], few)[1]
    assert expected[0] == pytest.approx(0.0, abs=1e-12)
    assert f([0.02, 1.0], np.tile(few, (2000, 1)))[1] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "f",
    [
        lambda xs: vmap(lambda x: len(xs))(xs),
        lambda xs: vmap(lambda x: x * 0 + len(xs))(xs),
        lambda xs: (vmap(lambda x: x)(xs), len(xs)),
        lambda xs: sum(vmap(lambda x: x * x)(xs)) / len(xs),
        lambda xs: sum(vmap(lambda x: x * x)(xs)) if len(xs) > 3 else 0.0,
        lambda xs: value_and_grad(lambda p: mean(vmap(lambda x: p * x)(xs)) * len(xs))(2.0),
    ],
)
def test_a_list_that_is_mapped_over_has_its_length_besides(f):
    compiled = jit(f)
    for n in (3, 5, 4, 5, 2, *range(6, 30)):
        xs = [1.0 + i for i in range(n)]
        assert_alike(compiled(xs), f(xs))


def test_a_list_that_is_only_mapped_over_has_one_program_for_all_lengths():
    f = jit(lambda xs: vmap(lambda x: x * x)(xs))
    for n in range(1, 30):
        assert f([1.0 * i for i in range(n)]) == [1.0 * i * i for i in range(n)]
    assert f.cache_info().made == 1


@pytest.mark.parametrize("count", [20, 20_000])
def test_where_an_example_raises_the_call_does_so_soon(count):
    runs = io.StringIO()

    def f(xs):
        print(end=".", file=runs)
        return vmap(lambda x: 1 / x[0] + sum(x) ** 2)(xs)

    rows = np.ones((count, 2)).tolist()
    compiled = jit(f)
    for n in (0, 4):
        for _ in range(n):
            compiled(rows)
        rows[-2][0] = 0.0
        with pytest.raises(ZeroDivisionError):
            compiled(rows)
        rows[-2][0] = 1.0
    assert len(runs.getvalue()) < 30
