"""What things keep in attributes and slots, and whose code and classes they are."""

import functools
import gc
import sys
import sysconfig
import types
from typing import Any

from ...ops import Op
from ..errors import PACKAGE

_ATOMS = (str, bytes, bool, int, float, complex, type(None), type(Ellipsis), range, slice)
HEAP = 1 << 9  # Py_TPFLAGS_HEAPTYPE: a class that was made while Python runs
_STANDARD_LIBRARY = sysconfig.get_path("stdlib")
_PACKAGES = frozenset(sys.stdlib_module_names) | {"micrograd", "numpy", "builtins"}


def own_attributes(x: Any) -> dict[str, Any]:
    """Return what an object's ``__dict__`` and its slots hold."""
    held = dict(dict_of(x) or {})
    if slots := slots_of(x):
        held.update({name: getattr(x, name) for name in slots if hasattr(x, name)})
    return held


def slots_of(x: Any) -> list[str]:
    """Return the names of an object's slots, filled or not."""
    kind: Any = type(x)
    return [] if isinstance(x, (type, types.FunctionType)) else _slots_in(kind)


def dict_of(x: Any) -> dict[str, Any] | None:
    """Return the dict in which an object keeps its attributes, a class too."""
    if isinstance(x, type):
        return gc.get_referents(x.__dict__)[0]
    own = getattr(x, "__dict__", None)
    return own if isinstance(own, dict) else None


@functools.cache
def _slots_in(c: type) -> list[str]:
    parts = [vars(base) for base in c.__mro__]
    return [k for part in parts for k, x in part.items() if type(x) is types.MemberDescriptorType]


def is_atom(x: Any) -> bool:
    """Tell whether a thing is a number, a text or the like, without anything inside."""
    return isinstance(x, Op) or (isinstance(x, _ATOMS) and not has_dict(x))


def has_dict(x: Any) -> bool:
    """Tell whether a thing can have attributes of any name."""
    return type(x).__dictoffset__ != 0


def is_compiled(x: Any) -> bool:
    """Tell whether it is a compiled or a transformed function, which is what it wraps."""
    return type(x).__module__.startswith(("micrograd.compiler", "micrograd.transforms"))


@functools.cache
def reads_all(c: type) -> bool:
    """Tell whether code that is not looked at reads the attributes of a class's objects."""
    if c.__module__.startswith("micrograd."):
        return True
    return any(
        base.__module__ == "collections" or _is_of_another_package(base)
        for base in c.__mro__
        if any(type(x) is types.FunctionType for x in vars(base).values())
    )


def _is_of_another_package(c: type) -> bool:
    root = c.__module__.split(".")[0]
    return root not in _PACKAGES and is_installed(root)


def is_users_function(x: Any) -> bool:
    """Tell whether it is a function that no installed package holds."""
    return isinstance(x, types.FunctionType) and not is_installed_file(x.__code__.co_filename)


@functools.cache
def is_installed(module: str | None) -> bool:
    """Tell whether a module is Python's, ours, or of an installed package."""
    root = (module or "builtins").split(".")[0]
    path = getattr(sys.modules.get(root), "__file__", None) or ""
    return root in _PACKAGES or is_installed_file(path)


@functools.cache
def is_installed_file(path: str) -> bool:
    """Tell whether code stands in Python's files, in ours, or in an installed package's."""
    inside = ("site-packages", "dist-packages", "<frozen ", PACKAGE, _STANDARD_LIBRARY)
    return any(part in path for part in inside)
