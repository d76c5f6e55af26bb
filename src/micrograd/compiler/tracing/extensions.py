"""Modules that do not know of traces: compiled ones, as numpy.random, and what is being imported.

While a trace runs, NumPy makes arrays that hold objects. Compiled code calls NumPy by its name and
writes raw numbers into what it gets, so it has NumPy as it was. So has a module that a function
imports while it is traced: what it makes stays with it.
"""

import sys
import types
from importlib.machinery import EXTENSION_SUFFIXES
from typing import Any

import numpy as np

_AS_IT_WAS = types.ModuleType("numpy")
vars(_AS_IT_WAS).update(vars(np))
_names: dict[str, list[str]] = {}  # of modules that were looked at: what they call NumPy
_looked_at = 0  # how many modules there were then


def give() -> None:
    """Let compiled modules have NumPy as it was, until ``take_back``."""
    _replace(np, _AS_IT_WAS)


def take_back() -> None:
    """Let compiled modules have NumPy as it is."""
    _replace(_AS_IT_WAS, np)


def asks() -> bool:
    """Tell whether it is such a module, and not the traced function, that calls NumPy."""
    if len(sys.modules) == _looked_at:
        return False
    if is_importing():
        return True
    known = len(_names)
    give()  # to those that were imported by now
    return any(names for names in list(_names.values())[known:])


def is_importing() -> bool:
    """Tell whether the traced function is importing a module, whose code is running."""
    frame: types.FrameType | None = sys._getframe(1)
    while frame and frame.f_globals.get("__name__") != "micrograd.compiler.tracing.trace":
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _replace(one: Any, other: Any) -> None:
    global _looked_at
    modules = list(sys.modules.items())
    if len(modules) == _looked_at:
        modules = [(name, sys.modules[name]) for name, keys in _names.items() if keys]
    _looked_at = len(sys.modules)
    for name, module in modules:
        if name not in _names:
            file = getattr(module, "__file__", None) or ""
            compiled = file.endswith(tuple(EXTENSION_SUFFIXES)) and file != np.__file__
            _names[name] = [key for key, x in vars(module).items() if x is np] if compiled else []
        for key in _names[name]:
            if vars(module).get(key) is one:
                setattr(module, key, other)
