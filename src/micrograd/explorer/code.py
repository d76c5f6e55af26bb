"""A recorded run as the page's code pane wants it: lines and names, and what each line did.

The page has an evaluator, so no number of a Value is written: a name holds a *node*, or the
``data`` of one, and the page fills the number in, so that edits stay true.
"""

from collections.abc import Iterable, Mapping
from inspect import CO_GENERATOR
from pathlib import Path
from types import CodeType
from typing import Any

from ..engine import Value
from ..value.nodes import attribute
from .acts import Acts, way
from .kept import Kept, within
from .snapshot import Snapshot, number_json
from .tracer import LineTracer

_ITEMS = 60  # of a list, shown
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>")


class Code:
    """What was recorded, about the nodes of a snapshot.

    Args:
        tracer: after its run.
        snapshot: of the graph that was made.
        values: the Value of each of the reader's values, by id.
        left: the gradients after the run's backward, by id; empty where none ran.
    """

    def __init__(
        self,
        tracer: LineTracer,
        snapshot: Snapshot,
        values: Mapping[int, Value],
        left: Mapping[int, float],
    ) -> None:
        self.tracer, self.snapshot, self._left = tracer, snapshot, left
        number = snapshot.number
        self.node = {key: number[id(v)] for key, v in values.items() if id(v) in number}
        self.things: list[dict[str, Any]] = []
        self._places: dict[str, int] = {}  # of things already written
        self._names: dict[str, int] = {}
        self._joined: dict[tuple[int, int], int] = {}  # when an item came into a set
        self._data = self._numbers()
        self._acts = Acts(tracer, snapshot.parents, self.node).of

    def _numbers(self) -> dict[int, int]:
        """Return the node whose data a number is: the very same object."""
        nodes: dict[int, int] = {}
        for value in self._values():
            name = attribute(value, "data")
            data = getattr(value, name)
            if type(data) is float and data is getattr(value, name) and id(value) in self.node:
                nodes.setdefault(id(data), self.node[id(value)])
        return nodes

    def _values(self) -> Iterable[Any]:
        changes = (kept for moment in self.tracer.moments for kept in moment.changed.values())
        parts = (part for kept in changes for part in within(kept) if part.kind == "value")
        return {id(part.what): part.what for part in parts}.values()

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
        for moment, acts in zip(self.tracer.moments, self._acts, strict=True):
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
            "way": self._way(),
        }

    def _way(self) -> str:
        left = {self.node[key]: grad for key, grad in self._left.items() if key in self.node}
        acts = [act for acts in self._acts for act in acts]
        return way(acts, self.snapshot, left) if left else ""

    def _name(self, name: str) -> int:
        return self._names.setdefault(name, len(self._names))

    def _thing(self, kept: Kept) -> int:
        thing = self._written(kept)
        key = repr(thing)
        if key not in self._places:
            self._places[key] = len(self.things)
            self.things.append(thing)
        return self._places[key]

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
                    things.sort(
                        key=lambda t: joined.setdefault((id(kept.container), t), len(joined))
                    )
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
