"""Data frames of other libraries, and arrays of objects: their numbers, names and rows.

NumPy makes an array of objects of a table with columns of floats and of truth values.
"""

from collections.abc import Sequence
from numbers import Real
from typing import Any

from .value.numeric import is_array


def numbers_of(x: Any) -> Any:
    """Return a table, or an array of objects, as an array of numbers if it holds nothing else.

    Anything else comes back as it is; a table always as the array that it makes.
    """
    import numpy as np

    x = x.to_numpy() if hasattr(x, "to_numpy") else x
    if not is_array(x) or not x.ndim:
        return x
    array = np.asarray(x)
    if array.dtype != object:
        return array
    items = array.ravel().tolist()
    if not all(issubclass(kind, (Real, np.bool_)) for kind in set(map(type, items))):
        return array
    made = np.asarray(items)
    return made.reshape(array.shape) if made.dtype.kind in "biuf" else array


def names_of(x: Any) -> list[str]:
    """Return what a table calls its columns, or a column itself; nothing where x has no names."""
    if not hasattr(x, "to_numpy"):
        return []
    names = [getattr(x, "name", None)] if not hasattr(x, "columns") else x.columns
    return [repr(name) for name in names if name is not None]


def rows_of(x: Any, indices: Sequence[int]) -> Any:
    """Return some rows of a table, an array or a list, in the form that it has."""
    if hasattr(x, "iloc"):  # pandas goes by labels in x[...]
        return x.iloc[indices]
    if hasattr(x, "to_numpy") or is_array(x):
        return x[indices]
    return [x[i] for i in indices]
