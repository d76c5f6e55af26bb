"""Groups by the dotted labels of parameters: ``layers.0.neurons.3.w.1`` is in two modules."""

import re
from collections.abc import Sequence
from itertools import takewhile

from .groups import Group
from .snapshot import Snapshot
from .sums import Sums, sum_label

LONG_SUM = 12  # terms from which a sum is folded

_LEVEL = re.compile(r"[^.]+(?:\.\d+)*")  # "layers.0", "neurons.3", "w.1"

Path = tuple[str, ...]


def group_by_modules(snapshot: Snapshot, sums: Sums) -> list[int | Group]:
    """Return what is at the top: modules, and what belongs to none. Long sums are groups too."""
    paths = _paths(snapshot, sums)
    top = Group("", "graph")
    groups: dict[Path, Group] = {(): top}
    long = {
        i: Group(sum_label(snapshot.values[i].label, len(terms)), "sum")
        for i, terms in sums.terms.items()
        if len(terms) > LONG_SUM
    }

    def of(path: Path) -> Group:
        if path not in groups:
            groups[path] = Group(".".join(path), "module")
            of(path[:-1]).items.append(groups[path])
        return groups[path]

    for i, path in enumerate(paths):
        box = long.get(sums.root[i])
        if box is None or path != paths[sums.root[i]]:
            of(path).items.append(i)
            continue
        if not box.items:
            of(path).items.append(box)
        box.items.append(i)
    return top.items


def _paths(snapshot: Snapshot, sums: Sums) -> list[Path]:
    """Return the module of every node: that of the parameters it uses, or of all its parents."""
    values, parents = snapshot.values, snapshot.parents
    paths: list[Path] = [() for _ in values]
    constant = [False] * len(values)
    for i, value in enumerate(values):
        if not parents[i]:
            paths[i] = tuple(_LEVEL.findall(value.label))[:-1]
            constant[i] = not value.label
            continue
        parameters = [paths[p] for p in parents[i] if not parents[p] and paths[p]]
        others = [paths[p] for p in parents[i] if not constant[p]]
        constant[i] = not others and not value.label
        if not value.label or parameters:
            paths[i] = _common(parameters or others)
    for i in reversed(range(len(values))):
        if constant[i] and len(snapshot.children[i]) == 1:
            paths[i] = paths[snapshot.children[i][0]]  # a constant goes where it is used
    return paths


def _common(paths: Sequence[Path]) -> Path:
    same = takewhile(lambda level: len(set(level)) == 1, zip(*paths, strict=False))
    return tuple(level[0] for level in same)
