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


def is_time(x: Any) -> bool:
    """Tell whether x is a date, a time or a span of it, of Python, pandas or NumPy."""
    kind = getattr(getattr(x, "dtype", None), "kind", "")
    return kind in ("m", "M") or hasattr(x, "isoformat") or hasattr(x, "total_seconds")


def names_of(x: Any) -> list[str]:
    """Return what a table calls its columns, or a column itself; nothing where x has no names."""
    if not hasattr(x, "to_numpy"):
        return []
    names = [getattr(x, "name", None)] if not hasattr(x, "columns") else x.columns
    return [repr(name) for name in names if name is not None]


def feature_names_of(x: Any) -> list[str]:
    """Return what tells the columns of a table apart; nothing where they are counted only."""
    names = names_of(x) if hasattr(x, "columns") else []
    return names if names != list(map(str, range(len(names)))) else []


def entry_names_of(x: Any) -> list[str]:
    """Return what tells the numbers of a table's row apart; nothing where they have no words."""
    index = getattr(x, "index", None)
    if not hasattr(x, "to_numpy") or index is None or hasattr(x, "columns"):
        return []
    return [repr(name) for name in index] if all(isinstance(n, str) for n in index) else []


def check_feature_names(what: str, names: Sequence[str], trained_on: Sequence[str]) -> None:
    """Refuse a table with other columns than those of the training, or with these in another order.

    Raises:
        ValueError: it says which. Nothing is refused where one of the two has no names.
    """
    if not names or not trained_on or list(names) == list(trained_on):
        return
    if sorted(names) == sorted(trained_on):
        now, then = next(pair for pair in zip(names, trained_on, strict=True) if pair[0] != pair[1])
        raise ValueError(
            f"{what} has the columns of the training in another order, {now} where {then} was: "
            "X[X_train.columns] puts them in order"
        )
    lacks = [name for name in trained_on if name not in names]
    has = [name for name in names if name not in trained_on]
    differences = [f"without {_few(lacks)}"] * bool(lacks) + [f"with {_few(has)}"] * bool(has)
    raise ValueError(
        f"{what} has other columns than the training, "
        f"{' and '.join(differences) or f'{len(names)} in place of {len(trained_on)}'}: "
        f"{_remedy(lacks, has)}"
    )


def _remedy(lacks: Sequence[str], has: Sequence[str]) -> str:
    """Say what to look for; filling with 0 is no remedy, as what is missing may be a number."""
    remedies = []
    if lacks:
        remedies.append(
            "a column of numbers has to be there, its holes filled as in the training; those of "
            "words are, where get_dummies takes pandas.Categorical(column, categories=words) with "
            "the words of the training"
        )
    if has:
        remedies.append(
            "what the training did not have may be a word that the model does not know, or has to "
            "be left out"
        )
    if len(lacks) == len(has):
        remedies.append("X.to_numpy() is right where the names alone are others")
    return "; ".join(remedies)


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def rows_of(x: Any, indices: Sequence[int]) -> Any:
    """Return some rows of a table, an array or a list, in the form that it has."""
    if hasattr(x, "iloc"):  # pandas goes by labels in x[...]
        return x.iloc[indices]
    if hasattr(x, "to_numpy") or is_array(x):
        return x[indices]
    return [x[i] for i in indices]
