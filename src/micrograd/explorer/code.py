"""A recorded run as the page's code pane wants it: lines and names, and what each line did.

The page has an evaluator of its own, so no number of a Value is written: a name holds a *node*, or
the ``data`` of one, and the page fills the number in. What a line did is told in *acts*, the steps
of the page: it made a value, visited one, appended it to the order, seeded or added a gradient.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from inspect import CO_GENERATOR
from pathlib import Path
from types import CodeType
from typing import Any

from ..engine import Value
from ..value.nodes import attribute
from .kept import Kept, within
from .snapshot import Snapshot, number_json
from .tracer import BACKWARD, Moment, Tracer

_ITEMS = 60  # of a list, shown
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>")

Act = tuple[Any, ...]  # ("made", node), ("visit", node), ("add", node, slot), ...


class Code:
    """What was recorded, about the nodes of a snapshot.

    Args:
        tracer: after its run.
        snapshot: of the graph that was made.
        values: the Value of each of the reader's values, by id.
    """

    def __init__(self, tracer: Tracer, snapshot: Snapshot, values: Mapping[int, Value]) -> None:
        self.tracer, self.snapshot = tracer, snapshot
        number = snapshot.number
        self.node = {key: number[id(v)] for key, v in values.items() if id(v) in number}
        self.things: list[dict[str, Any]] = []
        self._known: dict[Any, int] = {}
        self._names: dict[str, int] = {}
        self._joined: dict[tuple[int, int], int] = {}  # when an item came into a set
        self._data = self._numbers()
        self.acts: list[list[Act]] = [[] for _ in tracer.moments]
        self._find_made()
        self.order = self._find_order()
        self._find_added()

    def _numbers(self) -> dict[int, int]:
        """Return the node whose data a number is: the very same object."""
        found: dict[int, int] = {}
        for kept in self._values():
            name = attribute(kept, "data")
            data = getattr(kept, name)
            if type(data) is float and data is getattr(kept, name) and id(kept) in self.node:
                found.setdefault(id(data), self.node[id(kept)])
        return found

    def _values(self) -> Iterable[Any]:
        seen: dict[int, Any] = {}
        for moment in self.tracer.moments:
            for kept in moment.changed.values():
                for k in within(kept):
                    if k.kind == "value":
                        seen[id(k.what)] = k.what
        return seen.values()

    def _find_made(self) -> None:
        """A value is made by the first line outside of its own ``__init__`` that holds it."""
        leaves = {i for i, parents in enumerate(self.snapshot.parents) if not parents}
        made = set(leaves)
        for i, moment in enumerate(self.tracer.moments):
            inside = self.tracer.calls[moment.call].code.co_name == "__init__"
            for name, kept in moment.changed.items():
                if kept.kind != "value" or (inside and name == "self"):
                    continue
                n = self.node.get(id(kept.what))
                if n is not None and n not in made:
                    made.add(n)
                    self.acts[i].append(("made", n))

    def _find_order(self) -> list[int]:
        """Find the list that ends with all computed values, and who was visited for it."""
        calls, moments = self.tracer.calls, self.tracer.moments
        inner = {i for i, parents in enumerate(self.snapshot.parents) if parents}
        length: dict[int, int] = defaultdict(int)
        grown: dict[int, list[tuple[int, int]]] = defaultdict(list)  # moment, node
        for i, moment in enumerate(moments):
            for kept in moment.changed.values():
                if kept.kind != "list" or kept.what != "[]":
                    continue
                nodes = [self.node.get(id(k.what), -1) for _, k in kept.items if k.kind == "value"]
                new = nodes[length[kept.container] :]
                length[kept.container] = max(length[kept.container], len(nodes))
                if len(new) == 1 and len(nodes) == len(kept.items) and not moment.calls:
                    grown[kept.container].append((i, new[0]))
        whole = [g for g in grown.values() if inner <= {n for _, n in g}]
        started = [self.node.get(id(v)) for v in self.tracer.started]
        whole = [g for g in whole if g[-1][1] in started]
        if not whole:
            return []
        appends = whole[-1]
        for i, n in appends:
            self.acts[i].append(("append", n))
        recursive = calls[moments[appends[0][0]].call].code
        if recursive.co_name in BACKWARD:
            return [n for _, n in appends]
        appending = {moments[i].call for i, _ in appends}
        begun: set[int] = set()
        for i, moment in enumerate(moments):
            if calls[moment.call].code is not recursive or moment.call in begun:
                continue
            begun.add(moment.call)
            visited = self._argument(calls[moment.call].code, moment)
            if visited is not None:
                act = "visit" if moment.call in appending else "again"
                self.acts[i].insert(0, (act, visited))
        return [n for _, n in appends]

    def _argument(self, code: CodeType, moment: Moment) -> int | None:
        for name in code.co_varnames[: code.co_argcount]:
            kept = moment.changed.get(name)
            if kept is not None and kept.kind == "value" and id(kept.what) in self.node:
                return self.node[id(kept.what)]
        return None

    def _find_added(self) -> None:
        """Find whose contribution each change of a gradient is, and for which of its uses."""
        used: dict[tuple[int, int], int] = defaultdict(int)
        seeded = False
        parents = self.snapshot.parents
        roots = {self.node.get(id(v)) for v in self.tracer.started}
        held: dict[int, dict[str, int]] = defaultdict(dict)  # nodes by name, of each call
        for i, moment in enumerate(self.tracer.moments):
            here = held[moment.call]
            for name, kept in moment.changed.items():
                here.pop(name, None)
                if kept.kind == "value" and id(kept.what) in self.node:
                    here[name] = self.node[id(kept.what)]
            for value in moment.graded:
                n = self.node.get(id(value))
                if n is None:
                    continue
                if not seeded:
                    name = self.tracer.calls[moment.call].code.co_name
                    if n in roots and name in BACKWARD:
                        seeded = True
                        self.acts[i].append(("seed", n))
                    continue
                source = self._source(n, here, used)
                if source is not None:
                    slots = [s for s, p in enumerate(parents[source]) if p == n]
                    slot = slots[used[source, n]]
                    used[source, n] += 1
                    self.acts[i].append(("add", source, slot))

    def _source(
        self, n: int, names: Mapping[str, int], used: Mapping[tuple[int, int], int]
    ) -> int | None:
        """Return whose backward this is: a child of n in sight, with most of its parents."""
        parents, here = self.snapshot.parents, set(names.values())
        children = [
            c for c in dict.fromkeys(names.values())
            if parents[c].count(n) > used.get((c, n), 0)
        ]  # fmt: skip
        return max(children, key=lambda c: sum(p in here for p in parents[c]), default=None)

    def as_json(self) -> dict[str, Any]:
        """Return what ``frontend/src/types.ts`` calls CodeData."""
        functions: dict[CodeType, int] = {}
        files: dict[str, int] = {}
        frames = []
        for call in self.tracer.calls:
            functions.setdefault(call.code, len(functions))
            files.setdefault(call.code.co_filename, len(files))
            frames.append([functions[call.code], call.caller])
        moments = []
        for moment, acts in zip(self.tracer.moments, self.acts, strict=True):
            changed = [
                x
                for name, kept in moment.changed.items()
                for x in (self._name(name), self._thing(kept))
            ]
            moments.append([moment.call, moment.line, int(moment.calls), changed, acts])
        return {
            "files": [
                {"name": Path(file).name, "text": self.tracer.sources[file]} for file in files
            ],
            "functions": [_function(code, files[code.co_filename]) for code in functions],
            "frames": frames,
            "names": list(self._names),
            "things": self.things,
            "moments": moments,
        }

    def _name(self, name: str) -> int:
        return self._names.setdefault(name, len(self._names))

    def _thing(self, kept: Kept) -> int:
        thing = self._written(kept)
        key = repr(thing)
        if key not in self._known:
            self._known[key] = len(self.things)
            self.things.append(thing)
        return self._known[key]

    def _written(self, kept: Kept) -> dict[str, Any]:
        match kept.kind:
            case "value":
                if id(kept.what) in self.node:
                    return {"node": self.node[id(kept.what)]}
                return {"text": "a value that is not in the graph"}
            case "number":
                if id(kept.what) in self._data:
                    return {"data": self._data[id(kept.what)]}
                return {"number": number_json(kept.what)}
            case "text":
                return {"text": kept.what}
            case "list":
                things = [self._thing(k) for _, k in kept.items]
                if kept.what == "{}":  # a set has no order: show what came last at the end
                    joined = self._joined
                    things.sort(key=lambda t: joined.setdefault((kept.container, t), len(joined)))
                items = things[-_ITEMS:]
                return {"around": kept.what, "items": items, "more": len(things) - len(items)}
        fields = [x for name, k in kept.items for x in (self._name(name), self._thing(k))]
        return {kept.kind: kept.what, "fields": fields}


def _function(code: CodeType, file: int) -> dict[str, Any]:
    name = code.co_name
    kind = "comprehension" if name in _COMPREHENSIONS or code.co_flags & CO_GENERATOR else ""
    return {
        "name": name,
        "file": file,
        "line": code.co_firstlineno,
        "kind": "init" if name == "__init__" else kind,
        "arguments": list(code.co_varnames[: code.co_argcount]),
        "captured": list(code.co_freevars),
    }
