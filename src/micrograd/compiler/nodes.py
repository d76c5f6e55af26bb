"""What made each node of a graph, and from which: a few bytes a node, read like lists.

A graph of ten million nodes has no room for an object each. The sweeps in C read the columns as
they are; all else reads ``ops[i]`` and ``parents[i]``.
"""

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import Any, Self, overload

from ..ops import Op


class Ops(Sequence[Op | None]):
    """The ops of nodes, None of a leaf.

    Attributes:
        codes: of each node, a place in the table, as 32-bit ints.
        table: the ops; the first is None.
    """

    __slots__ = ("codes", "table")

    def __init__(self, codes: Any, table: Sequence[Op | None]) -> None:
        self.codes, self.table = codes, table

    @classmethod
    def of(cls, ops: Sequence[Op | None]) -> "Ops":
        """Return these ops as a column."""
        if isinstance(ops, Ops):
            return ops
        code: dict[Op | None, int] = {None: 0}
        return cls(array("i", [code.setdefault(op, len(code)) for op in ops]), list(code))

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, i: int) -> Op | None: ...
    @overload
    def __getitem__(self, i: slice) -> Self: ...
    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return type(self)(self.codes[i], self.table)
        return self.table[self.codes[i]]

    def __iter__(self) -> Iterator[Op | None]:
        return map(self.table.__getitem__, self.codes)


class Parents(Sequence[tuple[int, ...]]):
    """The parents of nodes: those of node i lie from ``starts[i]`` up to ``starts[i + 1]``.

    Attributes:
        starts: one more than there are nodes; 32-bit ints.
        numbers: of all parents; 32-bit ints.
    """

    __slots__ = ("numbers", "starts")

    def __init__(self, starts: Any, numbers: Any) -> None:
        self.starts, self.numbers = starts, numbers

    @classmethod
    def of(cls, parents: Sequence[Sequence[int]]) -> "Parents":
        """Return these parents as columns."""
        if isinstance(parents, Parents):
            return parents
        starts = array("i", accumulate(map(len, parents), initial=0))
        return cls(starts, array("i", chain.from_iterable(parents)))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, i: int) -> tuple[int, ...]: ...
    @overload
    def __getitem__(self, i: slice) -> list[tuple[int, ...]]: ...
    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return [self[k] for k in range(len(self))[i]]
        i += len(self) if i < 0 else 0
        return tuple(self.numbers[self.starts[i] : self.starts[i + 1]])

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        numbers, starts = self.numbers, self.starts
        for i in range(len(self)):
            yield tuple(numbers[starts[i] : starts[i + 1]])


def nodes_of(
    codes: Any, table: Sequence[Op | None], starts: Any, numbers: Any
) -> tuple[Ops, Parents]:
    """Return the first columns of ``numbered``, arrays or bytes of ints, as ops and parents."""
    ints = [memoryview(column).cast("B").cast("i") for column in (codes, starts, numbers)]
    return Ops(ints[0], table), Parents(*ints[1:])
