"""Waves: what computes a dynamic program, a triangular factor or a stencil as loops over steps.

A step ends with the rows of one template, that of which most stand in a row; a wave has all rows of
a template at one depth of a step. Steps that differ in the lengths of their waves only are rolled
up, as those of a recurrence are.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from .... import ops
from ...graph import live_nodes
from .families import layouts
from .flatten import FlatNode, RowClass, Rows, matrices
from .starts import classes_of
from .templates import Rowwise, TemplateRow, refine, rows_of

_LEAST_STEPS = 4
_MOST_COUNTS = 10_000_000  # rows times templates


def waves(flat: Rows, most: int) -> Iterator[Rows]:
    """Yield the rows of a graph by waves: once as they are, once with finer templates.

    Args:
        flat: its rows by class; equal nodes are one.
        most: statements in loops; rows that must have more of them are left out.
    """
    graph = flat.graph
    if graph.strict or _most_steps(flat) < _LEAST_STEPS:
        return
    live = live_nodes(graph)
    if any(graph.ops[i] is ops.TAKE for i in live):
        return
    leaves = np.array([i for i in live if graph.ops[i] is None], np.int64)
    rows = rows_of(graph, live)
    for finer in (False, True):
        if finer:
            refine(rows)
        if _set_steps(rows) and _least(rows) <= most:
            yield Rows(graph, _classes(rows), leaves, layouts(rows), in_waves=True)


def _most_steps(flat: Rows) -> int:
    """Return how many rows of one template there may be in a row, as classes tell in no time.

    What is taken for one template here may be several.
    """
    class_of, classes = classes_of(flat), flat.classes
    templates: dict[object, int] = {}
    its, read = [], []
    for c in classes:
        slots = [class_of[slot[0, 0]].tolist() for slot in c.groups[0].slots]
        kinds = [tuple(sorted([-1 if k < 0 else classes[k].batched for k in s])) for s in slots]
        key = c.op, c.batched, frozenset(kinds) if c.op is ops.SUM else None
        its.append(templates.setdefault(key, len(templates)))
        read.append({k for slot in slots for k in slot if k >= 0})
    if len(classes) * len(templates) > _MOST_COUNTS:
        return 0
    steps = np.zeros((len(classes), len(templates)), np.int32)
    for k, (template, above) in enumerate(zip(its, read)):
        if above:
            steps[k] = steps[list(above)].max(axis=0)
        steps[k, template] += 1
    return int(steps.max(initial=0))


def _least(rows: Rowwise) -> int:
    """Return how many waves there are in steps of which no two have the same."""
    steps: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for row in rows.values():
        steps[row.step].add((row.depth, row.template))
    return sum(map(len, set(map(frozenset, steps.values()))))


def _wave(row: TemplateRow) -> tuple[int, int, int]:
    return row.step, row.depth, row.template


def _classes(rows: Rowwise) -> list[RowClass]:
    """Return a class for each wave, in an order in which they can be computed."""
    found: dict[tuple[int, int, int], list[FlatNode]] = defaultdict(list)
    classes = {}
    for row in rows.values():
        found[_wave(row)].append(row)
        classes[_wave(row)] = RowClass(row.op, (), 0, row.batched, row.needs_gradient)
    for wave, row_class in classes.items():
        row_class.groups = matrices(found[wave])
    return [classes[wave] for wave in sorted(classes)]


def _set_steps(rows: Rowwise) -> bool:
    """Give rows their steps and depths; False where there are too few steps.

    A row that waits for no step is made in the one in which it is first read.
    """
    earliest = _counted(rows)
    last = max(earliest.values(), default=0)
    if last < _LEAST_STEPS:
        return False
    first_use = dict.fromkeys(rows, last)
    for i, row in reversed(rows.items()):
        row.step = earliest[i] or first_use[i]
        for f in row.above:
            first_use[f] = min(first_use[f], row.step)
    for row in rows.values():
        here = [rows[f].depth + 1 for f in row.above if rows[f].step == row.step]
        row.depth = max(here, default=0)
    return True


def _counted(rows: Rowwise) -> dict[int, int]:
    """Return how many rows of one template stand in a row up to each, it counted.

    The template is that of which most do; of several the one with the fewest rows.
    """
    count = np.bincount([row.template for row in rows.values()], minlength=1)
    if len(rows) * len(count) > _MOST_COUNTS:
        return {}
    number = {node: k for k, node in enumerate(rows)}
    steps = np.zeros((len(rows), len(count)), np.int32)
    for k, row in enumerate(rows.values()):
        if row.above:
            steps[k] = steps[[number[f] for f in row.above]].max(axis=0)
        steps[k, row.template] += 1
    length = steps.max(axis=0, initial=0)
    longest = np.flatnonzero(length == length.max())
    template = longest[np.argmin(count[longest])]
    return dict(zip(rows, steps[:, template].tolist()))
