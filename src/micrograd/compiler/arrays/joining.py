"""Arrays that are written part by part are made of their parts, at once: no zeros, and no copies.

A gradient of all parameters is the gradients of the matrices that they are, one behind the other.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import prod

import numpy as np

from ... import ops
from .program import (
    BATCH,
    Applied,
    Expanded,
    Fill,
    Indexed,
    Joined,
    Let,
    Node,
    Put,
    Reshaped,
    Shape,
    Statement,
    StepIndex,
    Transposed,
    Variable,
)
from .visit import inside, names_in, nodes_of, simple


def with_joined(body: Sequence[Statement], taken: set[str]) -> list[Statement]:
    """Return statements in which arrays that were zeros, and are then filled, are joined.

    Args:
        body: all of forward, or of backward.
        taken: names that variables have; those of parts are added.
    """
    made, mentioned = list(body), dict[Statement, set[str]]()
    zeros = [s.target for s in made if isinstance(s, Let) and _is_zero(s.value)]
    for array in zeros:
        made = _joined(made, array, taken, mentioned) or made
    return made


def _is_zero(node: Node) -> bool:
    return isinstance(node, Expanded) and isinstance(node.x, Fill) and node.x.value == 0.0


def _joined(
    body: list[Statement],
    array: Variable,
    taken: set[str],
    mentioned: dict[Statement, set[str]],
) -> list[Statement] | None:
    mentioned |= {s: _mentioned(s) for s in body if s not in mentioned}
    uses = [k for k, s in enumerate(body) if array.name in mentioned[s]]
    first, *rest = uses
    lets = [k for k in uses if isinstance(s := body[k], Let) and s.target.name == array.name]
    changes = []
    for k in rest:
        s = body[k]
        if not isinstance(s, Put) or s.target.name != array.name or array.name in _read(s):
            break
        changes.append(k)
    behind = rest[len(changes) :]
    if lets != [first] or not changes or any(array.name in _changed(body[k]) for k in behind):
        return None
    regions = [_region(body[k], array) for k in changes]
    found = sorted({r for r in regions if r is not None})
    if None in regions or any(a[1] > b[0] for a, b in pairwise(found)) or len(found) < 2:
        return None
    parts = _Parts(array, found, taken)
    made: list[Statement] = []
    for k, s in enumerate(body):
        if k in changes:
            region = regions[changes.index(k)]
            assert isinstance(s, Put)
            assert region is not None
            made += parts.written(s, region)
            if k == changes[-1]:
                made.append(Let(array, parts.whole()))
        elif k != first:
            made.append(s)
    return made


def _mentioned(s: Statement) -> set[str]:
    return {name for one in simple([s]) for name in (one.target.name, *names_in(one))}


def _read(s: Put) -> set[str]:
    nodes = [n for top in (s.value, *s.places) for n in inside(top)]
    return {n.name for n in nodes if isinstance(n, Variable)}


def _changed(s: Statement) -> set[str]:
    return {one.target.name for one in simple([s])}


def _plain(shape: Shape) -> tuple[int, ...]:
    return tuple([n for n in shape if isinstance(n, int)])


def _region(s: Statement, array: Variable) -> tuple[int, int] | None:
    """Return which neighbours of an array a statement writes, None where they are none."""
    assert isinstance(s, Put)
    if any(isinstance(n, Indexed) and _moves(n) for top in nodes_of(s) for n in inside(top)):
        return None
    shape = _plain(array.shape)
    at = _evaluated(s.part, np.arange(prod(shape)).reshape(shape)).reshape(-1)
    return (int(at[0]), int(at[-1]) + 1) if len(at) and (np.diff(at) == 1).all() else None


def _moves(node: Indexed) -> bool:
    return any(isinstance(item, StepIndex) for item in node.items)


def _evaluated(node: Node, numbers: np.ndarray) -> np.ndarray:
    """Return which places of an array its part is; of a batch, of one example."""
    match node:
        case Indexed(x, items):
            of = _evaluated(x, numbers)
            known: tuple = items[: of.ndim + sum(i is None for i in items)]
            return np.asarray(of[known])
        case Reshaped(x, shape):
            return _evaluated(x, numbers).reshape(_plain(shape))
        case Transposed():
            return np.zeros(2, int)
    return numbers


class _Parts:
    """The parts of an array: variables of their own."""

    def __init__(
        self, array: Variable, regions: Sequence[tuple[int, int]], taken: set[str]
    ) -> None:
        self.array, self.regions = array, regions
        self.more: Shape = (BATCH,) if array.shape[-1:] == (BATCH,) else ()
        self.names: dict[tuple[int, int], str] = {}
        for k, region in enumerate(regions):
            name = f"{array.name}_{k}"
            while name in taken:
                name += "_"
            taken.add(name)
            self.names[region] = name
        self.made: dict[tuple[int, int], Variable] = {}

    def written(self, s: Put, region: tuple[int, int]) -> list[Statement]:
        """Return a change of the array as one of its part."""
        shape = s.part.shape
        before = self.made.get(region)
        if before is None:
            new = self.made[region] = Variable(self.names[region], shape)
            if s.places:
                return [Let(new, Expanded(Fill(0.0), shape)), replace(s, part=new)]
            full = isinstance(s.value, Fill) or s.value.shape != shape
            return [Let(new, Expanded(s.value, shape) if full else s.value, s.formula)]
        part: Node = before if before.shape == shape else Reshaped(before, shape)
        if s.places:
            return [replace(s, part=part)]
        value = Applied(ops.ADD, (part, s.value), shape) if s.add else s.value
        if isinstance(value, Fill) or value.shape != shape:
            value = Expanded(value, shape)
        back = value if before.shape == shape else Reshaped(value, before.shape)
        return [Let(before, back, s.formula)]

    def whole(self) -> Node:
        """Return all parts as the array, with zeros where nothing was written."""
        parts, at = list[Node](), 0
        total = prod(_plain(self.array.shape))
        for first, stop in [*self.regions, (total, total)]:
            if first > at:
                parts.append(Expanded(Fill(0.0), (first - at, *self.more)))
            if stop > first:
                part = self.made[first, stop]
                shape = (stop - first, *self.more)
                parts.append(part if part.shape == shape else Reshaped(part, shape))
            at = stop
        node = Joined(tuple(parts), (total, *self.more))
        return node if node.shape == self.array.shape else Reshaped(node, self.array.shape)
