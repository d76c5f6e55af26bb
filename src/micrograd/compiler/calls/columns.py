"""What C is told of a batch that it goes through part by part, worked out once for a size."""

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ir.sizes import evaluate
from .kernel import CKernel, Columns
from .memory import Addresses

_bytes: Any = ctypes.c_char.from_buffer  # the quickest way to the address of an array


def columns(kernel: CKernel, at: Addresses, tests: int) -> Columns:
    """Return the columns of a program.

    Args:
        kernel: of a mapped function.
        at: where everything lies in the memory of a part.
        tests: how many of the first outputs have to be true.
    """
    number = {evaluate(row, at.env): i for i, row in enumerate(kernel.rows)}
    places = [(s.length, s.start) for k, batched, s in at.spans if batched and k is not None]
    inputs = [(n, start, number.get(start, -1) if n == 1 else -1) for n, start in places]
    outputs = [(1, start, number.get(start, -1)) for start in at.outputs[tests:]]
    return Columns(
        len(number),
        at.sizes,
        ctypes.c_int64(at.env["P"]),
        ctypes.c_int64(kernel.program.sizes.index("B")),
        _counted(inputs),
        _counted(outputs),
        _counted([(start,) for start in at.outputs[:tests]]),
    )


def _counted(rows: Sequence[tuple[int, ...]]) -> tuple[Any, Any]:
    flat = [x for row in rows for x in row]
    return ctypes.c_int64(len(rows)), (ctypes.c_int64 * len(flat))(*flat)


def pointers(arrays: Sequence[np.ndarray]) -> Any:
    """Return the addresses of arrays as C takes them."""
    return (ctypes.c_void_p * len(arrays))(*map(address, arrays))


def pointers_of_rows(block: np.ndarray) -> Any:
    """Return the addresses of the rows of an array as C takes them."""
    first, step = address(block), block.strides[0]
    return (ctypes.c_void_p * len(block))(*range(first, first + step * len(block), step))


def address(array: np.ndarray) -> int:
    """Return where an array begins, in a third of the time that ``array.ctypes.data`` takes."""
    try:
        return ctypes.addressof(_bytes(array))
    except (TypeError, ValueError):  # it is read-only, or empty
        return array.__array_interface__["data"][0]
