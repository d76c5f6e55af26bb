"""What NumPy does with the kinds of arrays: ints stay ints, bools are no numbers, Values mix."""

import math
import operator

import numpy as np
import pytest
from alike import check, jit

import micrograd
from micrograd import Value, jacobian, maximum, vmap

INTS, FLOATS = np.array([1, 0, 5]), np.array([0.5, -1.0, 2.0])


def written(key, new):
    def f(a, x):
        a = a.copy()
        a[key(a)] = new(a, x)
        return a, a * 2

    return f


@pytest.mark.parametrize(
    "f",
    [
        written(lambda a: a > 0.5, lambda a, x: 0.5),
        written(lambda a: slice(1, None), lambda a, x: -1.7),
        written(lambda a: 0, lambda a, x: x),
        written(lambda a: a > 1, lambda a, x: a[a > 1] * -0.7),
        written(lambda a: slice(None), lambda a, x: a * x),
    ],
)
def test_an_array_of_ints_cuts_the_floats_that_are_written_into_it(f):
    check(f, (INTS, 0.5), (INTS + 1, -2.5), (FLOATS, 0.5))


@pytest.mark.parametrize("f", [np.floor, np.ceil, np.trunc, np.sign, np.zeros_like, np.abs])
def test_functions_of_ints_give_the_kinds_that_numpy_gives(f):
    check(lambda a: f(a) + a, (INTS,), (INTS - 3,), (FLOATS,))


@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: (x > 0) + (y > 0),
        lambda x, y: (x > 0) * (y > 0),
        lambda x, y: (x > 0) ^ (y > 0),
        lambda x, y: (x > 0) ** 2,
        lambda x, y: np.argmax(x > 0),
        lambda x, y: max(x > 0),
        lambda x, y: np.where(x > 0)[0],
        lambda x, y: 1 - (x > 0),
        lambda x, y: (x > 0).sum() + (x > 0).mean(),
        lambda x, y: (x > 0) * y,
        lambda x, y: (x > 0) & (y > 0) | ~(x > 1),
        lambda x, y: ((x > 0)[1:], x[y > 0]),
    ],
)
def test_bools_of_arrays_compute_as_those_of_numpy(f):
    check(f, (FLOATS, INTS), (FLOATS * 2, INTS), (FLOATS - 1, INTS - 1))


@pytest.mark.parametrize("f", [operator.neg, lambda mask: mask - mask])
def test_what_numpy_refuses_of_bools_is_refused_in_its_words(f):
    with pytest.raises(TypeError, match="numpy boolean"):
        jit(lambda x: f(x > 0))(FLOATS)


@pytest.mark.parametrize(
    "f",
    [
        lambda x, w: np.maximum(w, x),
        lambda x, w: np.minimum(x, w),
        lambda x, w: np.where(x > 0, w, x),
        lambda x, w: np.concatenate([vmap(lambda t: w * t)(x), x]),
    ],
)
def test_numpy_takes_now_a_value_and_now_a_number(f):
    w = Value(0.75)
    g = jit(f)
    for x in (FLOATS, FLOATS, FLOATS[::-1], FLOATS + 0.5):
        expected, computed = f(x, w), g(x, w)
        assert [type(v) for v in computed] == [type(v) for v in expected]
        numbers = [[v.data if type(v) is Value else v for v in a] for a in (computed, expected)]
        assert numbers[0] == numbers[1]


def test_an_array_of_values_and_numbers_can_be_looked_at():
    mixed = np.maximum(vmap(lambda t: Value(0.5) * t)([1.0, 2.0]), np.array([0.75, 0.25]))
    assert [type(x) for x in mixed] == [float, Value]
    assert repr(mixed) == "array([0.75, Value(data=1.0, grad=0.0)], dtype=object)"
    assert maximum(mixed).data == 1.0


def test_the_length_of_a_mapped_list_that_is_differentiated_by_is_seen():
    check(
        lambda a, c: jacobian(lambda v: v)(vmap(lambda t: (t, c))(a)[1]),
        *[([0.1], 1.5), ([0.1, 0.2], 2.5), ([0.1, 0.2, 0.3], 2.5)],
    )


def test_a_power_that_turned_complex_does_not_hide_one_that_raises():
    power = jit(lambda x, y: [1.0, x**y][0])
    assert power(-0.9, -1.7) == power(0.9, -1.7) == power(-0.9, -1.7) == 1.0
    with pytest.raises(OverflowError, match=r"too large|out of range"):
        power(0.889, -1e308)


ONE = [np.floor, np.ceil, np.trunc, np.rint, np.fabs, np.exp2, np.degrees, np.radians]
ONE += [np.deg2rad, np.rad2deg, np.isnan, np.isfinite, np.isinf]
TWO = [np.logaddexp2, np.logical_and, np.logical_or, np.logical_xor]
TWO += [np.logaddexp, np.heaviside, np.fmax, np.hypot, np.float_power, np.add, np.less]


@pytest.mark.parametrize("f", ONE)
def test_functions_of_numpy_take_a_number_as_they_take_an_array(f):
    for x in [0.7, -2.5, 0.5, 1.5, -1.0, 4503599627370497.0]:
        check(lambda x: f(x) * 2, (x,), (np.array([x, -x]),))
    check(lambda x: np.where(f(x * 3) > 1, x, 0.5), (0.4,), (-0.4,), (1.0,))


@pytest.mark.parametrize("f", TWO)
def test_functions_of_numpy_take_two_numbers(f):
    check(lambda x, y: (f(x, y), f(2.0, x), f(np.float64(0.5), y)), (0.7, 0.0), (1.5, 2.0))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    "quiet",
    [
        lambda s: np.float64(1.125) % s,
        lambda s: np.array(1.125) // s,
        lambda s: np.array([1.125]) % s,
    ],
)
def test_what_numpy_lets_pass_does_not_hide_what_raises(quiet):
    f = jit(lambda x, y: (quiet(s := math.sin(x**y)), s)[1])
    assert [f(0.0, 1.125) for _ in range(3)] == [0.0] * 3
    with pytest.raises(ValueError, match="math domain error"):
        f(0.67, -math.inf)
    assert f(0.0, 2.0) == 0.0


@pytest.mark.parametrize(
    "f",
    [np.floor, np.ceil, np.trunc, np.rint, np.sign, np.exp2, np.isnan, np.isfinite, np.std, np.var],
)
def test_functions_of_numpy_take_a_list_as_they_take_an_array(f):
    check(lambda x, y: f([x, y, x * y]), (1.5, 2.5), (-0.5, 3.0))


@pytest.mark.parametrize(
    "f",
    [
        lambda a: np.round(a, 1) + a.round(),
        lambda a: np.around(a * 100, -1),
        lambda a: np.fmax(a, 1.0) * np.fmin(a, a[::-1]),
    ],
)
def test_numbers_are_rounded_and_compared_beside_nan(f):
    check(f, (FLOATS,), (np.array([2.5, np.nan, -0.05]),))


def test_ints_are_round_already():
    check(lambda a: np.round(a, 1) + a.round() * 2, (INTS,))


def test_an_int_of_numpy_as_pythons_own_is_an_int():
    check(lambda a: a[0].item() * 2 + a.sum().item(), (INTS,), (INTS + 1,))


def accumulated(ufunc, start, *others):
    def f(a):
        z = start + 0 * a[0]
        ufunc.at(z, [0, 2, 2], *others[:1] or (a,))
        return z, (z * z).sum()

    return f


@pytest.mark.parametrize("ufunc", [np.add, np.subtract, np.multiply, np.maximum, np.divide])
def test_what_numpy_writes_at_places_adds_up_where_a_place_occurs_twice(ufunc):
    check(accumulated(ufunc, np.ones(3)), (FLOATS,), (FLOATS * 2,))
    check(accumulated(ufunc, np.ones(3), 2.5), (FLOATS,), (FLOATS * 2,))


@pytest.mark.parametrize(
    "place", [1, (0, [1, 1]), ([0, 1, 1], [0, 2, 2]), (slice(None), 1), np.eye(2, 3) > 0]
)
def test_numpy_writes_at_places_of_every_kind(place):
    def f(x, y):
        z = np.zeros((2, 3))
        np.add.at(z, place, x)
        np.negative.at(z, place)
        np.add.at(z, place, y)
        return z

    check(f, (0.5, np.float64(2.0)), (1.5, np.float64(-2.0)))


def test_counts_that_numpy_adds_at_places_stay_ints():
    def f(a, n):
        z = np.zeros(3, dtype=int)
        np.add.at(z, [0, 2, 2], 1)
        np.add.at(z, [0, 2, 2], n)
        return z, z * a

    check(f, (FLOATS, INTS), (FLOATS, INTS + 1))


def test_vectorize_of_numpy_names_what_does_the_same():
    def f(x):
        return x * x

    for g in (np.vectorize(f), lambda a: np.vectorize(f)(a) * 2.0):
        with pytest.raises(micrograd.JitError, match=r"vmap\(f\), from micrograd, or where f"):
            jit(g)(FLOATS)
    check(lambda a: np.vectorize(abs)(FLOATS) * a, (FLOATS,))


def test_interp_of_numpy_is_compiled_where_an_array_takes_part():
    xs, ys, x = np.array([0.0, 1.0, 3.0]), np.array([2.0, 0.0, 5.0]), np.array([-1.0, 0.5, 2.0])
    for given in (x, 0.5):
        check(lambda x: np.interp(x, xs, ys), (given,))
    check(lambda y: np.interp(x, np.array([0.0, 1.0, 3.0]), ys) * y, (x,))


INTS_OF_BOTH_SIGNS = np.array([1, -3, 2, -1])


@pytest.mark.parametrize(
    "f",
    [
        *(np.fabs, np.rint, np.reciprocal, np.logical_not),
        lambda a: np.float_power(a, a[::-1]),
        lambda a: (np.fmod(a, 2), np.fmod(7, a), np.fmod(a * 0.7, 0.4)),
        lambda a: (np.logical_and(a > 1, a), np.logical_or(a - 1, a), np.logical_xor(a, a - 1)),
        lambda a: np.logaddexp2(a, 0.5) + np.logaddexp2.reduce(a),
    ],
)
def test_functions_of_numpy_give_ints_floats_and_bools_as_numpy_does(f):
    check(f, (INTS_OF_BOTH_SIGNS,), (INTS_OF_BOTH_SIGNS[::-1].copy(),))


MASK, OTHER = np.array([True, False, True]), np.array([True, True, False])


@pytest.mark.parametrize(
    "f",
    [
        lambda m, x: (m & (x > 1.5), m | ~m[::-1], m ^ m[0], x * (m & m)),
        lambda m, x: (m + m, m * m, np.maximum(m, m[::-1]), m.max(), m.min(), m[0], m[1] + 1),
        lambda m, x: (m.astype(int) * 2, (m * 3).astype(bool), m.astype(float), x * m),
        lambda m, x: (m.tolist(), m.item(1), m.any(), m.all(), m.sum(), m.mean()),
        lambda m, x: vmap(lambda b, y: (b, b + 1, y * b))(m, x),
        lambda m, x: vmap(lambda b: (b, b[0] & b[1], b.any()))(m.reshape(3, 1)[:, [0, 0]]),
    ],
)
def test_an_array_of_bools_is_one_of_bools(f):
    check(f, (MASK, FLOATS[:3]), (OTHER, FLOATS[:3] + 1), (MASK, FLOATS[:3]))


def test_the_bits_of_an_int_are_refused():
    for f in (lambda n: n & 3, lambda n: n | 1, lambda n: ~n):
        with pytest.raises(micrograd.JitError, match="the bits of a traced int"):
            jit(f)(INTS)


def test_a_whole_reciprocal_of_zero_is_refused():
    f = jit(np.reciprocal)
    assert [f(np.array([1, 2])).tolist() for _ in range(3)] == [[1, 0]] * 3
    with pytest.raises(micrograd.JitError, match="1 / 0 as an int"):
        f(np.array([1, 0]))
