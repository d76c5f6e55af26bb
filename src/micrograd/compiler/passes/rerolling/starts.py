"""First steps that read leaves, or what is made before them, where others read the step before.

What they read is copied to where a step before the first would have left it, and they are written
as later ones are, so many steps back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .... import ops
from ...graph import Graph
from ...nodes import Ops, Parents
from .flatten import ArrayNodes, Matrix, RowClass, Rows
from .graph_columns import GraphColumns
from .periods import Stretch

_MODEL = 2  # the step by which those before it go, where it is alike to the two behind it

_Ints = NDArray[np.integer]


def classes_of(rows: Rows) -> _Ints:
    """Return the place of each node's class, -1 of what is no row."""
    class_of = np.full(len(rows.graph.ops), -1)
    for k, row_class in enumerate(rows.classes):
        class_of[row_class.nodes] = k
    return class_of


class Unlike(Exception):
    """A first step is not like the others."""


class Start:
    """The first steps of a stretch, and what is to be copied for them.

    Args:
        rows, columns: of a graph.
        class_of: the classes of its nodes, by their places.
    """

    def __init__(self, rows: Rows, columns: GraphColumns, s: Stretch, class_of: _Ints) -> None:
        self.rows, self.columns, self.period, self.s = rows, columns, s.period, s
        self.class_of = class_of

    def whole(self) -> Rows | None:
        """Return the rows with first steps like the others; None where that cannot be."""
        try:
            self.begin, self.starts = self.carried()
            if not self.starts:
                return None
            return self.with_copies()
        except Unlike:
            return None

    def carried(self) -> tuple[int, dict[int, int]]:
        """Return the first node that reads something else than others do, and what for what."""
        columns, s, period = self.columns, self.s, self.period
        low = max(columns.leaves, s.first - 2 * period)
        nodes = np.arange(low, s.first)
        alike = columns.codes[nodes] == columns.codes[nodes + period]
        counts = np.diff(columns.starts)
        alike &= counts[nodes] == counts[nodes + period]
        other = np.flatnonzero(~alike)
        low += int(other[-1]) + 1 if len(other) else 0
        reads = np.repeat(np.arange(low, s.first), counts[low : s.first])
        here = columns.numbers[columns.starts[low] : columns.starts[s.first]]
        behind, after = self.read_by(reads, low, 1), self.read_by(reads, low, 2)
        expected = 2 * behind - after
        differs = expected != here
        if not differs.any():
            return s.first, {}
        moves_on = ~differs & (behind - here == period)
        also = here[moves_on & (reads >= reads[differs][-1] - period)]
        handed_on = (after - behind == period)[differs]
        reads, here, expected = reads[differs], here[differs], expected[differs]
        first = int(reads[reads > reads[-1] - period][0])
        while (wanted := int(expected[reads >= first].max(initial=0))) >= first:
            first = wanted + 1  # what stands before is no part of a step, and looks like it
        inside = reads >= first
        starts = dict(zip(expected[inside].tolist(), here[inside].tolist()))
        same = all(starts[e] == a < first for e, a in zip(expected[inside], here[inside]))
        same &= not any(e in starts for e in also.tolist()) and bool(handed_on[inside].all())
        self.in_place = {e for e in also.tolist() if e < first}  # lies there by accident
        if not same or first <= reads[-1] - period:
            raise Unlike
        return first, starts

    def read_by(self, reads: _Ints, low: int, steps: int) -> _Ints:
        """Return what the nodes so many steps behind some read."""
        begin = self.columns.starts[low + steps * self.period]
        return self.columns.numbers[begin : begin + len(reads)]

    def handed_on(self) -> set[int]:
        """Return which nodes of a step, that the next one reads, go up in one of its rows."""
        try:
            _, starts = self.carried()
        except Unlike:
            return set()
        places = {(e - self.s.first) % self.period for e in starts}
        return {place for place in places if self.goes_up(place)}

    def goes_up(self, place: int) -> bool:
        """Tell whether a node of each step is in a row of the next, and no row itself."""
        starts, numbers = self.columns.starts, self.columns.numbers
        n = state = self.s.first + self.period + place
        stop = min(state + 2 * self.period, len(self.columns.codes) - 1)
        while self.class_of[n] < 0 and n < stop:
            begin = starts[n + 1]
            users = np.flatnonzero(numbers[begin : starts[stop + 1]] == n)
            if not len(users):
                return False
            n = int(np.searchsorted(starts, begin + users[0], side="right")) - 1
        return n > state and bool(self.class_of[n] >= 0)

    def step(self, j: int) -> list[RowClass]:
        """Return the classes that have rows of one step only."""
        low = self.begin + j * self.period
        its = dict.fromkeys(self.class_of[low : low + self.period].tolist())
        some = [self.rows.classes[k] for k in sorted(its) if k >= 0]
        return [c for c in some if low <= c.nodes[0] and c.nodes[-1] < low + self.period]

    def with_copies(self) -> Rows:
        """Return the rows with the steps before a model like it, and copies before them."""
        if self.begin + (_MODEL + 3) * self.period > self.s.stop:
            raise Unlike
        models = [self.step(_MODEL + k) for k in range(3)]
        if len({len(some) for some in models}) > 1 or self.handed_on():
            raise Unlike
        self.copies: dict[int, int] = {}  # the node that stands for one of a step before the first
        likewise = [
            [self.like(three, _MODEL - j) for three in zip(*models, strict=True)]
            for j in range(_MODEL)
        ]
        if not self.copies:
            raise Unlike
        copied = list(self.copied(models[0]))
        graph = self.extended([c for _, c in copied])
        classes = self.put([[c for _, c in copied], *likewise])
        check_order(graph, classes)
        layouts = [ArrayNodes(c.nodes, c.batched, c.needs_gradient) for c in classes]
        layouts = self.with_room(layouts, models[0], likewise[0])
        return Rows(graph, classes, self.rows.leaves, layouts)

    def like(self, three: Sequence[RowClass], steps: int) -> RowClass:
        """Return a class of some steps before those of three, as they go on."""
        c, second, third = three
        if not _form(c) == _form(second) == _form(third):
            raise Unlike
        groups = []
        for a, b, d in zip(c.groups, second.groups, third.groups, strict=True):
            columns = [*zip([a.nodes, *a.slots], [b.nodes, *b.slots], [d.nodes, *d.slots])]
            if any((z - y != y - x).any() for x, y, z in columns):
                raise Unlike
            if (second.nodes - c.nodes != self.period).any():
                raise Unlike
            nodes, *slots = [self.before(x, y - x, steps) for x, y, _ in columns]
            groups.append(Matrix(nodes, slots))
        return replace(c, groups=groups)

    def before(self, nodes: _Ints, moves: _Ints, steps: int) -> NDArray[np.int32]:
        """Return nodes of some steps before; for those of a step before the first, their copies."""
        made = (nodes - steps * moves).astype(np.int32)
        count, batched = len(self.rows.graph.ops), self.columns.batched
        for at in zip(*np.nonzero((moves == self.period) & (made < self.begin))):
            e = int(made[at])
            if e >= 0 and self.class_of[e] == self.class_of[nodes[at]]:
                continue
            if e in self.in_place:
                self.starts[e] = e
            if e not in self.starts:
                raise Unlike
            made[at] = self.copies.setdefault(e, count + len(self.copies))
        old = made < count
        if (batched[made[old]] != batched[nodes[old]]).any():
            raise Unlike
        return made

    def copied(self, model: Sequence[RowClass]) -> Iterator[tuple[int, RowClass]]:
        """Yield the copies, by the class in whose place they are."""
        ahead = (_MODEL + 1) * self.period
        graph = self.rows.graph
        for k, c in enumerate(model):
            kinds: dict[object, list[int]] = {}
            for n in (c.nodes - ahead).tolist():
                if n in self.copies:
                    a = self.starts[n]
                    kind = int(self.class_of[a]), graph.ops[a] is None and a in graph.constants
                    kinds.setdefault(kind, []).append(n)
            for wanted in kinds.values():
                nodes = np.array([self.copies[n] for n in wanted], np.int32)
                slot = np.array([self.starts[n] for n in wanted], np.int32).reshape(-1, 1, 1)
                copy = RowClass(ops.SUM, ((0,),), 1, c.batched, c.needs_gradient)
                copy.groups.append(Matrix(nodes, [slot]))
                yield k, copy

    def extended(self, copies: Sequence[RowClass]) -> Graph:
        """Return the graph with the copies as nodes behind all others."""
        graph, more = self.rows.graph, len(self.copies)
        if sum(len(c.nodes) for c in copies) != more:
            raise Unlike
        made, parents = Ops.of(graph.ops), Parents.of(graph.parents)
        table = [*made.table, *([] if ops.SUM in made.table else [ops.SUM])]
        codes = np.append(made.codes, np.full(more, table.index(ops.SUM), np.int32))
        starts = np.append(parents.starts, parents.starts[-1] + np.arange(1, more + 1))
        numbers = np.append(parents.numbers, [self.starts[n] for n in self.copies])
        batched = bytearray(graph.batched) + bytes(more)
        for c in copies:
            for n in c.nodes.tolist():
                batched[n] = c.batched
        return replace(
            graph,
            ops=Ops(codes, table),
            parents=Parents(starts.astype(np.int32), numbers.astype(np.int32)),
            data=np.append(graph.data, np.zeros(more)).tolist(),
            batched=bytes(batched),
        )

    def put(self, steps: Sequence[Sequence[RowClass]]) -> list[RowClass]:
        """Return the classes with those of some steps in the place of what they replace."""
        classes, gone = self.rows.classes, set()
        instead = {n for step in steps[1:] for c in step for n in c.nodes.tolist()}
        for k, c in enumerate(classes):
            within = instead.intersection(c.nodes.tolist())
            if within and len(within) < len(c.nodes):
                raise Unlike
            if within:
                gone.add(k)
        last = max([k for k in gone if classes[k].nodes[0] < self.begin + self.period], default=0)
        before = [c for k, c in enumerate(classes) if k not in gone and k < last]
        behind = [c for k, c in enumerate(classes) if k not in gone and k >= last]
        return [*before, *[c for step in steps for c in step], *behind]

    def with_room(
        self, layouts: list[ArrayNodes], model: Sequence[RowClass], first: Sequence[RowClass]
    ) -> list[ArrayNodes]:
        """Let the copies lie where a step before the first would have put them."""
        copies = set(self.copies.values())
        kept = [x for x in layouts if copies.isdisjoint(x.nodes.tolist())]
        ahead = (_MODEL + 1) * self.period
        made: list[ArrayNodes] = []
        begun = {False: False, True: False}
        for c in model:
            nodes = np.array([self.copies.get(n, -1) for n in (c.nodes - ahead).tolist()])
            begun[c.batched] |= bool((nodes >= 0).any())
            if begun[c.batched]:
                made.append(ArrayNodes(nodes, c.batched, c.needs_gradient))
        at = next(k for k, x in enumerate(kept) if x.nodes[0] == first[0].nodes[0])
        return [*kept[:at], *made, *kept[at:]]


def _form(c: RowClass) -> Any:
    """Return what classes have in common that do the same in several steps."""
    return c.op, c.batched, [[slot.shape for slot in group.slots] for group in c.groups]


def check_order(graph: Graph, classes: Sequence[RowClass]) -> None:
    """Raise where a class reads what is made behind it."""
    made = np.asarray(Ops.of(graph.ops).codes) == 0
    for c in classes:
        for group in c.groups:
            if not all(made[slot].all() for slot in group.slots):
                raise Unlike
        made[c.nodes] = True
