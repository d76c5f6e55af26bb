"""What sets, generators and the like hold, which have no places: kept, compared, put back."""

import copy
import random
from array import array
from contextvars import ContextVar
from math import copysign
from typing import Any

import numpy as np

from .places import NOTHING


def same(x: Any, y: Any) -> bool:
    """Tell whether two things are the same object, or the same number of the same type."""
    if x is y:
        return True
    if type(x) is not type(y) or not isinstance(x, (int, float)):
        return False
    return (x == y and copysign(1.0, x) == copysign(1.0, y)) or (x != x and y != y)


def same_contents(x: Any, y: Any) -> bool:
    """Tell whether two ``contents`` are the same."""
    if isinstance(x, tuple) and isinstance(y, tuple) and len(x) == len(y):
        return all(map(same_contents, x, y))
    return same(x, y) or (isinstance(x, (str, bytes, list, dict)) and bool(x == y))


def contents(x: Any) -> Any:
    """Return what a thing holds that has no places of its own, to be compared."""
    if isinstance(x, random.Random):
        return x.getstate()
    if isinstance(x, np.random.Generator):
        return copy.deepcopy(x.bit_generator.state)
    if isinstance(x, np.random.RandomState):
        state: Any = x.get_state(legacy=True)
        return state[1].tolist(), state[2:]
    if isinstance(x, ContextVar):
        return (x.get(NOTHING),)
    if isinstance(x, dict):
        return (getattr(x, "default_factory", None), *x.keys(), *x.values())
    if hasattr(x, "cache_info"):
        return x.cache_info().misses
    return tuple(sorted(x, key=_order) if isinstance(x, set) else x)


def _order(x: Any) -> Any:
    return hash(x), type(x).__qualname__


def restore(x: Any, before: Any) -> None:
    """Let a thing hold again what ``contents`` has returned."""
    if isinstance(x, random.Random):
        x.setstate(before)
    elif isinstance(x, np.random.Generator):
        x.bit_generator.state = before
    elif isinstance(x, np.random.RandomState):
        x.set_state(("MT19937", np.array(before[0], np.uint32), *before[1]))
    elif isinstance(x, ContextVar):
        if x.get(NOTHING) is not before[0]:
            x.set(before[0])
    elif not same_contents(contents(x), before):
        if isinstance(x, array):
            x[:] = array(x.typecode, before)
        else:
            x.clear()
            (x.update if isinstance(x, set) else x.extend)(before)
