"""Data as the compiler takes it: each argument of the loss as one flat array for all examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from ..arrays.engines import wide
from ..errors import JitError
from ..tracing.signature import Argument, argument


@dataclass(slots=True)
class Column:
    """One argument of the loss, of all examples: their numbers one after the other."""

    numbers: np.ndarray
    starts: np.ndarray  # int64, of each example, and the end
    shape: tuple[int, ...] | None  # of an example; None: lists of different lengths
    form: str = "array"  # of an example's numbers: an array, or a list (of lists)
    item: tuple[int, ...] = ()  # the shape of what such a list consists of

    def example(self, i: int) -> Argument:
        """Return the argument of one example."""
        numbers = self.numbers[self.starts[i] : self.starts[i + 1]]
        value = numbers.reshape((-1, *self.item) if self.shape is None else self.shape)
        row = value.tolist() if self.form == "list" else value
        return argument(row if value.shape else float(value), f"example {i}", False)

    def batch(self, most: int | None = None) -> Argument:
        """Return the argument for a batch: all examples, or the first few, which have one shape."""
        assert self.shape is not None
        value = self.numbers.reshape(-1, *self.shape)[:most]
        form = "lists" if self.form == "list" else "array"
        return Argument("array", value, value.shape, value.shape, form)

    @property
    def lengths(self) -> np.ndarray:
        """How many numbers or vectors each example has."""
        return np.diff(self.starts) // prod(self.item)


def columns_of(data: Sequence[Any], dtype: str = "float64") -> list[Column]:
    """Return data columns as flat arrays.

    Args:
        data: the columns.
        dtype: of the numbers inside; arrays for bfloat16 are of float32.

    Raises:
        JitError: something is no number, or has no place among the numbers of this dtype.
    """
    columns = []
    for k, column in enumerate(data):
        try:
            array = np.asarray(column)
            shape = array.shape[1:]
        except ValueError:  # lists of different lengths
            array, shape = np.concatenate([np.asarray(row) for row in column]), None
        if array.dtype.kind not in "biuf":
            raise JitError(f"argument {k} of the loss holds something else than numbers")
        item = array.shape[1:] if shape is None else ()
        if shape is None:
            lengths = [len(row) * prod(item) for row in column]
        else:
            lengths = [prod(shape)] * len(column)
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        with np.errstate(over="ignore"):  # what C can read stays where it is: in a file, perhaps
            numbers = np.require(array, wide(dtype), ["C", "ALIGNED"]).reshape(-1)
        exact = array.dtype.kind == "f" or (numbers == array.reshape(-1)).all()
        if dtype == "bfloat16" and array.dtype.kind != "f":  # the first half of a float32
            exact &= not (numbers.view(np.uint32) & 0xFFFF).any()
        if array.dtype != dtype and (not exact or np.isinf(numbers).any()):
            raise JitError(f"argument {k} of the loss holds numbers that {dtype} cannot hold")
        form = "list" if isinstance(column[0], (list, tuple)) else "array"
        columns.append(Column(numbers, starts, shape, form, item))
    return columns


def lengths_of(columns: Sequence[Column]) -> tuple[np.ndarray, dict[int, int]] | None:
    """Return the size n of each example, and how much longer than n each ragged column is.

    Raises:
        JitError: columns differ in length independently of each other.
    """
    ragged = [k for k, c in enumerate(columns) if c.shape is None]
    if not ragged:
        return None
    lengths = columns[ragged[0]].lengths
    offsets = {k: int(columns[k].lengths[0] - lengths[0]) for k in ragged}
    if any((columns[k].lengths != lengths + offset).any() for k, offset in offsets.items()):
        raise JitError("the loss takes lists whose lengths vary independently of each other")
    return lengths, offsets
