"""A graph of Values as plain lists, the form in which the page gets it.

Nodes are numbered in topological order, parents before children, so that every list below is
indexed by the same number and the page needs no sorting of its own.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..engine import Value, toposort
from ..writing.ledger import local_derivatives
from ..writing.notation import sign
from . import javascript


@dataclass(frozen=True)
class Snapshot:
    """What was true of a graph when it was taken."""

    values: list[Value]  # parents before children
    parents: list[list[int]]  # ordered, with duplicates: one entry per use
    roots: list[int]  # what backward may start from; the last is the default
    number: dict[int, int]  # id(value) -> its place in ``values``

    @cached_property
    def children(self) -> list[list[int]]:
        """Return what each node is used in: one entry for each use."""
        table: list[list[int]] = [[] for _ in self.values]
        for i, parents in enumerate(self.parents):
            for p in parents:
                table[p].append(i)
        return table


def take_snapshot(roots: Sequence[Value]) -> Snapshot:
    """Number all that the roots were computed from."""
    number: dict[int, int] = {}
    values: list[Value] = []
    for root in roots:
        for value in toposort(root):
            if id(value) not in number:
                number[id(value)] = len(values)
                values.append(value)
    parents = [[number[id(p)] for p in value.parents] for value in values]
    return Snapshot(values, parents, [number[id(root)] for root in roots], number)


def _is_known(value: Value) -> bool:
    """Tell whether the page can compute a value: its op has partials and a form in JavaScript."""
    op = value.op
    return bool(value.parents and op is not None and op.partials and op.code)


def is_stale(snapshot: Snapshot) -> bool:
    """Tell whether a leaf was changed after something had been computed from it."""
    for value in snapshot.values:
        if value.op is not None and _is_known(value):
            now = value.op.fn(*[p.data for p in value.parents])
            if now == now and not math.isclose(now, value.data, rel_tol=1e-12):
                return True
    return False


def number_json(x: float) -> float | str:
    """Return x as JSON can hold it: what is not finite becomes text."""
    return x if math.isfinite(x) else "NaN" if x != x else "Infinity" if x > 0 else "-Infinity"


def as_json(snapshot: Snapshot) -> dict[str, Any]:
    """Return the columns of a snapshot.

    ``op`` indexes ``ops``, -1 for a leaf; ``data`` holds leaves, and values that the page cannot
    compute itself; ``frozen`` the partials of those with a hand-set ``_backward``.
    """
    keys: dict[str, int] = {}
    ops: list[dict[str, Any]] = []
    column: list[int] = []
    data: dict[int, float | str] = {}
    frozen: dict[int, list] = {}
    for i, value in enumerate(snapshot.values):
        op, count = value.op, len(value.parents)
        if op is None or not count:
            column.append(-1)
            data[i] = number_json(value.data)
            continue
        known = _is_known(value)
        key = javascript.key(op, count) if known else f"handmade {op.symbol}/{count}"
        if key not in keys:
            keys[key] = len(ops)
            ops.append({"key": key, "name": op.name, "symbol": op.symbol, "sign": sign(op)})
        column.append(keys[key])
        if value._closure is not None or not known:
            frozen[i] = [number_json(x) for x in local_derivatives(value)]
        if not known:
            data[i] = number_json(value.data)
    return {
        "ops": ops,
        "op": column,
        "parents": snapshot.parents,
        "labels": {i: v.label for i, v in enumerate(snapshot.values) if v.label},
        "data": data,
        "grads": {i: number_json(v.grad) for i, v in enumerate(snapshot.values) if v.grad},
        "frozen": frozen,
        "roots": snapshot.roots,
    }


def evaluator(snapshot: Snapshot) -> str:
    """Return the JavaScript of the ops this graph uses."""
    wanted: dict[str, Any] = {}
    for value in snapshot.values:
        if value.op is not None and _is_known(value):
            wanted[javascript.key(value.op, len(value.parents))] = (value.op, len(value.parents))
    return javascript.evaluator(wanted.values())
