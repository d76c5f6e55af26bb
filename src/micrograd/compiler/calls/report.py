"""What ``jit`` has done and why: one entry for each program, to be read by people."""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, NamedTuple

from ..tracing.signature import Argument

_NUMBERS = 8  # named in a report
_OFTEN = 4  # times that something outside has moved, and a program was made for each


class CacheInfo(NamedTuple):
    """How many programs there are, of how many structures of arguments; how many were made."""

    programs: int
    structures: int
    made: int
    maxsize: int


class Stages(dict[str, float]):
    """The seconds that each stage of a compilation has taken, and what runs what was built."""

    backend = ""
    one_for_all = True  # lengths of lists, where that was tried

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the time of a ``with`` block to a stage."""
        began = perf_counter()
        try:
            yield
        finally:
            self[name] = self.get(name, 0.0) + perf_counter() - began

    def __str__(self) -> str:
        times = ", ".join(f"{name} {seconds * 1e3:.1f} ms" for name, seconds in self.items())
        return times if self.one_for_all else f"{times}; each length has a program of its own"


@dataclass(slots=True)
class Entry:
    """One program."""

    why: str
    structure: str
    stages: Stages
    numbers: list[tuple[str, float]] = field(default_factory=list)  # from outside, constants in it
    inputs: list[str] = field(default_factory=list)  # numbers from outside that are read each time


class Report:
    """All programs of a function; printing it is the way to read it."""

    def __init__(self, name: str) -> None:
        self.name, self.entries = name, list[Entry]()
        self.plainly: str | None = None
        self._moved: Counter[str] = Counter()

    def add(self, entry: Entry) -> None:
        """Take note of a program; with MICROGRAD_LOG=compile say so on the error stream."""
        self.entries.append(entry)
        by = f"; run by {entry.stages.backend}" if entry.stages.backend else ""
        self._log(f"{entry.why}; {entry.structure}; {entry.stages}{by}")

    def settled(self, stages: Stages) -> None:
        """Take note that a program was compiled, or is not to be, at its third call."""
        self._log(f"the third call; {stages}; run by {stages.backend}")

    def often(self, moved: Iterable[str]) -> str | None:
        """Count what has moved outside; name what has for the fourth time, and is no input."""
        self._moved.update(list(moved))
        return next((name for name in moved if self._moved[name] == _OFTEN), None)

    def runs_plainly(self, why: str) -> None:
        """Take note that the function is not compiled."""
        self.plainly = why
        self._log(f"runs plainly: {why}")

    def _log(self, said: str) -> None:
        if "compile" in os.environ.get("MICROGRAD_LOG", ""):
            line = said.replace("\n", " ")
            print(f"micrograd: jit {self.name}: {line}", file=sys.stderr)

    def __str__(self) -> str:
        lines = [f"{self.name}: {counted(len(self.entries), 'program')}"]
        if self.plainly:
            lines = [f"{self.name} runs plainly: {self.plainly}"]
        for k, entry in enumerate(self.entries, 1):
            lines += [f"{k}. {entry.why}", f"   {entry.structure}", f"   {entry.stages}"]
            if entry.stages.backend:
                lines.append(f"   run by {entry.stages.backend}")
            if entry.inputs:
                lines.append(f"   read at each call: {', '.join(entry.inputs)}")
            if entry.numbers:
                shown = [f"{path} = {x!r}" for path, x in entry.numbers[:_NUMBERS]]
                more = len(entry.numbers) - _NUMBERS
                rest = f" and {more} more" if more > 0 else ""
                lines.append(f"   constant until seen to change: {', '.join(shown)}{rest}")
        return "\n".join(lines)

    __repr__ = __str__


def counted(count: int, what: str) -> str:
    """Return a number of things in words."""
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def structure_of(arguments: Sequence[Argument]) -> str:
    """Say in words what the arguments of a call are."""
    return ", ".join(map(_said, arguments)) or "no arguments"


def _said(argument: Argument) -> str:
    if argument.kind == "static":
        return f"static {type(argument.value).__name__}"
    if argument.kind != "array":
        return f"{_words(argument.key[1]):.80}" if len(argument.key) > 1 else "Value"
    if not argument.shape:
        known = {"float": "number", "int": "int"}
        return known.get(argument.form) or _kind_in(argument.key).__name__
    held = "array" if argument.form == "array" else "list"
    count = "×".join(map(str, argument.shape))
    kind = "np." * (argument.form == "numpy list") + argument.value.dtype.name
    return f"{count} numbers ({held} of {kind})"


def _kind_in(key: Any) -> type:
    """Return the class in the key of a number of NumPy's; that of an array without dims nests."""
    return key[1] if isinstance(key[1], type) else _kind_in(key[0])


def _words(structure: Any) -> str:
    """Write the structure of a nest: ``(list, (float, int))``."""
    if isinstance(structure, tuple):
        return f"({', '.join(map(_words, structure))})"
    return structure.__name__ if isinstance(structure, type) else str(structure)
