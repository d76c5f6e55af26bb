"""Functions of many values: what they compute, how exactly, and what they say of bad input."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd import (
    Value,
    check_grads,
    dot,
    log_softmax,
    logsumexp,
    maximum,
    mean,
    minimum,
    prod,
    pure,
    softmax,
    sum,
    take,
    where,
)

EVERY = [sum, prod, mean, maximum, minimum, logsumexp, softmax, log_softmax]
numbers = st.lists(st.floats(-700, 700), min_size=1, max_size=8)


def data(result):
    if isinstance(result, list):
        return [data(v) for v in result]
    return result.data if isinstance(result, Value) else result


@pytest.mark.parametrize("f", EVERY)
def test_one_sequence_or_the_values_one_by_one(f):
    a, b = Value(1.5), Value(-0.5)
    expected = data(f(a, b))
    for form in ([a, b], (a, b), np.array([a, b]), np.array([1.5, -0.5]), iter([a, b]), [a, -0.5]):
        assert data(f(form)) == expected
    assert data(f(1.5, Fraction(-1, 2))) == expected
    assert data(f(np.array(1.5), np.float32(-0.5))) == expected


@pytest.mark.parametrize("f", EVERY)
def test_numbers_alone_give_a_number(f):
    for result in (f([1.0, 2.0]), f(np.array([1.0, 2.0])), f(2.0, 1)):
        assert all(
            isinstance(v, (float, int)) for v in (result if isinstance(result, list) else [result])
        )


def test_whole_numbers_stay_whole_and_exact():
    big = 2**60 + 1
    for found, expected in [
        (sum([big, 1]), big + 1),
        (prod([big, 3]), 3 * big),
        (maximum(big, 1), big),
        (minimum(1, big), 1),
        (where(True, big, 0), big),
        (dot([big, 1], [1, 2]), big + 2),
    ]:
        assert type(found) is int
        assert found == expected


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (sum, 6.0),
        (prod, 6.0),
        (mean, 2.0),
        (maximum, 3.0),
        (minimum, 1.0),
        (logsumexp, math.log(math.exp(1) + math.exp(2) + math.exp(3))),
    ],
)
def test_what_they_compute(f, expected):
    assert f([1.0, 2.0, 3.0]) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("f", [sum, prod, maximum, minimum, logsumexp])
def test_they_are_one_node_however_many_values(f):
    values = [Value(i) for i in range(50)]
    assert f(values).parents == tuple(values)


@pytest.mark.parametrize("f", EVERY)
def test_a_single_value(f):
    expected = {softmax: [1.0], log_softmax: [0.0]}.get(f, 2.5)
    assert data(f([Value(2.5)])) == expected


def test_empty_sums_and_products():
    assert sum([]) == 0.0
    assert prod([]) == 1.0


@pytest.mark.parametrize("f", [mean, maximum, minimum, logsumexp, softmax, log_softmax])
def test_nothing_to_choose_from(f):
    for nothing in ([], np.array([]), iter([])):
        with pytest.raises(ValueError, match=f"{f.__name__} of no values"):
            f(nothing)


@pytest.mark.parametrize("f", EVERY)
def test_what_is_no_number(f):
    for bad in (["a"], [None, 1.0], [[1.0], [2.0]], np.eye(2)):
        with pytest.raises(TypeError, match="expects a Value or a number, got"):
            f(bad)
    with pytest.raises(TypeError):
        f(None)


@pytest.mark.parametrize("f", EVERY)
@given(st.lists(st.floats(-2, 2), min_size=1, max_size=4, unique_by=lambda x: round(x, 1)))
def test_gradients(f, xs):
    check_grads(lambda p: _first(f(p)), order=2)(xs)


def _first(result):
    return result[0] if isinstance(result, list) else result


def test_where_selects_by_a_comparison_or_a_number():
    a, b = Value(2.0), Value(3.0)
    assert where(a < b, a, b).data == 2.0
    assert where(a > b, a, b).data == 3.0
    assert where(Value(0.0), 1, 2).data == 2.0
    assert where(-1, a, b).data == 2.0
    where(a < b, a * 5, b).backward()
    assert (a.grad, b.grad) == (5.0, 0.0)


def test_where_never_multiplies():
    x = Value(-1.0)
    assert where(x > 0, x.log(), 0.0).data == 0.0


def test_dot():
    w = [Value(2.0), Value(-3.0)]
    out = dot(w, [5, Value(7.0)])
    out.backward()
    assert out.data == -11.0
    assert [v.grad for v in w] == [5.0, 7.0]
    assert dot([], []) == 0.0
    assert dot(np.array([1.0, 2.0]), w).data == -4.0
    with pytest.raises(ValueError, match="one length, got 2 and 1"):
        dot(w, [1.0])


def test_take():
    rows = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    for index in (1, 1.0, Value(1.0), np.int64(1), True):
        assert take(rows, index) is rows[1]
    assert take([5.0, 6.0], 0) == 5.0
    for index in (2, -1, 0.5, Value(math.nan), math.inf):
        with pytest.raises(IndexError, match="whole index below the 2 rows"):
            take(rows, index)
    with pytest.raises(TypeError, match="take expects a number, got str"):
        take(rows, "a")
    with pytest.raises(IndexError, match="the 0 rows"):
        take([], 0)


def test_nan_and_infinities():
    inf, nan = math.inf, math.nan
    assert maximum(1.0, inf) == inf
    assert math.isnan(maximum(nan, 1.0))
    assert math.isnan(minimum(1.0, nan))
    assert logsumexp(-inf, -inf) == -inf
    assert logsumexp(inf, 1.0) == inf
    assert logsumexp(-inf, 2.0) == 2.0
    assert math.isnan(logsumexp(nan, inf))
    assert data(softmax(-inf, 0.0)) == [0.0, 1.0]
    assert data(log_softmax(-inf, 0.0)) == [-inf, 0.0]


def test_masked_entries_get_no_gradient():
    x, masked = Value(0.5), Value(-math.inf)
    softmax([x, masked, 1.0])[0].backward()
    assert masked.grad == 0.0
    assert 0 < x.grad < 1


def ulps(found, exact):
    """How many units in the last place lie between a float and a Decimal."""
    if exact == 0:
        return 0 if found == 0 else math.inf
    return abs(Decimal(found) - exact) / Decimal(math.ulp(float(exact)))


@pytest.fixture(autouse=True)
def many_digits():
    with localcontext() as context:
        context.prec = 60
        yield


@given(st.floats(-700, 700))
def test_saturating_functions_are_exact_to_a_few_ulp(x):
    d = Decimal(x)
    e = d.exp()
    assert ulps(Value(x).sigmoid().data, e / (1 + e)) <= 4
    log1p = (1 + e).ln() if e > Decimal("1e-20") else e - e**2 / 2 + e**3 / 3
    assert ulps(Value(x).softplus().data, log1p) <= 4
    if abs(x) > 1e-10:
        assert ulps(Value(x).tanh().data, (e * e - 1) / (e * e + 1)) <= 4


@given(numbers)
def test_log_softmax_is_exact_to_a_few_ulp(xs):
    total = _total(xs).ln()
    for x, found in zip(xs, log_softmax(xs), strict=True):
        exact = Decimal(x) - total
        if abs(exact) > Decimal("1e-40"):  # beyond the digits carried here
            assert ulps(found, exact) <= 4 + len(xs)


@given(numbers)
def test_softmax_and_logsumexp_are_as_exact_as_their_arguments(xs):
    total = _total(xs)
    spread = max(xs) - min(xs)
    assert abs(Decimal(logsumexp(xs)) - total.ln()) <= Decimal(4 * math.ulp(max(map(abs, xs)) + 1))
    for x, found in zip(xs, softmax(xs), strict=True):
        exact = Decimal(x).exp() / total
        if exact > Decimal("1e-300"):
            assert ulps(found, exact) <= 2 * (spread + 8)


def _total(xs):
    total = Decimal(0)
    for x in xs:
        total += Decimal(x).exp()
    return total


@given(numbers)
def test_probabilities_sum_to_one_at_any_logits(xs):
    assert math.fsum(data(softmax(xs))) == pytest.approx(1.0, rel=1e-14)


def test_a_plus_sign_changes_nothing():
    for kind in (Value, pure.Value):
        v = kind(-2.0)
        assert +v is v


def test_of_ints_and_floats_a_float_is_made_whichever_is_chosen():
    for x, n in ((0.5, 2), (2.5, 2)):
        made = [maximum(x, n), minimum(x, n), where(x > 1, x, n), take([x, n], 1)]
        assert {type(y) for y in made} == {float}
    assert [type(y) for y in (maximum(1, 2), where(0.5, 1, 2), sum(np.array([1, 2])))] == [int] * 3
