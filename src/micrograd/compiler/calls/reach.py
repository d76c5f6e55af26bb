"""What a function can reach from outside: the places that it may read or change, found by walking.

Attributes, globals and class attributes count where their name occurs in code that the function can
run; what holds data (lists, dicts, arrays, Values) counts as a whole. Code of Python, NumPy and
other installed packages is taken to keep no state of its own.
"""

import functools
import random
import sys
import sysconfig
import types
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ...engine import Value, toposort
from ...ops import Op
from ...random import Generator
from ...random import default as default_generator
from ..errors import PACKAGE

_ATOMS = (str, bytes, bool, int, float, complex, type(None), type(Ellipsis), range, slice, Op)
_DYNAMIC = frozenset({"getattr", "setattr", "vars", "__dict__", "delattr", "locals", "globals"})
_UNWATCHED = frozenset({"_found", "_training"})  # a cache; told of by ``depends_on``
_HEAP = 1 << 9  # Py_TPFLAGS_HEAPTYPE: a class that was made while Python runs
_STANDARD_LIBRARY = sysconfig.get_path("stdlib")
_PACKAGES = frozenset(sys.stdlib_module_names) | {"micrograd", "numpy", "builtins"}
ITERATORS = (
    types.GeneratorType,
    *map(type, (iter([]), iter(()), iter({}), iter(range(0)), zip(), map(abs, ()), enumerate(()))),
)
OPAQUE = (deque, set, bytearray, random.Random, np.random.Generator, np.random.RandomState)


class Reach:
    """The objects that can be reached from some roots, each once, in the order of the walk.

    Args:
        roots: by the name that a message calls them.
        beside: what is not to be walked.

    Attributes:
        cells, lists, dicts, arrays, values, generators, opaque, iterators: what was found.
        objects: what has attributes, functions and classes included.
        paths: what to call each, by identity.
    """

    def __init__(self, roots: Iterable[tuple[str, Any]], beside: Iterable[Any] = ()) -> None:
        self.cells: list[Any] = []
        self.lists: list[list] = []
        self.dicts: list[dict] = []
        self.arrays: list[np.ndarray] = []
        self.values: list[Value] = []
        self.generators: list[Generator] = [default_generator]
        self.opaque: list[Any] = []
        self.iterators: list[Any] = []
        self.objects: list[Any] = []
        self.globals: dict[tuple[int, str], tuple[dict, str]] = {}  # of functions
        self.paths: dict[int, str] = {id(default_generator): "micrograd.random"}
        self._names: set[str] = set()
        self._code: list[Any] = []  # functions, whose globals are looked at
        self._stack = list(roots)[::-1]
        self._keep = list(beside)  # what was made for the walk, so that no identity is reused
        self.paths.update({id(x): "" for x in self._keep})
        self._walk()

    def _walk(self) -> None:
        known = -1
        while self._stack or len(self._names) > known:
            known = len(self._names)
            while self._stack:
                self._visit(*self._stack.pop())
            for function in self._code:
                self._look_at_globals(function)
            for x in self.objects:
                self._push(self.attributes(x), self.paths[id(x)] + ".")

    def _visit(self, path: str, x: Any) -> None:
        if isinstance(x, _ATOMS) or id(x) in self.paths:
            return
        self.paths[id(x)] = path
        self._keep.append(x)
        if isinstance(x, Value):
            self._add_values(x)
        elif isinstance(x, np.ndarray):
            self.arrays.append(x)
            if x.dtype == object:
                self._push(_numbered(x.ravel().tolist()), path)
        elif isinstance(x, list):
            self.lists.append(x)
            self._push(_numbered(x), path)
        elif isinstance(x, (tuple, frozenset)):
            self._push(_numbered(x), path)
        elif isinstance(x, dict):
            self.dicts.append(x)
            self._push(((f"[{key!r}]", item) for key, item in x.items()), path)
        elif isinstance(x, Generator):
            self.generators.append(x)
        elif isinstance(x, OPAQUE):
            self.opaque.append(x)
            if isinstance(x, (deque, set)):
                self._push(_numbered(x), path)
        elif isinstance(x, ITERATORS):
            self.iterators.append(x)
        elif isinstance(x, types.CellType):
            self.cells.append(x)
            self._push(_content(x), path)
        else:
            self._visit_object(path, x)

    def _visit_object(self, path: str, x: Any) -> None:
        if isinstance(x, functools.partial):
            self._push([("", x.func), (".args", x.args), (".keywords", x.keywords)], path)
        elif isinstance(x, types.MethodType):
            self._push([("", x.__self__), ("", x.__func__)], path)
        elif isinstance(x, (property, staticmethod, classmethod)):
            inner = x.fget if isinstance(x, property) else x.__func__
            self._push([("", inner)], path)
        elif isinstance(x, types.FunctionType):
            self._visit_function(path, x)
        elif isinstance(x, type):
            made_here = x.__module__ == "builtins" and x.__flags__ & _HEAP  # by exec, perhaps
            if made_here or not _is_installed(x.__module__):
                self.objects.append(x)
        elif isinstance(x, types.ModuleType):
            if not _is_installed(x.__name__):
                self.objects.append(x)
        elif hasattr(x, "__dict__") or hasattr(type(x), "__slots__"):
            self.objects.append(x)
            self._push([(" (its class)", c) for c in type(x).__mro__], path)
            self._push([("", getattr(x, "__wrapped__", None))], path)

    def _visit_function(self, path: str, f: types.FunctionType) -> None:
        named = f.__code__.co_freevars
        for name, cell in zip(named, f.__closure__ or ()):
            self._stack.append((name, cell))
        self._push([("", getattr(f, "__wrapped__", None))], path)
        self._push(_numbered(f.__defaults__ or ()), f"{path}'s default")
        self._push((f.__kwdefaults__ or {}).items(), f"{path}'s default ")
        if not _is_installed_file(f.__code__.co_filename):
            self._names |= set(names_in(f.__code__))
            self._code.append(f)
            self.objects.append(f)

    def _look_at_globals(self, f: types.FunctionType) -> None:
        for name in names_in(f.__code__):
            if name in f.__globals__ and (id(f.__globals__), name) not in self.globals:
                self.globals[id(f.__globals__), name] = f.__globals__, name
                self._stack.append((name, f.__globals__[name]))

    def _add_values(self, x: Value) -> None:
        for v in toposort(x) if x.parents else (x,):
            if v is x or id(v) not in self.paths:
                self.paths.setdefault(id(v), v.label or self.paths[id(x)])
                self.values.append(v)

    def _push(self, inside: Iterable[tuple[str, Any]], path: str) -> None:
        for name, x in inside:
            if not isinstance(x, _ATOMS) and id(x) not in self.paths:
                self._stack.append((f"{path}{name}", x))

    def attributes(self, x: Any) -> Iterator[tuple[str, Any]]:
        """Yield the attributes of an object, a class, a module or a function that code may read."""
        ours = type(x).__module__.split(".")[:2]
        if ours == ["micrograd", "compiler"]:  # a compiled function is what it wraps
            return
        everything = ours[0] == "micrograd" or not _DYNAMIC.isdisjoint(self._names)
        for name, item in own_attributes(x):
            special = name[:2] == "__" and isinstance(x, type) and callable(item)
            if name not in _UNWATCHED and (everything or special or name in self._names):
                yield name, item


def own_attributes(x: Any) -> Iterator[tuple[str, Any]]:
    """Yield what an object's ``__dict__`` and its slots hold."""
    yield from list(getattr(x, "__dict__", {}).items())
    if not isinstance(x, type):
        for c in type(x).__mro__:
            slots = c.__dict__.get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                if name != "__weakref__" and name != "__dict__" and hasattr(x, name):
                    yield name, getattr(x, name)


def _numbered(xs: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    return ((f"[{i}]", x) for i, x in enumerate(xs) if not isinstance(x, _ATOMS))


def _content(cell: Any) -> list[tuple[str, Any]]:
    try:
        return [("", cell.cell_contents)]
    except ValueError:  # not yet filled
        return []


@functools.cache
def names_in(code: types.CodeType) -> tuple[str, ...]:
    """Return the names of globals and attributes in code and in the functions inside it."""
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return (*code.co_names, *[name for c in inner for name in names_in(c)])


@functools.cache
def _is_installed(module: str | None) -> bool:
    """Tell whether a module is Python's, ours, or of an installed package."""
    root = (module or "builtins").split(".")[0]
    path = getattr(sys.modules.get(root), "__file__", None) or ""
    return root in _PACKAGES or _is_installed_file(path)


@functools.cache
def _is_installed_file(path: str) -> bool:
    inside = ("site-packages", "dist-packages", "<frozen ", PACKAGE, _STANDARD_LIBRARY)
    return any(part in path for part in inside)
