"""The catalogue: what goes wrong most often when people write micrograd themselves.

One TOML file for each section; each bug has a name, the method it is made in, a question that
helps to see it, the rule it breaks, and the change that makes it out of the lecture-style file.
Bugs that no program can tell apart are one, made in several ways.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ..results import Bug

SECTIONS = ("derivative", "value", "operations", "backward", "more", "network", "training")
Change = tuple[str, str, str]  # in which function, what stands there, what stands there then


@dataclass(frozen=True)
class Entry:
    """A bug, its section of the lecture-style file, and the ways to make it there."""

    bug: Bug
    section: str
    ways: tuple[tuple[Change, ...], ...]


@cache
def catalogue() -> dict[str, Entry]:
    """Return every bug by its id, in the order of the sections."""
    entries: dict[str, Entry] = {}
    for section in SECTIONS:
        text = resources.files(__package__).joinpath(f"{section}.toml").read_text("utf-8")
        for id, record in tomllib.loads(text).items():
            if id in entries:
                raise ValueError(f"two bugs are called {id}: rename one of them")
            written = {"change": record.pop("change"), "also": record.pop("also", [])}
            entries[id] = Entry(Bug(id=id, **record), section, ways(written, record["method"]))
    return entries


def ways(written: Mapping[str, Any], method: str) -> tuple[tuple[Change, ...], ...]:
    """Read the ways to make a bug: ``change`` is the first, ``also`` has the others.

    A change of two texts, [old, new], is made in ``method``; one of three names its function.
    """
    return tuple(
        tuple((c[0], c[1], c[2]) if len(c) == 3 else (method, c[0], c[1]) for c in changes)
        for changes in [written["change"], *written.get("also", [])]
    )


def inject(source: str, changes: tuple[Change, ...]) -> str:
    """Return the source with each change made in its function.

    Args:
        source: the text of a Python file.
        changes: (function, old, new); ``"__mul__"`` is a method of Value, or else a function of the
            file; of other classes it is ``"Neuron.__call__"``; ``""`` is the whole file.

    Raises:
        ValueError: the function is not there, or the old text does not occur in it exactly once.
    """
    for function, old, new in changes:
        start, end = _extent(source, function)
        text = source[start:end]
        if text.count(old) != 1:
            raise ValueError(f"{text.count(old)} times, not once, in {function or 'file'}: {old!r}")
        source = source[:start] + text.replace(old, new) + source[end:]
    return source


def _extent(source: str, function: str) -> tuple[int, int]:
    """Find where a function begins and ends."""
    if not function:
        return 0, len(source)
    path = function.split(".") if "." in function else ["Value", function]
    extent: tuple[int, int] | None = (0, len(source))
    for name in path:
        extent = extent and _block(source, name, *extent)
    extent = extent or _block(source, function, 0, len(source))
    if extent is None:
        raise ValueError(f"there is no {function}")
    return extent


def _block(source: str, name: str, start: int, end: int) -> tuple[int, int] | None:
    """Find a class or a function between two places: it ends where the indentation does."""
    head = re.compile(rf"^( *)(?:def|class) {name}\b", re.M).search(source, start, end)
    if head is None:
        return None
    after = re.compile(rf"^ {{0,{len(head[1])}}}[^ \n]", re.M)
    following = after.search(source, source.index("\n", head.start()) + 1, end)
    return head.start(), following.start() if following else end
