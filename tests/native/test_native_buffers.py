"""Data and gradients of many values at once: in C as in Python."""

from array import array

import numpy as np
import pytest

from micrograd import Value
from micrograd.value import buffers

NAMES = ["read_data", "write_data", "read_grad", "write_grad", "add_grad"]
NAMES += ["read_both", "write_both"]


@pytest.fixture
def values():
    return [Value(float(i)) for i in range(6)]


def test_data_goes_out_and_comes_back(values):
    out = np.zeros((2, 3))
    buffers.read_data(values, out)
    assert out.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    buffers.write_data(tuple(values), array("d", range(10, 16)))
    assert [v.data for v in values] == [10.0, 11.0, 12.0, 13.0, 14.0, 15.0]


def test_gradients_are_written_added_read_and_zeroed(values):
    out = array("d", [0.0] * 6)
    buffers.write_grad(values, np.arange(6.0))
    buffers.add_grad([*values[:5], values[0]], np.full(6, 0.5))
    buffers.read_grad(values, memoryview(out))
    assert out.tolist() == [1.0, 1.5, 2.5, 3.5, 4.5, 5.0]
    both = np.empty((2, 6))
    buffers.read_both(values, both)
    assert both.tolist() == [[v.data for v in values], out.tolist()]
    buffers.write_both(values, both[::-1].copy())
    assert [v.data for v in values] == out.tolist()
    assert [v.grad for v in values] == both[0].tolist()
    buffers.zero_grad(values)
    assert [v.grad for v in values] == [0.0] * 6


@pytest.mark.parametrize("name", NAMES)
def test_no_values_need_no_room(name):
    getattr(buffers, name)([], array("d"))
    getattr(buffers, name)([], np.empty((2, 0)))


PROGRAM = """
    from array import array
    import numpy as np
    from micrograd import Value
    from micrograd.value import buffers

    values = [Value(float(i)) for i in range(3)]
    readonly = np.zeros(3)
    readonly.flags.writeable = False
    wrong = {
        "short": array("d", [0.0] * 2),
        "long": np.zeros((2, 2)),
        "float32": np.zeros(3, dtype=np.float32),
        "strided": np.zeros(6)[::2],
        "bytes": b"x" * 24,
        "list": [0.0] * 3,
        "readonly": readonly,
    }
    for name in ("read_data", "write_data", "read_grad", "write_grad", "add_grad"):
        for kind, buffer in wrong.items():
            try:
                getattr(buffers, name)(values, buffer)
                print(name, kind, "done")
            except (TypeError, ValueError) as error:
                shown = error if kind in ("short", "long", "float32", "strided") else ""
                print(name, kind, type(error).__name__, shown)
    print([v.data for v in values], [v.grad for v in values])
"""


def test_buffers_that_do_not_fit_are_the_same_errors_in_c_and_in_python(run):
    compiled = run(PROGRAM)
    assert compiled == run(PROGRAM, MICROGRAD_PURE="1")
    assert "3 values need a buffer of as many, got 2" in compiled
    assert "contiguous float64 is needed, got format 'f'" in compiled


def test_what_is_no_value_is_named(values):
    with pytest.raises(TypeError, match="7"):
        buffers.zero_grad([*values, 7])
