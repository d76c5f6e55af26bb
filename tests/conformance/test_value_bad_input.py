"""Bad input: an error that names the value and the remedy, and nothing changed."""

import decimal
import math
import operator

import numpy as np
import pytest

from micrograd.ops import ADD, MAXIMUM

NO_NUMBERS = ["3", None, 1j, [1.0], (1.0,), {"a": 1}, object(), b"3", print, np.array([1.0])]
SHORT = ("3", None, 1j, [1.0])
OPERATORS = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.pow,
    operator.lt, operator.le, operator.gt, operator.ge,
]  # fmt: skip


@pytest.mark.parametrize("x", NO_NUMBERS, ids=lambda x: type(x).__name__)
def test_data_that_is_no_number(Value, x):
    v = Value(1.0)
    with pytest.raises(TypeError, match=f"a number, got {type(x).__name__}"):
        Value(x)
    with pytest.raises(TypeError, match=f"data expects a number, got {type(x).__name__}"):
        v.data = x
    if x is not None:  # which stands for 0, as in PyTorch
        with pytest.raises(TypeError, match=f"grad expects a number, got {type(x).__name__}"):
            v.grad = x
    assert (v.data, v.grad) == (1.0, 0.0)


@pytest.mark.parametrize("x", SHORT, ids=repr)
@pytest.mark.parametrize("op", OPERATORS)
def test_operands_that_are_no_numbers(Value, op, x):
    v = Value(2.0)
    for call in (lambda: op(v, x), lambda: op(x, v)):
        with pytest.raises(TypeError, match="expects a Value or a number, got"):
            call()
    assert (v.data, v.grad, v.parents) == (2.0, 0.0, ())


def test_apply_to_what_is_no_number(implementation):
    v = implementation.Value(1.0)
    for x in (*SHORT, np.array([1.0])):
        with pytest.raises(TypeError, match="maximum expects a Value or a number, got"):
            implementation.apply(MAXIMUM, v, x)


def test_a_value_of_a_value(Value):
    with pytest.raises(TypeError, match=r"use its \.data"):
        Value(Value(1.0))


@pytest.mark.parametrize("x", [10**400, -(10**400)])
def test_integers_beyond_the_floats(Value, x):
    v = Value(2.0)
    calls = [lambda: Value(x), lambda: v + x, lambda: v * x, lambda: v**x, lambda: x - v,
             lambda: x**v, lambda: v < x]  # fmt: skip
    for call in calls:
        with pytest.raises(ValueError, match="a number that fits a float"):
            call()


def test_large_integers_are_rounded(Value):
    assert (Value(0.0) + 2**100).data == 2.0**100
    assert (Value(2.0) ** (2**70)).data == math.inf


def test_children_that_are_no_values(Value):
    with pytest.raises(TypeError, match=r"children are Values, got 3\.0"):
        Value(1.0, (Value(2.0), 3.0), "+")
    with pytest.raises(TypeError):
        Value(1.0, 3, "+")


def test_a_value_is_not_a_float(Value):
    v = Value(2.0, label="w")
    for call in (lambda: math.exp(v), lambda: float(v), lambda: np.array([v], dtype=float)):
        with pytest.raises(TypeError, match=r"label='w'.*v\.exp\(\)"):
            call()


def test_a_value_is_not_an_index(Value):
    v = Value(1.0, label="i")
    for call in (lambda: [1, 2][v], lambda: range(v), lambda: "a" * v, lambda: int(v)):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(TypeError, match=r"take\(rows, value\)"):
        range(v)


def test_a_value_is_not_rounded(Value):
    v = Value(2.5, label="w")
    for call in (lambda: round(v), lambda: round(v, 2)):
        with pytest.raises(TypeError, match=r"label='w'.*round\(v\.data, 2\)"):
            call()


def test_a_format_that_does_not_exist(Value):
    with pytest.raises(ValueError, match="'q'"):
        f"{Value(1.0):q}"


def test_a_hand_set_backward_that_cannot_be_called(Value):
    v = Value(1.0)
    for function in (3, None):
        with pytest.raises(TypeError, match="_backward expects a function"):
            v._backward = function
    (v * 2).backward()
    assert v.grad == 2.0


@pytest.mark.parametrize(
    ("x", "remedy"),
    [
        (decimal.Decimal(1), r"got Decimal '1': convert it first, with float\(\)"),
        ("1", r"got str '1': convert it first, with float\(\)"),
        (None, "got NoneType 'None': was a return forgotten"),
        ([1.0], "got list '\\[1.0\\]': go through its elements"),
        (1j, "got complex '1j': take its .real"),
    ],
)
def test_the_error_says_what_to_do(Value, x, remedy):
    with pytest.raises(TypeError, match=remedy):
        Value(1.0) + x


def test_the_other_implementation_does_not_mix(implementation):
    class Foreign:
        """As another implementation of Value looks from here."""

        _is_micrograd_value = True

    v = implementation.Value(1.0)
    calls = [lambda: v + Foreign(), lambda: Foreign() * v, lambda: v < Foreign(),
             lambda: v ** Foreign(), lambda: implementation.apply(ADD, v, Foreign())]  # fmt: skip
    for call in calls:
        with pytest.raises(TypeError, match="compiled and pure Python Values do not mix"):
            call()


def test_power_with_a_modulus(Value):
    with pytest.raises(TypeError):
        pow(Value(2.0), 3, 5)
