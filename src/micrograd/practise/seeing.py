"""The learner's graph of a program that failed, with the right number beside each wrong one.

What is right comes from the lecture's engine, which runs the same lines; a value inside that has
no name in them gets its right gradient from the chain rule, where all its operations are known.
"""

import contextlib
import os
import random
import tempfile
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isclose
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..draw import Drawing
from ..drawing.svg import render
from ..engine import Value, toposort
from ..files import write_whole
from ..value.likeness import Likeness, is_value
from ..writing.ledger import ledger
from ..writing.notation import number as short
from . import lecture
from .adapter import Adapter, Handle
from .forms import Forms
from .limits import TimeLimit, time_limit
from .programs import PROGRAMS
from .results import Failure
from .spelling import spelled
from .state import data_folder
from .trial import environment, silence

if TYPE_CHECKING:
    from ..explorer import Explorer

_SECONDS = 2.0  # for a program to be seen
_FEW = 60  # values, up to which the lines are recorded: that takes a hundred times as long
Run = Callable[[Callable[[], Any]], Any]
Numbers = tuple[float | None, float | None]  # right data and right grad; None where yours is right


@dataclass
class Seen:
    """A graph as it was left, and what would have been right."""

    root: Value
    right: dict[Value, Numbers]
    title: str
    values: Mapping[int, Value] = field(default_factory=dict)  # of the learner's objects, by id

    def drawing(self) -> Drawing:
        """Draw it, each wrong number struck through beside the right one."""
        return Drawing(render(toposort(self.root), self.title, right=self.right))


def see(namespace: dict[str, Any], name: str, run: Run = lambda act: act()) -> Seen | None:
    """Run a program on the learner's engine and return its graph, None where it makes none.

    Args:
        namespace: the learner's; it is not changed.
        name: the program's, as in ``Failure.name``.
        run: runs a function of no arguments, and may watch it.
    """
    forms = Forms(namespace)
    program = PROGRAMS[name]
    yours = _handles(program.code, forms, run)
    values = {n: h.inner for n, h in yours.items() if is_value(h.inner)}
    if not values:
        return None
    likeness = Likeness(values.values(), {id(inner): n for n, inner in values.items()})
    made = {n: likeness.values[id(inner)] for n, inner in values.items()}
    root = max(made.values(), key=lambda value: len(toposort(value)))
    right: dict[Value, Numbers] = {}
    for value, grad in _by_chain_rule(root, name).items():
        right[value] = (None, grad)
    for n, handle in _handles(program.code, Forms(vars(lecture))).items():
        if n in made:
            right[made[n]] = (handle.data, handle.grad)
    shown = toposort(root)
    wrong = {v: _wrong(v, *right[v]) for v in shown if v in right}
    title = "; ".join(spelled(program.text, forms).split("\n"))
    right = {v: pair for v, pair in wrong.items() if any(x is not None for x in pair)}
    return Seen(root, right, title, likeness.values)


def _handles(code: str, forms: Forms, run: Run = lambda act: act()) -> dict[str, Handle]:
    """Run a program, as far as it gets, and return its variables."""
    with silence():
        random.seed(1)
        names = environment(Adapter(forms))
        # what was made until it failed, or took too long, can be seen
        with contextlib.suppress(Exception, TimeLimit), time_limit(_SECONDS):
            run(lambda: exec(compile(code, "<program>", "exec"), names))
    return {n: x for n, x in names.items() if isinstance(x, Handle)}


def _by_chain_rule(root: Value, name: str) -> Mapping[Value, float]:
    """Return every gradient of a program that calls backward once, from root."""
    order = toposort(root)
    known = all(value._closure is None for value in order)
    if not known or PROGRAMS[name].code.count(".backward()") != 1:
        return {}
    grads = dict.fromkeys(order, 0.0)
    grads[root] = 1.0
    for entry in ledger(root):
        grads[entry.parent] += entry.amount
    return grads


def _wrong(value: Value, data: float | None, grad: float | None) -> Numbers:
    """Return the right numbers where those of value are others."""

    def unless_same(x: float | None, y: float) -> float | None:
        return None if x is None or isclose(x, y, rel_tol=1e-6, abs_tol=1e-6) else x

    return unless_same(data, value.data), unless_same(grad, value.grad)


def explorer_of(
    namespace: dict[str, Any], name: str, sources: Mapping[str, str] | None = None
) -> "Explorer | None":
    """Make the explorer's page of a program that failed, None where it makes no value.

    Args:
        namespace: the learner's.
        name: the program's.
        sources: the learner's text, by the name it was compiled with: its lines are shown.
    """
    from ..explorer import explore
    from ..explorer.code import Code
    from ..explorer.snapshot import number_json
    from ..explorer.tracer import LineTracer

    seen = see(namespace, name)
    if seen is None:
        return None
    tracer = LineTracer(sources or {})
    if len(seen.values) <= _FEW:
        seen = see(namespace, name, tracer.run) or seen
    explorer = explore(seen.root, title=seen.title, show=False)
    values, graph = explorer.snapshot.values, explorer.page["graph"]
    graph["yours"] = {str(i): number_json(v.grad) for i, v in enumerate(values)}
    graph["right"] = {
        str(explorer.snapshot.number[id(v)]): number_json(grad)
        for v, (_, grad) in seen.right.items()
        if grad is not None
    }
    if tracer.moments:
        left = {key: value.grad for key, value in seen.values.items()}
        explorer.page["code"] = Code(tracer, explorer.snapshot, seen.values, left).as_json()
    explorer.page["note"] = "; ".join(
        f"{v.label}.data is {short(v.data)}, right is {short(data)}"
        for v, (data, _) in seen.right.items()
        if data is not None
    )
    return explorer


def page_of(
    namespace: dict[str, Any], name: str, sources: Mapping[str, str] | None = None
) -> str | None:
    """Return that page as HTML."""
    explorer = explorer_of(namespace, name, sources)
    return explorer.html if explorer else None


def open_graph(path: Path, name: str) -> str:
    """Show a failed program of a file in the browser; return one line about it."""
    from .processes import ask

    try:
        page = next(ask(path, "graph", name), None)
    except ValueError as error:
        return str(error)
    if page is None:
        return "there is no graph to see: the program makes no value"
    folder = data_folder() / "practise"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = write_whole(folder / f"{path.stem[:40]}.html", page)
    except OSError:  # a home that cannot be written to
        handle, temporary = tempfile.mkstemp(prefix="micrograd-", suffix=".html")
        os.close(handle)
        target = write_whole(temporary, page)
    shown = webbrowser.open(target.as_uri())
    return f"in the browser: {target}" if shown else f"no browser was found; open\n  {target}"


def draw_failure(namespace: dict[str, Any], failure: Failure) -> Drawing | None:
    """Draw the graph of a failed program, for a notebook."""
    seen = see(namespace, failure.name)
    return seen.drawing() if seen else None
