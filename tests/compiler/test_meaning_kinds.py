"""What a traced number stands for: to ``isinstance`` and ``type``, in arrays and in lists."""

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
    "a class that is made": lambda x: type("Made", (), {"x": x})().x * isinstance(Vector, type),
}


@pytest.mark.parametrize("asking", ASKING)
@pytest.mark.parametrize("x", [3.0, 3, Value(3.0)], ids=["float", "int", "Value"])
def test_a_traced_number_is_of_the_type_that_it_stands_for(asking, x):
    if asking == "a table of types" and isinstance(x, Value):
        x = 3.0
    _is_as_plainly(ASKING[asking], x)


@pytest.mark.parametrize("items", [[3.0, 4.0], np.array([3.0, 4.0]), np.array([3, 4])])
def test_what_is_of_an_array_is_of_a_type_of_numpy(items):
    _is_as_plainly(lambda a: a[0] * 2.0 if type(a[0]) is float else a[0] * 3.0, items)
    _is_as_plainly(lambda a: a[0] * 2.0 if isinstance(a[0], np.floating) else a[0] * 3.0, items)
    _is_as_plainly(lambda a: a * 2 if isinstance(a, np.ndarray) else [x * 2 for x in a], items)


def test_where_of_a_known_condition_leaves_numbers_numbers():
    values = np.array([Value(1.0), Value(2.0)], dtype=object)
    _is_as_plainly(lambda x: np.where(np.array([True, False]), values, x), np.array([5.0, 6.0]))


def test_where_of_values_and_numbers_by_numbers_that_change_is_refused():
    values = np.array([Value(1.0), Value(2.0)], dtype=object)
    with pytest.raises(JitError, match="Values and plain numbers") as caught:
        jit(lambda x: np.where(x > 5.5, values, x))(np.array([5.0, 6.0]))
    assert "test_meaning_kinds.py" in str(caught.value)


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
