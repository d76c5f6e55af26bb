"""The scalar graph of one call: flat lists, in the order in which the values were made."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from .. import ops
from ..ops import Op
from .nodes import Ops

BATCH_SUM = Op(
    "batch_sum", "Σ", 1, lambda x: x, lambda x, out: (1.0,), r"\sum {0}", "{0}"
)  # of a value that has a batch axis, over that axis; made by the compiler only

PICK = replace(ops.WHERE)  # of objects: what is not picked gets nothing, not 0 times an infinity

CONSTANT = (ops.DETACH, ops.LT, ops.LE, ops.GT, ops.GE)  # pass no gradient on


@dataclass(slots=True)
class Graph:
    """Node i was made by ``ops[i]`` (None: a leaf) of ``parents[i]``, all smaller than i.

    Leaves are parameters, inputs or, if neither, constants. ``batched`` nodes have a batch axis.
    """

    ops: Sequence[Op | None]
    parents: Sequence[tuple[int, ...]]
    data: Sequence[float]
    parameters: list[int]
    inputs: list[int]
    outputs: list[int]
    batched: Sequence[int] = field(default_factory=list)
    differentiable: set[int] = field(default_factory=set)  # leaves whose gradient is wanted
    segments: list[int] = field(default_factory=list)  # how many inputs each argument has
    strict: bool = False  # sums and products are to be made in the order in which they are written
    by_rounding: bool = False  # whether a sum in it lives by its rounding, as its chains tell

    _constants: set[int] | None = field(init=False, default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.batched = self.batched or bytes(len(self.ops))

    @property
    def constants(self) -> set[int]:
        """The other leaves; a graph that runs as a tape is never asked for them."""
        if self._constants is None:
            leaves = np.flatnonzero(np.asarray(Ops.of(self.ops).codes) == 0).tolist()
            self._constants = set(leaves).difference(self.parameters, self.inputs)
        return self._constants

    def __str__(self) -> str:
        leaf = dict.fromkeys(self.parameters, "parameter") | dict.fromkeys(self.inputs, "input")
        lines = []
        for i, op in enumerate(self.ops):
            made = (
                f"{op.symbol} {' '.join(f'%{p}' for p in self.parents[i])}" if op else leaf.get(i)
            )
            lines.append(f"%{i} = {made or f'constant {self.data[i]!r}'}")
        return "\n".join(lines) + "\nreturn " + ", ".join(f"%{i}" for i in self.outputs)


def beside_one(op: Op | None, above: Sequence[int], ones: Container[int]) -> int | None:
    """Return x of a product x · 1, None of anything else."""
    if op is ops.MUL:
        for x, one in (above, above[::-1]):
            if one in ones and x not in ones:
                return x
    return None


def without_copies(graph: Graph) -> Graph:
    """Return the graph with x in place of x · 1, by which a trace tells equal numbers apart."""
    ones = {i for i in graph.constants if graph.data[i] == 1.0}
    same: dict[int, int] = {}
    for i, (op, above) in enumerate(zip(graph.ops, graph.parents)) if ones else ():
        x = beside_one(op, above, ones)
        if x is not None and x not in graph.constants:
            same[i] = same.get(x, x)
    if not same:
        return graph
    return replace(
        graph, parents=[tuple([same.get(p, p) for p in parents]) for parents in graph.parents]
    )


def without_repeats(graph: Graph) -> Graph:
    """Return the graph with what is computed twice, by one operation of equal arguments, in one.

    Of a sum or product of two it is all the same which comes first. A product with a constant costs
    nothing, and is left where it is used, x − y is x + (−1)·y; but what is made of equal ones is
    equal. An output is itself in any case: each has a gradient of its own.
    """
    constants = graph.constants
    same, alike = list(range(len(graph.ops))), list(range(len(graph.ops)))
    first: dict[tuple[Any, ...], int] = {}
    for i, (op, above) in enumerate(zip(graph.ops, graph.parents)):
        made_of: tuple[Any, ...] = tuple(map(alike.__getitem__, above))
        if i in constants:
            made_of = (repr(graph.data[i]),)
        elif op is None:
            continue
        elif op in (ops.ADD, ops.MUL):
            made_of = tuple(sorted(made_of))
        alike[i] = first.setdefault((op, *made_of), i)
        if op is not ops.MUL or constants.isdisjoint(made_of):
            same[i] = alike[i]
    parents = [tuple(map(same.__getitem__, parents)) for parents in graph.parents]
    return replace(graph, parents=parents)


def live_nodes(graph: Graph) -> list[int]:
    """Return the nodes that the outputs are computed from, in order."""
    needed = bytearray(len(graph.ops))
    for i in graph.outputs:
        needed[i] = 1
    parents = list(graph.parents)
    for i in range(len(needed) - 1, -1, -1):
        if needed[i]:
            for p in parents[i]:
                needed[p] = 1
    return [i for i, n in enumerate(needed) if n]


def indices(graph: Graph) -> list[bool]:
    """Tell of each parameter and input whether the index of a ``take`` is computed from it."""
    found, parents = bytearray(len(graph.ops)), list(graph.parents)
    for i in range(len(graph.ops) - 1, -1, -1):
        if graph.ops[i] is ops.TAKE:
            found[parents[i][0]] = 1
        if found[i]:
            for p in parents[i]:
                found[p] = 1
    return [bool(found[i]) for i in (*graph.parameters, *graph.inputs)]


def interpret(
    graph: Graph, leaves: list[float], roots: list[int]
) -> tuple[list[float], list[list[float]]]:
    """Compute all values, and for each root the gradients of parameters and inputs, one at a time.

    Args:
        leaves: the numbers of the parameters and then of the inputs.
    """
    values = list(graph.data)
    first = [*graph.parameters, *graph.inputs]
    for i, x in zip(first, leaves, strict=True):
        values[i] = x
    all_parents = list(graph.parents)
    for i, op in enumerate(graph.ops):
        if op is not None:
            values[i] = op.fn(*[values[p] for p in all_parents[i]])
    gradients = []
    for root in roots:
        slope = [0.0] * len(values)
        slope[root] = 1.0
        reached = bytearray(len(values))
        reached[root] = 1
        for i in range(root, -1, -1):
            op = graph.ops[i]
            if op not in (None, *CONSTANT) and op.partials is not None and reached[i]:
                parents = all_parents[i]
                partials = op.partials(*[values[p] for p in parents], values[i])
                for p, partial in zip(parents, partials):
                    slope[p] += partial * slope[i]
                    reached[p] = 1
        gradients.append([slope[i] for i in first])
    return values, gradients
