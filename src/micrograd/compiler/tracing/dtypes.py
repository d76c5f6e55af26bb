"""The types that traced arrays have outside of the trace, where they hold no objects."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...engine import Value
from ...value.number import Number
from .integers import Integer
from .predicates import Predicate


def kind_of(objects: np.ndarray) -> np.dtype:
    """The type that an array of these has outside of the trace."""
    kinds = {type(x) for x in objects.reshape(-1).tolist()}
    if any(issubclass(k, Value) and not issubclass(k, Number) for k in kinds):
        return np.dtype(object)
    if kinds and all(issubclass(k, (Predicate, bool, np.bool_)) for k in kinds):
        return np.dtype(bool)
    if kinds and all(issubclass(k, (Integer, int, np.integer, Predicate)) for k in kinds):
        return np.dtype(int)
    return np.dtype(float)


def single_precision(tree: Any) -> np.dtype | None:
    """Return the type of what comes of arrays whose floats all have less than double precision."""
    kinds = list(_kinds(tree))
    floats = [k for k in kinds if k.kind == "f"]
    if not floats or all(k.itemsize == 8 for k in floats):
        return None
    return np.result_type(*kinds)


def _kinds(tree: Any) -> Iterator[np.dtype]:
    if isinstance(tree, np.ndarray):
        yield tree.dtype
    elif isinstance(tree, (list, tuple, dict)):
        for branch in tree.values() if isinstance(tree, dict) else tree:
            yield from _kinds(branch)
