"""Move the data and gradients of many values into flat buffers of float64 and back.

Optimisers, modules and the compiler go through these, so that a step over thousands of values costs
no Python per value where the compiled engine is in use. A buffer is a contiguous ``array('d')``,
NumPy float64 array or memoryview of them, of any shape; its items are taken in memory order.
"""

from array import array
from collections.abc import Sequence
from typing import Any

from ..engine import Value
from .backend import prefer_native


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


def write_grad(values: Sequence[Value], buffer: Any) -> None:
    """Set ``value.grad`` of each value from the buffer, one float64 each."""
    for v, x in zip(values, _view(values, buffer), strict=True):
        v._grad = x


def add_grad(values: Sequence[Value], buffer: Any) -> None:
    """Add the buffer, one float64 each, to ``value.grad`` of each value, from first to last."""
    for v, x in zip(values, _view(values, buffer), strict=True):
        v._grad += x


def zero_grad(values: Sequence[Value]) -> None:
    """Set ``value.grad`` of each value to zero."""
    for v in values:
        v._grad = 0.0


def _view(values: Sequence[Value], buffer: Any) -> Any:
    view = memoryview(buffer)
    if view.format != "d" or not view.c_contiguous:
        raise TypeError(f"a buffer of contiguous float64 is needed, got format {view.format!r}")
    if view.nbytes != 8 * len(values):
        raise ValueError(f"{len(values)} values need a buffer of as many, got {view.nbytes // 8}")
    return view.cast("B").cast("d")


prefer_native(
    globals(), "read_data", "write_data", "read_grad", "write_grad", "add_grad", "zero_grad"
)
