"""What has to lie together, and does not, is copied into an array of its own first.

At run time an index of ``take`` is multiplied by the step from one row to the next; rows from
different lists, or numbers among Values, have no such step. A maximum or minimum goes by the order
of its candidates: where they are of several classes, each would have to be named, and in the
gradient of each all before it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .... import ops
from ...graph import Graph
from ...ir.program import Literal
from .addressing import Addressing
from .flatten import RowClass
from .operands import Operand, RowGroup

_FEW = 8  # candidates, which are named
_EXTREMES = (ops.MAXIMUM, ops.MINIMUM)


def gathered(
    graph: Graph, groups: Sequence[RowGroup], addressing: Addressing
) -> Iterator[RowGroup]:
    """Yield the groups, with copies of what they need together before them."""
    for group in groups:
        row_class, slot = group.row_class, group.slots[0]
        if row_class.op is ops.TAKE and not _lie_in_step(group):
            rows, index = slot
            literals: list[Literal | None] = [None] * rows.nodes.shape[1]
            copies = _Copies(graph, rows.nodes, row_class.factors[0][1:], literals)
            yield from copies.groups(row_class, addressing)
            yield replace(group, slots=[[copies.together, index]])
        elif row_class.op in _EXTREMES and len(slot) > _FEW:
            nodes = np.concatenate([candidate.nodes for candidate in slot], axis=1)
            literals = [candidate.literal for candidate in slot]
            copies = _Copies(graph, nodes, row_class.factors[0], literals)
            yield from copies.groups(row_class, addressing)
            yield replace(group, slots=[[copies.together]])
        else:
            yield group


def _lie_in_step(take: RowGroup) -> bool:
    """Tell whether the rows are of one array and a constant step apart."""
    fit = take.slots[0][0].fit
    one_array = len(set(take.row_class.factors[0][1:])) == 1
    return one_array and fit.full_table is None and len(fit.terms) <= 1


class _Copies:
    """Rows of nodes, as copies that lie together; equal rows share theirs.

    Args:
        nodes: rows x columns.
        classes: of each column.
        literals: of each column, if it is a constant that lies nowhere.
    """

    def __init__(
        self,
        graph: Graph,
        nodes: NDArray[np.int32],
        classes: Sequence[int],
        literals: Sequence[Literal | None],
    ) -> None:
        self._graph = graph
        ids: dict[tuple[int, ...], int] = {}
        self._which = [ids.setdefault(tuple(row), len(ids)) for row in nodes.tolist()]
        self._rows = np.array(list(ids))
        batched = any(bool(graph.batched[i]) for i in self._rows[0])
        self.together = Operand(nodes, batched)
        self._alike = defaultdict[tuple[int, str], list[int]](list)  # columns
        for k, (kind, literal) in enumerate(zip(classes, literals, strict=True)):
            self._alike[kind, literal.value.hex() if literal else ""].append(k)
        self._literals = literals

    def groups(self, of: RowClass, addressing: Addressing) -> Iterator[RowGroup]:
        """Yield the copies, one group for the columns of each class."""
        rows, batched = self._rows, self.together.batched
        start = addressing.reserve(rows.size, batched, of.needs_gradient)
        places = np.arange(start, start + rows.size, dtype=np.int32).reshape(rows.shape)
        for (kind, _), columns in self._alike.items():
            nodes = rows[:, columns].reshape(-1, 1)
            literal = self._literals[columns[0]]
            source = Operand(nodes, bool(self._graph.batched[nodes[0, 0]]), literal)
            if literal is None:
                source.lie_at(addressing.address[nodes])
            target = Operand(nodes, batched)
            target.lie_at(places[:, columns].reshape(-1, 1))
            copy = RowClass(ops.SUM, ((kind,),), of.depth, batched, True)
            yield RowGroup(copy, target, [[source]])
        self.together.lie_at(places[self._which])
