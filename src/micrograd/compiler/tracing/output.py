"""What a function prints: noted while it is traced, printed anew after each call.

A run that only finds out about the function prints nothing; what the plain run prints is kept, to
be compared with what the program prints.
"""

import io
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from ...engine import Value
from ...value.modes import mode
from ...value.number import Number
from ..errors import JitError, users_line
from .arrays import TracedArray

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|inf|nan)")


class NotPrinted(JitError):
    """A program does not print what the function prints."""


class Printed(NamedTuple):
    """One call of ``print``."""

    things: tuple
    sep: str
    end: str

    def again(self) -> None:
        """Print it."""
        print(*self.things, sep=self.sep, end=self.end)


class _Shown(NamedTuple):
    """A Value as it was when it was printed."""

    data: Any
    grad: Any
    label: str

    def __repr__(self) -> str:
        value = Value(self.data, label=self.label)
        value.grad = self.grad
        return repr(value)


def traced_print(*things: Any, **options: Any) -> None:
    """``print``, which a trace notes."""
    known = options.keys() <= {"sep", "end", "file", "flush"}
    if mode.tracer is None or not known or options.get("file") not in (None, sys.stdout):
        print(*things, **options)
        return
    sep, end = options.get("sep"), options.get("end")
    shown = tuple([_shown(x) for x in things])
    mode.tracer.prints(Printed(shown, " " if sep is None else sep, "\n" if end is None else end))


def _shown(x: Any) -> Any:
    """Return a copy of what is printed, as it is now."""
    if isinstance(x, Number) or x is None or type(x) in (str, bool, int, float):
        return x
    if isinstance(x, Value):
        return _Shown(x.data, x.grad, x.label)
    if type(x) in (list, tuple):
        return type(x)([_shown(y) for y in x])
    if type(x) is dict:
        return {key: _shown(y) for key, y in x.items()}
    if isinstance(x, TracedArray) or (type(x) is np.ndarray and x.dtype != object):
        return x.copy()
    raise JitError(
        f"it prints {type(x).__name__}, of which a compiled call does not know the text: print "
        f"numbers, text, lists and arrays\n  at {users_line()}"
    )


class Heard(io.TextIOBase):
    """Stands for standard output: what this thread prints is kept, and comes out if ``aloud``."""

    def __init__(self, before: Any) -> None:
        self.text, self.aloud = "", False
        self._before, self._thread = before, threading.get_ident()

    def write(self, text: str) -> int:
        """Keep a text, or pass it on."""
        own = threading.get_ident() == self._thread
        self.text += text if own else ""
        if self.aloud or not own:
            self._before.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush what it stands for."""
        self._before.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._before, name)


@contextmanager
def heard() -> Iterator[Heard]:
    """Keep what this thread prints, instead of printing it."""
    before = sys.stdout
    out = sys.stdout = Heard(before)
    try:
        yield out
    finally:
        if sys.stdout is out:
            sys.stdout = before


def alike(text: str, other: str) -> bool:
    """Tell whether two texts are the same but for the last digits of numbers."""
    if _NUMBER.sub("#", text) != _NUMBER.sub("#", other):
        return False
    x, y = [list(map(float, _NUMBER.findall(t))) for t in (text, other)]
    return np.allclose(x, y, rtol=1e-5, atol=1e-8, equal_nan=True)
