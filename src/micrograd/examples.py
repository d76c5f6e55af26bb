"""Data as a sequence of examples, checked before anything is computed from it.

Data is a tuple of columns, ``(X, y)``, or a list of examples, which are tuples of arguments or an
only argument. What is wrong is said with its place.
"""

from collections.abc import Sequence
from math import isfinite
from typing import Any

from .arguments import shown
from .value.numeric import is_array, number


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
        self.columns = [as_column(c) for c in _columns(data)]
        lengths = [len(c) for c in self.columns]
        if not lengths or not lengths[0]:
            raise ValueError("there are no examples in the data: it is empty")
        if len(set(lengths)) > 1:
            raise ValueError(f"the columns of the data have different lengths: {lengths}")
        for j, column in enumerate(self.columns):
            _check_column(column, j)

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
                firsts: dict[Any, int] = {}
                for i, x in enumerate(column):
                    firsts.setdefault(x, i)
                found |= set(firsts.values()) if len(firsts) <= 100 else set()
        return sorted(found)


def _row(x: Any) -> Any:
    return x.item() if is_array(x) and not x.ndim else x


def _columns(data: Any) -> list[Any]:
    if is_array(data):
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
    return _transposed([row if isinstance(row, tuple) else (row,) for row in data])


def _is_plain(data: Any) -> bool:
    return isinstance(data, (list, tuple, str, bytes, dict)) or hasattr(data, "to_numpy")


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
    if hasattr(column, "to_numpy"):  # a pandas frame is indexed by name, its array by row
        column = column.to_numpy()
    if is_array(column) and column.ndim:
        import numpy as np

        array = np.asarray(column)
        return array.tolist() if array.dtype == object else array
    if isinstance(column, (str, bytes, dict)) or is_array(column) or not hasattr(column, "__len__"):
        raise TypeError(f"a column of the data is a list or an array, got {str(column)[:60]!r}")
    return column


def _check_column(column: Any, j: int) -> None:
    import numpy as np

    if not is_array(column) and all(map(_are_tokens, column)):
        return
    try:
        array = np.asarray(column)
    except ValueError:  # ragged
        array = np.empty(0)
    if array.dtype.kind in "biuf" and array.size:
        wrong = np.argwhere(~np.isfinite(array))
        if len(wrong):
            i, *rest = wrong[0].tolist()
            place = f"example {i}, argument {j}" + "".join(f"[{k}]" for k in rest)
            _finite(array[(i, *rest)], place)
        return
    shapes = [_shape_of(x, f"example {i}, argument {j}") for i, x in enumerate(column)]
    for i, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise ValueError(
                f"the data is ragged: {_sized(i, j, shape)}, {_sized(0, j, shapes[0])} "
                "(columns go into a tuple: (X, y))"
            )


def _shape_of(x: Any, place: str) -> tuple[int, ...]:
    if isinstance(x, str) or not hasattr(x, "__len__"):
        return _finite(x.data if hasattr(x, "_is_micrograd_value") else x, place)
    if not len(x):
        raise ValueError(f"{place} is an empty list")
    shapes = [_shape_of(item, f"{place}[{k}]") for k, item in enumerate(x)]
    if shapes.count(shapes[0]) != len(shapes):
        raise ValueError(f"the data is ragged: {place} holds items of shapes {sorted(set(shapes))}")
    return (len(x), *shapes[0])


def _finite(x: Any, place: str) -> tuple[int, ...]:
    if isinstance(x, str):
        raise TypeError(
            f"{place} should be a number, got str {shown(str(x))}: of words, (y == "
            f"{shown(str(x))}).astype(int) makes 0 and 1; of digits, float() makes numbers"
        )
    if not isfinite(number(x, f"{place} should be")):
        raise ValueError(f"{place} is {x}: remove or fill such examples before training")
    return ()


def _are_tokens(x: Any) -> bool:
    """Tell a list of whole numbers, which may be of any length, as those of a text are."""
    return type(x) in (list, tuple) and len(x) > 0 and set(map(type, x)) == {int}


def _sized(i: int, j: int, shape: tuple[int, ...]) -> str:
    return f"example {i}, argument {j} has the shape {shape}"
