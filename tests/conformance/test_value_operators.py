"""What people write with Values: operators with all that may stand on the other side."""

import math
import operator
from fractions import Fraction

import numpy as np
import pytest

NUMBERS = [
    pytest.param(x, id=f"{type(x).__name__}")
    for x in (
        3, 3.0, True, Fraction(3, 1), np.float64(3), np.float32(3), np.int64(3), np.int8(3),
        np.bool_(True), np.array(3.0),
    )
]  # fmt: skip
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("op", OPERATORS)
def test_a_number_may_stand_on_either_side(Value, op, number):
    x, h = float(number), 1e-6
    for call in (lambda v, x: op(v, x), lambda v, x: op(x, v)):
        v = Value(2.0)
        out = call(v, number)
        out.backward()
        assert type(out) is Value
        assert out.data == pytest.approx(call(2.0, x), rel=1e-15)
        assert v.grad == pytest.approx((call(2.0 + h, x) - call(2.0 - h, x)) / (2 * h), rel=1e-6)


@pytest.mark.parametrize("op", OPERATORS)
def test_both_sides_may_be_values(Value, op):
    x, y = Value(2.0), Value(3.0)
    assert op(x, y).data == pytest.approx(op(2.0, 3.0), rel=1e-15)


def test_divmod_is_the_quotient_and_the_rest(Value):
    x, y = Value(-7.5), Value(2.0)
    for q, r in (divmod(x, y), divmod(x, 2), divmod(-7.5, y)):
        assert (q.data, r.data) == divmod(-7.5, 2.0)
    divmod(x, y)[1].backward()
    assert (x.grad, y.grad) == (1.0, 4.0)
    quotients, rests = divmod(y, np.array([-7.5, 1.5]))
    assert [v.data for v in (*quotients, *rests)] == [-1.0, 1.0, -5.5, 0.5]


@pytest.mark.parametrize("op", OPERATORS)
def test_object_arrays_go_element_by_element(Value, op):
    x, y, v = Value(2.0), Value(3.0), Value(5.0)
    for out in (op(np.array([x, y]), v), op(np.array([2.0, 3.0]), v)):
        assert [o.data for o in out] == [op(x, v).data, op(y, v).data]
    for out in (op(v, np.array([x, y])), op(v, np.array([2, 3]))):
        assert [o.data for o in out] == [op(v, x).data, op(v, y).data]


def test_numpy_products_of_object_arrays_carry_gradients(Value):
    w, x = [Value(2.0), Value(-3.0)], [Value(5.0), Value(7.0)]
    out = np.array(w) @ np.array(x)
    out.backward()
    assert out.data == -11.0
    assert [p.grad for p in w] == [5.0, 7.0]


@pytest.mark.parametrize("f", [np.std, np.var, np.linalg.norm, lambda x: np.vdot(x, x)])
def test_what_numpy_makes_of_many_values_has_the_gradient_of_each(Value, f):
    x, h = np.array([0.5, -2.0, 3.0]), 1e-6
    values = list(map(Value, x))
    for given in (values, np.array(values)):
        out = f(given)
        out.backward()
        assert out.data == pytest.approx(f(x), rel=1e-15)
    for i, step in enumerate(np.eye(3) * h):
        assert values[i].grad == pytest.approx((f(x + step) - f(x - step)) / h, rel=1e-6)


def test_numpy_functions_of_object_arrays_call_the_methods(Value):
    v = Value(0.5)
    for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "log1p", "expm1"):
        assert getattr(np, name)(np.array([v]))[0].data == getattr(v, name)().data


def test_augmented_assignment_makes_a_new_value(Value):
    a = Value(3.0)
    for operation, expected in (("+=", 5.0), ("-=", 1.0), ("*=", 6.0), ("/=", 1.5), ("**=", 9.0)):
        names = {"v": a}
        exec(f"v {operation} 2", names)
        assert names["v"] is not a
        assert names["v"].data == expected
    assert a.data == 3.0


def test_the_builtin_sum_adds_values(Value):
    values = [Value(1.0), Value(2.0), Value(3.0)]
    total = sum(values)
    total.backward()
    assert total.data == 6.0
    assert [v.grad for v in values] == [1.0, 1.0, 1.0]


def test_signs(Value):
    v = Value(-2.0)
    assert (-v).data == 2.0
    assert abs(v).data == 2.0
    assert str((-Value(0.0)).data) == "-0.0"


METHODS = {
    "relu": lambda x: max(x, 0.0),
    "tanh": math.tanh,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "log1p": math.log1p,
    "expm1": math.expm1,
    "softplus": lambda x: math.log(1 + math.exp(x)),
    "erf": math.erf,
}


@pytest.mark.parametrize("name", METHODS)
def test_methods_compute_what_they_are_called(Value, name):
    assert getattr(Value(0.75), name)().data == pytest.approx(METHODS[name](0.75), rel=1e-15)


@pytest.mark.parametrize(
    ("symbol", "make"),
    [
        ("+", lambda v: v + 1),
        ("*", lambda v: v * 2),
        ("**3", lambda v: v**3),
        ("**0.5", lambda v: v**0.5),
        ("**-1", lambda v: v**-1),
        ("**2", lambda v: v ** np.int64(2)),
        ("**", lambda v: v**v),
        ("ReLU", lambda v: v.relu()),
        ("tanh", lambda v: v.tanh()),
        ("", lambda v: v),
    ],
)
def test_op_shows_the_symbol(Value, symbol, make):
    assert make(Value(2.0))._op == symbol


def test_differences_and_quotients_are_composed_as_in_the_original(Value):
    a, b = Value(6.0), Value(3.0)
    assert (a - b)._op == "+"
    assert (a / b)._op == "*"
    assert (a / b).parents[1]._op == "**-1"


def test_comparisons_are_of_the_data(Value):
    a, b = Value(1.0), Value(2.0)
    pairs = [(a, b), (a, 2), (1.0, b), (a, np.float64(2.0)), (np.float64(1.0), b), (a, a), (b, a)]
    for x, y in pairs:
        data = [z.data if isinstance(z, Value) else z for z in (x, y)]
        for compare in (operator.lt, operator.le, operator.gt, operator.ge):
            answer = compare(x, y)
            assert type(answer) in (bool, np.bool_ if type(x) is np.float64 else bool)
            assert answer == compare(*data)
    assert max([a, b]) is b


def test_equality_and_hash_are_identity(Value):
    a, b = Value(1.0), Value(1.0)
    assert a != b
    assert a != 1.0
    assert len({a, b, a}) == 2


@pytest.mark.parametrize("x", [float("nan"), 1.0])
def test_nan_compares_as_ieee(Value, x):
    v = Value(float("nan"))
    for compare in (operator.lt, operator.le, operator.gt, operator.ge):
        assert compare(v, x) is False


def test_ieee_instead_of_exceptions(Value):
    inf, v = math.inf, Value
    assert (v(1.0) / v(0.0)).data == inf
    assert (v(-1.0) / 0.0).data == -inf
    assert (v(0.0) ** -1).data == inf
    assert (v(-0.0) ** -1).data == -inf
    assert (v(0.0) ** -2).data == inf
    assert (v(10.0) ** 400).data == inf
    assert (v(-10.0) ** 401).data == -inf
    assert (v(10.0) ** v(400.0)).data == inf
    assert v(1000.0).exp().data == inf
    assert v(1000.0).expm1().data == inf
    assert v(0.0).log().data == -inf
    assert v(-1.0).log1p().data == -inf
    assert v(inf).tanh().data == 1.0
    assert v(-inf).sigmoid().data == 0.0
    assert v(-inf).softplus().data == 0.0
    assert v(1e4).softplus().data == 1e4
    for out in (v(-1.0).log(), v(-2.0).log1p(), v(-1.0).sqrt(), v(inf).sin(), v(-inf).cos(),
                v(-8.0) ** (1 / 3), v(-8.0) ** v(1 / 3), v(inf) - inf, v(0.0) / 0.0):  # fmt: skip
        assert math.isnan(out.data)


@pytest.mark.parametrize("name", METHODS)
def test_nan_goes_through_every_method(Value, name):
    assert math.isnan(getattr(Value(math.nan), name)().data)


def test_saturating_functions_are_exact_far_out(Value):
    assert Value(-40.0).sigmoid().data == pytest.approx(math.exp(-40.0), rel=1e-15)
    assert Value(-40.0).softplus().data == pytest.approx(math.exp(-40.0), rel=1e-15)
    assert Value(-700.0).sigmoid().data == pytest.approx(math.exp(-700.0), rel=1e-15)
    assert Value(1e-300).tanh().data == 1e-300
    assert Value(1e-300).expm1().data == 1e-300
    assert Value(1e-300).log1p().data == 1e-300
