"""Flatten in C: the rows that ``flatten`` gives, in a few sweeps over the columns of a graph.

A large model is unrolled into ten million nodes, and each step of Python costs a second of them.
"""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .... import ops
from ....value.backend import native
from ...errors import NoLoops
from ...graph import Graph
from ...nodes import Ops, Parents
from .chains import KINDS, is_sharp
from .flatten import LEAVES, Matrix, RowClass, Rows, leaf_kinds, ordered, pass_gradient

_SHARP = 8  # as in rows.h
_SUM = -1


def distinct(graph: Graph) -> Graph:
    """Return the graph in which equal nodes are one, and x stands for x · 1."""
    made, parents = Ops.of(graph.ops), Parents.of(graph.parents)
    of_two = [made.table.index(op) if op in made.table else -1 for op in (ops.ADD, ops.MUL)]
    numbers = native.distinct_parents(
        made.codes, parents.starts, parents.numbers, _data(graph), _leaves(graph, made), *of_two
    )
    same = Parents(parents.starts, memoryview(numbers).cast("i"))
    return replace(graph, ops=made, parents=same)


def swept(graph: Graph, kept: Sequence[int] = (), most: float = inf) -> Rows:
    """Return the rows of a graph, as ``flatten`` does; what is to be kept is one, as outputs are.

    Of more classes than so many nothing is made: NoLoops is raised.

    The sweeps give the nodes and the factors of all rows, sorted by group, with the heights and the
    widths of these matrices; of each group its class and how many terms each slot has; of each
    class its code, depth, batch axis and types; the types; which leaves are used; the class of each
    node; and whether a sum lives by its rounding.
    """
    made, parents = Ops.of(graph.ops), Parents.of(graph.parents)
    kind = bytes([KINDS.get(op, 0) + _SHARP * is_sharp(op) if op else 0 for op in made.table])
    leaf = _leaves(graph, made)
    numbers, groups, found, types, leaves, class_of, by_rounding = native.rows(
        made.codes,
        parents.starts,
        parents.numbers,
        _data(graph),
        bytes(graph.batched),
        leaf,
        kind,
        array("i", [*graph.outputs, *kept]),
        graph.strict,
    )
    if len(found) > most:
        raise NoLoops
    graph.by_rounding |= bool(by_rounding)
    nodes, factors, heights, widths = [np.frombuffer(part, np.int32) for part in numbers]
    classes = [*leaf_kinds(graph)]
    for code, depth, batched, *its in found:
        op = ops.SUM if code == _SUM else made.table[code]
        assert op is not None
        classes.append(RowClass(op, tuple([types[t] for t in its]), depth, bool(batched)))
    row = at = 0
    for (name, *counts), height, width in zip(groups, heights.tolist(), widths.tolist()):
        row_class = classes[2 * len(LEAVES) + name]
        matrix = factors[at : at + height * width].reshape(height, width)
        slots = _slots(row_class, counts, matrix)
        row_class.groups.append(Matrix(nodes[row : row + height], slots))
        row, at = row + height, at + height * width
    of_outputs = np.frombuffer(class_of, np.int32)[graph.outputs]
    pass_gradient(classes, set(of_outputs.tolist()))
    return Rows(graph, ordered(classes), np.flatnonzero(np.frombuffer(leaves, np.uint8)))


def _slots(
    row_class: RowClass, counts: list[int], matrix: NDArray[np.int32]
) -> list[NDArray[np.int32]]:
    """Take the factors of rows apart by slots."""
    slots, at = [], 0
    for types, count in zip(row_class.factors, counts, strict=True):
        width = count * len(types)
        slots.append(matrix[:, at : at + width].reshape(len(matrix), count, len(types)))
        at += width
    return slots


def _data(graph: Graph) -> Any:
    return graph.data if isinstance(graph.data, memoryview) else array("d", graph.data)


def _leaves(graph: Graph, made: Ops) -> NDArray[np.uint8]:
    """The class of each leaf."""
    leaf = np.full(len(made), LEAVES.index("constant"), np.uint8)
    leaf[graph.parameters] = LEAVES.index("parameter")
    leaf[graph.inputs] = LEAVES.index("input")
    variables = [i for i in graph.inputs if i in graph.differentiable]
    leaf[variables] = LEAVES.index("variable")
    batched = np.frombuffer(bytes(graph.batched), np.uint8)
    return leaf + np.uint8(len(LEAVES)) * (batched & (leaf != LEAVES.index("parameter")))
