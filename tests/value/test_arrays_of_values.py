"""Arrays of Values, where NumPy's functions are called on them."""

import numpy as np
import pytest

from micrograd import Value, grad

W = Value(2.0)


def gradient():
    return grad(lambda x: W * x[0] - x[1])(np.array([0.5, 1.0]))


@pytest.mark.parametrize("name", ["round", "rint", "isnan"])
def test_what_numpy_cannot_do_with_values_says_where_their_numbers_are(name):
    f = getattr(np, name)
    with pytest.raises(TypeError, match=rf"np\.{name} takes no Values: np\.{name}\(a\.data\) "):
        f(gradient())
    f(gradient().data)


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
