"""The random streams of Python and of NumPy that all modules share: kept, compared, and put back.

NumPy makes 624 objects of its state at each look, which takes longer than to trace a small
function: so its state is taken once, and only its memory is looked at again.
"""

import ctypes
import random
from typing import Any

import numpy as np

_BYTES = 4 * (624 + 1)  # of a Mersenne Twister: its words, and at which of them it is


class Streams:
    """Where both streams are at one moment."""

    def __init__(self) -> None:
        self._python = random.getstate()
        self._numpy = np.random.get_state(legacy=False)  # twice as quick
        self._words = None if self._numpy.get("has_gauss") else _words()

    def now(self) -> "Streams":
        """Return where they are at this moment."""
        return Streams() if self.moved() else self

    def moved(self) -> str:
        """Return whose stream is elsewhere by now; nothing if none is."""
        if random.getstate() != self._python:
            return "Python's random"
        return "numpy.random" if self._is_numpy_moved() else ""

    def put_back(self) -> None:
        """Let both be where they were."""
        random.setstate(self._python)
        if self._is_numpy_moved():
            np.random.set_state(self._numpy)

    def _is_numpy_moved(self) -> bool:
        if self._words is not None:
            return self._words != _words()
        return not _same(np.random.get_state(legacy=False), self._numpy)


def _words() -> bytes | None:
    """Return what NumPy's generator holds; None where that is no Mersenne Twister."""
    stream: Any = np.random  # whose stubs leave out what follows
    generator = stream.get_bit_generator()
    if type(generator) is not np.random.MT19937:
        return None
    return ctypes.string_at(generator.ctypes.state_address, _BYTES)


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    return np.array_equal(a, b)
