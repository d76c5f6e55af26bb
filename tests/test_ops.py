"""The op table: every record is checked from what the record itself says."""

import ctypes
import ctypes.util
import math
import pickle
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from thorough import examples

from micrograd import Value, engine, grad
from micrograd.ops import DETACH, OPS, handmade, named, power
from micrograd.value import ieee

PARTIAL = [op for op in OPS.values() if op is not DETACH]
POWERS = [power(n) for n in (0, 1, 2, 3, -1, -2, 0.5, -0.5, 2.5)]


def names(op):
    return f"{op.name}{op.static if op.static is not None else ''}"


@st.composite
def arguments(draw, op):
    """Numbers inside the op's domain, away from its kinks."""
    count = draw(st.integers(1, 5)) if op.arity is None else op.arity
    if op.name == "take":
        count = max(count, 2)
    bounds = [op.domain[min(i, len(op.domain) - 1)] for i in range(count)]
    if op.kinks and count == 1:
        ((low, high),) = bounds
        floats = st.floats(low, high).filter(lambda x: all(abs(x - k) > 0.05 for k in op.kinks))
        return [draw(floats)]
    if op.kinks:  # apart by more than the differences reach
        ranks = draw(st.permutations(range(count)))
        low, high = bounds[0]
        return [low + (high - low) * (r + draw(st.floats(0.2, 0.8))) / count for r in ranks]
    return [draw(st.floats(low, high)) for low, high in bounds]


def movable(op, i):
    low, high = op.domain[min(i, len(op.domain) - 1)]
    return low < high


def differences(f, xs, i):
    def at(k):
        return f(*[x + k * 1e-3 * (i == j) for j, x in enumerate(xs)])

    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / 12e-3


@pytest.mark.parametrize("op", [*PARTIAL, *POWERS], ids=names)
@examples(8)
@given(data=st.data())
def test_partials_agree_with_differences(op, data):
    xs = data.draw(arguments(op))
    partials = op.partials(*xs, op.fn(*xs))
    assert len(partials) == len(xs)
    for i, partial in enumerate(partials):
        if movable(op, i):
            assert partial == pytest.approx(differences(op.fn, xs, i), rel=1e-6, abs=1e-7)
        else:
            assert partial == 0.0


@pytest.mark.parametrize("op", [*PARTIAL, *POWERS], ids=names)
@examples(8)
@given(data=st.data())
def test_second_derivatives_agree_with_differences_of_the_partials(op, data):
    xs = data.draw(arguments(op))
    for i in range(len(xs)):
        if not movable(op, i):
            continue

        def slope(*at, i=i):
            return grad(lambda *args: engine.apply(op, *args), i)(*at)

        for j in range(len(xs)):
            exact = grad(slope, j)(*xs) if movable(op, j) else 0.0
            estimate = differences(slope, xs, j) if movable(op, j) else 0.0
            assert exact == pytest.approx(estimate, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("op", [*PARTIAL, *POWERS], ids=names)
@examples(8)
@given(data=st.data())
def test_partials_of_values_are_those_of_numbers(op, data):
    xs = data.draw(arguments(op))
    values = [Value(x) for x in xs]
    symbolic = op.partials(*values, engine.apply(op, *values))
    numeric = op.partials(*xs, op.fn(*xs))
    assert [v.data if isinstance(v, Value) else v for v in symbolic] == list(numeric)


@pytest.mark.parametrize("op", OPS.values(), ids=names)
def test_an_op_is_written_in_tex_and_in_code(op):
    places = ["a", "b", "c"][: op.arity or 2]
    for form in (op.tex, op.code):
        written = form.format(*places, static=op.static)
        assert all(place in written for place in places)
        assert written.count("{") == written.count("}")
        assert written.count("(") == written.count(")")


@pytest.mark.parametrize("op", [*OPS.values(), power(-1.5), handmade("mine")], ids=names)
def test_an_op_is_found_by_name_and_pickled_as_itself(op):
    assert pickle.loads(pickle.dumps(op)) is op
    assert named(*op.__reduce__()[1]) is op


def test_names_are_unique():
    assert all(op.name == name for name, op in OPS.items())


def test_detach_passes_no_gradient():
    assert DETACH.partials(2.0, 2.0) == (0.0,)


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.arity is None], ids=names)
def test_ops_of_any_number_of_arguments_take_one(op):
    xs = (0.0, 1.5) if op.name == "take" else (1.5,)
    assert op.fn(*xs) == 1.5
    assert op.partials(*xs, 1.5)[-1] == 1.0


@pytest.mark.parametrize(
    ("n", "symbol"),
    [(3, "**3"), (3.0, "**3.0"), (-1, "**-1"), (0.5, "**0.5"), (1e-7, "**1e-07")],
)
def test_a_constant_exponent_is_shown_as_written(n, symbol):
    assert power(n).symbol == symbol
    assert (Value(1.0) ** n)._op == symbol


def test_a_power_can_be_differentiated_until_nothing_is_left():
    f = lambda x: x**3  # noqa: E731
    for expected in (8.0, 12.0, 12.0, 6.0, 0.0, 0.0):
        assert Value.data.__get__(f(Value(2.0))) == expected
        f = grad(f)


MAGNITUDES = [0.0, 0.5, 1.0, 2.0, 3.0, 1 / 3, 1e-320, 1e308, 709.9, 745.5, 2.0**53, math.inf]
EDGES = [*MAGNITUDES, *[-x for x in MAGNITUDES], 2.0**53 - 1, math.nan]


def same(x, y):
    both_nan = x != x and y != y
    return both_nan or (x == y and math.copysign(1, x) == math.copysign(1, y))


def libm(name, arity):
    function = getattr(ctypes.CDLL(ctypes.util.find_library("m") or "ucrtbase"), name)
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double] * arity
    return function


@pytest.mark.parametrize("name", ["exp", "expm1", "log", "log1p", "sqrt", "sin", "cos"])
def test_value_functions_are_those_of_c(name):
    of_c = libm(name, 1)
    for x in EDGES:
        assert same(getattr(ieee, name)(x), of_c(x)), x


def test_pow_is_that_of_c():
    of_c = libm("pow", 2)
    for x in EDGES:
        for y in EDGES:
            assert same(ieee.pow(x, y), of_c(x, y)), (x, y)


@pytest.mark.parametrize("op", [*OPS.values(), *POWERS], ids=names)
@examples(8)
@given(data=st.data())
def test_value_functions_and_partials_never_raise(op, data):
    count = op.arity or 3
    xs = data.draw(st.lists(st.one_of(st.floats(), st.sampled_from(EDGES)), min_size=count,
                            max_size=count))  # fmt: skip
    if op.name == "take":
        xs[0] = data.draw(st.sampled_from([0.0, 1.0]))
    out = op.fn(*xs)
    assert isinstance(out, float)
    assert all(isinstance(p, float) for p in op.partials(*xs, out))


@pytest.mark.parametrize("op", [OPS["maximum"], OPS["minimum"]], ids=names)
def test_one_nan_makes_the_extreme_nan(op):
    for xs in ((1.0, math.nan), (math.nan, 1.0), (1.0, math.nan, 2.0)):
        assert math.isnan(op.fn(*xs))


def test_kinks_are_where_the_partials_or_their_own_jump():
    for op in (op for op in OPS.values() if op.kinks and op.arity == 1):
        for kink in op.kinks:
            sides = [(grad(op)(x), grad(grad(op))(x)) for x in (kink - 1e-9, kink + 1e-9)]
            assert sides[0] != pytest.approx(sides[1], abs=1e-6)


def test_a_power_with_a_variable_exponent_bends_also_where_the_exponent_is_zero():
    mixed = grad(grad(lambda x, y: x**y, 0), 1)
    assert mixed(2.0, 0.0) == 0.5


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=8))
def test_prod_is_differentiated_without_division(xs):
    partials = OPS["prod"].partials(*xs, OPS["prod"].fn(*xs))
    for others, partial in zip(combinations(reversed(xs), len(xs) - 1), partials, strict=True):
        assert partial == pytest.approx(math.prod(others), rel=1e-13)
