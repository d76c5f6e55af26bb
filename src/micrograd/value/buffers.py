"""Move the data and gradients of many values into flat buffers of float64 and back.

Optimisers, modules and the compiler go through these, so that a step over thousands of values costs
no Python per value where the compiled engine is in use. A buffer is a contiguous ``array('d')``,
NumPy float64 array or memoryview of them, of any shape; its items are taken in memory order.
"""

from array import array
from collections.abc import Callable, Sequence
from typing import Any

from ..engine import Value
from .backend import prefer_native
from .modes import mode


def read_data(values: Sequence[Value], out: Any) -> None:
    """Store ``value.data`` of each value in the buffer ``out``, one float64 each."""
    _view(values, out)[:] = array("d", [v._data for v in values])


def write_data(values: Sequence[Value], buffer: Any) -> None:
    """Set ``value.data`` of each value from the buffer, one float64 each."""
    for v, x in zip(values, _view(values, buffer), strict=True):
        v._data = x


def read_grad(values: Sequence[Value], out: Any) -> None:
    """Store ``value.grad`` of each value in the buffer ``out``, one float64 each."""
    _view(values, out)[:] = array("d", [v._grad for v in values])


def read_both(values: Sequence[Value], out: Any) -> None:
    """Store the data of all values in the buffer ``out``, and behind them their gradients."""
    _view(values, out, 2)[:] = array("d", [*[v._data for v in values], *[v._grad for v in values]])


def write_grad(values: Sequence[Value], buffer: Any) -> None:
    """Set ``value.grad`` of each value from the buffer, one float64 each."""
    for v, x in zip(values, _view(values, buffer), strict=True):
        v._grad = x


def write_both(values: Sequence[Value], buffer: Any) -> None:
    """Set the data of all values from the buffer, and their gradients from what is behind them."""
    numbers = _view(values, buffer, 2)
    for v, x, slope in zip(values, numbers, numbers[len(values) :]):
        v._data, v._grad = x, slope


def add_grad(values: Sequence[Value], buffer: Any) -> None:
    """Add the buffer, one float64 each, to ``value.grad`` of each value, from first to last."""
    for v, x in zip(values, _view(values, buffer), strict=True):
        v._grad += x


def zero_grad(values: Sequence[Value]) -> None:
    """Set ``value.grad`` of each value to zero."""
    for v in values:
        v.grad = 0.0  # a trace is told


def read_floats(items: list[Any], out: Any) -> bool:
    """Store the floats of a list in the buffer; False where it holds others, or not as many."""
    if len(items) != len(out) or set(map(type, items)) - {float}:
        return False
    memoryview(out).cast("B").cast("d")[:] = array("d", items)
    return True


def floats_of(items: Any) -> Any:
    """Return the floats of a list as an array; None where it is none, or holds others."""
    import numpy as np

    if type(items) is not list or not items:
        return None
    numbers = np.empty(len(items))
    return numbers if read_floats(items, numbers) else None


def write_floats(items: list[Any], buffer: Any) -> None:
    """Let a list hold the floats of a buffer of its length."""
    items[:] = memoryview(buffer).tolist()


def data_of(values: Sequence[Value]) -> Any:
    """Return the data as an array; while a trace runs, as one of traced numbers."""
    return _array_of(values, "data", read_data)


def grad_of(values: Sequence[Value]) -> Any:
    """Return the gradients as an array; while a trace runs, as one of traced numbers."""
    return _array_of(values, "grad", read_grad)


def numbers_of(values: Sequence[Value]) -> tuple[Any, Any]:
    """Return what ``data_of`` and ``grad_of`` do, read in one go."""
    import numpy as np

    if mode.tracer is not None:
        return data_of(values), grad_of(values)
    numbers = np.empty((2, len(values)))
    read_both(values, numbers)
    return numbers[0], numbers[1]


def set_data(values: Sequence[Value], array: Any) -> None:
    """Set the data from an array, which may be one of traced numbers."""
    _set(values, "data", array, write_data)


def set_grad(values: Sequence[Value], array: Any) -> None:
    """Set the gradients from an array, which may be one of traced numbers."""
    _set(values, "grad", array, write_grad)


def _array_of(values: Sequence[Value], name: str, read: Callable) -> Any:
    import numpy as np

    if mode.tracer is not None:
        return mode.tracer.array([getattr(v, name) for v in values], (len(values),))
    numbers = np.empty(len(values))
    read(values, numbers)
    return numbers


def _set(values: Sequence[Value], name: str, array: Any, write: Callable) -> None:
    if mode.tracer is None:
        write(values, array)
        return
    for v, x in zip(values, array.tolist(), strict=True):
        setattr(v, name, x)


def _view(values: Sequence[Value], buffer: Any, each: int = 1) -> Any:
    if mode.tracer is not None:
        raise TypeError(
            "a buffer of numbers inside jit would be that of one call: use data and grad of each "
            "Value"
        )
    view = memoryview(buffer)
    if view.format != "d" or not view.c_contiguous:
        raise TypeError(f"a buffer of contiguous float64 is needed, got format {view.format!r}")
    if view.nbytes != 8 * each * len(values):
        wanted = "as many" if each == 1 else f"{each * len(values)}"
        raise ValueError(f"{len(values)} values need a buffer of {wanted}, got {view.nbytes // 8}")
    return view.cast("B").cast("d") if len(values) else memoryview(array("d"))  # 0 x n has no cast


prefer_native(
    globals(),
    *("read_data", "write_data", "read_grad", "write_grad", "read_both", "write_both"),
    *("add_grad", "zero_grad"),
    *("read_floats", "write_floats"),
)
