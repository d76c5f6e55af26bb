"""Places in traced arrays: an index with traced numbers in it, and what NumPy writes at places."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ...value.arrays import LazyArray, unwrapped
from .integers import Integer


def frozen(place: Any) -> Any:
    """An index, with traced numbers in it frozen: a guard says that they are the same again."""
    if isinstance(place, tuple):
        return tuple([frozen(p) for p in place])
    if isinstance(place, LazyArray):
        items = place._filled()
        kind = bool if place.dtype.kind == "b" else int
        numbers = [bool(x) if kind is bool else int(x) for x in items.reshape(-1).tolist()]
        return np.array(numbers, dtype=kind).reshape(items.shape)
    if isinstance(place, list):
        return [frozen(p) for p in place]
    return operator.index(place) if isinstance(place, Integer) else place


def write_at(function: Callable, array: Any, place: Any, *others: Any) -> None:
    """What ``np.add.at`` and its like do: one place after the other, as often as it occurs."""
    places = np.arange(array.size).reshape(array.shape)[frozen(place)]
    operands = [np.empty(np.shape(places), dtype=object) for _ in others]
    for held, x in zip(operands, others):
        held[...] = unwrapped(x)
    for i, flat in np.ndenumerate(places):
        at = np.unravel_index(flat, array.shape)
        array[at] = function(array[at], *[held[i] for held in operands])
