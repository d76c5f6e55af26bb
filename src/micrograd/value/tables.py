"""Tables of parameters that are so large that a Value is made only when somebody looks at it.

Until then a row's numbers stand in an array; they go back there when gradients are cleared and
nobody holds a Value of the row any more. So a step costs what the rows cost that it looks at.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from sys import getrefcount
from typing import Any

from ..engine import Value
from . import buffers
from .modes import mode


class LookupTable(Sequence[list[Value]]):
    """A matrix of parameters, as rows of Values that are made when they are looked at.

    Args:
        numbers: a float64 array of the shape (rows, columns), which becomes the table's own.
    """

    def __init__(self, numbers: Any) -> None:
        self.label = ""
        self._numbers = numbers
        self._rows: dict[int, list[Value]] = {}
        self._looked_up: set[int] = set()
        self._slopes: dict[int, Any] = {}  # gradients of rows that have no Values yet

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self._numbers.shape
        return rows, columns

    def made(self) -> Iterator[Value]:
        """Go through the Values that are there by now."""
        return chain.from_iterable(self._rows.values())

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(len(self)))]
        if not -len(self) <= i < len(self):
            raise IndexError(f"row {i} of a table of {len(self)} rows")
        return self._row(i % len(self)).copy()

    def look_up(self, i: int) -> list[Value]:
        """Return a row, which the next step of an optimiser moves."""
        if mode.grad:
            self._looked_up.add(i)
        return self[i]

    def numbers_of(self, i: int) -> list[float]:
        """Return the numbers of a row, without a Value being made."""
        row = self._rows.get(i)
        return self._numbers[i].tolist() if row is None else [v._data for v in row]

    def moving(self) -> list[int]:
        """Return the rows that a step moves: those looked up, and any other with a gradient."""
        more = [i for i, row in self._rows.items() if any(map(_slope, row))]
        more += [i for i, slopes in self._slopes.items() if slopes.any()]
        return sorted({*self._looked_up, *more})

    def moved(self) -> None:
        """Take note that a step was done: what was looked up before it has had its turn."""
        self._looked_up.clear()

    def settled(self) -> Any:
        """Return the table's own array, to be read and moved, with what its Values hold by now."""
        for i, row in self._rows.items():
            buffers.read_data(row, self._numbers[i])
        return self._numbers

    def stepped(self, rows: Any, slopes: Any) -> None:
        """Let Values hold what a step has made of the table's own array.

        Args:
            rows: those that it has moved; ``slopes`` are their gradients, those of others are 0.
        """
        self._looked_up.clear()
        self._slopes = dict(zip(rows.tolist(), slopes.copy(), strict=True))
        for i, row in self._rows.items():
            buffers.write_data(row, self._numbers[i])
            buffers.zero_grad(row)
            self._take_slopes(i, row)

    def read(self, out: Any) -> None:
        """Store all data in a flat buffer of float64."""
        out.reshape(self._numbers.shape)[...] = self.settled()

    def write(self, buffer: Any) -> None:
        """Set all data from a flat buffer of float64."""
        self._numbers[...] = buffer.reshape(self._numbers.shape)
        for i, row in self._rows.items():
            buffers.write_data(row, self._numbers[i])

    def clear(self) -> None:
        """Set all gradients to 0, and forget the Values of rows that nobody holds."""
        self._slopes.clear()
        for i, row in list(self._rows.items()):
            buffers.zero_grad(row)
            if _most_holders(row) == _ALONE:
                buffers.read_data(row, self._numbers[i])
                del self._rows[i]
                self._looked_up.discard(i)  # no gradient can come to it any more

    def _row(self, i: int) -> list[Value]:
        row = self._rows.get(i)
        if row is None:
            name = f"{self.label}.{i}" if self.label else str(i)
            numbers = self._numbers[i].tolist()
            row = [Value(x, label=f"{name}.{j}") for j, x in enumerate(numbers)]
            self._rows[i] = row
            self._take_slopes(i, row)
        return row

    def _take_slopes(self, i: int, row: list[Value]) -> None:
        slopes = self._slopes.pop(i, None)
        if slopes is not None:
            buffers.write_grad(row, slopes)


class Parameters(Sequence[Value]):
    """The parameters of a model with tables: a sequence of Values, made when looked at.

    Args:
        parts: Values and tables, in their order.
    """

    def __init__(self, parts: Iterable[Value | LookupTable]) -> None:
        self._parts: list[list[Value] | LookupTable] = []
        for part in parts:
            if isinstance(part, LookupTable):
                self._parts.append(part)
            elif self._parts and isinstance(self._parts[-1], list):
                self._parts[-1].append(part)
            else:
                self._parts.append([part])
        sizes = [
            part.shape[0] * part.shape[1] if isinstance(part, LookupTable) else len(part)
            for part in self._parts
        ]
        self._starts = [0, *accumulate(sizes)]

    @property
    def tables(self) -> list[LookupTable]:
        """The tables among them."""
        return [part for part in self._parts if isinstance(part, LookupTable)]

    @property
    def others(self) -> list[Value]:
        """The Values that are of no table."""
        return [v for part in self._parts if isinstance(part, list) for v in part]

    def __len__(self) -> int:
        return self._starts[-1]

    def __iter__(self) -> Iterator[Value]:
        for part in self._parts:
            if isinstance(part, list):
                yield from part
            else:
                for i in range(len(part)):
                    yield from part[i]

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(len(self)))]
        if not -len(self) <= i < len(self):
            raise IndexError(f"parameter {i} of {len(self)}")
        i %= len(self)
        k = bisect_right(self._starts, i) - 1
        part, place = self._parts[k], i - self._starts[k]
        if isinstance(part, list):
            return part[place]
        row, column = divmod(place, part.shape[1])
        return part[row][column]

    def __contains__(self, x: Any) -> bool:
        return any(x is v for v in self.made())

    def made(self) -> Iterator[Value]:
        """Go through the Values that are there by now."""
        for part in self._parts:
            yield from part if isinstance(part, list) else part.made()

    def __add__(self, others: Any) -> "Parameters":
        return Parameters([*_parts(self), *_parts(others)])

    def __radd__(self, others: Any) -> "Parameters":
        return Parameters([*_parts(others), *_parts(self)])

    def moving(self) -> tuple[list[Value], Any]:
        """Return the Values that a step moves, and the places that they have here, as an array."""
        import numpy as np

        values: list[Value] = []
        places = [np.empty(0, np.int64)]
        for start, part in zip(self._starts, self._parts, strict=False):
            if isinstance(part, list):
                values += part
                places.append(np.arange(start, start + len(part)))
                continue
            columns = part.shape[1]
            for i in part.moving():
                values += part[i]
                places.append(np.arange(start + i * columns, start + (i + 1) * columns))
        return values, np.concatenate(places)

    def pieces(self, buffer: Any) -> Iterator[tuple[list[Value] | LookupTable, Any]]:
        """Go through Values and tables, each with its part of an array of all."""
        for k, part in enumerate(self._parts):
            yield part, buffer[self._starts[k] : self._starts[k + 1]]

    def moved(self) -> None:
        """Let the tables know that a step was done."""
        for table in self.tables:
            table.moved()


def gathered(parts: Iterable[Value | LookupTable]) -> Any:
    """Return parameters as a list, or, where there are tables among them, as ``Parameters``."""
    listed = list(parts)
    kinds = set(map(type, listed))  # a model of plain Values has thousands, and is asked each step
    return Parameters(listed) if any(issubclass(k, LookupTable) for k in kinds) else listed


def others(values: Any) -> Any:
    """Return those of some parameters that are of no table."""
    return values.others if isinstance(values, Parameters) else values


def read(values: Any, out: Any) -> None:
    """Store the data of Values, ``Parameters`` or a table in an array of float64."""
    if isinstance(values, LookupTable):
        values.read(out)
    elif isinstance(values, Parameters):
        for part, piece in values.pieces(out):
            read(part, piece)
    else:
        buffers.read_data(values, out)


def write(values: Any, buffer: Any) -> None:
    """Set the data of Values, ``Parameters`` or a table from an array of float64."""
    if isinstance(values, LookupTable):
        values.write(buffer)
    elif isinstance(values, Parameters):
        for part, piece in values.pieces(buffer):
            write(part, piece)
    else:
        buffers.write_data(values, buffer)


def clear(values: Any) -> None:
    """Set the gradients of Values, ``Parameters`` or a table to 0."""
    if type(values) is list:  # as nearly always
        buffers.zero_grad(values)
    elif isinstance(values, LookupTable):
        values.clear()
    elif isinstance(values, Parameters):
        for part in values._parts:
            clear(part)
    else:
        buffers.zero_grad(values)


def _parts(values: Any) -> list[Value | LookupTable]:
    if not isinstance(values, Parameters):
        return list(values)
    parts: list[Value | LookupTable] = []
    for part in values._parts:
        parts += part if isinstance(part, list) else [part]
    return parts


def _most_holders(row: list[Value]) -> int:
    return max([getrefcount(v) for v in row])


_ALONE = _most_holders([Value(0.0)])  # nobody but the row's list


def _slope(v: Value) -> float:
    return v.grad
