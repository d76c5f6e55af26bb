"""Groups by the dotted labels of parameters: ``layers.0.neurons.3.w.1`` is in two modules.

A model that is applied several times, to the rows of a batch or step by step, is shown once for
each.
"""

import re
from collections.abc import Sequence
from itertools import takewhile

from .groups import CHUNK, Box, chunked
from .snapshot import Snapshot
from .sums import Sums, sum_label
from .uses import Uses

LONG_SUM = 12  # terms from which a sum is folded

_LEVEL = re.compile(r"[^.]+(?:\.\d+)*")  # "layers.0", "neurons.3", "w.1"

_USE = re.compile(r"(?:row|step) \d+")

Path = tuple[str, ...]


def group_by_modules(snapshot: Snapshot, sums: Sums) -> list[int | Box]:
    """Return what is at the top: modules, and what belongs to none. Long sums are groups too."""
    paths = _paths(snapshot, sums)
    top = Box("", "graph")
    groups: dict[Path, Box] = {(): top}
    long = {
        i: Box(sum_label(snapshot.values[i].label, len(terms)), "sum")
        for i, terms in sums.terms.items()
        if len(terms) > LONG_SUM
    }

    def of(path: Path) -> Box:
        if path not in groups:
            name = ".".join(level for level in path if not _USE.fullmatch(level))
            kind = "module" if name else "use"
            groups[path] = Box(name or path[0], kind)
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
    uses = [box for box in top.inner() if box.kind == "use"]
    if len(uses) <= CHUNK:
        return top.items
    others = [item for item in top.items if item not in uses]
    return [*chunked("", "graph", uses, uses[0].label.split()[0] + "s ").items, *others]


def _paths(snapshot: Snapshot, sums: Sums) -> list[Path]:
    """Return the module of every node: that of the parameters it uses, or of all its parents."""
    values, parents = snapshot.values, snapshot.parents
    paths: list[Path] = [() for _ in values]
    constant = [False] * len(values)
    is_parameter = [not v.parents and len(_LEVEL.findall(v.label)) > 1 for v in values]
    uses = Uses(snapshot, is_parameter)
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
            if uses.number[i]:
                use = f"{uses.kind} {uses.number[i]}"
                paths[i] = (use, *[level for level in paths[i] if not _USE.fullmatch(level)])
    for i in reversed(range(len(values))):
        if constant[i] and len(snapshot.children[i]) == 1:
            paths[i] = paths[snapshot.children[i][0]]  # a constant goes where it is used
    return paths


def _common(paths: Sequence[Path]) -> Path:
    same = takewhile(lambda level: len(set(level)) == 1, zip(*paths, strict=False))
    return tuple(level[0] for level in same)
