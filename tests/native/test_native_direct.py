"""The call that goes straight to loops: it takes what it was made for, and stays in its memory."""

import ctypes
import gc
import weakref
from array import array

import numpy as np
import pytest

from micrograd import Value, ops
from micrograd.value.backend import native

Loops = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_double), *[ctypes.POINTER(ctypes.c_double)] * 3
)
Slopes = ctypes.CFUNCTYPE(
    ctypes.c_int,
    *[ctypes.POINTER(ctypes.c_double)] * 3,
    *[ctypes.POINTER(ctypes.c_double)] * 2,
)
NUMBER, LIST, ARRAY = range(3)
DATA, GRAD, BOTH, FLOATS, PLACE, END, ELEMENTS = range(7)


@Loops
def doubled(v, sizes, scalars, tables):
    """v[7] is twice the sum of what comes before."""
    v[7] = 2.0 * sum(v[k] for k in range(7))
    return 0


@Slopes
def slopes(v, g, sizes, seeds, tables):
    """The gradient of v[0] is 10 times v[7]; or that times a seed that is given later."""
    g[0] = 10.0 * v[7] * (seeds[0] or 1.0)
    return 0


def address(f):
    return ctypes.cast(f, ctypes.c_void_p).value


def ints(numbers):
    return bytes(array("q", numbers))


def described(form, start, dims=(), ints=0, outer=0, row=0):
    count = int(np.prod(dims))
    return [form, ints, start, outer, row, count, len(dims), *dims, *[0] * (4 - len(dims))]


def stage(v=0, guards=(), copies=(), g=None):
    scalars = bytes(array("d", [0.0]))
    forward, backward, seeds = address(doubled), address(slopes), None if g is None else scalars
    return (forward, backward, 0, v, g or 0, b"", scalars, seeds, ints(copies), ints(guards), None)


def made(
    *arguments,
    shape=7,
    captured=(),
    read=(),
    read_at=0,
    fixed=(),
    guards=(),
    nests=(),
    places=(),
    writes=(),
    stages=None,
    size=8,
    count=None,
    look=None,
):
    return native.direct_call(
        (stage(guards=guards),) if stages is None else stages,
        size,
        (doubled, slopes),
        look,
        tuple(captured),
        tuple(read),
        read_at,
        np.ndarray,
        np.float64,
        tuple(places),
        (len(arguments) + len(nests) if count is None else count),
        ints([x for k, a in enumerate(arguments) for x in (k, *a)]),
        tuple(enumerate(nests)),
        ints([place for place, _ in fixed]),
        bytes(array("d", [x for _, x in fixed])),
        shape,
        tuple(writes),
    )


def of_values(call, leaves=True, addresses=(7,), first=0):
    return native.value_call(call, ops.handmade("jit f"), leaves, ints(addresses), first)


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
    assert made(described(LIST, 0, (2,)))(*args) is NotImplemented
    assert of_values(made(described(LIST, 0, (2,))))(*args) is NotImplemented


def test_nests_go_to_their_places():
    nest = {"w": [0, (1, -1 - 2)], "b": np.array([[3.0, 4.0]]), "none": []}
    call = made(nests=(nest,), shape={"all": 7, "b": [3, 4]})
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
        assert call(other) is NotImplemented


def test_a_guard_that_does_not_hold_is_for_the_general_way():
    call = made(described(NUMBER, 0), guards=[2 * 0 + 1])
    assert (call(0.0), call(1.0)) == (NotImplemented, 2.0)


def test_results_are_floats_ints_and_what_is_the_same_at_each_call():
    call = made(described(NUMBER, 0), shape=[7, -1 - 7, (None, "text", True, {"again": 7})])
    assert call(3.0) == [6.0, 6, (None, "text", True, {"again": 6.0})]
    assert call(2.0**53) is NotImplemented  # an int that no float is
    assert call(float("nan")) is NotImplemented


def test_what_the_arguments_pass_on_is_the_very_thing():
    nest = {"a": [0, [1]], "b": 2}
    shape = [slice(0, ()), {"a": slice(0, ("a", -1))}, slice(0, ("b",)), 7]
    passed = {"a": [1.5, [2.5]], "b": 3.5}
    whole, inside, number, _ = made(nests=(nest,), shape=shape)(passed)
    assert whole is passed
    assert inside["a"] is passed["a"][1]
    assert number is passed["b"]
    assert made(shape=slice(1, ()))() is NotImplemented


def test_what_moved_outside_is_for_the_general_way():
    looks = iter([-1, 3, -1])
    call = made(described(NUMBER, 0), look=lambda: next(looks))
    assert [call(1.0) for _ in range(3)] == [2.0, NotImplemented, 2.0]

    def raising():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        made(described(NUMBER, 0), look=raising)(1.0)


def test_stages_hand_numbers_and_gradients_on():
    first, second = stage(g=8), stage(v=16, copies=[7, 16, 1, 8, 17, 1])
    call = made(described(NUMBER, 0), stages=(first, second), size=24, shape=[7, 8, 23])
    assert call(1.0) == [2.0, 20.0, 44.0]


def test_what_a_call_has_left_is_differentiated_later():
    x = Value(2.0)
    x.grad = 1.0
    call = of_values(made(captured=[x]))
    out, twice = call(), call() * 2
    x.data = 3.0
    out.backward()
    assert (out.data, out.grad, x.grad) == (4.0, 1.0, 1.0 + 10.0 * 4.0)
    twice.backward()
    assert x.grad == 41.0 + 10.0 * 4.0 * 2.0
    assert call().data == 6.0


def test_values_in_arguments_are_parents():
    x, y, nest = Value(2.0), Value(3.0), {"a": [0.0, 1], "b": (4.0,)}
    call = of_values(made(nests=(nest,), captured=[]), (True, False), (7, 1))
    assert call({"a": [x, y], "b": (y,)}) is NotImplemented  # the second is to be a float
    out, number = call({"a": [x, 5.0], "b": (y,)})
    assert (number, out.data, out.parents) == (5.0, 2.0 * (2.0 + 5.0 + 3.0), (x, y))
    out.grad = 2.0
    out._backward()
    assert x.grad == 10.0 * out.data * 2.0


def test_a_model_that_keeps_what_came_out_goes_with_it():
    def used():
        held = {"watched": Held()}
        call = made(look=lambda: -1 if held else 0, captured=[Value(1.0)])
        held["out"] = of_values(call)()
        return weakref.ref(held["watched"])

    watched = used()
    gc.collect()
    assert watched() is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"addresses": [8]},
        {"addresses": [-1]},
        {"addresses": [7, 7]},
        {"first": 1},
        {"first": -1},
        {"leaves": None},
        {"leaves": (True, True)},
    ],
)
def test_outputs_that_a_call_has_not_are_refused(wrong):
    with pytest.raises(ValueError, match="no such outputs"):
        of_values(made(), **wrong)


def test_places_outside_are_read():
    number, listed, held = 1.0, [2.0, 3.0], {"x": 4.0}
    cell = (lambda: number).__closure__[0]
    rows = (
        described(NUMBER, 0),
        described(LIST, 1, (2,)),
        described(NUMBER, 3),
        described(NUMBER, 4),
    )
    places = (cell, None), (listed, None), (held, "x"), (listed, 1)
    call = made(*rows, places=places, count=0)
    assert call() == 2.0 * (1.0 + 2.0 + 3.0 + 4.0 + 3.0)
    listed[1], number = 5.0, 2.0
    assert call() == 2.0 * (2.0 + 2.0 + 5.0 + 4.0 + 5.0)
    for lost in (held.clear, lambda: held.update(x=1), lambda: listed.append(1.0)):
        lost()
        assert call() is NotImplemented
        held["x"] = 4.0


def test_all_kinds_of_places_are_written():
    v, w = Value(1.0), Value(2.0)
    floats, longer, held, numbers = [1.0, 2.0], [], {"x": 0.0}, np.zeros(2)
    kept = floats[0]
    places = Slots()
    call = made(
        described(NUMBER, 0),
        writes=[
            (DATA, (v,), ints([7])),
            (GRAD, (v,), ints([0])),
            (BOTH, (w,), ints([7, 0])),
            (FLOATS, floats, ints([7, 0])),
            (PLACE, (held, "x"), (7, -1 - 0)),
            (PLACE, (places, "x"), None),
            (PLACE, (longer, None), [0]),
            (END, longer, [7, 7]),
            (ELEMENTS, (held, "numbers"), ints([0, 7])),
        ],
    )
    assert call(3.0) is NotImplemented  # there is no array yet
    assert (v.data, w.grad, floats, longer, held) == (1.0, 0.0, [1.0, 2.0], [], {"x": 0.0})
    held["numbers"] = numbers
    assert call(3.0) == 6.0
    assert (v.data, v.grad, w.data, w.grad) == (6.0, 3.0, 6.0, 3.0)
    assert (floats, kept, held["x"], longer) == ([6.0, 3.0], 1.0, (6.0, 3), [3.0, 6.0, 6.0])
    assert (numbers.tolist(), places.x) == ([3.0, 6.0], None)


def test_what_cannot_be_written_leaves_everything_as_it_was():
    v, floats = Value(1.0), [1.0, 2.0]
    writes = [(DATA, (v,), ints([7])), (FLOATS, floats, ints([7, 0])), (PLACE, ({}, 1), -1 - 7)]
    call = made(described(NUMBER, 0), writes=writes)
    assert call(float("inf")) is NotImplemented  # no int
    floats.append(3.0)
    assert call(1.0) is NotImplemented  # not as long as it was
    assert (v.data, floats) == (1.0, [1.0, 2.0, 3.0])


class Slots:
    __slots__ = ("x",)


class Held:
    """What can be referred to weakly."""


def test_a_call_that_refers_to_itself_goes_with_what_it_is_of():
    held = {"x": 1.0, "watched": Held()}
    held["call"] = made(described(NUMBER, 0), places=[(held, "x")], count=0)
    watched = weakref.ref(held["watched"])
    del held
    gc.collect()
    assert watched() is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"arguments": [described(LIST, 7, (2,))]},
        {"arguments": [described(ARRAY, 0, (2, 3), outer=2, row=8)]},
        {"arguments": [described(LIST, 0, (1 << 40, 1 << 40))]},
        {"arguments": [described(NUMBER, 0)], "count": 0},
        {"arguments": [described(3, 0)]},
        {"arguments": [described(NUMBER, 0, ints=3)]},
        {"arguments": [described(ARRAY, 0, (1,), ints=2)]},
        {"shape": 8},
        {"shape": [-9]},
        {"shape": [slice(-1, ())]},
        {"shape": slice(0, 0)},
        {"shape": slice(None)},
        {"shape": [np.array([-1.0])]},
        {"fixed": [(8, 1.0)]},
        {"guards": [16]},
        {"captured": [None]},
        {"captured": [Value(1.0)] * 9},
        {"read": [None]},
        {"read": [Value(1.0)], "read_at": 8},
        {"nests": ([8],)},
        {"nests": ({"w": -9},)},
        {"nests": ({1: 0},)},
        {"nests": (np.array([8.0]),)},
        {"nests": ([None],)},
        {"nests": ([0],), "count": 0},
        {"places": [(1,)]},
        {"stages": (stage(v=9),)},
        {"stages": (stage(g=-1),)},
        {"stages": (stage(copies=[0, 7, 2]),)},
        {"stages": (stage(copies=[-1, 0, 1]),)},
        {"writes": [(DATA, (Value(1.0),), ints([8]))]},
        {"writes": [(DATA, (Value(1.0),), ints([1, 2]))]},
        {"writes": [(BOTH, (Value(1.0),), ints([1]))]},
        {"writes": [(GRAD, (1.0,), ints([1]))]},
        {"writes": [(FLOATS, (), ints([1]))]},
        {"writes": [(PLACE, ({}, "x"), 9)]},
        {"writes": [(PLACE, ({}, None), 7)]},
        {"writes": [(END, [], 7)]},
        {"writes": [(ELEMENTS, ({}, "x"), ints([-1]))]},
        {"writes": [(7, [], 7)]},
        {"writes": [None]},
    ],
)
def test_places_outside_of_the_memory_are_refused(wrong):
    arguments = wrong.pop("arguments", [])
    with pytest.raises(ValueError, match="outside of the memory"):
        made(*arguments, **wrong)
