"""Sums over what goes to the same place, without scattering: each place gathers what comes to it.

The adjoint of a convolution adds a number to each place of its window. A scatter adds in any order
on a GPU, and one after the other elsewhere; a gather and a sum do the same at full speed.
"""

import numpy as np
from numpy.typing import NDArray

from ... import ops
from .program import Gathered, Node, Padded, Reduced, Reshaped, Shape, of_numbers

_MOST = 4  # times as many places are read as there are values


def collected(values: Node, places: NDArray[np.int64], total: int) -> Node | None:
    """Return, for each of ``total`` places, the sum of the values that go there.

    None where few places get many values, for then most of what is read would be zeros.

    Args:
        values: has the axes of ``places``, and perhaps more behind them.
        places: where each value goes.
    """
    count = places.size
    flat = places.reshape(-1)
    counts = np.bincount(flat, minlength=total)
    most = int(counts.max(initial=0))
    if not 0 < total * most <= _MOST * count:
        return None
    order = np.argsort(flat, kind="stable")
    nth = np.arange(count) - np.repeat(np.cumsum(counts) - counts, counts)
    sources = np.full((total, most), count)  # the zero that stands behind all values
    sources[flat[order], nth] = order
    more: Shape = values.shape[places.ndim :]
    x: Node = Reshaped(values, (count, *more))
    if (counts < most).any():
        x = Padded(x, (count + 1, *more))
    if most == 1:
        return Gathered(x, (of_numbers(sources[:, 0]),), (total, *more))
    found = Gathered(x, (of_numbers(sources),), (total, most, *more))
    return Reduced(ops.SUM, found, (1,), (total, *more))
