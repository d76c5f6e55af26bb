"""jacobian and its like, products with the Hessian, and what else a function returns."""

import dataclasses

import numpy as np
import pytest

from micrograd import (
    Value,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jit,
    jvp,
    value_and_grad,
    vjp,
    vmap,
)

A = np.array([1.0, 2.0, 3.0])
EVERY = [jacobian, jacfwd, jacrev]


def f(a):
    return a * a[0] + np.tanh(a[::-1])


@pytest.mark.parametrize("transform", EVERY)
def test_of_arrays_it_is_a_matrix(transform):
    expected = np.array([[sum_of(i, j) for j in range(3)] for i in range(3)])
    for g in (transform(f), jit(transform(f), backend="numpy")):
        np.testing.assert_allclose(g(A), expected)


def sum_of(i, j):
    return A[0] * (i == j) + A[i] * (j == 0) + (2 - i == j) / np.cosh(A[j]) ** 2


@pytest.mark.parametrize("transform", EVERY)
def test_any_nest_in_and_out(transform):
    g = transform(lambda p: {"a": p[0] * p[1], "b": [p[0], 7.0]})
    assert g([2.0, 3.0]) == {"a": [3.0, 2.0], "b": [[1.0, 0.0], [0.0, 0.0]]}
    assert transform(lambda x, y: x * y, (0, 1))(2.0, 3.0) == (3.0, 2.0)


@pytest.mark.parametrize("transform", EVERY)
def test_values_give_values_and_it_nests(transform):
    found = transform(lambda p: [p[0] * p[1]])([Value(2.0), Value(3.0)])
    assert [[v.data for v in row] for row in found] == [[3.0, 2.0]]
    second = jacobian(transform(lambda p: p[0] ** 2 * p[1]))([3.0, 5.0])
    assert second == hessian(lambda p: p[0] ** 2 * p[1])([3.0, 5.0])


def test_of_a_batch_each_example_has_its_own():
    g = vmap(jacobian(f))
    X = np.stack([A, A + 1])
    for h in (g, jit(g, backend="numpy")):
        np.testing.assert_allclose(h(X), [jacobian(f)(x) for x in X])


def test_vjp_takes_gradients_back():
    value, back = vjp(lambda x, y: [x * y, x + y], 2.0, 3.0)
    assert value == [6.0, 5.0]
    assert back([1.0, 10.0]) == (13.0, 12.0)
    assert back([0.0, 1.0]) == (1.0, 1.0)
    np.testing.assert_allclose(vjp(f, A)[1](A)[0], A @ jacobian(f)(A))
    with pytest.raises(ValueError, match="shape of f's result"):
        back([1.0])


@pytest.mark.parametrize(
    "call",
    [
        lambda: hvp(lambda x: x * x, (1.0,), (1.0, 2.0)),
        lambda: hvp(lambda x: x * x, 1.0, (1.0,)),
        lambda: hvp(lambda x: [x, x], (1.0,), (1.0,)),
        lambda: hvp(lambda x: x * x, ("a",), (1.0,)),
        lambda: hvp(3.0, (1.0,), (1.0,)),
    ],
)
def test_errors_of_hvp_name_hvp(call):
    with pytest.raises((TypeError, ValueError), match="hvp") as caught:
        call()
    assert "jvp" not in str(caught.value)


def test_hvp_is_the_hessian_times_a_vector():
    g = lambda p: p[0] ** 2 * p[1] + p[1].exp()  # noqa: E731
    p, v = [3.0, 0.5], [0.3, -2.0]
    np.testing.assert_allclose(hvp(g, (p,), (v,))[0], np.array(hessian(g)(p)) @ v)


def test_forward_and_reverse_agree_with_jvp():
    direction = np.array([1.0, -1.0, 0.5])
    np.testing.assert_allclose(jvp(f, (A,), (direction,))[1], jacfwd(f)(A) @ direction)


def test_what_else_a_function_returns():
    g = lambda x: (x * x, {"double": x * 2, "name": "g"})  # noqa: E731
    both = value_and_grad(g, has_aux=True)
    for h in (both, jit(both, backend="numpy")):
        assert h(3.0) == ((9.0, {"double": 6.0, "name": "g"}), 6.0)
    assert grad(lambda x: (x * x, x), has_aux=True)(3.0) == (6.0, 3.0)
    with pytest.raises(TypeError, match=r"returns \(number, aux\)"):
        grad(lambda x: x, has_aux=True)(3.0)


@dataclasses.dataclass(frozen=True)
class State:
    x: float
    v: float
    name: str = "s"


def test_gradients_by_a_dataclass_are_one():
    for g in (grad(lambda s: s.x * s.v), jit(grad(lambda s: s.x * s.v), backend="numpy")):
        assert g(State(2.0, 3.0)) == State(3.0, 2.0)
