"""What a page is about: the values to start from, what to call it, and what else belongs on it."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..arguments import shown
from ..engine import Value
from ..nn import Module
from ..train.history import History
from ..value.handmade import text
from ..value.likeness import Likeness, is_value
from ..value.nodes import missing
from ..writing.expression import evaluate
from . import training
from .code import Code
from .labels import as_values
from .left import marked
from .running import Recorded, record_call, record_file, record_formula
from .snapshot import Snapshot, as_json
from .trainer import Trainer

Engine = str | os.PathLike[str] | bool | None  # whose lines to show


@dataclass
class Subject:
    """The subject of a page.

    Args:
        title: its heading.
        roots: what backward may start from; the last is the default.
        outputs: values to be labelled, once it is known which module they are in.
        name: the label for these.
        parts: more of the page, by the names of PageData: each made from the snapshot.
    """

    title: str
    roots: list[Value]
    outputs: list[Value] = field(default_factory=list)
    name: str = "out"
    parts: dict[str, Callable[[Snapshot], Any]] = field(default_factory=dict)


def subject_of(
    what: Any, args: tuple, names: Mapping[str, float], code: Engine, loss: Any = None
) -> Subject:
    """Find what is to be shown; the arguments are those of ``explore``.

    Raises:
        TypeError: what is nothing that can be shown, or its arguments are missing.
        ValueError: a history, a file or a run is not what is needed; the message says how.
    """
    code = _engine(code)
    if isinstance(what, str) and loss is not None:  # there it is a name like any other
        names, loss = {**names, "loss": loss}, None
    if isinstance(what, str):
        _no_more("a formula", args)
        return formula(what, names, code)
    if names:
        raise TypeError(f"only a formula takes names, got {', '.join(names)} with {what!r}")
    if what is None and isinstance(code, (str, os.PathLike)):
        _no_more("code", args)
        return program(code)
    if loss is not None:
        if len(args) != 1:
            raise TypeError("with a loss goes a model with data: explore(model, (X, y), loss=loss)")
        trainer = Trainer(what, args[0], loss)
        return Subject(
            "training", trainer.roots, trainer.roots, "loss", {"trainer": trainer.as_json}
        )
    if _is_function(what):
        if code and code is not True:
            raise TypeError("of a function the lines are its own: explore(f, x), without code")
        return _run(record_call(what, args))
    if code:
        raise TypeError(_CODE_OF_WHAT if what is None else _TOO_LATE.format(str(what)[:60]))
    if isinstance(what, History):
        if len(args) != 2:
            raise TypeError("a history needs its model and data: explore(history, model, (X, y))")
        runs = training.Runs(what, *args)
        return Subject("training", runs.outputs, runs.outputs, parts={"history": runs.as_json})
    if isinstance(what, Module):
        if len(args) != 1:
            raise TypeError("a model has a graph only for an input: explore(model, x)")
        _, roots = training.applied(what, args[0])
        return Subject(type(what).__name__, roots, roots)
    _no_more("a value", args)
    roots = _roots(what)
    return Subject(roots[-1].label or "graph", roots)


_CODE_OF_WHAT = (
    "what is to run beside its lines? explore('c = a*b + b', a=2, b=3, code=True), "
    "explore(f, x) for a function f of yours, or explore(code='program.py')"
)
_TOO_LATE = (
    "{!r} was computed before its lines could be recorded: pass the function that computes it, "
    "explore(f, x), or the file, explore(code='program.py')"
)


def formula(written: str, values: Mapping[str, float], code: Engine = None) -> Subject:
    """Compute a formula; with code, on that engine, beside its lines."""
    root = evaluate(written, values)
    if code is None or code is False:
        return Subject(written, [root])
    return _run(record_formula(written, values, code))


def program(path: str | os.PathLike[str]) -> Subject:
    """Run a program of the reader's up to the end of its first backward, beside its lines."""
    return _run(record_file(Path(path)))


def _engine(code: Any) -> Engine:
    """Return whose lines to show; refuse what is neither a file nor True or False."""
    if code is None or isinstance(code, (bool, os.PathLike)):
        return code
    if isinstance(code, str) and code:
        return text("code", code)
    raise TypeError(f"code is a Python file, or True for the lecture's engine, got {shown(code)}")


def _run(recorded: Recorded) -> Subject:
    roots, values = as_values(recorded.roots, recorded.labels)

    def code(snapshot: Snapshot) -> dict[str, Any]:
        return Code(recorded.tracer, snapshot, values, recorded.left).as_json()

    def graph(snapshot: Snapshot) -> dict[str, Any]:
        return marked(as_json(snapshot), snapshot, recorded.left, values)

    return Subject(recorded.title, roots, parts={"code": code, "graph": graph})


def _roots(what: Any) -> list[Value]:
    roots = [what] if is_value(what) else list(what) if isinstance(what, Iterable) else []
    if not roots or not all(is_value(root) for root in roots):
        raise TypeError(
            "explore expects a Value, a list of Values, a model with an input, a History, a "
            f"formula or a function, got {type(what).__name__} {str(what)[:60]!r}{missing(what)}"
        )
    return roots if all(isinstance(root, Value) for root in roots) else Likeness(roots).roots


def _is_function(what: Any) -> bool:
    return callable(what) and not isinstance(what, (Module, type)) and not is_value(what)


def _no_more(what: str, args: tuple) -> None:
    if args:
        raise TypeError(f"explore({what}) takes nothing else, got {args!r}")
