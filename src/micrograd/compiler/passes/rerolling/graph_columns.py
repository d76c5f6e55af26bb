"""A graph as arrays: whole stretches of its nodes are looked at, and cut out, at once."""

import numpy as np
from numpy.typing import NDArray

from ...graph import Graph
from ...nodes import Ops, Parents

Ints = NDArray[np.integer]


class GraphColumns:
    """The columns of a graph as arrays."""

    def __init__(self, graph: Graph) -> None:
        self.made, parents = Ops.of(graph.ops), Parents.of(graph.parents)
        self.leaves = len(graph.parameters) + len(graph.inputs)
        self.codes = np.asarray(self.made.codes)
        self.starts, self.numbers = np.asarray(parents.starts), np.asarray(parents.numbers)
        self.data = np.asarray(graph.data, np.float64)
        self.batched = np.frombuffer(bytes(graph.batched), np.uint8)

    def counts(self, node: int, period: int, steps: int) -> Ints:
        """Return how many parents the nodes of some steps have, a row for each."""
        stop = node + period * steps
        return np.diff(self.starts[node : stop + 1]).reshape(steps, period)

    def parents(self, node: int, period: int, steps: int) -> Ints:
        """Return the parents of some steps, a row for each."""
        begin, end = self.starts[node], self.starts[node + period]
        return self.numbers[begin : begin + (end - begin) * steps].reshape(steps, -1)
