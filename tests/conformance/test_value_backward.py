"""backward(): each value once, leaves accumulate, inner values start anew."""

import math

import pytest


def test_the_chain_rule(Value):
    a, b = Value(2.0), Value(3.0)
    c = a * b
    d = c + b
    d.backward()
    assert (d.grad, c.grad, a.grad, b.grad) == (1.0, 1.0, 3.0, 3.0)


def test_a_reused_value_sums_its_gradients(Value):
    a = Value(3.0)
    (a + a).backward()
    assert a.grad == 2.0
    b = Value(3.0)
    (b * b).backward()
    assert b.grad == 6.0


def test_leaves_accumulate_exactly_twice_the_gradient(Value):
    a, b = Value(0.75), Value(-1.5)
    out = (a * b + a) ** 3
    out.backward()
    once = a.grad, b.grad
    out.backward()
    assert (a.grad, b.grad) == (2 * once[0], 2 * once[1])


def test_inner_values_start_from_zero_at_each_call(Value):
    a = Value(2.0)
    b = a * 3
    c = b * 4
    c.backward()
    c.backward()
    assert (b.grad, c.grad, a.grad) == (4.0, 1.0, 24.0)


def test_two_roots_share_their_leaves(Value):
    a = Value(2.0)
    b = a * 3
    (b * 4).backward()
    (b * 5).backward()
    assert (a.grad, b.grad) == (27.0, 5.0)


def test_a_root_that_is_a_leaf_gets_one(Value):
    a = Value(2.0)
    a.backward()
    a.backward()
    assert a.grad == 2.0


def test_backward_leaves_data_and_unrelated_values_alone(Value):
    a, b = Value(2.0), Value(3.0)
    other = a * 7
    other.grad = 5.0
    (a * b).backward()
    assert (a.data, b.data, other.grad) == (2.0, 3.0, 5.0)


def test_zeroing_by_hand(Value):
    a = Value(2.0)
    out = a * a
    out.backward()
    a.grad = 0
    out.backward()
    assert a.grad == 4.0


@pytest.mark.parametrize(
    ("make", "at", "slope"),
    [
        (lambda v: v.relu(), 0.0, 0.0),
        (lambda v: v.relu(), -0.0, 0.0),
        (lambda v: abs(v), 0.0, 0.0),
        (lambda v: v**0, 0.0, 0.0),
        (lambda v: v**1, 0.0, 1.0),
        (lambda v: v**2, 0.0, 0.0),
        (lambda v: v**0.5, 0.0, math.inf),
        (lambda v: v.sqrt(), 0.0, math.inf),
        (lambda v: v.log(), 0.0, math.inf),
        (lambda v: v**-1, 0.0, -math.inf),
        (lambda v: v ** Value_like(v, 0.0), 0.0, 0.0),
        (lambda v: v ** Value_like(v, 1.0), 0.0, 1.0),
        (lambda v: v ** Value_like(v, 2.0), -3.0, -6.0),
        (lambda v: v.exp(), 1000.0, math.inf),
        (lambda v: v.tanh(), 1000.0, 0.0),
        (lambda v: v.sigmoid(), -1000.0, 0.0),
        (lambda v: v.softplus(), 1000.0, 1.0),
        (lambda v: v.relu(), math.nan, 0.0),
    ],
)
def test_slopes_at_the_edges(Value, make, at, slope):
    v = Value(at)
    make(v).backward()
    assert v.grad == slope


def Value_like(v, x):
    return type(v)(x)


def test_the_exponent_of_a_zero_base(Value):
    for exponent, slope in ((2.0, 0.0), (0.0, 0.0)):
        n = Value(exponent)
        (Value(0.0) ** n).backward()
        assert n.grad == slope
    n = Value(2.0)
    (Value(math.nan) ** n).backward()
    assert math.isnan(n.grad)


@pytest.mark.parametrize(
    ("xs", "slopes"),
    [
        ((1.0, 2.0), (0, 1)),
        ((2.0, 1.0), (1, 0)),
        ((2.0, 2.0), (1, 0)),
        ((1.0, 3.0, 3.0), (0, 1, 0)),
    ],
)
def test_a_tie_in_maximum_goes_to_the_first(implementation, xs, slopes):
    from micrograd.ops import MAXIMUM, MINIMUM

    for op, sign in ((MAXIMUM, 1), (MINIMUM, -1)):
        values = [implementation.Value(sign * x) for x in xs]
        implementation.apply(op, *values).backward()
        assert tuple(v.grad for v in values) == slopes


def test_where_selects(implementation):
    from micrograd.ops import WHERE

    x, y = implementation.Value(2.0), implementation.Value(math.nan)
    out = implementation.apply(WHERE, 1.0, x, y)
    out.backward()
    assert (out.data, x.grad, y.grad) == (2.0, 1.0, 0.0)


def test_prod_has_the_products_of_the_others(implementation):
    from micrograd.ops import PROD

    values = [implementation.Value(x) for x in (2.0, 0.0, 5.0)]
    implementation.apply(PROD, *values).backward()
    assert [v.grad for v in values] == [0.0, 10.0, 0.0]


def chain(Value, depth):
    a, b = Value(0.5), Value(1.0 - 2.0**-22)
    v = a
    for _ in range(depth // 2):
        v = v * b + 2.0**-30
    return a, v


@pytest.mark.deep
def test_a_graph_a_million_deep(Value):
    a, v = chain(Value, 1_000_000)
    v.backward()
    assert a.grad == pytest.approx((1.0 - 2.0**-22) ** 500_000, rel=1e-9)
    assert repr(v).startswith("Value(data=0.")
    del v


def test_a_wide_and_deep_diamond_is_walked_once(Value):
    v = a = Value(1.0)
    for _ in range(60):
        v = v + v  # 2^60 paths
    v.backward()
    assert a.grad == 2.0**60
