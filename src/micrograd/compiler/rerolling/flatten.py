"""Rerolling, first half: see sums of products where the user wrote chains of additions.

A neuron, ``w1*x1 + w2*x2 + b`` built from four nodes, becomes one row: a sum of terms, each a
product of factors. Rows that do the same at the same depth are of one class; how long their sums
are does not matter, so that ragged rows (causal attention: 1, 2, ... t terms) stay together.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from math import inf

from ... import ops
from ...ops import Op
from ..graph import CONSTANT, Graph, live_nodes

_SUMS = (ops.ADD, ops.SUM)
_PRODUCTS = (ops.MUL, ops.PROD)
_EXTREMES = {ops.MAXIMUM, ops.MINIMUM}
_MOST_DEPTHS = 16  # of the terms of one sum
_MOST_FACTORS = 4


@dataclass(slots=True)
class Row:
    """What one node computes, flattened: ``slots[s][t]`` holds the factors of term t of slot s.

    The terms of a slot have factors of the same classes. For an op that is no sum and no extreme
    there is one slot with one term, whose factors are the op's arguments.
    """

    node: int
    op: Op  # SUM, MAXIMUM, MINIMUM, or any other op
    slots: list[list[tuple[int, ...]]]


@dataclass(slots=True)
class RowClass:
    """Rows of one kind and depth, in the order in which they were made."""

    op: Op
    factors: tuple[tuple[int, ...], ...]  # per slot, the classes of a term's factors
    depth: int
    batched: bool
    needs_gradient: bool
    rows: list[Row]


LEAVES = ("parameter", "variable", "input", "constant")  # a variable is an input with a gradient


def flatten(graph: Graph) -> tuple[list[RowClass], list[int]]:
    """Return the classes of rows in order of depth, and the live leaves.

    The first classes are the leaves: those in LEAVES, plain, then batched.
    """
    live = live_nodes(graph)
    terms = _terms(graph, live)
    class_of = [-1] * len(graph.ops)
    depth_of = [0] * len(graph.ops)
    ids: dict[tuple, int] = {}
    classes: list[RowClass] = []
    for leaf_class in range(2 * len(LEAVES)):
        classes.append(RowClass(ops.DETACH, (), 0, leaf_class >= len(LEAVES), False, []))
        classes[leaf_class].needs_gradient = LEAVES[leaf_class % len(LEAVES)] in (
            "parameter",
            "variable",
        )
    for i in graph.parameters:
        class_of[i] = 0
    for i in graph.inputs:
        kind = 1 if i in graph.differentiable else 2
        class_of[i] = kind + (len(LEAVES) if graph.batched[i] else 0)
    for i in live:
        row_terms = terms.get(i)
        if row_terms is None:
            if graph.ops[i] is None and class_of[i] < 0:
                class_of[i] = 3 + (len(LEAVES) if graph.batched[i] else 0)
            continue
        op, row = row_terms
        if op is ops.SUM:
            types, slots = (_in_order if graph.strict else _by_type)(row, class_of)
        else:
            if op in _EXTREMES and len({class_of[f[0]] for f in row}) > 1:
                row = [tuple([f[0] for f in row])]  # a tie goes to the first: keep the order
            types = (tuple([class_of[f] for f in row[0]]),)
            slots = [row]
        depth = 1 + max([depth_of[f] for slot in slots for factors in slot for f in factors])
        key = (op, types, depth, graph.batched[i])
        c = ids.get(key)
        if c is None:
            c = ids[key] = len(classes)
            needs = _differentiable(op) and any(
                classes[t].needs_gradient for type_ in types for t in type_
            )
            classes.append(RowClass(op, types, depth, graph.batched[i], needs, []))
        class_of[i] = c
        depth_of[i] = depth
        classes[c].rows.append(Row(i, op, slots))
    _drop_unreached(classes, {class_of[i] for i in graph.outputs})
    leaves = [i for i in live if graph.ops[i] is None]
    order = sorted(range(2 * len(LEAVES), len(classes)), key=lambda c: classes[c].depth)
    return [classes[c] for c in order], leaves


_Types = tuple[tuple[int, ...], ...]
_Slots = list[list[tuple[int, ...]]]


def _by_type(row: list[tuple[int, ...]], class_of: list[int]) -> tuple[_Types, _Slots]:
    """Gather the terms of a sum by the classes of their factors."""
    by_type: dict[tuple[int, ...], list[tuple[int, ...]]] = defaultdict(list)
    for factors in row:
        if len(factors) > 1:
            factors = tuple(sorted(factors, key=class_of.__getitem__))
        by_type[tuple([class_of[f] for f in factors])].append(factors)
    types = tuple(sorted(by_type))
    return types, [by_type[t] for t in types]


def _in_order(row: list[tuple[int, ...]], class_of: list[int]) -> tuple[_Types, _Slots]:
    """Gather neighbouring terms of one type, so that terms are added in the order given."""
    runs = groupby(row, key=lambda factors: tuple([class_of[f] for f in factors]))
    found = [(type_, list(terms)) for type_, terms in runs]
    return tuple([type_ for type_, _ in found]), [terms for _, terms in found]


def _drop_unreached(classes: list[RowClass], outputs: set[int]) -> None:
    """Want no gradients of what reaches the outputs by constants only: the max in a softmax."""
    reached = [c in outputs for c in range(len(classes))]
    for c in sorted(range(len(classes)), key=lambda c: -classes[c].depth):
        row_class = classes[c]
        row_class.needs_gradient &= reached[c] or row_class.depth == 0
        if row_class.needs_gradient:
            for type_ in row_class.factors:
                for factor in type_:
                    reached[factor] = True


def _differentiable(op: Op) -> bool:
    return op not in CONSTANT


def _terms(graph: Graph, live: list[int]) -> dict[int, tuple[Op, list[tuple[int, ...]]]]:
    """For each node that stays a row of its own: its op and its terms, each a tuple of factors."""
    all_ops, parents, batched = graph.ops, graph.parents, graph.batched
    uses = [0] * len(all_ops)
    for i in live:
        for p in parents[i]:
            uses[p] += 1
    for i in graph.outputs:
        uses[i] += 2  # an output keeps its address
    depths = [0] * len(all_ops)
    for i in live:
        if parents[i]:
            depths[i] = 1 + max([depths[p] for p in parents[i]])
    absorbed = bytearray(len(all_ops))
    rows: dict[int, tuple[Op, list[tuple[int, ...]]]] = {}

    def chain(i: int, family: tuple[Op, ...] | set[Op], limit: float) -> list[int] | None:
        """The arguments of i, those of its single-use parents of the same family in their place."""
        found: list[int] = []
        inner: list[int] = []
        stack = [i]
        while stack:
            j = stack.pop()
            mine = all_ops[j] in family and uses[j] == 1 and batched[j] == batched[i]
            if j == i or (mine and not (graph.strict and found)):  # a + (b + c) keeps its brackets
                inner.append(j)
                stack += parents[j][::-1]
            else:
                found.append(j)
                if len(found) > limit:
                    return None
        if len(found) > _MOST_DEPTHS < len({depths[j] for j in found}):
            return None  # one term for each step of a recurrence: it is added up as they come
        for j in inner:
            absorbed[j] = 1
        return found

    for i in reversed(live):
        op = all_ops[i]
        if absorbed[i] or op is None:
            continue
        if op in _SUMS:
            row = []
            for t in chain(i, _SUMS, inf) or parents[i]:
                factors = None
                if all_ops[t] in _PRODUCTS and uses[t] == 1 and batched[t] == batched[i]:
                    factors = chain(t, _PRODUCTS, _MOST_FACTORS)
                row.append(tuple(factors) if factors else (t,))
            rows[i] = ops.SUM, row
        elif op in _PRODUCTS:
            rows[i] = ops.SUM, [tuple(chain(i, _PRODUCTS, _MOST_FACTORS) or parents[i])]
        elif op in _EXTREMES:
            rows[i] = op, [(p,) for p in chain(i, {op}, inf) or ()]
        else:
            rows[i] = op, [parents[i]]
    return rows
