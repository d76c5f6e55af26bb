"""The rows of a ``take`` from anywhere: copied together first, if they do not lie a step apart.

At run time an index is multiplied by the step from one row to the next. Rows from different lists,
or numbers among Values, have no such step until they lie in an array of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from .... import ops
from ...graph import Graph
from .addressing import Addressing
from .fit import Addresses
from .flatten import RowClass
from .operands import Operand, RowGroup


def gathered(
    graph: Graph, groups: Sequence[RowGroup], addressing: Addressing
) -> Iterator[RowGroup]:
    """Yield the groups, with copies of their rows before the takes that need them."""
    address = addressing.address
    for group in groups:
        if group.row_class.op is ops.TAKE and not _lie_in_step(group):
            yield from _copied(graph, group, addressing, address)
        else:
            yield group


def _lie_in_step(take: RowGroup) -> bool:
    """Tell whether the rows are of one array and a constant step apart."""
    fit = take.slots[0][0].fit
    one_array = len(set(take.row_class.factors[0][1:])) == 1
    return one_array and fit.full_table is None and len(fit.terms) <= 1


def _copied(
    graph: Graph, take: RowGroup, addressing: Addressing, address: Addresses
) -> Iterator[RowGroup]:
    """Yield the copies, one group for each run of rows of one class, then the take from them."""
    rows, index = take.slots[0]
    ids: dict[tuple[int, ...], int] = {}  # takes from the same rows share one copy of them
    which = [ids.setdefault(tuple(nodes), len(ids)) for nodes in rows.nodes.tolist()]
    distinct = np.array(list(ids))
    batched = any(bool(graph.batched[i]) for i in distinct[0])
    start = addressing.reserve(distinct.size, batched, take.row_class.needs_gradient)
    places = np.arange(start, start + distinct.size, dtype=np.int32).reshape(distinct.shape)
    classes = take.row_class.factors[0][1:]
    for kind, run in groupby(range(len(classes)), key=classes.__getitem__):
        columns = list(run)
        nodes = distinct[:, columns].reshape(-1, 1)
        source = Operand(nodes, bool(graph.batched[nodes[0, 0]]))
        source.lie_at(address[nodes])
        target = Operand(nodes, batched)
        target.lie_at(places[:, columns].reshape(-1, 1))
        depth = take.row_class.depth
        yield RowGroup(RowClass(ops.SUM, ((kind,),), depth, batched, True), target, [[source]])
    together = Operand(rows.nodes, batched)
    together.lie_at(places[which])
    yield replace(take, slots=[[together, index]])
