"""Groups of values that do the same: how a large graph without names is shown.

Two values are of one class if the same operation made them out of values of the same classes. The
length of a sum is left out, so that rows of different lengths stay together.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any

from .groups import Group, chunked
from .snapshot import Snapshot
from .sums import Sums, sum_label

_FEW = 3  # arguments; of a longer list only the kinds count


def group_by_structure(
    snapshot: Snapshot, sums: Sums, loops: Iterable[tuple[str, Iterable[int]]]
) -> list[int | Group]:
    """Return the loops given, then one group for each class of what is left."""
    top: list[int | Group] = []
    taken: set[int] = set()
    for label, nodes in loops:
        members = [i for i in nodes if i not in taken]
        taken.update(members)
        top.append(chunked(label, "loop", members))
    classes = _classes(snapshot, sums)
    found: dict[int, dict[int, list[int]]] = {}  # class -> sum or single node -> its nodes
    for i, root in enumerate(sums.root):
        if i not in taken:
            found.setdefault(classes[root], {}).setdefault(root, []).append(i)
    for instances in found.values():
        items = [_instance(snapshot, sums, root, nodes) for root, nodes in instances.items()]
        alone = len(items) == 1
        label = "" if alone else _label(snapshot, sums, list(instances))
        top.append(items[0] if alone else chunked(label, "class", items))
    return top


def _instance(snapshot: Snapshot, sums: Sums, root: int, nodes: list[int]) -> int | Group:
    if len(nodes) == 1:
        return nodes[0]
    terms = len(sums.terms.get(root, nodes))
    return Group(sum_label(snapshot.values[root].label, terms), "sum", list(nodes))


def _classes(snapshot: Snapshot, sums: Sums) -> list[int]:
    depth = [0] * len(snapshot.values)
    for i, parents in enumerate(snapshot.parents):
        for p in parents:
            depth[i] = max(depth[i], depth[p] + (sums.root[p] != sums.root[i]))
    known: dict[Any, int] = {}
    classes: list[int] = []
    for i, value in enumerate(snapshot.values):
        inside = [classes[p] for p in snapshot.parents[i]]
        form: tuple
        if not inside:  # what is first used at different depths has different parts to play
            first = min((depth[sums.root[c]] for c in snapshot.children[i]), default=0)
            form = ("", re.sub(r"\d+", "#", value.label), first)
        elif i in sums.terms:
            form = ("sum", frozenset(classes[term] for term in sums.terms[i]))
        elif len(inside) > _FEW or (value.op is not None and value.op.name == "mul"):
            form = (value._op, *sorted(set(inside)))
        else:
            form = (value._op, *inside)
        classes.append(known.setdefault(form, len(known)))
    return classes


def _label(snapshot: Snapshot, sums: Sums, roots: Sequence[int]) -> str:
    value, count = snapshot.values[roots[0]], f"{len(roots):,}"
    if not value.parents:
        return f"{count} × {_shared([snapshot.values[i].label for i in roots])}"
    if roots[0] not in sums.terms:
        return f"{count} × {value._op}"
    lengths = [len(sums.terms[i]) for i in roots]
    low, high = min(lengths), max(lengths)
    return f"{count} × sum of {low}" + (f" to {high}" if high > low else "")


def _shared(labels: list[str]) -> str:
    """Return what dotted labels have in common: ``layers.0…w``."""
    paths = [label.split(".") for label in labels]
    same = takewhile(lambda level: len(set(level)) == 1, zip(*paths, strict=False))
    start = [level[0] for level in same][:2]
    names = [[part for part in path[len(start) :] if not part.isdigit()] for path in paths]
    ends = {name[-1] if name else "" for name in names}
    end = ends.pop() if len(ends) == 1 else ""
    return "…".join(part for part in (".".join(start), end) if part) or "numbers"
