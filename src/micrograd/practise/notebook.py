"""In a notebook: ``check(Value)``, and ``%%practise operations`` above the cell with the class.

The same lines as at the terminal, and the graph of the program that failed, with the right number
beside each wrong one. Nothing of the user's is changed: every program runs on a copy.
"""

import html
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..draw import Drawing
from . import report
from .programs import SECTIONS
from .reading import Unreadable
from .results import Judgement, Place
from .seeing import draw_failure
from .timed import judge_in_time

SECONDS = 2.0  # for each program, where the thread can be interrupted


@dataclass(frozen=True)
class Checked:
    """What was found: printed as text, shown with its graph in a notebook."""

    judgement: Judgement
    lines: tuple[str, ...]
    drawing: Drawing | None = None

    def __repr__(self) -> str:
        return "\n".join(self.lines)

    def _repr_html_(self) -> str:
        text = html.escape("\n".join(self.lines))
        picture = self.drawing.svg if self.drawing else ""
        return f"<pre>{text}</pre>{picture}"


def check(*things: Any, hints: int = 0) -> Checked:
    """Check classes and functions that were written in a notebook, or anywhere.

    Args:
        things: in any order, what there is of Value, Neuron, Layer, MLP, train, derivative,
            backward; under these or your own names.
        hints: 1 for a question about the bug, 2 for its place, 3 for its name.

    Raises:
        TypeError: one of them is no class and no function.
        ValueError: hints is no number from 0 to 3, or making a Value does not end.

    >>> from micrograd.practise import lecture
    >>> print(check(lecture.Value))
    ✓ value operations backward more
    more   ✓ ... programs right
    ...
    """
    if hints not in (0, 1, 2, 3):
        raise ValueError(f"hints is 0, 1, 2 or 3, got {hints!r}")
    namespace: dict[str, Any] = {}
    for thing in things:
        name = getattr(thing, "__name__", None)
        if not callable(thing) or not isinstance(name, str):
            raise TypeError(
                f"check expects your classes and functions, as check(Value, MLP, train); "
                f"got {thing!r:.80}"
            )
        namespace[name] = thing
    if not namespace:
        raise TypeError("check expects your class: check(Value)")
    return checked(namespace, list(SECTIONS), hints)


def checked(namespace: dict[str, Any], sections: Sequence[str], hints: int = 0) -> Checked:
    """Check a namespace; sections of which nothing is there are not spoken of."""
    judgement = _in_cells(judge_in_time(namespace, list(sections), SECONDS))
    there = [s for s in judgement.sections if s.state != "absent" or s.passed]
    lines = [report.summary(judgement)] if any(s.state == "passed" for s in there) else []
    seen = replace(judgement, sections=tuple(there or judgement.sections))
    lines += report.lines_of(seen)
    failed = judgement.failed
    if failed is None or failed.failure is None:
        return Checked(judgement, tuple(_ending(line, judgement) for line in lines))
    for level in range(1, hints + 1):
        lines += [f"  {line}" for line in report.hint(failed, level)]
    if hints < len(report.LEVELS):
        lines.append(f"  hints={hints + 1} says more")
    return Checked(judgement, tuple(lines), draw_failure(namespace, failed.failure))


def _ending(line: str, judgement: Judgement) -> str:
    """Say of what is right whether it is all, or what is not written yet."""
    absent = [s.name for s in judgement.sections if s.state == "absent"]
    if line != report.ALL or not absent:
        return line
    return f"what is written is right; not written yet: {', '.join(absent)}"


def load_ipython_extension(shell: Any) -> None:
    """Make ``%%practise`` known; IPython calls this for ``%load_ext micrograd.practise``."""
    shell.register_magic_function(_magic(shell), "cell", "practise")


def _magic(shell: Any) -> Callable[[str, str], None]:
    def practise(line: str, cell: str) -> None:
        """%%practise [SECTION] [h | hh | hhh]: run the cell, then check what is written so far."""
        from IPython.display import display

        words = line.split()
        hints = next((len(word) for word in words if word in report.LEVELS), 0)
        named = [word for word in words if word not in report.LEVELS]
        unknown = [word for word in named if word not in SECTIONS]
        if unknown or len(named) > 1:
            print(f"%%practise expects one of {', '.join(SECTIONS)}, got {line!r}")
            return
        if not shell.run_cell(cell).success:
            return
        names = list(SECTIONS)
        sections = names[: names.index(named[0]) + 1] if named else names
        try:
            display(checked(_written(shell.user_ns), sections, hints))
        except Unreadable as error:
            print(error)

    return practise


def _written(namespace: dict[str, Any]) -> dict[str, Any]:
    """Return what a user may have written of all that a notebook's namespace holds."""
    hidden = ("In", "Out", "exit", "quit", "get_ipython", "open")
    return {
        name: thing
        for name, thing in namespace.items()
        if not name.startswith("_") and name not in hidden
    }


def _in_cells(judgement: Judgement) -> Judgement:
    """Call places by their cell, as the notebook does: In [3] is cell 3."""
    sections = []
    for section in judgement.sections:
        diagnosis = section.diagnosis
        if diagnosis is not None and diagnosis.place is not None:
            place = Place(_cell_of(diagnosis.place.file), diagnosis.place.line)
            section = replace(section, diagnosis=replace(diagnosis, place=place))
        sections.append(section)
    return replace(judgement, sections=tuple(sections))


def _cell_of(file: str) -> str:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    named = getattr(getattr(shell, "compile", None), "format_code_name", lambda name: None)(file)
    if named and named[0] == "Cell":
        return f"cell {named[1].removeprefix('In[').rstrip(']')}"
    return file
