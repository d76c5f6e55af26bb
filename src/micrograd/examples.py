"""Data as a sequence of examples, checked before anything is computed from it.

Data is a tuple of columns, ``(X, y)``, or a list of examples, which are tuples of arguments or an
only argument. What is wrong is said with its place.
"""

import re
from collections.abc import Sequence
from math import isfinite
from typing import Any

from .arguments import shown
from .dataframes import feature_names_of, is_time, names_of, numbers_of
from .value.numeric import is_array, number

_LOOKED_AT = 1 << 20  # numbers at a time, as the data may be larger than the memory


class Examples(Sequence):
    """Data of either form as a checked sequence of argument tuples: rows as they were given, lists
    or arrays, and Python's own numbers.

    Raises:
        TypeError: something is no number.
        ValueError: data is empty, ragged or not finite. The message says where.
    """

    def __init__(self, data: Any) -> None:
        try:
            self._take(data)
        except RecursionError:
            raise ValueError(
                f"the data holds a {type(data).__name__} that holds itself, or is nested a "
                "thousand deep: flatten it"
            ) from None

    def _take(self, data: Any) -> None:
        columns = columns_of(data)
        self.feature_names = [feature_names_of(c) for c in columns]  # of tables
        self.columns = [as_column(c) for c in columns]
        for j, column in enumerate(self.columns):
            _check_column(column, _Places(column, j, names_of(columns[j])))

    def __len__(self) -> int:
        return len(self.columns[0])

    def __getitem__(self, i: Any) -> Any:
        return tuple([_row(c[i]) for c in self.columns])

    def some(self, indices: list[int]) -> "Examples":
        """Return a few of these examples as data of their own."""
        return Examples(tuple([[column[i] for i in indices] for column in self.columns]))

    def representatives(self) -> list[int]:
        """Return the index of the first example, and of one for each label: to try a loss on.

        Labels are single numbers of which there are at most 100 different ones in the data.
        """
        found = {0}
        for column in self.columns:
            if not hasattr(column[0], "__len__"):
                firsts = _firsts(column)
                found |= set(firsts) if len(firsts) <= 100 else set()
        return sorted(found)


def _firsts(column: Any) -> list[int]:
    """Where each number of a column stands first."""
    import numpy as np

    if is_array(column):
        places: list[int] = np.unique(column, return_index=True)[1].tolist()
        return places
    firsts: dict[Any, int] = {}
    for i, x in enumerate(column):
        firsts.setdefault(x, i)
    return list(firsts.values())


def _row(x: Any) -> Any:
    return x.item() if is_array(x) and not x.ndim else x


def columns_of(data: Any) -> list[Any]:
    """Return the columns of data, as many rows in each; what is in them is not looked at.

    Raises:
        TypeError: it is no data.
        ValueError: it is empty, or a column is longer than another.
    """
    columns = _columns(data)
    for column in columns:
        no_length = is_array(column) and not column.ndim
        if isinstance(column, (str, bytes, dict)) or no_length or not hasattr(column, "__len__"):
            raise TypeError(f"a column of the data is a list or an array, got {str(column)[:60]!r}")
    lengths = [len(c) for c in columns]
    if not lengths or not lengths[0]:
        raise ValueError("there are no examples in the data: it is empty")
    if len(set(lengths)) > 1:
        raise ValueError(f"the columns of the data have different lengths: {lengths}")
    return columns


def _columns(data: Any) -> list[Any]:
    if is_array(data) or hasattr(data, "to_numpy"):
        return [data]
    if hasattr(data, "dataset") and hasattr(data, "batch_size"):  # PyTorch's loader
        data = data.dataset
    if hasattr(data, "__getitem__") and hasattr(data, "__len__") and not _is_plain(data):
        data = [data[i] for i in range(len(data))]  # its Dataset
        rows = [tuple(row) if isinstance(row, (list, tuple)) else (row,) for row in data]
        return [_stacked(column) for column in _transposed(rows)]
    if isinstance(data, tuple):
        return list(data)
    if isinstance(data, (str, bytes, dict)) or not hasattr(data, "__iter__"):
        raise TypeError(
            f"data is a tuple of columns (X, y), or a list of examples; got {str(data)[:60]!r}"
        )
    data = list(data)
    if _are_columns(data):
        raise ValueError(
            f"data is a list of {len(data)} columns, [X, y]: columns go into a tuple: (X, y)"
        )
    return _transposed([row if isinstance(row, tuple) else (row,) for row in data])


def _is_plain(data: Any) -> bool:
    return isinstance(data, (list, tuple, str, bytes, dict))


def _are_columns(data: list[Any]) -> bool:
    """Tell [X, y] from a list of examples: as many of each, lists here and numbers there."""
    if len(data) < 2 or not all(_is_list(x) and len(x) for x in data):
        return False
    deep = [len(x.shape) > 1 if hasattr(x, "shape") else _is_list(x[0]) for x in data]
    if any(d and hasattr(x, "to_numpy") for d, x in zip(deep, data, strict=True)):
        return True
    return len(set(map(len, data))) == 1 and len(set(deep)) == 2


def _is_list(x: Any) -> bool:
    is_scalar = isinstance(x, (str, bytes, tuple, dict)) or (is_array(x) and not x.ndim)
    return hasattr(x, "__len__") and not is_scalar


def _stacked(column: list[Any]) -> Any:
    """Tensors of one shape as an array."""
    import numpy as np

    if not all(map(is_array, column)) or len({np.shape(x) for x in column}) > 1:
        return column
    return np.stack([np.asarray(x) for x in column])


def _transposed(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(f"example {i} has {len(row)} arguments, example 0 has {len(rows[0])}")
    return [list(column) for column in zip(*rows, strict=True)]


def as_column(column: Any) -> Any:
    """Return a column as a list or as an array of numbers."""
    import numpy as np

    column = numbers_of(column)
    if not is_array(column):
        return column
    array = np.asarray(column)
    return array.tolist() if array.dtype == object else array


class _Places:
    """Says where something is: in which example, and in which column of a table or argument."""

    def __init__(self, column: Any, argument: int, names: list[str]) -> None:
        self.column, self.argument, self.names = column, argument, names

    def place(self, i: int, path: tuple[int, ...] = ()) -> str:
        """Say what is at a path within example i."""
        k = path[0] if path else 0
        if len(path) < 2 and k < len(self.names):
            return f"example {i}, column {self.names[k]}"
        return f"example {i}, argument {self.argument}" + "".join(f"[{k}]" for k in path)

    def remedy(self, x: str, path: tuple[int, ...]) -> str:
        """Say what makes a number of a text: a label has one, a feature one for each word."""
        if not x.strip():
            return f"a hole: {_FILL}"
        if _is_written_number(x):
            return "float() makes numbers of digits, as X.astype(float) does of all of them"
        if _is_written_number(x.replace(",", ".")):
            return (
                "float() reads a decimal point: write x.replace(',', '.'), or read the file with "
                "pandas.read_csv(..., decimal=',')"
            )
        if _DATE.match(x):
            return _OF_DATES
        if path:
            return (
                "of words, make columns of 0 and 1, one for each word, as pandas.get_dummies(X) "
                "and scikit-learn's OneHotEncoder do, or leave them out"
            )
        words = {str(word) for word in self.column}
        if len(words) > 2:
            return (
                f"of {len(words)} words, np.unique(y, return_inverse=True) returns them in order, "
                f"and y as numbers from 0 to {len(words) - 1}"
            )
        return f"of words, (y == {shown(x)}).astype(int) makes 0 and 1"


def _is_written_number(x: str) -> bool:
    try:
        float(x)
    except ValueError:
        return False
    return True


def _check_column(column: Any, where: _Places) -> None:
    import numpy as np

    if not is_array(column) and all(map(_are_tokens, column)):
        return
    try:
        array = np.asarray(column)
    except ValueError:  # ragged
        array = np.empty(0)
    if array.dtype.kind in "biuf" and array.size:
        for first in range(0, len(array), rows := max(1, _LOOKED_AT * len(array) // array.size)):
            wrong = np.argwhere(~np.isfinite(array[first : first + rows]))
            if len(wrong):
                i, *rest = wrong[0].tolist()
                _finite(array[(first + i, *rest)], where, first + i, tuple(rest))
        return
    shapes = [_shape_of(x, where, i, ()) for i, x in enumerate(column)]
    for i, shape in enumerate(shapes):
        if shape != shapes[0] and (shape[1:] != shapes[0][1:] or len(shape) < 2):
            remedy = "columns go into a tuple: (X, y)"
            if len(shape) == len(shapes[0]) == 1:
                remedy += "; a series of any length is one of vectors, [[x] for x in row]"
            raise ValueError(
                f"the data is ragged: {where.place(i)} has the shape {shape}, {where.place(0)} has "
                f"the shape {shapes[0]} ({remedy})"
            )


def _shape_of(x: Any, where: _Places, i: int, path: tuple[int, ...]) -> tuple[int, ...]:
    if isinstance(x, dict):
        raise TypeError(
            f"{where.place(i, path)} is a dict, which says nothing of the order of its numbers: "
            "write [row[name] for name in names] for each row"
        )
    if isinstance(x, str) or not hasattr(x, "__len__"):
        return _finite(x.data if hasattr(x, "_is_micrograd_value") else x, where, i, path)
    if not len(x):
        raise ValueError(f"{where.place(i, path)} is an empty list")
    shapes = [_shape_of(item, where, i, (*path, k)) for k, item in enumerate(x)]
    if shapes.count(shapes[0]) != len(shapes):
        raise ValueError(
            f"the data is ragged: {where.place(i, path)} holds items of shapes "
            f"{sorted(set(shapes))}"
        )
    return (len(x), *shapes[0])


def _finite(x: Any, where: _Places, i: int, path: tuple[int, ...]) -> tuple[int, ...]:
    place = where.place(i, path)
    if isinstance(x, str):
        raise TypeError(
            f"{place} should be a number, got str {shown(str(x))}: {where.remedy(str(x), path)}"
        )
    if x is None or type(x).__name__ == "NAType":  # pandas' own hole
        raise TypeError(f"{place} should be a number, got {type(x).__name__}, a hole: {_FILL}")
    if is_time(x):
        raise TypeError(f"{place} should be a number, got {type(x).__name__} {x}: {_OF_DATES}")
    if not isfinite(number(x, f"{place} should be")):
        raise ValueError(f"{place} is {x}: {_FILL}")
    return ()


_FILL = "remove or fill such examples before training"
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
_OF_DATES = (
    "of a date, make numbers: how many days it is after the first one, its month, its weekday"
)


def _are_tokens(x: Any) -> bool:
    """Tell a list of whole numbers, which may be of any length, as those of a text are."""
    if is_array(x):
        return x.ndim == 1 and len(x) > 0 and getattr(x.dtype, "kind", "") in set("iu")
    return type(x) in (list, tuple) and len(x) > 0 and set(map(type, x)) == {int}
