"""The products of two lists, by whichever engine there is."""

import pytest

from micrograd import Value, no_grad
from micrograd.value.products import products


def test_each_pair_is_multiplied_in_their_order():
    x, y = Value(2.0), Value(-3.0)
    made = products([x, y, 2.0, 3], [y, 4, x, 5])
    assert [float(p.data) for p in made[:3]] == [-6.0, -12.0, 4.0]
    assert made[3] == 15
    assert made[0].parents == (x, y)
    assert [p.data for p in made[2].parents] == [2.0, 2.0]
    assert made[2].parents[1] is x
    assert products([], []) == []


def test_without_gradients_products_are_constants():
    with no_grad():
        assert products([Value(2.0)], [Value(3.0)])[0].parents == ()


def test_lists_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"length|shorter"):
        products([Value(1.0)], [])


def test_what_a_product_raises_is_raised_and_lists_may_shrink_meanwhile():
    class Shrinking:
        def __mul__(self, other):
            others.clear()
            return 0.0

    many, others = [Shrinking(), Value(1.0), Value(2.0)], [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match=r"length|shorter"):
        products(many, others)
    with pytest.raises(TypeError, match="got NoneType"):
        products([Value(1.0)], [None])
