"""Walks over the values of a recording, by whichever engine there is."""

import pytest

from micrograd import Value
from micrograd.value.columns import numbered_parents, parents_in


def test_parents_come_once_in_the_order_of_their_first_use():
    x, y = Value(1.0), Value(2.0)
    total = y * x + x
    powers = [x**2, x**2]
    assert [id(p) for p in parents_in([total, total.parents[0], *powers])] == [
        id(total.parents[0]),
        id(x),
        id(y),
    ]
    assert parents_in([x]) == []


def test_parents_are_known_by_their_numbers():
    x, y = Value(1.0), Value(2.0)
    many = Value(3.0, (x, y, x), "+++")
    numbers = {id(x): 4, id(y): 7}
    values = [x, x * y, y + y, x.tanh(), many]
    assert numbered_parents(numbers, values) == [(), (4, 7), (7, 7), (4,), (4, 7, 4)]
    with pytest.raises(KeyError):
        numbered_parents({id(x): 4}, values)
