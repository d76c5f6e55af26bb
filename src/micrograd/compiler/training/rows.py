"""The rows of tables in steps by C: looked up before the program, moved in their places after it.

A step touches the rows that its examples look up and no others: it copies them to where the program
reads them, adds up the gradients of each, and applies the optimiser's rule to these.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...value.tables import LookupTable
from ..ir.array import Placement
from ..ir.sizes import Size
from ..tracing.look_ups import Index
from .columns import Column


@dataclass(frozen=True, slots=True)
class LookUp:
    """The rows of one table that an example looks up, and where the program has their numbers."""

    indices: tuple[Index, ...]
    place: Placement


HEAD = """
struct table {  /* of which rows are looked up; ``slopes`` are those of the ``touched`` rows */
    T *numbers, *const *states;
    int64_t rows, columns;
    int64_t *order, *touched, *indices;  /* of each row among the touched, or -1; of each look-up */
    T *slopes;
    int64_t count;
};
"""

FUNCTIONS = """
/* Find the rows that a batch looks up; return whether an index is out of range. An index is what is
   added to a number: of a column, in which an example has so many, at a place; or of no column. */
static int find_rows(struct table *t, const T *const *columns, const int64_t (*by)[4],
                     int64_t each, const int64_t *batch, int64_t count) {
    for (int64_t k = 0; k < t->count; k++) t->order[t->touched[k]] = -1;
    t->count = 0;
    for (int64_t r = 0; r < each; r++)
        for (int64_t s = 0; s < count; s++) {
            const int64_t column = by[r][0], at = batch[s] * by[r][1] + by[r][2];
            const T index = (T)by[r][3] + (column < 0 ? 0 : columns[column][at]);
            if (!(index >= 0 && index < (T)t->rows && index == (T)(int64_t)index)) return 1;
            const int64_t row = t->indices[r * count + s] = (int64_t)index;
            if (t->order[row] >= 0) continue;
            memset(t->slopes + t->count * t->columns, 0, sizeof(T) * (size_t)t->columns);
            t->order[row] = t->count;
            t->touched[t->count++] = row;
        }
    return 0;
}

enum { NEAR = 8 };  /* examples whose numbers lie in one line of the cache */

/* Number j of what example s looks up as r-th is v[(r * columns + j) * length + s]. */
static void copy_rows(const struct table *t, T *v, int64_t each, int64_t count, int64_t length) {
    for (int64_t r = 0; r < each; r++, v += t->columns * length)
        for (int64_t from = 0; from < length; from += NEAR)
            for (int64_t j = 0; j < t->columns; j++)
                for (int64_t s = from; s < length && s < from + NEAR; s++)
                    v[j * length + s] = s < count
                        ? t->numbers[t->indices[r * count + s] * t->columns + j] : 0;
}

static void add_slopes(struct table *t, const T *g, int64_t each, int64_t count, int64_t length) {
    for (int64_t r = 0; r < each; r++, g += t->columns * length)
        for (int64_t from = 0; from < count; from += NEAR)
            for (int64_t j = 0; j < t->columns; j++)
                for (int64_t s = from; s < count && s < from + NEAR; s++)
                    t->slopes[t->order[t->indices[r * count + s]] * t->columns + j]
                        += g[j * length + s];
}
"""


def found(look_ups: Sequence[LookUp], sizes: dict[int, Size], row: Size) -> Iterator[str]:
    """Print how the rows of a batch come to where the program reads them.

    Args:
        look_ups: by table.
        sizes: how many numbers an example has, of each column.
        row: the length of the program's rows.
    """
    for k, look_up in enumerate(look_ups):
        by = [
            f"{{-1, 0, 0, {i.added}}}"
            if i.argument is None
            else f"{{{i.argument}, {sizes[i.argument]}, {i.place}, {i.added}}}"
            for i in look_up.indices
        ]
        each = len(look_up.indices)
        yield f"    static const int64_t by{k}[][4] = {{{', '.join(by)}}};"
        yield (
            f"    if (find_rows(run->rows + {k}, run->columns, by{k}, {each}, batch, count))"
            " return 1;"
        )
        start = look_up.place.start
        yield f"    copy_rows(run->rows + {k}, v + {start}, {each}, count, {row});"


def gathered(look_ups: Sequence[LookUp], row: Size) -> Iterator[str]:
    """Print how their gradients are added up."""
    for k, look_up in enumerate(look_ups):
        start, each = look_up.place.start, len(look_up.indices)
        yield f"    add_slopes(run->rows + {k}, g + {start}, {each}, count, {row});"


def moved(look_ups: Sequence[LookUp]) -> Iterator[str]:
    """Print how the optimiser moves the rows that a step has looked up."""
    for k in range(len(look_ups)):
        table = f"run->rows[{k}]"
        yield f"    update({table}.numbers, {table}.slopes, {table}.states, {table}.touched,"
        yield f"           {table}.count, {table}.columns, step, rate);"


_WORDS = 9  # of struct table


class TableRows:
    """The tables of a run: what C is told of them, and what its last step has left.

    Args:
        tables, look_ups: the tables, and which of their rows an example looks up.
        columns: the data.
        largest: the size of the largest batch.
    """

    def __init__(
        self,
        tables: Sequence[LookupTable],
        look_ups: Sequence[LookUp],
        columns: Sequence[Column],
        largest: int,
    ) -> None:
        self.tables, self._look_ups, self._columns = tables, look_ups, columns
        self.words = np.zeros((len(tables), _WORDS), np.int64)
        self._touched: list[tuple[np.ndarray, np.ndarray]] = []
        self._keep: list[Any] = []
        for table, look_up, struct in zip(tables, look_ups, self.words, strict=True):
            rows, width = table.shape
            most = largest * len(look_up.indices)
            order, touched = np.full(rows, -1, np.int64), np.empty(most, np.int64)
            indices, slopes = np.empty(most, np.int64), np.empty((min(most, rows), width))
            addresses = [x.ctypes.data for x in (order, touched, indices, slopes)]
            struct[2:-1] = [rows, width, *addresses]
            self._touched.append((touched, slopes))
            self._keep.append((order, indices))

    def begin(self, states: Sequence[Sequence[np.ndarray]]) -> None:
        """Let C move what the tables hold now, and these states, of which each table has its own.

        The gradients of before are forgotten, as those are that ``zero_grad`` clears.
        """
        pointers = [np.array([s.ctypes.data for s in own] or [0], np.uintp) for own in states]
        for table, struct, of_states in zip(self.tables, self.words, pointers, strict=True):
            table.clear()
            struct[:2] = table.settled().ctypes.data, of_states.ctypes.data
        self._alive = pointers, states

    def end(self) -> None:
        """Let the Values of the tables be what C has made of them."""
        for table, (rows, slopes) in zip(self.tables, self.touched(), strict=True):
            table.stepped(rows, slopes)

    def touched(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield, for each table, the rows that the last step has touched, and their gradients."""
        for (rows, slopes), count in zip(self._touched, self.words[:, -1].tolist(), strict=True):
            yield rows[:count], slopes[:count]

    def looked_up(self, examples: Sequence[int]) -> list[np.ndarray]:
        """Return, for each table, the rows that some examples look up, in order."""
        return [np.unique(list(self._indices(u, examples))) for u in self._look_ups]

    def _indices(self, look_up: LookUp, examples: Sequence[int]) -> Iterator[int]:
        for argument, place, added in look_up.indices:
            if argument is None:
                yield added
            else:
                column = self._columns[argument]
                numbers = column.numbers[column.starts[examples] + place] + added
                yield from numbers.astype(np.int64).tolist()
