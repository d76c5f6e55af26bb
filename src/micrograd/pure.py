"""The readable engine, always in Python: to step through, to compare with, to measure against.

Where the engine in C is in use, ``micrograd.engine`` shows that one; this is the same file again.
"""

from importlib.machinery import SourceFileLoader
from typing import Any

from . import engine
from .engine import Value, apply, toposort
from .value import backend as _backend

__all__ = ["Value", "apply", "toposort"]

if _backend.native is not None:
    _code: Any = SourceFileLoader(__name__, engine.__file__).get_code(__name__)
    exec(_code, globals())
