"""explore: from a value, a model, a training run or a formula to its page."""

import os
import sys
import tempfile
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..arguments import choice, file_name, flag
from ..explain import explain
from ..files import write_whole
from ..value.handmade import text
from ..writing.source import formula, python
from . import training
from .folding import fold
from .groups import Box
from .page import MARK, frame, page_html
from .placement import place
from .snapshot import Snapshot, as_json, evaluator, is_stale, take_snapshot
from .subject import Engine, Subject, subject_of

_HEIGHT = 720  # pixels, in a notebook
_FEW = 60  # values, up to which nobody needs their number
_LONG = 400  # values, above which a formula is no help
_LARGEST = 5_000  # values, above which neither source nor words are


class Explorer:
    """A page about a graph: shown by notebooks, saved with ``save``, opened with ``open``."""

    def __init__(self, page: dict[str, Any], rules: str, snapshot: Snapshot) -> None:
        self.page = page
        self.rules = rules
        self.snapshot = snapshot

    @property
    def html(self) -> str:
        """The page: one HTML document that needs nothing else."""
        return page_html(self.page, self.rules)

    def _repr_html_(self) -> str:
        return frame(self.html, _HEIGHT)

    def __repr__(self) -> str:
        title = self.page["title"] or "a graph"
        return f"Explorer({title}, {len(self.snapshot.values):,} values)"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, whole or not at all; return its path.

        Raises:
            ValueError: the name does not end in .html, or the file is there and is no such page.
            OSError: the folder is missing or cannot be written to.
        """
        file = Path(file_name("path", path))
        if file.suffix.lower() not in (".html", ".htm"):
            name = file.name or str(file)
            raise ValueError(f"explore writes HTML, not {name!r}: end the name in .html")
        if file.exists() and MARK.encode() not in file.read_bytes():
            raise ValueError(f"{file} is there and is no page of explore: choose another name")
        return write_whole(file, self.html)

    def open(self) -> Path:
        """Open the page in the browser, from a temporary file; return that file's path."""
        folder = tempfile.mkdtemp(prefix="micrograd-")
        path = self.save(Path(folder) / "explorer.html")
        if not webbrowser.open(path.as_uri()):
            print(f"no browser was found: open {path} in one")
        return path


def explore(
    what: Any = None,
    *args: Any,
    code: Engine = None,
    loss: Callable[..., Any] | None = None,
    groups: str | None = None,
    title: str | None = None,
    show: bool | None = None,
    **names: float,
) -> Explorer:
    """Make the interactive page of a graph.

    - ``explore(value)`` or ``explore([value, ...])``: all that the values were computed from;
      backward starts from the last, and on the page from any.
    - ``explore(model, x)``: the graph of ``model(x)`` for one input, a number or a list of numbers.
    - ``explore(history, model, data)``: the same for the first example of the data that ``fit``
      got, with a second slider over the steps recorded by ``fit(..., record=n)``.
    - ``explore(model, data, loss=loss)``: the loss of the first example, and the page itself trains
      the model when asked to; ``loss(x, y)`` is of one example, of any engine's values.
    - ``explore("c = a*b + b", a=2, b=3)``: a formula, as the command line takes it.
    - ``explore("c = a*b + b", a=2, b=3, code=True)``: the same on the engine of the lecture, beside
      its lines, the one that runs lit; ``code="mygrad.py"``: on an engine of your own.
    - ``explore(f, x)``: the graph of what a function of yours returns, ``f(x)``, beside your lines.
    - ``explore(code="program.py")``: your program runs up to the end of its first ``backward()``,
      beside its lines.

    What runs beside its lines may use any engine written in Python; where it does not call
    ``backward()``, that is called too, and all gradients are put back.

    In a notebook the result shows itself; elsewhere the page opens in the browser.

    Args:
        what: a Value or the like of one from another engine (with data, grad, and _prev or
            _children), a list of them, a Module, a History, a formula or a function.
        args: what belongs to it, see above.
        code: whose lines to show: a Python file or notebook, or True for the lecture's engine.
        loss: of one example, for a page that trains: it takes inputs and target as values.
        groups: how values fold: by "modules" (the dotted labels of parameters), by "loops" (values
            that do the same, as the compiler finds them), or by "nothing". Default: loops above
            2,000 values, else modules.
        title: of the page; default: the label or the formula.
        show: True opens the browser, False does not; by default everywhere but in a notebook.
        names: the number of each name in a formula.

    Raises:
        TypeError: what is nothing of this kind, or its arguments are missing.
        ValueError: the history has no recorded steps, or they are of another model; the code cannot
            be read or run, or runs on too long.
    """
    if title is not None:
        title = text("title", title)
    if show is not None:
        flag("show", show)
    choice("groups", groups, ("modules", "loops", "nothing", None))
    explorer = page_of(subject_of(what, args, names, code, loss), groups, title)
    if (not _shows_itself()) if show is None else show:
        explorer.open()
    return explorer


def page_of(subject: Subject, groups: str | None = None, title: str | None = None) -> Explorer:
    """Make the page of a subject; the other arguments are those of ``explore``."""
    snapshot = take_snapshot(subject.roots)
    tree = fold(snapshot, groups)
    training.name_outputs(subject.outputs, subject.name)
    page = {
        "title": title or subject.title,
        "note": _note(snapshot, tree),
        "graph": as_json(snapshot),
        "picture": place(snapshot, tree),
        "show": _writings(snapshot),
        **{name: part(snapshot) for name, part in subject.parts.items()},
    }
    return Explorer(page, evaluator(snapshot), snapshot)


def _note(snapshot: Snapshot, tree: Box) -> str:
    count, boxes = len(snapshot.values), len(tree.items)
    notes = []
    if count > _FEW:
        notes.append(f"{count:,} values" + (f" in {boxes} boxes" if boxes < count // 2 else ""))
    if is_stale(snapshot):
        notes.append("computed anew: in Python leaves were changed since")
    return "; ".join(notes)


def _writings(snapshot: Snapshot) -> dict[str, str]:
    root, count = snapshot.values[snapshot.roots[-1]], len(snapshot.values)
    return {
        "latex": formula(root) if count <= _LONG else "",
        "python": python(root) if count <= _LARGEST else "",
        "explain": str(explain(root)) if count <= _LARGEST else "",
        "missing": f"{count:,} values are too many to read in this form: explore a part of them.",
    }


def _shows_itself() -> bool:
    """Tell whether this runs in a notebook, or in a page: those show the last value of a cell."""
    if sys.platform == "emscripten":
        return True
    ipython = sys.modules.get("IPython")
    if ipython and hasattr(ipython.get_ipython(), "kernel"):
        return True  # Jupyter, VS Code and others; not IPython in a terminal
    marimo = sys.modules.get("marimo")
    return bool(marimo and marimo.running_in_notebook())
