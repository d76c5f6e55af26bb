"""The call that goes straight to loops: it takes what it was made for, and stays in its memory."""

import ctypes
from array import array

import numpy as np
import pytest

from micrograd import Value
from micrograd.value.backend import native

Loops = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_double), *[ctypes.POINTER(ctypes.c_double)] * 3
)
NUMBER, LIST, ARRAY, NEST = range(4)


@Loops
def doubled(v, sizes, scalars, tables):
    """v[7] is twice the sum of what comes before."""
    v[7] = 2.0 * sum(v[k] for k in range(7))
    return 0


def described(form, start, dims=(), ints=0, outer=0, row=0):
    count = int(np.prod(dims))
    return [form, ints, start, outer, row, count, len(dims), *dims, *[0] * (4 - len(dims))]


def made(*arguments, shape=7, captured=(), fixed=(), guards=(), nests=None):
    numbers = [
        array("q", []),
        array("d", []),
        array("d", []),
        array("q", [place for place, _ in fixed]),
        array("d", [x for _, x in fixed]),
        array("q", guards),
        array("q", [x for a in arguments for x in a]),
    ]
    address = ctypes.cast(doubled, ctypes.c_void_p).value
    nests = (None,) * len(arguments) if nests is None else nests
    given = address, 0, 0, doubled, 8, tuple(captured), np.ndarray, shape, nests
    return native.direct_call(*given, tuple(map(bytes, numbers)))


def test_numbers_lists_arrays_and_values_go_to_their_places():
    numbers = described(NUMBER, 1), described(LIST, 2, (2,)), described(ARRAY, 4, (1, 2), ints=1)
    call = made(*numbers, captured=[Value(1.0)], fixed=[(6, 10.0)], shape=(7, [0, 4], np.eye(2)))
    whole, some, more = call(1.0, [2.0, 3.0], np.array([[4, 5]]))
    assert (whole, some, more.tolist()) == (52.0, [1.0, 4.0], [[1.0, 1.0], [1.0, 1.0]])


def test_examples_become_columns():
    call = made(described(ARRAY, 0, (2, 3), outer=2, row=2), shape=[0, 1, 2, 3, 4, 5])
    assert call(np.arange(6.0).reshape(2, 3)) == [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]


@pytest.mark.parametrize(
    "args",
    [
        (),
        (1.0, 2.0),
        ([1.0],),
        ([1.0, 2],),
        ([1.0, 2.0, 3.0],),
        ((1.0, 2.0),),
        (np.ones(2),),
    ],
)
def test_other_arguments_are_for_the_general_way(args):
    assert made(described(LIST, 0, (2,)))(*args) is None
    assert not made(described(LIST, 0, (2,))).fill(np.zeros(8), args)


def test_nests_go_to_their_places():
    nest = {"w": [0, (1, -1 - 2)], "b": np.array([[3.0, 4.0]]), "none": []}
    call = made(described(NEST, 0), nests=(nest,), shape={"all": 7, "b": [3, 4]})
    given = {"w": [1.0, (2.0, 3)], "b": np.array([[4.0, 5.0]]), "none": []}
    assert call(given) == {"all": 30.0, "b": [4.0, 5.0]}
    for other in (
        {},
        {**given, "w": (1.0, (2.0, 3))},
        {**given, "w": [1.0, (2.0, 3.0)]},
        {**given, "w": [1, (2.0, 3)]},
        {**given, "w": [1.0, [2.0, 3]]},
        {**given, "b": np.ones(2)},
        {**given, "b": np.ones((2, 2)).T[:1]},
        {**given, "b": [[4.0, 5.0]]},
        {**given, "none": [1.0]},
        {"none": [], **given},
        {"v": given["w"], "b": given["b"], "none": []},
        [given],
    ):
        assert call(other) is None


def test_a_guard_that_does_not_hold_is_for_the_general_way():
    call = made(described(NUMBER, 0), guards=[2 * 0 + 1])
    assert (call(0.0), call(1.0)) == (None, 2.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"arguments": [described(LIST, 7, (2,))]},
        {"arguments": [described(ARRAY, 0, (2, 3), outer=2, row=8)]},
        {"arguments": [described(LIST, 0, (1 << 40, 1 << 40))]},
        {"shape": 8},
        {"shape": [np.array([-1.0])]},
        {"fixed": [(8, 1.0)]},
        {"guards": [16]},
        {"captured": [None]},
        {"arguments": [described(NEST, 0)], "nests": ([8],)},
        {"arguments": [described(NEST, 0)], "nests": ({"w": -9},)},
        {"arguments": [described(NEST, 0)], "nests": ({1: 0},)},
        {"arguments": [described(NEST, 0)], "nests": (np.array([8.0]),)},
        {"arguments": [described(NEST, 0)], "nests": ()},
        {"arguments": [described(NEST, 0)]},
    ],
)
def test_places_outside_of_the_memory_are_refused(wrong):
    arguments = wrong.pop("arguments", [])
    with pytest.raises(ValueError, match="outside of the memory"):
        made(*arguments, **wrong)


def test_a_memory_that_is_too_short_is_refused():
    with pytest.raises(ValueError, match="a memory of 8 numbers"):
        made().fill(np.zeros(7), ())
