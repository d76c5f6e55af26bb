"""Large batches on one core: C takes what it was made for, and leaves the rest to another call."""

import ctypes
import gc
import os
import weakref
from array import array
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest
from cores import one_core

from micrograd.value.backend import native

Whole, Pointer = ctypes.c_int64, ctypes.POINTER(ctypes.c_double)
Parts = ctypes.CFUNCTYPE(
    ctypes.c_int,
    *[Pointer, ctypes.POINTER(Pointer), Whole, Whole, Whole, ctypes.POINTER(Whole), Whole],
    *[Whole, ctypes.POINTER(Whole), ctypes.POINTER(Pointer)],
    *[Whole, ctypes.POINTER(Whole), ctypes.POINTER(Pointer)],
    *[Whole, ctypes.POINTER(Whole), Pointer, ctypes.POINTER(Pointer)],
)
COUNT = 5


@pytest.fixture(autouse=True)
def cores() -> Iterator[None]:
    with one_core():
        yield


@Parts
def total(v, rows, first, last, lanes, sizes, batch, inputs, of, given, outputs, to, out, *tests):
    """The rows that come out are the sum of those given, and that times k; of 13 none."""
    for i in range(first, last):
        x = sum(given[k][i] for k in range(inputs))
        if x == 13.0:
            return 2
        for k in range(outputs):
            out[k][i] = x * (k + 1)
    return 0


def made(otherwise=lambda *args: ("otherwise", args), **changes):
    room = np.zeros(64)
    given = {
        "otherwise": otherwise,
        "look": None,
        "make": partial(np.empty, (2, COUNT)),
        "shape": (0, [1, (0,)]),
        "array_type": np.ndarray,
        "kept": None,
        "function": ctypes.cast(total, ctypes.c_void_p).value,
        "tables": 0,
        "scalars": 0,
        "v": room,
        "count": COUNT,
        "rows": 4,
        "lanes": 16,
        "sizes": bytes(array("q", [16, 16])),
        "batch": 0,
        "in": bytes(array("q", [1, 0, 0, 1, 16, 1])),
        "out": bytes(array("q", [1, 32, 2, 1, 48, -1])),
        "tests": bytes(array("q", [63])),
    } | changes
    return native.mapped_call(*given.values())


X, Y = np.arange(5.0), np.full(5, 2.0)


def test_rows_come_out_in_the_nests_that_were_asked_for():
    first, [second, (third,)] = made()(X, Y)
    for row, factor in ((first, 1), (second, 2), (third, 1)):
        np.testing.assert_array_equal(row, (X + Y) * factor)


def test_each_call_has_rows_of_its_own():
    f = made()
    before, after = f(X, Y)[0], f(X, X)[0]
    np.testing.assert_array_equal(before, X + Y)
    np.testing.assert_array_equal(after, X + X)


@pytest.mark.parametrize(
    "args",
    [
        (X,),
        (X, Y, X),
        (X, 2.0),
        (X, Y.tolist()),
        (X, Y[:4]),
        (X, np.arange(10.0)[::2]),
        (X, Y.astype("f4")),
        (X, Y.astype(">f8")),
        (X, Y.reshape(5, 1)),
        (X, Y.view(type("Other", (np.ndarray,), {}))),
        (X, np.full(5, 13.0) - X),
    ],
)
def test_what_it_was_not_made_for_is_for_the_other_function(args):
    said, passed = made()(*args)
    assert said == "otherwise"
    assert all(a is b for a, b in zip(passed, args, strict=True))


def test_names_of_arguments_and_what_has_moved_are_for_the_other_function():
    assert made(lambda **names: names)(x=1) == {"x": 1}
    assert made(look=lambda: 3)(X, Y)[0] == "otherwise"
    np.testing.assert_array_equal(made(look=lambda: -1)(X, Y)[0], X + Y)


def test_errors_of_what_it_calls_are_raised():
    for name in ("look", "make"):
        with pytest.raises(ZeroDivisionError):
            made(**{name: lambda: 1 / 0})(X, Y)


def test_where_there_are_more_cores_they_are_for_the_other_function():
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    if len(os.sched_getaffinity(0)) == 1:
        pytest.skip("there is one core")
    assert made()(X, Y)[0] == "otherwise"


@pytest.mark.parametrize(
    "wrong",
    [
        {"shape": 2},
        {"shape": (0, -1)},
        {"shape": {"x": 0}},
        {"rows": 2},
        {"rows": 65},
        {"lanes": 0},
        {"lanes": 17},
        {"batch": 2},
        {"batch": -1},
        {"sizes": bytes(array("q", [1] * 9))},
        {"in": bytes(array("q", [1, 0]))},
        {"in": bytes(array("q", [2, 0, 0]))},
        {"in": bytes(array("q", [1, 0, 0] * 17))},
        {"out": bytes(array("q", [1, 49, 2, 1, 48, -1]))},
        {"out": bytes(array("q", [1, -1, 2, 1, 48, -1]))},
        {"tests": bytes(array("q", [64]))},
    ],
)
def test_places_outside_of_the_memory_are_refused(wrong):
    with pytest.raises(ValueError, match="outside of the memory"):
        made(**wrong)


def test_it_is_collected_with_what_it_keeps():
    class Kept:
        f = None

    kept = Kept()
    kept.f = made(kept=kept)
    seen = weakref.ref(kept)
    kept.f(X, Y)
    del kept
    gc.collect()
    assert seen() is None
