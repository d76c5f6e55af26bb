"""Rows of large tables in a trace: inputs that are looked up for each example, with gradients.

A table has too many rows for its Values to be parameters of a program. Which rows an example looks
up has to be known before the program runs: from numbers of the data.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ...engine import Value
from ...value.tables import LookupTable


class Index(NamedTuple):
    """Which row is looked up: by a number of an argument's example, and what is added to it.

    ``place`` is that of the number among those of the example. Without an argument there is none:
    it is always the same row.
    """

    argument: int | None
    place: int
    added: int


@dataclass(slots=True, eq=False)
class LookedUp:
    """The rows of one table that an example looks up, and the inputs that stand for them."""

    table: LookupTable
    indices: list[Index] = field(default_factory=list)
    leaves: list[Value] = field(default_factory=list)  # of one row after the other

    def row(self, index: Index, now: int) -> list[Value]:
        """Return the inputs of a row; the same ones where it was looked up before."""
        columns = self.table.shape[1]
        if index not in self.indices:
            self.indices.append(index)
            self.leaves += [Value(x) for x in self.table.numbers_of(now)]
        start = self.indices.index(index) * columns
        return self.leaves[start : start + columns]


class LookUps:
    """The look-ups of one trace.

    Args:
        tables: of which rows can be inputs.
    """

    def __init__(self, tables: Sequence[LookupTable] = ()) -> None:
        self._tables = tables
        self.made: list[LookedUp] = []  # by table

    def row(self, table: LookupTable, index: Index, now: int) -> list[Value] | None:
        """Return the inputs that stand for a row, which it is now; None where they cannot."""
        if not any(table is t for t in self._tables):
            return None
        of_table = next((m for m in self.made if m.table is table), None)
        if of_table is None:
            of_table = LookedUp(table)
            self.made.append(of_table)
        return of_table.row(index, now)
