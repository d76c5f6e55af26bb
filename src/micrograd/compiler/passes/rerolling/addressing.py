"""Addresses: every class of values gets an array of its own, in the order of their making."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import ArrayLike

from ...graph import Graph
from ...ir.array import Array
from .flatten import LEAVES, ArrayNodes


class Addressing:
    """Give each array contiguous addresses: leaves first, then computed ones in their order.

    Here an array that is batched starts at a row, and its rows are counted as one address each.
    """

    def __init__(self, graph: Graph, layouts: Iterable[ArrayNodes], leaves: Sequence[int]) -> None:
        self.address = np.full(len(graph.ops), -1, dtype=np.int32)
        self.arrays: list[Array] = []
        self.plain = 0
        self.rows = 0
        self.constants = [i for i in leaves if i in graph.constants]
        variables = [i for i in graph.inputs if i in graph.differentiable]
        inputs = [i for i in graph.inputs if i not in graph.differentiable]
        argument = dict(zip(graph.inputs, _counted(graph.segments)))
        for kind, nodes in zip(LEAVES, (graph.parameters, variables, inputs, self.constants)):
            for batched in (False, True):
                mine = [i for i in nodes if graph.batched[i] == batched]
                for _, some in groupby(mine, argument.get):
                    these = list(some)
                    self._place(these, batched, these[0] in graph.differentiable, kind)
        for x in layouts:
            self._place(x.nodes, x.batched, x.needs_gradient, "computed")

    def _place(self, nodes: ArrayLike, batched: bool, gradient: bool, kind: str) -> None:
        some = np.asarray(nodes)
        if len(some):
            start = self.reserve(len(some), batched, gradient, kind)
            taken = some >= 0
            self.address[some[taken]] = start + np.flatnonzero(taken)

    def reserve(self, count: int, batched: bool, gradient: bool, kind: str = "computed") -> int:
        """Make room for one more array and return where it starts."""
        start = self.rows if batched else self.plain
        self.arrays.append(Array(start, count, batched, gradient, kind))
        if batched:
            self.rows += count
        else:
            self.plain += count
        return start


def _counted(segments: Sequence[int]) -> Iterator[int]:
    """Yield the number of its segment for each input."""
    return (k for k, count in enumerate(segments) for _ in range(count))
