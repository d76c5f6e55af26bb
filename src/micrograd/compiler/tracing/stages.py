"""A recording with marks as stages: one graph after the other, each with what it hands on.

Behind the arguments of a call, and what is drawn and read for it, come two arrays for each stage:
the numbers that later stages or results need of it, and the gradients of what it ends with.
"""

import copy
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...ops import DETACH, Op
from ..graph import Graph, beside_one
from ..nodes import Ops, Parents
from .markers import Mark, NotInStages
from .recording import Trace

Source = tuple[int | None, int]  # the argument, None for captured Values; and which of its numbers


@dataclass(slots=True)
class Stage:
    """A part of a recording.

    ``inputs`` are the arguments of the graph's segments, and whether they are batched. The graph's
    outputs are ``guards``, what is differentiated by ``sources`` (if that is any), and the rest.
    """

    graph: Graph
    inputs: list[tuple[int | None, bool]]
    guards: list[bool]
    sources: list[Source]
    numbers: list[int]  # which of the recording's guards these are

    @property
    def differentiated(self) -> frozenset[int]:
        """The arguments by which it is differentiated."""
        return frozenset(argument for argument, _ in self.sources if argument is not None)


def stages_of(recording: Trace, graph: Graph) -> list[Stage]:
    """Divide the graph of a recording at its marks; the last stage ends with the results.

    Raises:
        NotInStages: a number with a batch axis goes from stage to stage.
    """
    whole = copy.copy(graph)
    whole.ops, whole.parents = list(graph.ops), list(graph.parents)  # looked at one by one
    whole.data, whole.batched = list(graph.data), list(graph.batched)
    return _Division(recording, whole).stages()


class _Division:
    def __init__(self, recording: Trace, graph: Graph) -> None:
        self._recording, self._graph = recording, graph
        first = len(graph.parameters) + len(graph.inputs)
        in_order = [*recording.captured, *[v for i in recording.inputs for v in i.leaves]]
        self._leaves = {id(v): n for n, v in enumerate(in_order)}
        self._node: dict[int, int] = {}  # of what stands on the tape
        before = [first]  # how many nodes there are before a place of it
        for v in recording.tape:
            made = id(v) not in self._leaves
            if made:
                self._node[id(v)] = before[-1]
            before.append(before[-1] + made)
        self._cuts: list[tuple[int, Mark | None]] = []
        for mark in recording.effects.marks:
            if mark.begins and before[mark.begins] > (self._cuts[-1][0] if self._cuts else first):
                self._cuts.append((before[mark.begins], None))
            self._cuts.append((before[mark.ends], mark))
        self._ends = [node for node, _ in self._cuts]
        self._base = recording.places()
        self._source = self._sources()
        self._carried: list[dict[int, None]] = [{} for _ in self._cuts]

    def _sources(self) -> dict[int, Source]:
        """Where the numbers of leaves come from."""
        sources: dict[int, Source] = {i: (None, i) for i in self._graph.parameters}
        inputs = iter(self._graph.inputs)
        for i in self._recording.inputs:
            sources.update({next(inputs): (i.argument, n) for n in range(len(i.leaves))})
        return sources

    def stages(self) -> list[Stage]:
        graph, guards = self._graph, len(self._recording.guards)
        roots: list[list[int]] = [[] for _ in range(len(self._cuts) + 1)]
        tests: list[list[int]] = [[] for _ in roots]
        for n, node in enumerate(graph.outputs[:guards]):
            roots[self._stage(node)].append(node)
            tests[self._stage(node)].append(n)
        ends = [[self._node[id(mark.out)]] if mark else [] for _, mark in self._cuts] + [[]]
        needed: list[list[int]] = [[] for _ in roots]
        results = graph.outputs[guards:]
        for k in reversed(range(len(roots))):
            carried = list(self._carried[k]) if k < len(self._cuts) else results
            needed[k] = self._needed(k, [*roots[k], *ends[k], *carried])
        # what each stage hands on is known only now
        handed = [sorted(c) for c in self._carried] + [results]
        return [
            self._made(k, needed[k], roots[k], ends[k], handed, tests[k]) for k in range(len(roots))
        ]

    def _stage(self, node: int) -> int:
        """In which stage a node is computed; the last for what is not."""
        computed = self._graph.ops[node] is not None
        return bisect_right(self._ends, node) if computed else len(self._cuts)

    def _needed(self, k: int, roots: Sequence[int]) -> list[int]:
        """What is computed in a stage, in order; of earlier stages it takes note what they give."""
        seen: set[int] = set()
        stack = list(roots)
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            if self._graph.ops[node] is None:
                continue
            stage = self._stage(node)
            if stage == k:
                stack.extend(self._graph.parents[node])
            else:
                if self._graph.batched[node]:
                    raise NotInStages("a number with a batch axis is used after backward")
                self._carried[stage][node] = None
        return sorted(seen)

    def _made(
        self,
        k: int,
        needed: list[int],
        guards: list[int],
        end: list[int],
        handed: list[list[int]],
        tests: list[int],
    ) -> Stage:
        mark = self._cuts[k][1] if k < len(self._cuts) else None
        part = _Part(self._graph)
        part.leaves(self._graph.parameters)
        inputs: list[tuple[int | None, bool]] = []
        for argument, is_batched, nodes in self._segments(k, set(needed), handed):
            part.leaves(nodes, is_batched)
            inputs.append((argument, is_batched))
        part.operations(needed, once=mark is None)
        outputs = [part.number[node] for node in (*guards, *end)]
        outputs += [part.copy(node) if mark else part.own(node) for node in handed[k]]
        sources = [self._source_of(v, mark, handed) for v in mark.leaves] if mark else []
        wanted = {argument for argument, _ in sources if argument is not None}
        by = [argument in wanted for argument, _ in inputs]
        truths = [self._recording.guards[n][1] for n in tests]
        return Stage(part.graph(outputs, mark is not None, by), inputs, truths, sources, tests)

    def _segments(
        self, k: int, needed: set[int], handed: list[list[int]]
    ) -> Iterator[tuple[int | None, bool, list[int]]]:
        """Yield each array that a stage reads: its argument, whether it is batched, its nodes."""
        at = len(self._graph.parameters)
        for i in self._recording.inputs:
            nodes = list(range(at, at + len(i.leaves)))
            at += len(nodes)
            if not needed.isdisjoint(nodes):
                yield i.argument, i.batched, nodes
        for j, (_, mark) in enumerate(self._cuts[:k]):
            gradients = [self._node[id(x)] for x in mark.gradients] if mark else []
            for place, nodes in ((2 * j, handed[j]), (2 * j + 1, gradients)):
                if not needed.isdisjoint(nodes):
                    yield self._base + place, False, nodes

    def _source_of(self, leaf: object, mark: Mark, handed: list[list[int]]) -> Source:
        """Where the number of a leaf stands, as it was when the stage began."""
        versions = self._recording.effects.versions.get(id(leaf), ())
        newest = [x for since, x in versions if since <= mark.begins]
        if not newest:
            return self._source[self._leaves[id(leaf)]]
        node = self._node[id(newest[-1])]
        k = self._stage(node)
        return self._base + 2 * k, handed[k].index(node)


class _Part:
    """A graph in the making, of some nodes of a larger one, which have other numbers in it."""

    def __init__(self, whole: Graph) -> None:
        self.number: dict[int, int] = {}  # of a node of the whole
        self._whole = whole
        self._ops: list[Op | None] = []
        self._parents: list[tuple[int, ...]] = []
        self._data: list[float] = []
        self._batched: list[bool] = []
        self._segments: list[int] = []  # how many leaves came at once
        self._ones: set[int] = set()  # constants of 1

    def leaves(self, nodes: Sequence[int], batched: bool = False) -> None:
        """Add the parameters, then the numbers of one array after the other."""
        self._segments.append(len(nodes))
        for node in nodes:
            self.number[node] = self._add(None, (), self._whole.data[node], batched)

    def operations(self, nodes: Sequence[int], once: bool) -> None:
        """Add what is no leaf, parents first.

        Args:
            nodes: of the whole.
            once: whether equal operations become one, as a loop over parameters writes
                ``0.9 ** t`` for each of them.
        """
        whole = self._whole
        alike: dict[tuple, int] = {}
        for node in nodes:
            if node in self.number:
                continue
            op, above = whole.ops[node], tuple([self.number[p] for p in whole.parents[node]])
            if once and (copied := self._copied(op, above)) is not None:
                self.number[node] = copied
                continue
            key = (op, above) if op else (whole.data[node].hex(),)
            if not once or key not in alike:
                batched = bool(whole.batched[node])
                alike[key] = self._add(op, above, whole.data[node], batched)
            self.number[node] = alike[key]
            if op is None and whole.data[node] == 1.0:
                self._ones.add(alike[key])

    def _copied(self, op: Op | None, above: Sequence[int]) -> int | None:
        """Return what an operation only copies, where nothing is differentiated."""
        return above[0] if op is DETACH else beside_one(op, above, self._ones)

    def copy(self, node: int) -> int:
        """Return the number of a copy of a node, through which nothing is differentiated."""
        n = self.number[node]
        if self._ops[n] is DETACH:
            return n
        return self._add(DETACH, (n,), self._data[n], self._batched[n])

    def own(self, node: int) -> int:
        """Return the number of a node that is computed here, a copy of one that is not."""
        return self.copy(node) if self._ops[self.number[node]] is None else self.number[node]

    def graph(self, outputs: list[int], by_parameters: bool, by: Sequence[bool]) -> Graph:
        """Return the graph.

        Args:
            outputs: their numbers.
            by_parameters: whether it is differentiated by the parameters.
            by: whether by the numbers of each array.
        """
        differentiable, at = set[int](), 0
        for count, wanted in zip(self._segments, (by_parameters, *by), strict=True):
            differentiable |= set(range(at, at + count)) if wanted else set()
            at += count
        parameters = self._segments[0]
        return Graph(
            ops=Ops.of(self._ops),
            parents=Parents.of(self._parents),
            data=self._data,
            parameters=list(range(parameters)),
            inputs=list(range(parameters, at)),
            outputs=outputs,
            batched=self._batched,
            differentiable=differentiable,
            segments=self._segments[1:],
            strict=self._whole.strict,
        )

    def _add(self, op: Op | None, parents: tuple[int, ...], number: float, batched: bool) -> int:
        self._ops.append(op)
        self._parents.append(parents)
        self._data.append(number)
        self._batched.append(batched)
        return len(self._ops) - 1
