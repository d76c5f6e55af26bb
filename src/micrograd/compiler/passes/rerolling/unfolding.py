"""First steps in which Python has computed with numbers, as if these had been traced.

A recurrence that starts from numbers, ``level = 0.0``, has fewer nodes in its first step: of
``z - level`` the product of -1 and the level is a constant. It is put in again, so that the step is
like the others.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...graph import Graph
from ...nodes import Ops, Parents
from .graph_columns import GraphColumns
from .periods import Stretch

_MOST_TOGETHER = 8  # nodes that are missing one after the other
_AT_FIRST = 64  # nodes that are looked at; more where these fit


def unfolded(graph: Graph, columns: GraphColumns, s: Stretch) -> Graph | None:
    """Return the graph with a whole step before a stretch; None where that is there, or cannot be.

    Args:
        graph: of leaves first, of which equal ones are one.
        columns: its columns, with constants among the leaves.
        s: where it does the same again and again.
    """
    first = _First(columns, len(graph.parameters) + len(graph.inputs), s)
    first.align()
    while -1 in first.nodes:
        if first.fill():
            return first.graph(graph)
        first.shorten()
    return None


class _First:
    """The nodes before a stretch that go on as it does; -1 where one is missing."""

    def __init__(self, columns: GraphColumns, constants: int, s: Stretch) -> None:
        self.columns, self.s, self.period = columns, s, s.period
        self.constants, self.leaves = constants, columns.leaves  # from one to the other
        self.nodes: list[int] = []
        begins = columns.starts[s.first : s.stop + 1]
        self.at = (begins[: s.period + 1] - begins[0]).tolist()  # where the parents of each begin

    @property
    def begin(self) -> int:
        """The number of the first node, if none were missing."""
        return self.s.first - len(self.nodes)

    def align(self) -> None:
        """Find the nodes of up to two steps, from the last to the first."""
        n = v = self.s.first - 1
        left, missing, behind = 2 * self.period, 0, list[int]()  # from the last node on
        while left and missing <= _MOST_TOGETHER:
            if count := self.fitting(n, v, left):
                behind += range(n, n - count, -1)
                missing = 0
            n, v, left = n - count, v - count, left - count
            if left:
                behind.append(-1)
                missing, v, left = missing + 1, v - 1, left - 1
        self.nodes = behind[::-1]
        self.strip()

    def fitting(self, n: int, v: int, most: int) -> int:
        """Return how many nodes fit, node n for node v and those before it for those before it."""
        total, size, most = 0, _AT_FIRST, min(most, n + 1 - self.leaves)
        while total < most:
            size = min(size, most - total)
            fit = self.last_fitting(n - total, v - total, size)
            total += fit
            if fit < size:
                break
            size *= 8
        return total

    def last_fitting(self, n: int, v: int, size: int) -> int:
        """Return how many of so many nodes fit, from the last on: what is handed on may be any."""
        columns, s = self.columns, self.s
        models = s.first + np.arange(v + 1 - size - s.first, v + 1 - s.first) % self.period
        back = (models - np.arange(v + 1 - size, v + 1)) // self.period
        nodes = np.arange(n + 1 - size, n + 1)
        counts = columns.starts[nodes + 1] - columns.starts[nodes]
        differs = columns.codes[nodes] != columns.codes[models]
        differs |= counts != columns.starts[models + 1] - columns.starts[models]
        alike = _behind(differs)
        if not alike:
            return 0
        nodes, models, back, counts = (x[-alike:] for x in (nodes, models, back, counts))
        above = columns.numbers[columns.starts[nodes[0]] : columns.starts[n + 1]]
        ends = np.cumsum(counts)
        wanted = np.arange(len(above)) + np.repeat(
            columns.starts[models] - columns.starts[s.first] - (ends - counts), counts
        )
        moves, reader = s.moves[wanted], np.repeat(np.arange(alike), counts)
        other = (moves != self.period) & (above != s.parents[wanted] - back[reader] * moves)
        return _behind(np.bincount(reader[other], minlength=alike) > 0)

    def shorten(self) -> None:
        """Leave out what comes before the first that is missing."""
        del self.nodes[: self.nodes.index(-1)]
        self.strip()

    def strip(self) -> None:
        """Let a node be the first."""
        while self.nodes and self.nodes[0] < 0:
            del self.nodes[0]

    def model(self, v: int) -> int:
        """Return the node of the first step of the stretch that does what another should do."""
        return self.s.first + (v - self.s.first) % self.period

    def above(self, n: int) -> list[int]:
        """Return the parents of a node."""
        starts = self.columns.starts
        return self.columns.numbers[starts[n] : starts[n + 1]].tolist()

    def wanted(self, v: int) -> list[tuple[int, int]]:
        """Return what node v should read, and how far that moves with each step."""
        model = self.model(v)
        k, back = model - self.s.first, (model - v) // self.period
        here = slice(self.at[k], self.at[k + 1])
        parents, moves = self.s.parents[here], self.s.moves[here]
        return [*zip((parents - back * moves).tolist(), moves.tolist())]

    def fill(self) -> bool:
        """Compute what is missing; tell whether it is all what the others read in its place."""
        data, made = self.columns.data, self.columns.made
        self.starts: dict[int, int] = {}
        self.value: dict[int, float] = {}
        for v, n in enumerate(self.nodes, self.begin):
            for a, (w, move) in zip(self.above(n), self.wanted(v)) if n >= 0 else ():
                if move == self.period and w < self.begin and self.starts.setdefault(w, a) != a:
                    return False
        for v, n in enumerate(self.nodes, self.begin):
            if n < 0:
                numbers = [x for x in map(self.number, *zip(*self.wanted(v))) if x is not None]
                op = made[self.model(v)]
                if op is None or len(numbers) < len(self.wanted(v)):
                    return False
                self.value[v] = op.fn(*numbers)
        for v, n in enumerate(self.nodes, self.begin):
            for a, (w, move) in zip(self.above(n), self.wanted(v)) if n >= 0 else ():
                if move != self.period or w < self.begin:
                    continue
                if w not in self.value:
                    if a != self.nodes[w - self.begin]:
                        return False
                elif a >= self.leaves or not _same(data[a], self.value[w]):
                    return False
        return not any(
            w in self.value for w in self.s.parents[self.s.moves == self.period].tolist()
        )

    def number(self, w: int, move: int) -> float | None:
        """Return the number that a missing node reads, None where it is none."""
        if w in self.value and move == self.period:
            return self.value[w]
        leaf = self.starts.get(w, self.leaves) if move == self.period else w
        constant = self.constants <= leaf < self.leaves
        return float(self.columns.data[leaf]) if constant else None

    def graph(self, graph: Graph) -> Graph:
        """Return the graph with what is missing."""
        columns, s = self.columns, self.s
        more = len(self.value)
        left = len(self.nodes) - more
        place = np.arange(len(columns.codes))
        place[s.first - left :] += more
        for v, n in enumerate(self.nodes, self.begin):
            if n >= 0:
                place[n] = v + more
        codes, parents, batched = [], [], []
        for v, n in enumerate(self.nodes, self.begin):
            codes.append(int(columns.codes[self.model(v)]))
            batched.append(int(columns.batched[n]) if n >= 0 else 0)
            above = []
            for i, (w, move) in enumerate(self.wanted(v)):
                if move == self.period and w >= self.begin:
                    above.append(w + more)
                elif n >= 0:
                    above.append(int(place[self.above(n)[i]]))
                else:
                    above.append(int(place[self.starts[w] if move == self.period else w]))
            parents.append(above)
        data = [0.0] * len(codes)
        head, tail = s.first - left, s.first
        counts = np.diff(columns.starts)
        numbers = place[columns.numbers]
        ends = columns.starts[head], columns.starts[tail]
        own = [p for above in parents for p in above]
        counts = np.concatenate([counts[:head], [len(above) for above in parents], counts[tail:]])
        return replace(
            graph,
            ops=Ops(
                np.concatenate([columns.codes[:head], codes, columns.codes[tail:]]).astype(
                    np.int32
                ),
                columns.made.table,
            ),
            parents=Parents(
                np.cumsum([0, *counts], dtype=np.int32),
                np.concatenate([numbers[: ends[0]], own, numbers[ends[1] :]]).astype(np.int32),
            ),
            data=np.concatenate([columns.data[:head], data, columns.data[tail:]]).tolist(),
            outputs=place[graph.outputs].tolist(),
            batched=bytes([*columns.batched[:head], *batched, *columns.batched[tail:]]),
        )


def _behind(marks: NDArray[np.bool_]) -> int:
    """Return how many come after the last that is marked."""
    marked = np.flatnonzero(marks)
    return len(marks) - 1 - int(marked[-1]) if len(marked) else len(marks)


def _same(x: float, y: float) -> bool:
    return np.float64(x).tobytes() == np.float64(y).tobytes()
