"""One program, run on a fresh copy of a learner's file: its numbers beside the lecture's.

Whatever the learner's code raises or prints ends with the program. Only Ctrl-C goes through: a
KeyboardInterrupt that no ``raise`` of theirs has raised.
"""

import contextlib
import dis
import math
import re
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from . import lecture
from .adapter import Adapter, Handle
from .duplicate import Duplicate
from .forms import Forms, number
from .programs import PROGRAMS, Program, expression, label
from .results import Difference, Outcome, Place
from .spelling import spelled

Change = Callable[[Duplicate], None]
_RAISE = {dis.opmap["RAISE_VARARGS"], dis.opmap["RERAISE"]}
_KINDS = (
    (r"object is not callable", "not callable"),
    (r"missing \d+ required", "argument missing"),
    (r"takes .* positional arguments? but|expected \d+ arguments?, got|expected at most",
     "too many arguments"),
    (r"unsupported operand|bad operand", "unsupported operand"),
    (r"object is not iterable|must be iterable", "not iterable"),
    (r"not subscriptable", "not subscriptable"),
    (r"unhashable", "unhashable"),
    (r"unexpected keyword", "unexpected keyword"),
)  # fmt: skip
_BUILTIN = ("int", "float", "str", "list", "tuple", "set", "dict", "NoneType", "function", "bool")


class _Silence:
    """A stream that forgets; no flood of output can fill it."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        return False


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Send what is printed nowhere."""
    nowhere: Any = _Silence()
    with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        yield


def run(program: Program, forms: Forms, change: Change | None = None) -> Outcome:
    """Run one program on a learner's file and compare with the lecture's.

    Args:
        program: one of ``PROGRAMS``.
        forms: how the learner's file is written.
        change: what to put into the copy before, for a transplant.
    """
    try:
        with silence():
            adapter = Adapter(forms, change)
            shown = _numbers(program, adapter)
    except BaseException as error:
        if is_interrupt(error):
            raise
        return _failed(program, error)
    return _compared(program, forms, shown)


def is_interrupt(error: BaseException) -> bool:
    """Say whether error is a Ctrl-C and not a ``raise KeyboardInterrupt`` of the learner's."""
    if not isinstance(error, KeyboardInterrupt) or error.__traceback__ is None:
        return False
    last = error.__traceback__
    while last.tb_next is not None:
        last = last.tb_next
    return last.tb_frame.f_code.co_code[last.tb_lasti] not in _RAISE


@cache
def right(name: str, variant: str = "") -> tuple:
    """Return what the lecture's engine gives for a program: the right numbers."""
    return _numbers(PROGRAMS[name], Adapter(_lecture()))


@cache
def _lecture() -> Forms:
    return Forms(vars(lecture))


@cache
def _compiled(text: str, mode: str) -> types.CodeType:
    return compile(text, "<program>", mode)


def _numbers(program: Program, adapter: Adapter) -> tuple:
    names = adapter.environment()
    exec(_compiled(program.code, "exec"), names)
    return tuple(
        _plain(eval(_compiled(expression(show), "eval"), names), names) for show in program.shows
    )


def _plain(x: Any, names: dict[str, Any]) -> Any:
    """Turn what an expression gave into a number, a truth or a text."""
    if isinstance(x, (bool, str)):
        return x
    if isinstance(x, Handle):
        return x.data
    if isinstance(x, list):
        return "{" + ", ".join(sorted({_name(item, names) for item in x})) + "}"
    return number(x)


def _name(item: Any, names: dict[str, Any]) -> str:
    """Return the variable that holds the same object as item, a parent."""
    for name, value in names.items():
        if isinstance(value, Handle) and value.inner is item.inner:
            return name
    return repr(item)[:20] if isinstance(item.inner, (int, float)) else type(item.inner).__name__


def _compared(program: Program, forms: Forms, shown: tuple) -> Outcome:
    accepted = [*(right(program.name, v) for v in program.variants), *program.accepts]
    if any(_same(program, shown, answer) for answer in accepted):
        return Outcome(program.name, "right")
    answer = max(accepted, key=lambda a: sum(map(close, shown, a, [program.tolerance] * len(a))))
    rows = zip(program.shows, shown, answer, strict=True)
    differences = tuple(
        Difference(spelled(label(show), forms), written(yours), written(ours))
        for show, yours, ours in rows
        if not close(yours, ours, program.tolerance)
    )
    digits = 9 if program.tolerance < 1e-3 else 2
    signature = [rounded(x, digits) for x in shown]
    return Outcome(program.name, "wrong", differences, signature=signature)


def _same(program: Program, shown: tuple, answer: tuple) -> bool:
    return all(close(x, y, program.tolerance) for x, y in zip(shown, answer, strict=True))


def close(x: Any, y: Any, tolerance: float = 1e-6) -> bool:
    """Say whether two outcomes are the same, floats up to a tolerance."""
    if isinstance(x, float) and isinstance(y, float):
        return abs(x - y) <= tolerance * max(1.0, abs(y)) or (math.isnan(x) and math.isnan(y))
    return type(x) is type(y) and x == y


def rounded(x: Any, digits: int = 9) -> Any:
    """Round for a signature: JSON has no nan or infinity, and no two machines the last bit."""
    if isinstance(x, float):
        return float(f"{x:.{digits}g}") + 0.0 if math.isfinite(x) else str(x)
    return x


def written(x: Any) -> str:
    """Write a number as a person would read it: 2.0, 0.4621171573."""
    if not isinstance(x, float):
        return str(x)
    short = f"{x:.10g}"
    return f"{short}.0" if short.lstrip("-").isdigit() else short


def _failed(program: Program, error: BaseException) -> Outcome:
    place, method = raised_at(error)
    text = described(error)
    return Outcome(program.name, "wrong", (), text, place, method, kind(error))


def described(error: BaseException) -> str:
    """Write an error on one line, as Python does at the end of a traceback."""
    try:
        text = str(error).strip().split("\n")[0][:160]
    except Exception:  # an error of the learner's that cannot say what it is
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def kind(error: BaseException) -> str:
    """Return what is the same about an error in every version of Python and every file."""
    name, text = type(error).__name__, described(error)
    types_named = [t for t in re.findall(r"'(\w+)'", text) if t in _BUILTIN]
    if isinstance(error, AttributeError):
        return f"{name}: {' '.join(types_named[:1])} {error.name}".replace("  ", " ")
    sort = next((word for pattern, word in _KINDS if re.search(pattern, text)), "")
    return ": ".join(part for part in (name, " ".join([*types_named[:2], sort]).strip()) if part)


def raised_at(error: BaseException) -> tuple[Place | None, str | None]:
    """Find the learner's line and method that raised an error: the innermost of their frames."""
    own = (__file__, *(m.__file__ for m in map(sys.modules.get, _OURS) if m and m.__file__))
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        code = frame.f_code
        if code.co_filename in own or code.co_filename == "<program>":
            continue
        if frame.f_globals.get("input") is Duplicate.no_input:
            return Place(code.co_filename, line), method_of(code)
    return None, None


_OURS = (f"{__package__}.adapter", f"{__package__}.duplicate", f"{__package__}.forms")


def method_of(code: types.CodeType) -> str:
    """Return "__mul__" for a closure in Value's, "Neuron.__call__" for one of another class."""
    parts = code.co_qualname.split(".<locals>")[0].split(".")
    return (
        parts[-1]
        if len(parts) < 2 or parts[-2] not in ("Neuron", "Layer", "MLP")
        else (".".join(parts[-2:]))
    )
