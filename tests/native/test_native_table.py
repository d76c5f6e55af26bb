"""The op table in Python and its cases in C cannot drift apart: same ops, same bits."""

import math
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from micrograd import extended_ops, ops
from micrograd._native import value as native
from micrograd.pure import Value as PureValue

EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 1e308, -1e308, 5e-324, -2e-310, 709.8, -745.2,
         math.inf, -math.inf, math.nan]  # fmt: skip
NUMBERS = st.one_of(st.sampled_from(EDGES), st.floats(), st.floats(-5, 5))
EXPONENTS = st.one_of(st.integers(-6, 6), st.sampled_from([2**53 - 1, 2**60 + 1]), NUMBERS)


def bits(xs):
    """The floats, to the bit; but a nan is a nan, as its sign and payload mean nothing."""
    assert all(type(x) is float for x in xs)
    return [x if x != x else struct.pack("d", x) for x in xs if x == x], [x != x for x in xs]


def computed(Value, op, numbers):
    out = Value._apply(op, *[Value(x) for x in numbers])
    assert out.op is op
    return bits([out.data]), bits(out.partials())


def agree(op, numbers):
    assert computed(native.Value, op, numbers) == computed(PureValue, op, numbers)


def test_every_op_of_the_core_is_compiled_and_no_other():
    assert sorted([*native.CASES, *extended_ops.TABLE]) == sorted(ops.OPS)


@pytest.mark.parametrize("name", [n for n in ops.OPS if n not in ("powc", "take")])
def test_values_and_partials_have_the_same_bits(name):
    op = ops.OPS[name]
    size = {"min_size": op.arity or 1, "max_size": op.arity or 40}

    @given(st.lists(NUMBERS, **size))
    def check(numbers):
        agree(op, numbers)

    check()
    for x in EDGES:
        for y in EDGES:
            agree(op, [x, y, -1.5][: op.arity or 3])


@given(NUMBERS, EXPONENTS)
@example(0.0, 0)
@example(-8.0, 1 / 3)
@example(0.0, -1)
@example(-0.0, -3)
def test_a_constant_power_has_the_same_bits(x, n):
    agree(ops.power(n), [x])


@given(st.lists(NUMBERS, min_size=1, max_size=9), st.data())
def test_a_taken_row_has_the_same_bits(rows, data):
    index = data.draw(st.integers(-len(rows), len(rows) - 1))
    agree(ops.TAKE, [float(index), *rows])


@pytest.mark.parametrize("index", [2.0, -3.0, math.inf, math.nan])
def test_a_row_that_is_not_there_is_the_same_error(index):
    errors = []
    for Value in native.Value, PureValue:
        with pytest.raises((IndexError, OverflowError, ValueError)) as caught:
            Value._apply(ops.TAKE, index, 1.0, 2.0)
        errors.append((caught.type, str(caught.value)))
    assert errors[0] == errors[1]


def test_an_op_that_is_not_compiled_is_computed_by_its_record():
    cube = ops.Op("cube", "^3", 1, lambda x: x**3, lambda x, out: (3.0 * x * x,), "", "")
    results = []
    for Value in native.Value, PureValue:
        x = Value(1.5)
        out = x * Value._apply(cube, x)
        out.backward()
        results.append((out.data, x.grad, out.parents[1].op, out.parents[1].partials()))
    assert results[0] == results[1] == (1.5**4, 4 * 1.5**3, cube, (6.75,))


def test_an_op_whose_partials_do_not_fit_is_an_error_that_names_it():
    wrong = ops.Op("wrong", "?", 1, lambda x: x, lambda x, out: (1.0, 2.0), "", "")
    with pytest.raises(ValueError, match="op wrong"):
        native.Value._apply(wrong, 1.0).backward()
