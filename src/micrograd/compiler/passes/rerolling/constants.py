"""Constants that differ from step to step, as an argument of which each step reads its own.

Weights, filter taps and the nodes of a quadrature come as plain numbers: each step would be a
statement of its own, since they are written into it. A step that reads them from a list is like the
others; in the loops the list is one of constants.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...graph import Graph
from ...ir.array import Array
from ...ir.joins import as_one, with_arrays
from ...ir.program import Program
from ...ir.sizes import known
from ...nodes import Ops, Parents
from .graph_columns import GraphColumns
from .periods import is_recurrent, stretches_of

Lists = list[NDArray[np.float64]]


def with_lists(graph: Graph) -> tuple[Graph, Lists] | None:
    """Return the graph with a list of constants for each stretch of steps, as last arguments.

    There are no lists where no constants differ from step to step; None where no steps go on from
    each other, whatever their constants.
    """
    columns, count = GraphColumns(graph), len(graph.ops)
    data, leaves = columns.data, columns.leaves
    columns.data = np.zeros_like(data)  # which constants there are does not tell steps apart
    if not is_recurrent(columns):
        return None
    lists: Lists = []
    instead = np.arange(count)  # what is read in place of each node
    total = 0
    for s in stretches_of(columns, leaves, count):
        nodes = np.arange(s.first, s.stop).reshape(s.steps, s.period)
        nodes = nodes[:, columns.codes[nodes[0]] == 0]
        bits = data[nodes].view(np.int64)
        nodes = nodes[:, (bits != bits[0]).any(axis=0)]
        if nodes.size:
            instead[nodes] = leaves + total + np.arange(nodes.size).reshape(nodes.shape)
            lists.append(data[nodes].reshape(-1))
            total += nodes.size
    if not lists:
        return graph, lists
    moved = instead == np.arange(count)
    numbers = np.where(moved & (instead >= leaves), instead + total, instead)[columns.numbers]
    values = np.where(moved, data, 0.0)  # nobody reads them there
    place = np.arange(count) + total * (np.arange(count) >= leaves)
    made = replace(
        graph,
        ops=Ops(_inserted(columns.codes, leaves, np.zeros(total, np.int32)), columns.made.table),
        parents=Parents(
            _inserted(columns.starts, leaves, np.full(total, columns.starts[leaves], np.int32)),
            numbers.astype(np.int32),
        ),
        data=_inserted(values, leaves, np.concatenate(lists)).tolist(),
        inputs=[*graph.inputs, *range(leaves, leaves + total)],
        outputs=place[graph.outputs].tolist(),
        batched=_inserted(columns.batched, leaves, np.zeros(total, np.uint8)).tobytes(),
        segments=[*graph.segments, *map(len, lists)],
    )
    return made, lists


def _inserted(column: NDArray, at: int, more: NDArray) -> NDArray:
    return np.concatenate([column[:at], more, column[at:]])


def with_constants(program: Program, lists: Lists) -> Program:
    """Return a program of such a graph with the lists among its constants: they lie before them."""
    first = len(program.segments) - len(lists)
    places = {known(p.start) for p in program.segments[first:]}

    def constant(array: Array) -> Array:
        return replace(array, kind="constant") if array.start in places else array

    start, count = program.inputs
    constants = (*np.concatenate(lists).tolist(), *program.constants[1])
    of_lists = sum(map(len, lists))
    program = with_arrays(program, constant)
    return as_one(
        replace(
            program,
            inputs=(start if count != of_lists else 0, count - of_lists),
            constants=(min(places), constants),
            segments=program.segments[:first],
        ),
        [a for a in program.leaves if a.kind == "constant"],
    )
