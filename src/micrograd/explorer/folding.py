"""Which nodes belong together: a tree of groups that the page folds and unfolds.

A group is anything with a name and members: a neuron, a layer, a long sum, or all the nodes of a
large graph that do the same thing. The page knows only the tree, not where it came from.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from .snapshot import Snapshot

LONG_SUM = 12  # terms from which a sum is folded
MANY = 2000  # nodes from which a graph is shown by structure
READABLE = 30  # boxes to show at first
CHUNK = 40  # members of one group that are shown side by side

_LEVEL = re.compile(r"[^.]+(?:\.\d+)*")  # "layers.0", "neurons.3", "w.1"


@dataclass(eq=False)
class Group:
    """Nodes, and groups of nodes, shown as one box while folded."""

    label: str
    kind: str  # "graph", "module", "sum", "class", "loop" or "range"
    items: list["int | Group"] = field(default_factory=list)
    folded: bool = True

    def nodes(self) -> Iterable[int]:
        """Yield every node inside, however deep."""
        for item in self.items:
            if isinstance(item, Group):
                yield from item.nodes()
            else:
                yield item


def module_path(label: str) -> tuple[str, ...]:
    """Return the modules a parameter is in: ``layers.0.neurons.3.w.1`` is in two."""
    return tuple(_LEVEL.findall(label))[:-1]


def group(snapshot: Snapshot, by: str | None = None, extra: Sequence[Any] = ()) -> Group:
    """Return the tree of groups of a graph.

    Args:
        snapshot: the graph.
        by: "modules" (the dotted paths of parameters), "structure" (nodes that do the same), or
            "nothing"; by default structure above 2,000 nodes, else modules.
        extra: (label, nodes) of groups that someone else found, such as a compiler's loops; they
            come first, and what they leave is grouped by structure.

    Raises:
        ValueError: ``by`` is none of these.
    """
    by = by or ("structure" if len(snapshot.values) > MANY or extra else "modules")
    if by not in ("modules", "structure", "nothing"):
        raise ValueError(f"groups are by 'modules', 'structure' or 'nothing', got {by!r}")
    root = Group("", "graph", folded=False)
    if by == "nothing":
        root.items = list(range(len(snapshot.values)))
        return root
    sums = _Sums(snapshot)
    if by == "modules":
        _by_modules(snapshot, sums, root)
        _unfold_while_readable(root)
    else:
        _by_structure(snapshot, sums, root, extra)
    return root


class _Sums:
    """Chains of additions: the root of each, its links, and what exists for it alone."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.uses = snapshot.uses
        for root in snapshot.roots:
            self.uses[root] += 1
        self.adds = [v.op is not None and v.op.name in ("add", "sum") for v in snapshot.values]
        self.root = list(range(len(self.adds)))  # the sum that a node belongs to
        self.terms: dict[int, list[int]] = {}
        linked = [False] * len(self.adds)
        for i in reversed(range(len(self.adds))):
            if not self.adds[i]:
                continue
            self.terms.setdefault(self.root[i], [])
            for p in snapshot.parents[i]:
                if self.adds[p] and self.uses[p] == 1 and not snapshot.values[p].label:
                    self.root[p], linked[p] = self.root[i], True
                else:
                    self.terms[self.root[i]].append(p)
        for i, terms in self.terms.items():
            for p in terms:
                self._own(p, i)

    def _own(self, node: int, root: int) -> None:
        """Count a term, and the unnamed constants in it, as part of the sum it exists for."""
        value = self.snapshot.values[node]
        if self.uses[node] > 1 or value.label or (value.op and value.op.name not in ("mul", "powc")):
            return
        self.root[node] = root
        for p in self.snapshot.parents[node]:
            if not self.snapshot.parents[p] and self.uses[p] == 1 and not self.snapshot.values[p].label:
                self.root[p] = root


def _by_modules(snapshot: Snapshot, sums: _Sums, root: Group) -> None:
    paths = _assign_paths(snapshot, sums)
    groups: dict[tuple[str, ...], Group] = {(): root}

    def of(path: tuple[str, ...]) -> Group:
        if path not in groups:
            groups[path] = Group(".".join(path), "module")
            of(path[:-1]).items.append(groups[path])
        return groups[path]

    long = {}
    for i, terms in sums.terms.items():
        if len(terms) > LONG_SUM:
            long[i] = Group(_sum_label(snapshot.values[i].label, len(terms)), "sum")
    for i, path in enumerate(paths):
        box = long.get(sums.root[i])
        if box is None or path != paths[sums.root[i]]:
            of(path).items.append(i)
            continue
        if not box.items:
            of(path).items.append(box)
        box.items.append(i)
    if len(root.items) == 1 and isinstance(root.items[0], Group):  # a frame around everything
        only = root.items[0]
        if only.kind == "module":
            root.items = only.items


def _sum_label(label: str, terms: int) -> str:
    return f"{label + ' = ' if label else ''}sum of {terms:,} terms"


def _assign_paths(snapshot: Snapshot, sums: _Sums) -> list[tuple[str, ...]]:
    """Return the module of every node: that of the parameters it uses, or of all its parents."""
    values, parents = snapshot.values, snapshot.parents
    paths: list[tuple[str, ...]] = [module_path(v.label) if not v.parents else () for v in values]
    constant = [not v.parents and not v.label for v in values]
    for i, ps in enumerate(parents):
        if not ps:
            continue
        direct = [paths[p] for p in ps if not parents[p] and paths[p]]
        others = [paths[p] for p in ps if not constant[p]]
        constant[i] = not others and not values[i].label
        if not values[i].label or direct:
            paths[i] = _common(direct or others)
    for i in reversed(range(len(values))):  # a constant goes where it is used
        if constant[i] and sums.uses[i] == 1:
            child = next((c for c in _children(snapshot, i)), None)
            if child is not None:
                paths[i] = paths[child]
    return paths


def _children(snapshot: Snapshot, node: int) -> list[int]:
    if not hasattr(snapshot, "_children"):
        table: list[list[int]] = [[] for _ in snapshot.values]
        for i, ps in enumerate(snapshot.parents):
            for p in ps:
                table[p].append(i)
        object.__setattr__(snapshot, "_children", table)
    return snapshot._children[node]  # type: ignore[attr-defined]


def _common(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    if not paths:
        return ()
    same = takewhile(lambda level: len(set(level)) == 1, zip(*paths, strict=False))
    return tuple(level[0] for level in same)


def _unfold_while_readable(root: Group) -> None:
    """Open groups from the outside in, as long as what is shown stays readable."""
    shown, level = len(root.items), [i for i in root.items if isinstance(i, Group)]
    while level:
        opened = [box for box in level if box.kind != "sum"]
        shown += sum(len(box.items) - 1 for box in opened)
        if shown > READABLE:
            return
        for box in opened:
            box.folded = False
        level = [i for box in opened for i in box.items if isinstance(i, Group)]


def _by_structure(
    snapshot: Snapshot, sums: _Sums, root: Group, extra: Sequence[tuple[str, Iterable[int]]]
) -> None:
    taken: set[int] = set()
    for label, nodes in extra:
        members = [i for i in nodes if i not in taken]
        taken.update(members)
        root.items.append(_chunks(label, "loop", members))
    classes = _classes(snapshot, sums)
    members: dict[Any, dict[int, list[int]]] = {}
    for i in range(len(snapshot.values)):
        if i not in taken:
            members.setdefault(classes[sums.root[i]], {}).setdefault(sums.root[i], []).append(i)
    for by_root in members.values():
        items: list[int | Group] = []
        for i, nodes in by_root.items():
            whole = Group(_name(snapshot, sums, i), "sum", list(nodes))
            items.append(whole if len(nodes) > 1 else nodes[0])
        if len(items) == 1:
            root.items.append(items[0])
            continue
        root.items.append(_chunks(_class_label(snapshot, sums, list(by_root)), "class", items))


def _chunks(label: str, kind: str, items: Sequence[int | Group]) -> Group:
    """Make one group of many members, in ranges of a size that can be looked at."""
    level: list[int | Group] = list(items)
    size = 1
    while len(level) > CHUNK:
        size *= CHUNK
        level = [
            Group(f"{n * size + 1:,} to {min((n + 1) * size, len(items)):,}", "range", part)
            for n, part in enumerate(level[k : k + CHUNK] for k in range(0, len(level), CHUNK))
        ]
    return Group(label, kind, level)


def _classes(snapshot: Snapshot, sums: _Sums) -> list[int]:
    """Number the nodes by what they do: op, and the classes of what they do it to.

    The length of a sum is left out, so that rows of different lengths stay together.
    """
    values, parents = snapshot.values, snapshot.parents
    known: dict[Any, int] = {}
    first_use = [min((sums.root[c] for c in _children(snapshot, i)), default=i)
                 for i in range(len(values))]  # fmt: skip
    depth = [0] * len(values)
    for i, ps in enumerate(parents):
        if ps:
            depth[i] = max(depth[p] + (sums.root[p] != sums.root[i]) for p in ps)
    classes: list[int] = []
    for i, value in enumerate(values):
        if not parents[i]:
            form: Any = ("leaf", re.sub(r"\d+", "#", value.label), depth[first_use[i]])
        elif i in sums.terms:
            form = ("sum", frozenset(_factors(snapshot, sums, classes, i)))
        else:
            inside = [classes[p] for p in parents[i]]
            form = (value.op.name if value.op else "", value._op, *sorted(inside)) if (
                value.op and value.op.name == "mul") else (value._op, *_short(inside))  # fmt: skip
        classes.append(known.setdefault(form, len(known)))
    return classes


def _short(classes: list[int]) -> list[int]:
    """Leave out the length of a long list of arguments."""
    return classes if len(classes) <= 3 else sorted(set(classes))


def _factors(snapshot: Snapshot, sums: _Sums, classes: list[int], root: int) -> set[Any]:
    return {classes[t] for t in sums.terms[root]}


def _name(snapshot: Snapshot, sums: _Sums, root: int) -> str:
    label = snapshot.values[root].label
    return _sum_label(label, len(sums.terms.get(root, ())))


def _class_label(snapshot: Snapshot, sums: _Sums, roots: list[int]) -> str:
    value, count = snapshot.values[roots[0]], len(roots)
    if not value.parents:
        return f"{count:,} × {_shared([snapshot.values[i].label for i in roots])}"
    if roots[0] in sums.terms:
        lengths = Counter(len(sums.terms[i]) for i in roots)
        span = f"{min(lengths)}" if len(lengths) == 1 else f"{min(lengths)} to {max(lengths)}"
        return f"{count:,} × sum of {span}"
    return f"{count:,} × {value._op}"


def _shared(labels: list[str]) -> str:
    """Return what dotted labels have in common: ``layers.0 … w``."""
    paths = [label.split(".") for label in labels]
    start = [parts[0] for parts in takewhile(lambda p: len(set(p)) == 1, zip(*paths, strict=False))]
    names = [[part for part in path[len(start) :] if not part.isdigit()] for path in paths]
    last = {name[-1] if name else "" for name in names}
    end = last.pop() if len(last) == 1 else ""
    return " … ".join(part for part in (".".join(start), end) if part) or "numbers"
