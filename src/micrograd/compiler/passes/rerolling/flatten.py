"""Rerolling, first half: see sums of products where the user wrote chains of additions.

A neuron, ``w1*x1 + w2*x2 + b`` built from four nodes, becomes one row: a sum of terms, each a
product of factors. Rows that do the same at the same depth are of one class; how long their sums
are does not matter, so that ragged rows (causal attention: 1, 2, ... t terms) stay together.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from .... import ops
from ....ops import Op
from ...graph import CONSTANT, Graph, live_nodes
from .chains import Chain, chains_of

_EXTREMES = {ops.MAXIMUM, ops.MINIMUM}


@dataclass(slots=True)
class FlatNode:
    """What one node computes, flattened: ``slots[s][t]`` holds the factors of term t of slot s.

    The terms of a slot have factors of the same classes. For an op that is no sum and no extreme
    there is one slot with one term, whose factors are the op's arguments.
    """

    node: int
    op: Op  # SUM, MAXIMUM, MINIMUM, or any other op
    slots: list[list[tuple[int, ...]]]


@dataclass(slots=True)
class Matrix:
    """Rows of a class whose sums have the same lengths, in the order in which they were made."""

    nodes: NDArray[np.int32]
    slots: list[NDArray[np.int32]]  # rows x terms x factors


@dataclass(slots=True)
class RowClass:
    """Rows of one kind and depth."""

    op: Op
    factors: tuple[tuple[int, ...], ...]  # per slot, the classes of a term's factors
    depth: int
    batched: bool
    needs_gradient: bool = False
    groups: list[Matrix] = field(default_factory=list)

    @property
    def nodes(self) -> NDArray[np.int32]:
        """All of its nodes, in the order in which they were made."""
        return np.sort(np.concatenate([group.nodes for group in self.groups]))

    @property
    def rows(self) -> list[FlatNode]:
        """Its rows one by one, in that order."""
        rows = [
            FlatNode(node, self.op, [[tuple(term) for term in terms] for terms in slots])
            for group in self.groups
            for node, *slots in zip(group.nodes.tolist(), *[s.tolist() for s in group.slots])
        ]
        return sorted(rows, key=lambda row: row.node)


LEAVES = ("parameter", "variable", "input", "constant")  # a variable is an input with a gradient
WITH_GRADIENT = {"parameter", "variable"}


@dataclass(slots=True)
class ArrayNodes:
    """The nodes of an array, -1 where a place is left free."""

    nodes: NDArray[np.signedinteger]
    batched: bool
    needs_gradient: bool


@dataclass(slots=True)
class Rows:
    """A graph as rows, in classes in an order in which they can be computed; its live leaves.

    ``layouts``: the arrays that are computed, if not one for each class; ``in_waves``: whether rows
    of one class differ in what they read.
    """

    graph: Graph
    classes: list[RowClass]
    leaves: NDArray[np.int64]
    layouts: list[ArrayNodes] = field(default_factory=list)
    in_waves: bool = False

    def __str__(self) -> str:
        """Say what a row of each class computes, as in ``c1[4] = Σ3 parameter·input + parameter``.

        The order of a sum's terms is theirs in the loops: gathered by what their factors are.
        """
        graph, lines = self.graph, []
        name = {i: f"{graph.data[i]:g}" for i in graph.constants}
        name |= dict.fromkeys(graph.parameters, "parameter") | dict.fromkeys(graph.inputs, "input")
        for k, c in enumerate(self.classes, start=1):
            terms = " + ".join(_terms(c, s, name) for s in range(len(c.factors)))
            made = terms if c.op is ops.SUM else f"{c.op.symbol}({terms})"
            lines.append(f"c{k}[{len(c.nodes)}{', B' if c.batched else ''}] = {made}")
            name |= dict.fromkeys(c.nodes.tolist(), f"c{k}")
        outputs = dict.fromkeys(name[i] for i in graph.outputs)
        return "\n".join([*lines, f"return {', '.join(outputs)}"])


def _terms(c: RowClass, slot: int, name: dict[int, str]) -> str:
    """How many terms the rows have in a slot, and their factors."""
    matrices = [group.slots[slot] for group in c.groups]
    counts = sorted({matrix.shape[1] for matrix in matrices})
    many = "–".join(dict.fromkeys(map(str, (counts[0], counts[-1]))))
    sign = "" if counts == [1] else f"Σ{many} " if c.op is ops.SUM else f"{many} × "
    terms = np.concatenate([matrix.reshape(-1, matrix.shape[2]) for matrix in matrices])
    names = [{name[f] for f in factor} for factor in terms.T.tolist()]
    product = "·" if c.op is ops.SUM else ", "
    return sign + product.join(n.pop() if len(n) == 1 else "constant" for n in names)


def flatten(graph: Graph) -> Rows:
    """Flatten chains of additions, and sort what is computed into classes."""
    live = live_nodes(graph)
    chains = chains_of(graph, live)
    classes, class_of = leaf_kinds(graph), leaf_classes(graph, live)
    rows: list[list[FlatNode]] = [[] for _ in classes]
    depth_of = [0] * len(graph.ops)
    ids: dict[tuple, int] = {}
    for i in live:
        if i not in chains:
            continue
        op = chains[i].op
        types, slots = gathered(chains[i], class_of, graph.strict)
        depth = 1 + max([depth_of[f] for slot in slots for factors in slot for f in factors])
        key = (op, types, depth, bool(graph.batched[i]))
        c = ids.get(key)
        if c is None:
            c = ids[key] = len(classes)
            classes.append(RowClass(*key))
            rows.append([])
        class_of[i] = c
        depth_of[i] = depth
        rows[c].append(FlatNode(i, op, slots))
    for row_class, its in zip(classes, rows):
        row_class.groups = matrices(its)
    pass_gradient(classes, {class_of[i] for i in graph.outputs})
    leaves = np.array([i for i in live if graph.ops[i] is None], dtype=np.int64)
    return Rows(graph, ordered(classes), leaves)


def matrices(rows: Sequence[FlatNode]) -> list[Matrix]:
    """Return rows of one class as matrices, by the lengths of their sums."""
    by_lengths: dict[tuple[int, ...], list[FlatNode]] = defaultdict(list)
    for row in rows:
        by_lengths[tuple([len(slot) for slot in row.slots])].append(row)
    return [
        Matrix(
            np.array([row.node for row in some], np.int32),
            [np.array(slots, np.int32) for slots in zip(*[row.slots for row in some])],
        )
        for some in by_lengths.values()
    ]


def leaf_kinds(graph: Graph) -> list[RowClass]:
    """Return the classes of leaves, plain and then batched."""
    wanted = {"variable"} if graph.differentiable.isdisjoint(graph.parameters) else WITH_GRADIENT
    return [
        RowClass(ops.DETACH, (), 0, batched, kind in wanted)
        for batched in (False, True)
        for kind in LEAVES
    ]


def leaf_classes(graph: Graph, live: Sequence[int]) -> list[int]:
    """The class of each leaf that is live."""
    kinds = dict.fromkeys(graph.parameters, "parameter")
    for i in graph.inputs:
        kinds[i] = "variable" if i in graph.differentiable else "input"
    class_of = [-1] * len(graph.ops)
    for i in {*live, *kinds}:
        if graph.ops[i] is None:
            kind = kinds.get(i, "constant")
            batched = graph.batched[i] and kind != "parameter"
            class_of[i] = LEAVES.index(kind) + (len(LEAVES) if batched else 0)
    return class_of


_Types = tuple[tuple[int, ...], ...]
_Slots = list[list[tuple[int, ...]]]


def gathered(chain: Chain, class_of: Sequence[int], strict: bool) -> tuple[_Types, _Slots]:
    """The terms of a chain, those of one kind together where the order does not count."""
    row = chain.terms
    if chain.op is ops.SUM:
        gather = _one_by_one if chain.ordered else _in_order if strict else _by_type
        return gather(row, class_of)
    if chain.op in _EXTREMES and len({class_of[f[0]] for f in row}) > 1:
        row = [tuple([f[0] for f in row])]  # a tie goes to the first: keep the order
    return (tuple([class_of[f] for f in row[0]]),), [row]


def _by_type(row: list[tuple[int, ...]], class_of: Sequence[int]) -> tuple[_Types, _Slots]:
    """Gather the terms of a sum by the classes of their factors."""
    by_type: dict[tuple[int, ...], list[tuple[int, ...]]] = defaultdict(list)
    for factors in row:
        type_ = tuple(map(class_of.__getitem__, factors))
        if len(factors) > 1 and any(x > y for x, y in pairwise(type_)):
            factors = tuple(sorted(factors, key=class_of.__getitem__))
            type_ = tuple(sorted(type_))
        by_type[type_].append(factors)
    types = tuple(sorted(by_type))
    return types, [by_type[t] for t in types]


def _in_order(row: list[tuple[int, ...]], class_of: Sequence[int]) -> tuple[_Types, _Slots]:
    """Gather neighbouring terms of one type, so that terms are added in the order given."""
    runs = groupby(row, key=lambda factors: tuple([class_of[f] for f in factors]))
    found = [(type_, list(terms)) for type_, terms in runs]
    return tuple([type_ for type_, _ in found]), [terms for _, terms in found]


def _one_by_one(row: list[tuple[int, ...]], class_of: Sequence[int]) -> tuple[_Types, _Slots]:
    """Leave every term alone, so that they are added as they were written."""
    types = tuple([tuple([class_of[f] for f in factors]) for factors in row])
    return types, [[factors] for factors in row]


def ordered(classes: Sequence[RowClass]) -> list[RowClass]:
    """Return the computed classes by when their last row was made, but after what they read.

    So the classes of one step of a recurrence come together, and the next step's look like them.
    """
    computed = range(2 * len(LEAVES), len(classes))
    reads = {c: {f for t in classes[c].factors for f in t if f in computed} for c in computed}
    readers: dict[int, list[int]] = {c: [] for c in computed}
    for c, read in reads.items():
        for f in read:
            readers[f].append(c)
    left = {c: len(read) for c, read in reads.items()}
    last = {c: max([int(group.nodes[-1]) for group in classes[c].groups]) for c in computed}
    ready = [(last[c], c) for c in computed if not left[c]]
    heapify(ready)
    order = []
    while ready:
        _, c = heappop(ready)
        order.append(c)
        for reader in readers[c]:
            left[reader] -= 1
            if not left[reader]:
                heappush(ready, (last[reader], reader))
    return [classes[c] for c in order]


def pass_gradient(classes: list[RowClass], outputs: set[int]) -> None:
    """Say which classes need a gradient: what leaves with one lie behind, and outputs before.

    What reaches the outputs by constants only is left out: the max in a softmax.

    Args:
        classes: parents first; those of leaves know it.
        outputs: the classes of the outputs.
    """
    for computed in classes[2 * len(LEAVES) :]:
        above = any(classes[t].needs_gradient for type_ in computed.factors for t in type_)
        computed.needs_gradient = above and computed.op not in CONSTANT
    reached = [c in outputs for c in range(len(classes))]
    for c in sorted(range(len(classes)), key=lambda c: -classes[c].depth):
        row_class = classes[c]
        row_class.needs_gradient &= reached[c] or row_class.depth == 0
        if row_class.needs_gradient:
            for type_ in row_class.factors:
                for factor in type_:
                    reached[factor] = True
