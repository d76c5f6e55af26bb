"""What the compiler says when it cannot: each error names the line and the remedy."""

import linecache
import os
import re
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

PACKAGE = str(Path(__file__).resolve().parent.parent)
_STAND_INS = {"Number": "float", "Integer": "int", "Predicate": "bool", "TracedArray": "ndarray"}
_LIBRARIES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


class JitError(Exception):
    """A function cannot be compiled as it is; the message says which line and what to do."""

    __module__ = "micrograd"  # where it is to be had, as messages name it


class JitWarning(UserWarning):
    """A function under ``jit`` is run as it is, uncompiled; the message says why."""

    __module__ = "micrograd"


class NoLoops(Exception):
    """There are no loops where they were looked for, or more than they are worth."""


def users_line() -> str:
    """Return ``file:line: source`` of the innermost line that is the user's own."""
    return _innermost(traceback.extract_stack()) or "unknown line"


def users_place() -> tuple[str, int]:
    """Return the file and the number of the line that ``users_line`` shows, in a moment."""
    outside, frame = ("", 0), sys._getframe(1)
    while frame := frame.f_back:  # type: ignore[assignment]
        place = frame.f_code.co_filename, frame.f_lineno
        if not place[0].startswith(PACKAGE):
            if not is_of_library(place[0]):
                return place
            outside = outside if outside[0] else place
    return outside


def shown(place: tuple[str, int]) -> str:
    """Return a line as ``file:line: source``."""
    return f"{place[0]}:{place[1]}: {linecache.getline(*place).strip()}"


def untraceable(name: str, failure: BaseException | None) -> JitError:
    """Return what to say of a function that runs plainly, and fails where it is traced."""
    frames = list(traceback.extract_tb(failure.__traceback__)) if failure else []
    line, library = _innermost(frames), _library(frames, str(failure))
    remedy = (
        f". {library} computes with plain numbers: call it outside and pass what it gives as an "
        "argument, or write it with micrograd's functions"
    )
    return JitError(
        f"{name} runs, but cannot be traced with numbers that stand for all others: "
        f"{type(failure).__name__}: {_in_python(failure)}{remedy if library else ''}"
        + (f"\n  at {line}" if line else "")
    )


def _in_python(failure: BaseException | None) -> str:
    """What an exception says, with Python's names for what stands for numbers."""
    said = re.sub(r"'(Number|Integer|Predicate)' object", "a traced number", str(failure))
    for name, plain in _STAND_INS.items():
        said = re.sub(rf"\b{name}\b", plain, said)
    return said


def _innermost(frames: Iterable[traceback.FrameSummary]) -> str:
    """Say where the innermost line stands that is of no library, or else not micrograd's."""
    outside = [f for f in frames if not f.filename.startswith(PACKAGE)]
    users = [f for f in outside if not is_of_library(f.filename)] or outside
    return f"{users[-1].filename}:{users[-1].lineno}: {users[-1].line}" if users else ""


def is_of_library(filename: str) -> bool:
    """Tell whether a file is Python's own or of an installed package."""
    of_python = filename.startswith((os.path.dirname(os.__file__) + os.sep, "<frozen "))
    return of_python or any(folder in filename for folder in _LIBRARIES)


def _library(frames: Iterable[traceback.FrameSummary], said: str) -> str:
    """Name the library in which something fails, micrograd's own frames left out."""
    outside = [f.filename for f in frames if not f.filename.startswith(PACKAGE)]
    for folder in _LIBRARIES:
        if outside and folder in outside[-1]:
            return outside[-1].rpartition(folder)[2].partition(os.sep)[0].removesuffix(".py")
    return f"The ufunc {said.split(chr(39))[1]}" if "ufunc '" in said else ""


def wrong_index(index: float, rows: int) -> IndexError:
    """Return what a program raises where ``take`` has no such row."""
    return IndexError(f"take expects a whole index from 0 to {rows - 1}, got {index}")
