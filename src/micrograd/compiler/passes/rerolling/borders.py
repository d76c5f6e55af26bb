"""First and last steps of a recurrence, made as those between are, so that one loop has them all.

What a last step makes may be read once only, and go up in a sum behind the loop, or be read by
nobody: it stays a row all the same. For first steps see ``starts``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .... import ops
from ...graph import Graph
from ...nodes import Ops, Parents
from .flatten import Rows
from .graph_columns import GraphColumns
from .periods import Stretch, recurs, stretches_of
from .starts import Start, Unlike, check_order, classes_of
from .sweeps import swept
from .unfolding import unfolded

_LEAST = 4  # steps that are alike
_SAFE = {  # whose derivatives are finite: where nobody reads them, they are 0 times that
    *(ops.ADD, ops.SUM, ops.MUL, ops.PROD, ops.MAXIMUM, ops.MINIMUM, ops.TANH, ops.SIN, ops.COS),
    *(ops.SIGMOID, ops.RELU, ops.DETACH),
}


def with_whole_steps(graph: Graph) -> Iterator[Rows]:
    """Yield rows in which last steps are like the others, and then first ones, too.

    Args:
        graph: in which equal nodes are one, as columns.
    """
    if graph.strict:
        return
    graph = _constants_first(graph)
    columns = _columns(graph)
    stretches = _recurrences(columns)
    for s in reversed(stretches):
        if (traced := unfolded(graph, columns, s)) is not None:
            graph, columns = traced, _columns(traced)
            stretches = _recurrences(columns)
    if not stretches:
        return
    made = rows = swept(graph)
    for kept in _kept(rows, columns, stretches):
        made = swept(graph, list(kept))
        _pass_gradient(made, kept)
        for s in stretches:
            _put_behind(
                made, s, max([n for n in kept if s.first <= n < s.stop + s.period], default=0)
            )
        yield made
    class_of = classes_of(made)
    for s in stretches:
        if whole := Start(made, columns, s, class_of).whole():
            made, class_of = whole, classes_of(whole)
            yield made


def _columns(graph: Graph) -> GraphColumns:
    """Return the columns of a graph of which all constants come first."""
    columns = GraphColumns(graph)
    columns.leaves = int(np.count_nonzero(columns.codes == 0))
    return columns


def _recurrences(columns: GraphColumns) -> list[Stretch]:
    """Return where a graph does the same again and again with what it has made before."""
    steps = stretches_of(columns, columns.leaves, len(columns.codes), _LEAST)
    return [s for s in steps if recurs(columns, s)]


def _constants_first(graph: Graph) -> Graph:
    """Return the graph with constants before all that is computed: one is made where it is used."""
    columns = GraphColumns(graph)
    computed = columns.codes != 0
    order = np.argsort(computed, kind="stable").astype(np.int32)
    place = np.empty_like(order)
    place[order] = np.arange(len(order), dtype=np.int32)
    counts = np.diff(columns.starts)
    numbers = place[columns.numbers]  # leaves have none, so that those of the others stay in order
    return replace(
        graph,
        ops=Ops(columns.codes[order], columns.made.table),
        parents=Parents(np.cumsum([0, *counts[order]], dtype=np.int32), numbers),
        data=columns.data[order].tolist(),
        outputs=place[graph.outputs].tolist(),
        batched=columns.batched[order].tobytes(),
    )


def _kept(
    rows: Rows, columns: GraphColumns, stretches: Sequence[Stretch]
) -> Iterator[dict[int, int]]:
    """Yield what shall be rows, each with a node of a step between that is one.

    That is what is one in other steps and not in a first or last one; if some of what is handed on
    goes up in a row of the next step, that besides, so that a step ends with it.
    """
    class_of = classes_of(rows)
    is_row = class_of >= 0
    for states in (False, True):
        kept: dict[int, int] = {}
        more: set[int] = set()
        for s in stretches:
            handed_on = Start(rows, columns, s, class_of).handed_on() if states else set()
            more |= handed_on
            kept |= _lost(columns, s, is_row, handed_on)
        if more if states else kept:
            yield kept


def _lost(
    columns: GraphColumns, s: Stretch, is_row: NDArray[np.bool_], handed_on: set[int]
) -> dict[int, int]:
    """Return what is no row in a step and shall be one, each with a node that is or shall be."""
    kept: dict[int, int] = {}
    unsafe: set[int] = set()
    middle = s.first + s.steps // 2 * s.period
    one = is_row[middle : middle + s.period].copy()
    one[[*handed_on]] = True
    nodes = np.fromiter(_steady(columns, s), np.int64)
    places = (nodes - s.first) % s.period
    lost = one[places] & ~is_row[nodes]
    for n, model in zip(nodes[lost].tolist(), (middle + places[lost]).tolist()):
        above = columns.numbers[columns.starts[n] : columns.starts[n + 1]].tolist()
        if columns.made[n] not in _SAFE or not unsafe.isdisjoint(above):
            unsafe.add(n)
        else:
            kept[n] = model
    return kept


def _steady(columns: GraphColumns, s: Stretch) -> Iterator[int]:
    """Yield the nodes of a stretch, and those behind it that go on likewise."""
    yield from range(s.first, s.stop)
    for n in range(s.stop, min(s.stop + s.period, len(columns.codes))):
        k = n - s.period
        if columns.codes[n] != columns.codes[k]:
            break
        here, there = (columns.numbers[columns.starts[i] : columns.starts[i + 1]] for i in (n, k))
        begin = columns.starts[s.first + (n - s.stop)] - columns.starts[s.first]
        if len(here) == len(there) and (here - there == s.moves[begin : begin + len(here)]).all():
            yield n


def _pass_gradient(rows: Rows, kept: dict[int, int]) -> None:
    """Let what is kept have a gradient where others have."""
    class_of = classes_of(rows)
    for n, model in kept.items():
        if rows.classes[class_of[model]].needs_gradient:
            rows.classes[class_of[n]].needs_gradient = True


def _put_behind(rows: Rows, s: Stretch, last: int) -> None:
    """Let sums of what all steps made stand behind the last step: parts of it came after them."""
    class_of = classes_of(rows)
    middle = s.first + s.steps // 2 * s.period
    step = [int(k) for k in class_of[last + 1 - s.period : last + 1] if k >= 0]
    ends = [
        k
        for k in dict.fromkeys(step)
        if class_of[middle + (int(rows.classes[k].nodes[-1]) - s.first) % s.period] < 0
    ]
    behind = max([k for k in step if k not in ends], default=0)
    moved = [k for k in ends if k < behind]
    classes = [c for k, c in enumerate(rows.classes) if k not in moved]
    at = behind + 1 - len(moved)
    classes[at:at] = [rows.classes[k] for k in moved]
    try:
        check_order(rows.graph, classes)
    except Unlike:
        return
    rows.classes = classes
