"""What a traced number stands for: to ``isinstance``, ``type``, ``case``; in arrays and lists."""

import math
from functools import singledispatch
from numbers import Real

import numpy as np
import pytest

import micrograd
from micrograd import JitError, Value, grad, vmap

W = Value(2.0)


def jit(f):
    return micrograd.jit(f, backend="numpy")


def _kinds(x):
    if isinstance(x, (list, tuple, np.ndarray)):
        return [type(x).__name__.removeprefix("Value"), *map(_kinds, x)]
    return ("Value", x.data) if isinstance(x, Value) else float(x)


def _is_as_plainly(f, *args):
    g = jit(f)
    expected = _kinds(f(*args))
    assert [_kinds(g(*args)), _kinds(g(*args))] == [expected, expected]


class Vector:
    def __init__(self, x):
        self.x = x

    def __mul__(self, other):
        return Vector(self.x * (other.x if isinstance(other, Vector) else other))


def matched(x):
    match x:
        case [float(a), *_] | {"a": float(a)}:
            return a * 2.0
        case Value():
            return x * 3.0
        case np.float64():
            return x * 4.0
        case float(y) if y > 3.5:
            return y * 5.0
        case bool() | int():
            return x * 6.0
        case Real():
            return x * 7.0


@singledispatch
def dispatched(x):
    return x * 2.0


dispatched.register(float, lambda x: x * 3.0)
dispatched.register(int, lambda x: x * 4.0)
dispatched.register(Value, lambda x: x * 5.0)


ASKING = {
    "a float": lambda x: x * 2.0 if isinstance(x, float) else x,
    "no int": lambda x: x * 2.0 if isinstance(x, int) else x,
    "one of several": lambda x: x * 2.0 if isinstance(x, (int, float)) else x,
    "a union": lambda x: x * 2.0 if isinstance(x, int | float) else x,
    "a real": lambda x: x * 2.0 if isinstance(x, Real) else x,
    "no Value": lambda x: x if isinstance(x, Value) else Value(x) * 2.0,
    "a comparison": lambda x: x * 2.0 if isinstance(x > 1.0, bool) else x,
    "the type itself": lambda x: x * 2.0 if type(x) is float else x,
    "a table of types": lambda x: x * {float: 2, int: 3, np.float64: 5, np.int64: 7}[type(x)],
    "a class of one's own": lambda x: (Vector(x) * 2.0 * Vector(3.0)).x,
    "a class pattern": lambda x: matched(x) + matched([x * 1.0]) + matched({"a": x * 1.0}),
    "a pattern of what is compared": lambda x: matched(x > 1.0),
    "a function for each class": dispatched,
    "its class": lambda x: x * 2.0 if x.__class__ is float else x,
    "an attribute": lambda x: x * 2.0 if hasattr(x, "data") else x * 3.0,
    "an attribute or else": lambda x: getattr(x, "data", 5.0) * x,
    "a variable of a transform": lambda x: grad(lambda q: q * 2 if isinstance(q, float) else q)(x),
    "a class that is made": lambda x: type("Made", (), {"x": x})().x * isinstance(Vector, type),
}


@pytest.mark.parametrize("asking", ASKING)
@pytest.mark.parametrize("x", [3.0, 3, Value(3.0)], ids=["float", "int", "Value"])
def test_a_traced_number_is_of_the_type_that_it_stands_for(asking, x):
    if asking in ("a table of types", "a class pattern") and isinstance(x, Value):
        x = 4.0
    _is_as_plainly(ASKING[asking], x)


@pytest.mark.parametrize("items", [[3.0, 4.0], np.array([3.0, 4.0]), np.array([3, 4])])
def test_what_is_of_an_array_is_of_a_type_of_numpy(items):
    _is_as_plainly(lambda a: a[0] * 2.0 if type(a[0]) is float else a[0] * 3.0, items)
    _is_as_plainly(lambda a: a[0] * 2.0 if isinstance(a[0], np.floating) else a[0] * 3.0, items)
    _is_as_plainly(lambda a: a * 2 if isinstance(a, np.ndarray) else [x * 2 for x in a], items)
    _is_as_plainly(lambda a: matched(a[0]), items)


def test_a_case_that_the_first_call_does_not_take_is_taken_later():
    def f(x):
        match x:
            case float() if x > 2.0:
                return x * 2.0
        return 1.0

    g = jit(f)
    assert [g(1.5), g(3.0), g(1.5)] == [1.0, 6.0, 1.0]


def test_a_case_that_asks_for_a_value_by_another_way_is_refused():
    def f(x):
        match x:
            case micrograd.Value():
                return x * 2.0
        return x

    with pytest.raises(JitError, match="from micrograd import Value") as caught:
        jit(f)(2.0)
    assert "case micrograd.Value():" in str(caught.value)


def test_what_fails_on_a_traced_number_says_so_in_pythons_words():
    for f in (lambda x: x.real, lambda x: x.as_integer_ratio(), lambda x: float.hex(x)):
        with pytest.raises(JitError, match="numbers that stand for all others") as caught:
            jit(f)(2.0)
        assert "Number" not in str(caught.value)


@pytest.mark.parametrize("tells", [math.isnan, math.isinf, math.isfinite])
def test_what_math_tells_of_a_number_is_told_at_each_call(tells):
    def f(x):
        return (x * 2.0, tells(x)) if getattr(math, tells.__name__)(x / 2.0) else (x * 3.0, 1)

    g = jit(f)
    for x in (1.5, math.inf, 2.5, -math.inf, math.nan, 3.5, math.nan, math.inf):
        assert repr(g(x)) == repr(f(x))
        assert repr(g(np.float64(x))) == repr(f(np.float64(x)))


def test_divmod_is_the_quotient_and_the_rest():
    for x, y in ((7.5, 2.0), (-7.5, 2.0), (np.float64(7.5), -2.0), (7, 2), (7, 2.5)):
        _is_as_plainly(
            lambda x, y: (divmod(x, y), divmod(y, x), divmod(x, 2), divmod(9.0, x)), x, y
        )
    _is_as_plainly(lambda a, b: (divmod(a, b), np.divmod(a, 2.0)), np.array([7.5, -3.0]), 2.0)
    _is_as_plainly(lambda x, y: divmod(x, y), Value(7.5), Value(2.0))
    with pytest.raises(ZeroDivisionError):
        jit(lambda x, y: divmod(x, y))(1.0, 0.0)


def test_a_function_of_math_in_a_class_stays_a_static_method():
    class Layer:
        activation = staticmethod(math.tanh)

    layer = Layer()
    _is_as_plainly(lambda x: layer.activation(x), 0.5)
    assert isinstance(vars(Layer)["activation"], staticmethod)


def test_take_of_floats_and_ints_gives_floats():
    _is_as_plainly(lambda a: [micrograd.take(a, i) for i in range(2)], [0.5, 1])


def test_where_of_a_known_condition_leaves_numbers_numbers():
    values = np.array([Value(1.0), Value(2.0)], dtype=object)
    _is_as_plainly(lambda x: np.where(np.array([True, False]), values, x), np.array([5.0, 6.0]))


def test_an_array_of_values_and_numbers():
    _is_as_plainly(lambda x: np.array([W, x, 1.5]), 2.0)


def test_the_values_of_a_batch_beside_another_array_of_values():
    g = jit(lambda x: (np.array([W * 3.0, W]), vmap(lambda t: t * W)(x)))
    for _ in range(2):
        first, second = g(np.array([1.0, 5.0]))
    assert [first[0].data, second[1].data] == [6.0, 10.0]


def test_a_list_that_is_mapped_twice_is_a_list():
    _is_as_plainly(lambda a: vmap(grad(lambda t: t * t))(vmap(lambda t: t * 3.0)(a)), [1.0, 2.0])


@pytest.mark.parametrize("view", [lambda a: a[:2], lambda a: a.T, lambda a: a.reshape(3, 1)[:, 0]])
def test_an_array_from_outside_gets_the_number_that_it_has_already(view):
    kept = np.full(3, 2.0)

    def f(x):
        part = view(kept)
        doubled = kept * 2.0
        part[0] = x
        return doubled.sum() + kept.sum()

    g = jit(f)
    for x in (2.0, 2.0, 3.0, 2.0):
        before = kept.copy()
        plain = f(x)
        kept[:] = before
        assert g(x) == plain
        assert kept[0] == x
