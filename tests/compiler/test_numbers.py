"""Numbers in, numbers out; and what is a number plainly is one under jit and inside grad."""

import functools
import math

import numpy as np
import pytest
from alike import assert_alike, check

import micrograd
from micrograd import Value, grad, maximum, mean, minimum, sum, take, value_and_grad, vmap, where

jit = functools.partial(micrograd.jit, backend="numpy")


def power(x, n):
    return 1.0 if n == 0 else x * power(x, n - 1)


OF_NUMBERS = {
    "floats": (lambda x: x * x + 1, (2.0,), (3.0,)),
    "ints": (lambda n: (n + 1, n * n, -n, n - 3, n / 2, n // 2, n % 2, n**2, 2**n), (7,), (4,)),
    "both": (lambda x, n: (x * n, x**n, n * 2, sum([n, 1]), maximum(n, 2)), (2.5, 3), (1.5, 2)),
    "ints among floats": (
        lambda x, n: (where(x > 2, n, x), maximum(x, n), minimum(n, x), take([x, n], n)),
        (2.5, 1),
        (0.5, 1),
    ),
    "ints as slopes": (lambda x, n: grad(lambda q: q * n)(x), (2.5, 3), (1.5, 4)),
    "signs": (lambda x, n: (+x, +n, +(x > 1), -x), (2.5, 3), (0.5, 3)),
    "equality": (lambda x: x * 2 if x - 3.0 == 0.0 else x, (3.0,), (4.0,)),
    "truth": (lambda x: x * 2 if x else x + 1, (0.0,), (2.0,)),
    "membership": (lambda x: (x in [1.0, 2.0], {2.0: 5.0}.get(x, 6.0)), (2.0,), (3.0,)),
    "counting": (lambda xs: (xs.count(1.0), xs.index(2.0), sorted(xs)), ([1.0, 2.0, 1.0],)),
    "recursion": (power, (2.0, 3), (2.0, 5)),
    "ranges": (lambda x, n: sum([x * i for i in range(n)]), (2.0, 3), (2.0, 4)),
    "comparisons": (lambda x, y: (x < y, x == y, x != y), (1.0, 2.0), (2.0, 2.0)),
    "comparisons as numbers": (lambda x: x * (x > 1) + (x < 0), (2.0,), (-1.0,)),
    "choices": (lambda x: (where(x > 1, 2, 3), where(x > 1, x, 0.0)), (2.0,), (0.5,)),
    "functions": (lambda xs: (sum(xs), mean(xs), maximum(xs)), ([1.0, 2.0],), ([3.0, 1.0],)),
    "math": (lambda x: math.exp(x) + math.sqrt(x) + math.log(x), (2.0,), (3.0,)),
    "nothing": (lambda xs: sum(xs), ([],)),
    "static": (
        lambda x, how: x if how == "same" or how is None else -x,
        (1.0, "same"),
        (1.0, None),
    ),
    "the argument": (lambda s, p: (s[0] * 2, p, s), ([1.0], (3.0, 4)), ([2.0], (5.0, 4))),
}


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_numbers_are_numbers(name):
    f, *calls = OF_NUMBERS[name]
    check(f, *calls)


def test_large_whole_numbers_are_exact_or_computed_anew():
    f = lambda n: n * n - (n - 1) * (n + 1)  # noqa: E731
    g = jit(f)
    for n in (3, 10**9, 2**70, 5):
        assert g(n) == f(n) == 1
        assert type(g(n)) is int


def test_what_raises_plainly_raises():
    g = jit(lambda x: math.log(x))
    assert g(2.0) == math.log(2.0)
    with pytest.raises(ValueError, match="math domain error"):
        g(0.0)


def raised(f, *args):
    try:
        return f(*args)
    except ArithmeticError as error:
        return type(error), str(error)


RAISING = {
    "quotients": lambda x, y: x / y,
    "powers": lambda x, y: 1 / (x**3 * y**2 + 1),
    "roots": lambda x, y: y**-0.5 + x,
    "in a loop": lambda x, y: sum([(x + i) / (y - i) for i in range(4)]),
    "of whole numbers": lambda x, y: (2 * x) / y,
    "in a list": lambda x, y: vmap(lambda t: 1 / t)([x, y]),
    "of an item": lambda x, y: 1 / np.array([x, y]).tolist()[1],
    "of a function": lambda x, y: x / math.sin(y),
    "of a gradient": lambda x, y: x / grad(lambda q: q * y)(x),
}


@pytest.mark.parametrize("name", RAISING)
def test_what_python_cannot_compute_raises_at_every_call(name):
    f = RAISING[name]
    g = jit(f)
    calls = [(2.0, 3.5), (1.5, 0.5), (1.0, 0.0), (1e200, 1.0), (3.0, 4.5), (0.0, 0.0), (2.0, 3.5)]
    for args in calls:
        assert raised(g, *args) == pytest.approx(raised(f, *args))


def test_floats_of_an_array_divide_as_numpy_does():
    f = jit(lambda a: (a[0] / a[1], 1 / a, a**-1.0, grad(lambda q: 1 / q)(a[1])))
    with np.errstate(all="ignore"):
        for a in (np.array([1.0, 2.0]), np.array([1.0, 0.0]), np.array([-1.0, 0.0])):
            for _ in range(2):
                assert_alike(f(a), f.__wrapped__(a))
    assert f.cache_info().programs == 1


def test_a_method_of_a_plain_number_raises_as_it_does_plainly_and_names_the_function():
    with pytest.raises(AttributeError, match="'float' object has no attribute 'tanh'") as caught:
        jit(lambda x: x.tanh())(2.0)
    assert "tanh(x)" in caught.value.__notes__[0]


def test_a_complex_result_is_refused_by_name():
    f = jit(lambda x: x**0.5)
    assert f(4.0) == 2.0
    with pytest.raises(micrograd.JitError, match="complex number"):
        f(-4.0)


@pytest.mark.parametrize("n", [10**400, -(10**400), 2**60 + 1])
def test_whole_numbers_beyond_all_floats_stay_themselves(n):
    for f in (lambda x: x * x, lambda x: [x, x + 1]):
        g = jit(f)
        assert [g(n), g(n)] == [f(n), f(n)]


def test_a_value_that_takes_part_makes_a_value():
    w = Value(2.0)
    g = jit(lambda x: (x * 2, w * x, w))
    for _ in range(2):
        number, value, same = g(3.0)
        assert (number, type(number)) == (6.0, float)
        assert (value.data, type(value)) == (6.0, Value)
        assert same is w


def test_branches_on_the_number_that_is_differentiated():
    both = value_and_grad(lambda x: x * 2 if x == 3 else x)
    for f in (both, jit(both)):
        assert f(3.0) == (6.0, 2.0)
        assert f(4.0) == (4.0, 1.0)


def test_numbers_inside_grad_are_hashed_and_counted_as_numbers():
    assert grad(lambda x: x * {2.0: 5.0}[x])(2.0) == 5.0
    assert grad(lambda xs: xs[0] * xs.count(1.0))([1.0, 1.0]) == [2.0, 0.0]
    assert grad(lambda x: x * 2 if x else x * 3)(0.0) == 3.0


def test_derivatives_of_what_a_value_takes_part_in_are_values():
    w = Value(2.0)
    slope = grad(lambda x: w * x * x)(3.0)
    slope.backward()
    assert (slope.data, w.grad) == (12.0, 6.0)


@pytest.mark.parametrize("p", [[1.5, 2.0], (1.5, 2.0), np.array([1.5, 2.0]), {"a": 1.5, "b": 2.0}])
def test_gradients_have_the_kind_of_their_argument(p):
    def f(p):
        x, y = p.values() if isinstance(p, dict) else p
        return x * x * y

    check(value_and_grad(f), (p,))
    assert_alike(jit(grad(f))(p), grad(f)(p))


def test_scipy_takes_a_compiled_value_and_gradient():
    optimize = pytest.importorskip("scipy.optimize")
    f = jit(value_and_grad(lambda p: (p[0] - 1) ** 2 + (p[1] - p[0] ** 2) ** 2 * 10))
    found = optimize.minimize(f, np.array([-1.0, 2.0]), jac=True)
    np.testing.assert_allclose(found.x, [1.0, 1.0], atol=1e-4)
