"""A loaded library, which the system gets back when none of its functions is used any more."""

import _ctypes
import ctypes
import weakref
from typing import Any


class Library(ctypes.CDLL):
    """The functions of a shared object, by name.

    Raises:
        OSError: the file cannot be loaded.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        unload = getattr(_ctypes, "dlclose", None) or getattr(_ctypes, "FreeLibrary")  # noqa: B009
        weakref.finalize(self, unload, self._handle).atexit = False  # threads may still run it

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]  # a new one each time: it keeps its library, which does not keep it
