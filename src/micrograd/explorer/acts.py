"""What each recorded line did, in the steps of the page: its acts.

A line makes a value; visits one, for the first time or again; appends it to the order; seeds the
gradient of the last one; or adds to the gradient of a parent, or sets it, where it says = only. All
this is seen from outside: values appear, a list grows, gradients change.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..writing.ledger import local_derivatives
from .kept import Kept
from .snapshot import Snapshot
from .tracer import LineTracer, Moment

Act = tuple[Any, ...]  # ("made", node), ("visit", node), ("add" or "set", node, slot), ...
_SETS = re.compile(r"\b((?:\w+\.)+\w*grad\w*) *=(?!=)(.*)")  # self.grad = ..., no +=


class Acts:
    """The acts of a run.

    Args:
        tracer: after the run.
        parents: of each node, one for each use.
        node: of each of the reader's values, by id.

    Attributes:
        of: for each moment, what it did.
    """

    def __init__(
        self, tracer: LineTracer, parents: Sequence[Sequence[int]], node: Mapping[int, int]
    ) -> None:
        self._moments, self._calls = tracer.moments, tracer.calls
        self._backward = tracer.backward
        self._text = tracer.text
        self._parents, self._node = parents, node
        self._started = {node.get(id(value)) for value in tracer.started}
        self.of: list[list[Act]] = [[] for _ in tracer.moments]
        self._make()
        appends = self._order()
        for i, n in appends:
            self.of[i].append(("append", n))
        if appends:
            self._visit([i for i, _ in appends])
        self._add()

    def _node_of(self, kept: Kept) -> int | None:
        return self._node.get(id(kept.what)) if kept.kind == "value" else None

    def _name(self, moment: Moment) -> str:
        return self._calls[moment.call].code.co_name

    def _make(self) -> None:
        """A value is made by the first line outside of its own ``__init__`` that holds it."""
        made = {i for i, parents in enumerate(self._parents) if not parents}
        for acts, moment in zip(self.of, self._moments, strict=True):
            inside = self._name(moment) == "__init__"
            for name, kept in moment.changed.items():
                n = None if inside and name == "self" else self._node_of(kept)
                if n is not None and n not in made:
                    made.add(n)
                    acts.append(("made", n))

    def _order(self) -> list[tuple[int, int]]:
        """Return which moment appends which node to the list that in the end has all of them."""
        length: dict[int, int] = defaultdict(int)
        grown: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for i, moment in enumerate(self._moments):
            lists = [k for k in moment.changed.values() if k.kind == "list" and k.what == "[]"]
            for kept in lists:
                nodes = [self._node_of(item) for _, item in kept.items]
                key = id(kept.container)
                new = nodes[length[key] :]
                length[key] = max(length[key], len(nodes))
                if len(new) == 1 and new[0] is not None and not moment.calls:
                    grown[key].append((i, new[0]))
        computed = {i for i, parents in enumerate(self._parents) if parents}
        whole = [
            appends for appends in grown.values()
            if computed <= {n for _, n in appends} and appends[-1][1] in self._started
        ]  # fmt: skip
        return whole[-1] if whole else []

    def _visit(self, appends: Sequence[int]) -> None:
        """Each call of the function that appends is a visit, of one value, the first or again."""
        appending = {self._moments[i].call for i in appends}
        visit = self._calls[self._moments[appends[0]].call].code
        if visit.co_name in self._backward:  # a loop, which visits nobody
            return
        begun: set[int] = set()
        for acts, moment in zip(self.of, self._moments, strict=True):
            if self._calls[moment.call].code is not visit or moment.call in begun:
                continue
            begun.add(moment.call)
            arguments = visit.co_varnames[: visit.co_argcount]
            held = [moment.changed[name] for name in arguments if name in moment.changed]
            nodes = [n for n in map(self._node_of, held) if n is not None]
            if nodes:
                acts.insert(0, ("visit" if moment.call in appending else "again", nodes[0]))

    def _add(self) -> None:
        """Each change of a gradient is a contribution of a value in sight, for one of its uses."""
        times: dict[tuple[int, int], int] = defaultdict(int)
        held: dict[int, dict[str, int]] = defaultdict(dict)  # nodes by name, of each call
        seeded = False
        for acts, moment in zip(self.of, self._moments, strict=True):
            here = held[moment.call]
            for name, kept in moment.changed.items():
                here.pop(name, None)
                n = self._node_of(kept)
                if n is not None:
                    here[name] = n
            for n in [self._node[id(v)] for v in moment.graded if id(v) in self._node]:
                if not seeded:
                    seeded = n in self._started and self._name(moment) in self._backward
                    acts.extend([("seed", n)] if seeded else [])
                    continue
                source = self._source(n, moment.call, held, times)
                if source is not None:
                    slots = [s for s, p in enumerate(self._parents[source]) if p == n]
                    verb = "set" if _sets(self._text(moment)) else "add"
                    acts.append((verb, source, slots[times[source, n] % len(slots)]))
                    times[source, n] += 1

    def _source(
        self,
        n: int,
        call: int,
        held: Mapping[int, Mapping[str, int]],
        times: Mapping[tuple[int, int], int],
    ) -> int | None:
        """Return whose backward this is: a child of n in sight, else in the sight of a caller.

        Of several it is the one that has passed on least often, with most of its parents there.
        """
        while call >= 0:
            here = set(held[call].values()) if call in held else set()
            uses = {c: self._parents[c].count(n) for c in here}
            near = {c: sum(p in here for p in self._parents[c]) for c in here}
            children = [c for c in here if uses[c]]
            if children:
                rounds = {c: times.get((c, n), 0) // uses[c] for c in children}
                return max(children, key=lambda c: (-rounds[c], near[c], c))
            call = self._calls[call].caller
        return None


def _sets(line: str) -> bool:
    """Tell whether a line puts a gradient in place of the one before, and does not add to it."""
    found = _SETS.search(line)
    return found is not None and found[1] not in found[2]


def way(acts: Iterable[Act], graph: Snapshot, left: Mapping[int, float]) -> str:
    """Say how gradients went on, by doing the acts again: which way leads to what was left?

    Args:
        acts: of the run, in its order.
        graph: what they were done to.
        left: the gradient of each node after the run.

    Returns:
        "kept": a value passes on the gradient that it has; "passed": what came to it last, down
        each path by itself; "": the acts do not tell.
    """
    acts = [act for act in acts if act[0] in ("seed", "add", "set")]
    slopes = {act[1]: local_derivatives(graph.values[act[1]]) for act in acts if act[0] != "seed"}
    for found in ("kept", "passed"):
        grad: dict[int, float] = defaultdict(float)
        last: dict[int, float] = defaultdict(float)
        for verb, node, *slot in acts:
            n, amount = node, 1.0
            if slot:
                n = graph.parents[node][slot[0]]
                amount = slopes[node][slot[0]] * (last if found == "passed" else grad)[node]
            last[n] = amount
            grad[n] = grad[n] + amount if verb == "add" else amount
        if all(same(grad[n], x) for n, x in left.items()):
            return found
    return ""


def same(x: float, y: float) -> bool:
    """Tell whether two gradients are one but for rounding."""
    return math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-9) or (x != x and y != y)
