"""Lists of different lengths for a library of arrays: filled up, with a column of their lengths.

The loss is traced at each length that occurs. What the traces have in common, the steps that short
lists and long ones begin with, is one in the program; of the losses each example takes its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from ... import functions
from .columns import Column


@dataclass(frozen=True, slots=True)
class ListLengths:
    """Which columns' lists differ in length, and which lengths they have together."""

    columns: tuple[int, ...]
    each: tuple[tuple[int, ...], ...]


def filled_up(columns: Sequence[Column]) -> tuple[list[Column], ListLengths | None]:
    """Return columns of one shape, and the lengths of which a last column says the number.

    A list is filled up with its last number or vector: what is computed of that is thrown away, and
    it is in the range of an index, the domain of a logarithm. Columns of one shape are returned as
    they are.
    """
    ragged = [k for k, c in enumerate(columns) if c.shape is None]
    if not ragged:
        return list(columns), None
    together = np.stack([columns[k].lengths for k in ragged], axis=1)
    each, nth = np.unique(together, axis=0, return_inverse=True)
    filled = [_filled(c) if c.shape is None else c for c in columns]
    starts = np.arange(len(nth) + 1)
    filled.append(Column(nth.reshape(-1).astype(columns[0].numbers.dtype), starts, ()))
    return filled, ListLengths(tuple(ragged), tuple(map(tuple, each.tolist())))


def _filled(column: Column) -> Column:
    lengths = column.lengths
    longest = int(lengths.max())
    nth = np.minimum(np.arange(longest), lengths[:, None] - 1)
    size = prod(column.item)
    items = column.numbers.reshape(-1, *column.item)
    numbers = items[column.starts[:-1, None] // size + nth].reshape(-1)
    starts = np.arange(len(lengths) + 1) * longest * size
    return Column(numbers, starts, (longest, *column.item), column.form)


def at_each_length(loss: Callable[..., Any], lengths: ListLengths) -> Callable[..., Any]:
    """Return the loss of a filled-up example and the number of its lengths."""

    def chosen(*filled: Any) -> Any:
        *example, nth = filled
        losses = []
        for each in lengths.each:
            for k, n in zip(lengths.columns, each, strict=True):
                example[k] = filled[k][:n]
            losses.append(loss(*example))
        return functions.take(losses, nth)

    return chosen
