"""Walks over all values of a recording, for which the engine in C makes no object at each step.

A recording of ten million values has no room for a set of their identities, nor time for Python.
"""

from array import array
from collections.abc import Iterable
from typing import Any

from ..engine import Value, toposort
from ..ops import Op
from .backend import prefer_native


class ValueSet:
    """Some Values, by identity; it keeps none of them alive."""

    def __init__(self, values: Iterable[Value] = ()) -> None:
        self._ids = set(map(id, values))

    def __contains__(self, value: object) -> bool:
        return id(value) in self._ids

    def update(self, values: list[Value]) -> None:
        """Take in these values."""
        self._ids.update(map(id, values))

    def added(self, values: list[Value]) -> list[Value]:
        """Take in these values; return those that were not in yet, each once, in their order."""
        new = [v for i, v in {id(v): v for v in values}.items() if i not in self._ids]
        self.update(new)
        return new

    def update_parents(self, values: list[Value]) -> None:
        """Take in the parents of these values."""
        for v in values:
            self._ids.update(map(id, v.parents))

    def spread(
        self,
        values: list[Value],
        start: int = 0,
        op: Op | None = None,
        but: "ValueSet | None" = None,
    ) -> None:
        """Take in what is made of one of them.

        Args:
            values: in the order in which they were made.
            start: the first that is looked at.
            op: what it makes is left out, and
            but: these values are.
        """
        for v in values[start:]:
            left_out = (op is not None and v.op is op) or (but is not None and v in but)
            if not left_out and not self._ids.isdisjoint(map(id, v.parents)):
                self._ids.add(id(v))

    def parents_outside(self, values: list[Value]) -> list[Value]:
        """Return the parents of values that are none of these, each once, by their first use."""
        outside = {id(p): p for v in values for p in v.parents if id(p) not in self._ids}
        return list(outside.values())


def are_leaves(values: list[Any]) -> bool:
    """Tell whether there are Values in a list, none of a subclass, and nothing but leaves."""
    return set(map(type, values)) == {Value} and not any(v.parents for v in values)


def extent(root: Value, values: list[Value]) -> tuple[int, bool]:
    """Return how many values root consists of, itself one, and whether some value is among them."""
    order = toposort(root)
    known = ValueSet(order)
    return len(order), any(v in known for v in values)


def made_by(values: list[Value], names: tuple[str, ...]) -> list[Value]:
    """Return the values that ops of these names have made."""
    return [v for v in values if v.op is not None and v.op.name in names]


def numbered(
    leaves: list[Value],
    values: list[Value],
    asked: list[Value],
    spared: "ValueSet | None" = None,
) -> tuple[Any, list[Op | None], Any, Any, Any, list[Value], list[int]]:
    """Number values, leaves first, then what was made of them, as the columns of a graph.

    Args:
        leaves: whatever made them does not count.
        values: in the order in which they were made; leaves among them have their numbers.
        asked: some of all these.
        spared: if given, all other values may go as soon as they have their columns: they lose
            their parents, and None takes their places in the list.

    Returns:
        codes and table of ``Ops``, starts and numbers of ``Parents``, the data; the values whose
        ``_closure`` is set; the numbers of those asked for.
    """
    number = {id(v): i for i, v in enumerate(leaves)}
    made = [v for v in values if id(v) not in number]
    number.update({id(v): i for i, v in enumerate(made, len(leaves))})
    code: dict[Op | None, int] = {None: 0}
    codes = array("i", bytes(4 * len(leaves)))
    codes.extend([code.setdefault(v.op, len(code)) for v in made])
    starts, parents = array("i", bytes(4 * len(leaves) + 4)), array("i")
    for v in made:
        parents.extend([number[id(p)] for p in v.parents])
        starts.append(len(parents))
    data = array("d", [v._data for v in [*leaves, *made]])
    by_hand = [v for v in made if v._closure is not None]
    return codes, list(code), starts, parents, data, by_hand, [number[id(v)] for v in asked]


def operands(values: list[Value]) -> list[tuple[Op | None, int]]:
    """Return how many operands each op was given that made these values; of leaves, how many."""
    counts: dict[Op | None, int] = {None: 0}
    for v in values:
        counts[v.op] = counts.get(v.op, 0) + (len(v.parents) or 1)
    return list(counts.items())


def batched(codes: Any, starts: Any, parents: Any, first: bytes, single: int) -> bytearray:
    """Tell of each node whether it has a batch axis: one byte each.

    Args:
        codes, starts, parents: the columns of a graph.
        first: of its first nodes, which say it themselves.
        single: the code of the op that makes numbers without one; -1 for none.
    """
    is_batched = bytearray(first)
    for i in range(len(first), len(codes)):
        above = parents[starts[i] : starts[i + 1]]
        is_batched.append(codes[i] != single and any(is_batched[p] for p in above))
    return is_batched


prefer_native(
    globals(), "ValueSet", "are_leaves", "extent", "made_by", "numbered", "operands", "batched"
)
