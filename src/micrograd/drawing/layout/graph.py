"""The columns of a layout, and the dummy nodes that lead long edges through them.

Columns: where the edges are short, so that a leaf stands beside its first use. Dummies:
shared by all edges of one source, so that a value used everywhere is one line with branches.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class LayeredGraph:
    """Nodes and dummies as numbers; ``rank`` is the column; neighbours are in adjacent columns."""

    size: int  # numbers below this are nodes, the rest dummies
    rank: list[int]
    before: list[list[int]] = field(default_factory=list)
    after: list[list[int]] = field(default_factory=list)
    paths: list[list[int]] = field(default_factory=list)  # of every edge: source, dummies, target


def assign_columns(keys: Sequence[Any], pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Return the column of every node; every edge leads at least one column to the right."""
    waiting = [0] * len(keys)
    sources: list[list[int]] = [[] for _ in keys]
    for source, target in pairs:
        waiting[source] += 1
        sources[target].append(source)
    ready = [i for i, count in enumerate(waiting) if not count]
    steps = [0] * len(keys)  # to the end of the graph
    for target in ready:
        for source in sources[target]:
            steps[source] = max(steps[source], steps[target] + 1)
            waiting[source] -= 1
            if not waiting[source]:
                ready.append(source)
    if len(ready) < len(keys):
        stuck = next(keys[i] for i, count in enumerate(waiting) if count)
        raise ValueError(f"the graph has a cycle through or before {stuck!r}; a layout needs none")
    last = max(steps)
    return _shortened([last - step for step in steps], pairs, ready[::-1])


def _shortened(
    rank: list[int], pairs: Sequence[tuple[int, int]], order: Sequence[int]
) -> list[int]:
    """Move each node, and what only it uses, to where the edges that leave the group are shortest.

    A few rounds of this come close to the network simplex of Graphviz, at a fraction of its work.
    """
    sources: list[list[int]] = [[] for _ in rank]
    targets: list[list[int]] = [[] for _ in rank]
    for source, target in pairs:
        sources[target].append(source)
        targets[source].append(target)
    owner = [ends[0] if ends and ends.count(ends[0]) == len(ends) else -1 for ends in targets]
    pull = [0] * len(rank)  # the edges that enter the group of a node from outside
    for i in order:
        pull[i] = sum(pull[j] if owner[j] == i else 1 for j in sources[i])
    for _ in range(4):
        slack = [0] * len(rank)  # how far the group can move to the left
        for i in order:
            free = [slack[j] if owner[j] == i else rank[i] - rank[j] - 1 for j in sources[i]]
            slack[i] = min(free, default=len(rank))
        shift = [0] * len(rank)
        for i in reversed(order):
            if pull[i] > len(targets[i]):
                shift[i] = -slack[i]
            elif pull[i] < len(targets[i]):
                shift[i] = min(rank[j] for j in targets[i]) - 1 - rank[i]
            elif owner[i] >= 0:
                shift[i] = shift[owner[i]]
            rank[i] += shift[i]
        if not any(shift):
            break
    first = min(rank)
    return [column - first for column in rank]


def add_dummies(size: int, pairs: Sequence[tuple[int, int]], rank: list[int]) -> LayeredGraph:
    """Lead every edge through the columns between its ends; extend ``rank`` by the dummies."""
    graph = LayeredGraph(size, rank, [[] for _ in range(size)], [[] for _ in range(size)])
    trunks: list[list[int]] = [[i] for i in range(size)]  # of each source: itself, then its dummies
    for source, target in pairs:
        trunk = trunks[source]
        reach = rank[target] - rank[source]
        while len(trunk) < reach:
            dummy = len(rank)
            rank.append(rank[trunk[-1]] + 1)
            graph.before.append([trunk[-1]])
            graph.after.append([])
            graph.after[trunk[-1]].append(dummy)
            trunk.append(dummy)
        graph.after[trunk[reach - 1]].append(target)
        graph.before[target].append(trunk[reach - 1])
        graph.paths.append([*trunk[:reach], target])
    return graph
