"""Arrays of Values, where NumPy's functions are called on them."""

import numpy as np
import pytest

from micrograd import Value, grad, jit, sum, vmap

W = Value(2.0)


def gradient():
    return grad(lambda x: W * x[0] - x[1])(np.array([0.5, 1.0]))


@pytest.mark.parametrize("name", ["round", "rint", "isnan", "fmod"])
def test_what_numpy_cannot_do_with_values_says_where_their_numbers_are(name):
    f = getattr(np, name)
    with pytest.raises(TypeError, match=rf"np\.{name} takes no Values: np\.{name}\(a\.data\) "):
        f(*[gradient()] * getattr(f, "nin", 1))
    f(*[gradient().data] * getattr(f, "nin", 1))


def test_an_error_of_an_operation_itself_is_not_changed():
    with pytest.raises(TypeError, match="an array of them by its"):
        gradient() == 1.0  # noqa: B015
    with pytest.raises(TypeError, match="is not a float: v"):
        np.floor(gradient())


def test_an_array_of_values_is_changed_in_place():
    a = gradient()
    same = a
    a += 1.0
    assert a is same
    assert a.data.tolist() == [3.0, 0.0]
    np.multiply(a, 2.0, out=a)
    assert same.data.tolist() == [6.0, 0.0]


ONE = [np.exp2, np.fabs, np.deg2rad, np.rad2deg, np.radians, np.degrees]
TWO = [np.logaddexp, np.logaddexp2, np.float_power, np.hypot]


@pytest.mark.parametrize("f", ONE + TWO)
def test_functions_of_numpy_take_arrays_of_values(f):
    count = f.nin
    points = np.array([0.5, -1.5, 2.0]) if count == 1 else np.array([0.5, 1.5, 2.0])

    def summed(x, y):
        a = vmap(lambda t: W * t)(x)
        made = f(*[a, vmap(lambda t: W * t + 0.5)(y)][:count])
        return sum(made), made.data

    expected = f(*[2 * points, 2 * points + 0.5][:count])
    compiled = jit(summed)
    for _ in range(3):
        slopes = []
        for function in (summed, compiled):
            W.grad = 0.0
            total, data = function(points, points)
            total.backward()
            slopes.append(W.grad)
            np.testing.assert_allclose(data, expected, rtol=1e-14)
        near = [f(*[w * points, w * points + 0.5][:count]).sum() for w in (2 + 1e-6, 2 - 1e-6)]
        assert slopes == pytest.approx([(near[0] - near[1]) / 2e-6] * 2, rel=1e-7)


def test_an_array_of_values_is_reduced_by_a_function_that_numpy_has_for_floats_only():
    a = vmap(lambda t: W * t)(np.array([0.5, 1.5]))
    assert np.logaddexp.reduce(a).data == pytest.approx(np.logaddexp(1.0, 3.0))
