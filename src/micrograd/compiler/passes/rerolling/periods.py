"""Graphs that do the same again and again: where they do, and the same graphs with fewer steps.

Rerolling looks at each node of each step: 100,000 steps of an ODE took it 80 seconds. Where steps
are alike a few tell what all do, and the others are left out here, in whole columns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from ....value.backend import native
from ...graph import Graph
from ...nodes import Ops, Parents
from .graph_columns import GraphColumns, Ints

LEAST_STEPS = 32  # fewer are lowered as soon as a few are several times
_WINDOW = 12  # operations by which the next step is told
_LONGEST = 20_000  # operations of a step
_MULTIPLES = 8  # of a distance that are tried where steps that far apart are not alike
_TRIED = 64  # distances at which such operations come again; of more, longer windows tell


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps that are alike: node k of step j is node ``first + period·j + k`` of the graph.

    The parents of a step are those of step 0, moved on by j times ``moves``, which has a number for
    each of them: 0 where a parent is one for all steps.
    """

    first: int
    period: int
    steps: int
    parents: Ints
    moves: Ints

    @property
    def nodes(self) -> int:
        """How many nodes its steps have."""
        return self.period * self.steps

    @property
    def stop(self) -> int:
        """The node behind the last step."""
        return self.first + self.nodes


@dataclass(frozen=True, slots=True)
class Periods:
    """The stretches of a graph, and by how much a step goes on in the inputs of each argument."""

    stretches: list[Stretch]
    inputs: list[int]

    @property
    def steps(self) -> int:
        """How many steps the shortest stretch has."""
        return min(s.steps for s in self.stretches)


class NotShorter(Exception):
    """A graph cannot be had with fewer steps."""


def periods_of(graph: Graph) -> Periods | None:
    """Return where a graph does the same again and again; None where that is not most of it."""
    columns, count = GraphColumns(graph), len(graph.ops)
    if not is_recurrent(columns):
        return None
    stretches = list(stretches_of(columns, columns.leaves, count))
    if 2 * sum([s.nodes for s in stretches]) < count:
        return None
    try:
        return Periods(stretches, _moves_of_inputs(graph, stretches))
    except NotShorter:
        return None


def is_recurrent(columns: GraphColumns) -> bool:
    """Tell whether there are steps, of which each goes on from the one before, in some places."""
    count = len(columns.codes)
    probed = (_around(columns, columns.leaves, count, at) for at in _probes(columns.leaves, count))
    return any(s and 8 * s.nodes > count and recurs(columns, s) for s in probed)


def recurs(columns: GraphColumns, s: Stretch) -> bool:
    """Tell whether a step needs what the one before has made, and not only to add to it."""
    nodes = np.repeat(np.arange(s.period), columns.counts(s.first, s.period, 1)[0])
    inside = s.parents - s.first
    own = inside == nodes - s.period
    added = own & (np.bincount(nodes[~own], minlength=s.period)[nodes] > 0)
    made = (s.parents >= columns.leaves) & (s.moves == s.period) & ~added
    if (inside[made] % s.period < nodes[made]).all():
        return False  # as if each were of the same step
    above: dict[int, list[int]] = {}
    for node, parent in zip(nodes[made].tolist(), (inside[made] % s.period).tolist()):
        above.setdefault(node, []).append(parent)
    try:
        TopologicalSorter(above).prepare()
    except CycleError:
        return True
    return False


def stretches_of(
    columns: GraphColumns, low: int, high: int, least: int = LEAST_STEPS
) -> Iterator[Stretch]:
    """Yield the stretches between two nodes, of at least so many steps, in their order."""
    tried = (_around(columns, low, high, at, least) for at in _probes(low, high, least))
    found = next(filter(None, tried), None)
    if found:
        yield from stretches_of(columns, low, found.first, least)
        yield found
        yield from stretches_of(columns, found.stop, high, least)


def _probes(low: int, high: int, least: int = LEAST_STEPS) -> list[int]:
    """Return nodes of a range at which steps are looked for; none of one that is short."""
    return [low + (high - low) * k // 8 for k in (4, 2, 6, 1, 7) if high - low >= least]


def _around(
    columns: GraphColumns, low: int, high: int, middle: int, least: int = LEAST_STEPS
) -> Stretch | None:
    """Return the longest stretch that a node is in."""
    codes, best, seen = columns.codes[:high], None, middle
    size = min(_WINDOW, (high - low) // least)
    ahead = codes[middle : middle + _LONGEST]
    alike = np.frombuffer(native.prefixes(np.ascontiguousarray(ahead)), np.int32)
    periods = 1 + np.flatnonzero(alike[1 : max(1, len(ahead) - size)] >= size)
    if len(periods) > _TRIED:
        period = int(periods[0])
        begin, end = _run(codes, low, middle, period)
        if end - begin >= least * period:
            periods = np.concatenate([periods[:_MULTIPLES], periods[middle + periods >= end]])
    if len(periods) > _TRIED:
        next_best = np.partition(alike[periods], -1 - _TRIED)[-1 - _TRIED]
        periods = periods[alike[periods] > next_best]
    multiples = _MULTIPLES
    for period in periods.tolist():
        if middle + period < seen:  # several steps of what was seen
            if best or not multiples:
                continue
            multiples -= 1
        begin, end = _run(codes, low, middle, period)
        seen = end
        found = _steady(columns, begin, period, (end - begin) // period + 1, least)
        if found and (best is None or found.nodes > best.nodes):
            best = found
    return best


def _run(codes: Ints, low: int, middle: int, period: int) -> tuple[int, int]:
    """Return the range around the middle in which all codes are those of a period later."""

    def same(count: int, ahead: bool) -> int:
        """How many are, of so many from the middle on, or before it."""
        here = slice(middle, middle + count) if ahead else slice(middle - count, middle)
        there = slice(here.start + period, here.stop + period)
        differs = np.flatnonzero(codes[here] != codes[there])
        if not len(differs):
            return count
        return int(differs[0]) if ahead else count - 1 - int(differs[-1])

    ends = []
    for ahead, most in ((False, middle - low), (True, len(codes) - period - middle)):
        count = min(most, _LONGEST)
        while (known := same(count, ahead)) == count < most:
            count = min(most, 8 * count)
        ends.append(known)
    return middle - ends[0], middle + ends[1]


def _steady(
    columns: GraphColumns, begin: int, period: int, steps: int, least: int
) -> Stretch | None:
    """Return those of some steps in which nodes have equal constants, and parents move steadily."""
    middle, stop = steps // 2, begin + period * steps
    if steps < least:
        return None
    constant = columns.codes[begin : begin + period] == 0
    numbers = columns.data[begin:stop].view(np.int64).reshape(steps, period)[:, constant]
    batched = columns.batched[begin:stop].reshape(steps, period)
    first, last = 0, steps
    for rows in (numbers, batched, columns.counts(begin, period, steps)):
        differs = np.flatnonzero((rows != rows[middle]).any(axis=1))
        first, last = _between(differs, middle, first, last)
    if last - first < least:
        return None
    begin, middle = begin + first * period, (last - first) // 2
    near = min(4, last - first + 1 - middle)
    moves = np.diff(columns.parents(begin + (middle - 1) * period, period, near), axis=0)
    if (moves[1:] != moves[:-1]).any(axis=1).all():
        return None  # neither of those beside the middle, and there may be millions
    parents = columns.parents(begin, period, last - first)
    moves, leaves = np.diff(parents, axis=0), parents < columns.leaves
    other = (moves != moves[middle]) | (leaves[1:] != leaves[:-1])  # at first x, then what is made
    differs = np.flatnonzero(other.any(axis=1))
    first, last = _between(differs, middle, 0, len(moves))
    if last - first + 1 < least:
        return None
    return Stretch(begin + first * period, period, last - first + 1, parents[first], moves[middle])


def _between(marks: Ints, middle: int, low: int, high: int) -> tuple[int, int]:
    """Return the range around the middle, of one from low to high, without marks in it."""
    k = int(np.searchsorted(marks, middle))
    first, last = marks[k - 1] + 1 if k else low, marks[k] if k < len(marks) else high
    return max(low, int(first)), min(high, int(last))


def _moves_of_inputs(graph: Graph, stretches: Sequence[Stretch]) -> list[int]:
    """Return by how many numbers a step goes on in each argument."""
    ends = np.cumsum([len(graph.parameters), *graph.segments])
    moves = [0] * len(graph.segments)
    for s in stretches:
        moving = (s.moves != 0) & (s.parents < ends[-1])
        segments = np.searchsorted(ends, s.parents[moving], side="right") - 1
        for segment, move in set(zip(segments.tolist(), np.abs(s.moves[moving]).tolist())):
            if segment < 0 or moves[segment] not in (0, move):
                raise NotShorter
            moves[segment] = move
    return moves


def shortened(graph: Graph, periods: Periods, steps: int) -> Graph:
    """Return the graph with some steps of its shortest stretch; others lose as many.

    Raises:
        NotShorter: a node outside of the stretches needs one that would be left out.
    """
    columns, parameters = GraphColumns(graph), len(graph.parameters)
    gone = _Gone(graph, periods, periods.steps - steps)
    kept = gone.kept(len(graph.ops))
    counts = np.diff(columns.starts)
    numbers = gone.renumbered(columns.numbers)
    for s in periods.stretches:
        begin, left = columns.starts[s.first], s.steps - gone.steps
        here = numbers[begin : begin + s.steps * len(s.moves)].reshape(s.steps, -1)
        half = left // 2  # of the steps the first are kept and the last
        which = np.r_[:half, s.steps - (left - half) : s.steps]
        if (here[0] < 0).any():
            raise NotShorter
        here[which] = here[0] + np.arange(left)[:, None] * s.moves
    numbers = numbers[np.repeat(kept, counts)]
    outputs = gone.renumbered(np.array(graph.outputs, np.int64))
    if (numbers < 0).any() or (outputs < 0).any():
        raise NotShorter
    leaves = int(kept[: columns.leaves].sum())
    wanted = [i for i in graph.differentiable if kept[i]]
    return Graph(
        ops=Ops(columns.codes[kept], columns.made.table),
        parents=Parents(np.cumsum([0, *counts[kept]], dtype=np.int32), numbers.astype(np.int32)),
        data=columns.data[kept].tolist(),
        parameters=graph.parameters,
        inputs=list(range(parameters, leaves)),
        outputs=outputs.tolist(),
        batched=columns.batched[kept].tobytes(),
        differentiable=set(gone.renumbered(np.array(wanted, np.int64)).tolist()),
        segments=[count - gone.steps * move for count, move in zip(graph.segments, periods.inputs)],
        strict=graph.strict,
    )


class _Gone:
    """The nodes that are left out, as ranges."""

    def __init__(self, graph: Graph, periods: Periods, steps: int) -> None:
        self.steps = steps
        ranges, first = [], len(graph.parameters)
        for count, move in zip(graph.segments, periods.inputs):
            if move:
                if count < steps * move:
                    raise NotShorter
                ranges.append((first + (count - steps * move) // 2, steps * move))
            first += count
        for s in periods.stretches:
            ranges.append((s.first + (s.steps - steps) // 2 * s.period, steps * s.period))
        self._starts, self._counts = np.array(ranges, np.int64).T

    def kept(self, count: int) -> NDArray[np.bool_]:
        """Tell of each node whether it is kept."""
        kept = np.ones(count, dtype=bool)
        for start, size in zip(self._starts, self._counts):
            kept[start : start + size] = False
        return kept

    def renumbered(self, nodes: Ints) -> Ints:
        """Return what numbers nodes have among those kept; −1 for others."""
        before = np.searchsorted(self._starts, nodes, side="right")
        less = np.concatenate([[0], np.cumsum(self._counts)])
        ends = np.concatenate([[0], self._starts + self._counts])
        return np.where(nodes < ends[before], -1, nodes - less[before])
