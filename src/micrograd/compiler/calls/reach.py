"""What a function can reach from outside: the places that it may read or change, found by walking.

Attributes, globals and class attributes count where their name occurs in code that the function can
run; what holds data (lists, dicts, arrays, Values) counts as a whole. Code of Python, NumPy and
other installed packages is taken to keep no state of its own.
"""

import functools
import gc
import random
import sys
import types
import weakref
from array import array
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from operator import attrgetter, methodcaller
from typing import Any

import numpy as np

from ...engine import Value, toposort
from ...random import Generator
from ...random import default as default_generator
from ...value.columns import ValueSet, are_leaves
from ...value.tables import LookupTable
from .attributes import (
    HEAP,
    dict_of,
    has_dict,
    is_atom,
    is_compiled,
    is_installed,
    is_installed_file,
    is_users_function,
    own_attributes,
    reads_all,
)
from .code import DYNAMIC, globals_in, imports_in, may_read_any_global, names_in, names_in_texts
from .paths import Paths
from .places import NOTHING, content
from .undisturbed import undisturbed

_UNWATCHED = frozenset({
    "_found",  # a cache
    "_training",  # told of by ``depends_on``
    "_feature_names",  # for ``predict``, which refuses by them
    "_mapped",  # what ``predict`` keeps
})  # fmt: skip
ITERATORS = (
    types.GeneratorType,
    *map(type, (iter([]), iter(()), iter({}), iter(range(0)), zip(), map(abs, ()), enumerate(()))),
)
RANDOM = (random.Random, np.random.Generator, np.random.RandomState)
OPAQUE = (deque, set, bytearray, array, ContextVar, *RANDOM)
_NO_STATE = (types.CodeType, types.FrameType, types.TracebackType, np.dtype, np.ufunc)
_CACHED = type(functools.lru_cache(int))
_BOOKKEEPING = frozenset({"__annotate__", "__annotate_func__", "__doc__", "__weakref__"})


class Reach:
    """The objects that can be reached from some roots, each once, in the order of the walk.

    Args:
        roots: by the name that a message calls them.
        beside: what is not to be walked.

    Attributes:
        cells, lists, dicts, arrays, values, tables, generators, opaque, iterators: what was found.
        objects: what has attributes, functions and classes included.
        classes: of installed packages; of these only what they hold is looked at.
        caches: functions that keep what they have returned.
        functions: those of the user's, whose code can run.
        globals: names of functions' globals and of Python's own, there or not.
        paths: what to call each, by identity.
    """

    def __init__(self, roots: Iterable[tuple[str, Any]], beside: Iterable[Any] = ()) -> None:
        self.cells: list[Any] = []
        self.lists: list[list] = []
        self.dicts: list[dict] = []
        self.arrays: list[np.ndarray] = []
        self.values: list[Value] = []
        self.generators: list[Generator] = [default_generator]
        self.tables: list[LookupTable] = []
        self.opaque: list[Any] = []
        self.iterators: list[Any] = []
        self.objects: list[Any] = []
        self.classes: list[type] = []
        self.caches: list[Any] = []
        self.globals: dict[tuple[int, str], tuple[dict, str]] = {}
        self.paths = Paths({id(default_generator): "micrograd.random"})
        self._known = ValueSet()  # as ``values`` are
        self._names: set[str] = set()
        self._whole: set[int] = set()  # classes of which everything may be read
        self.functions: list[types.FunctionType] = []
        self._stack = list(roots)[::-1]
        self._keep = list(beside)  # what was made for the walk, so that no identity is reused
        self.paths.update({id(x): "" for x in self._keep})
        with undisturbed():
            self._walk()

    def _walk(self) -> None:
        functions, objects, known = 0, 0, 0  # how many were looked at, and with how many names
        while self._stack:
            while self._stack:
                self._visit(*self._stack.pop())
            for function in self.functions[functions:]:
                self._look_at_globals(function)
            if len(self._names) > known:
                objects, known = 0, len(self._names)
            for x in self.objects[objects:]:
                self._push(self.attributes(x).items(), self.paths[id(x)] + ".")
            functions, objects = len(self.functions), len(self.objects)

    def _visit(self, path: str, x: Any) -> None:
        if is_atom(x) or id(x) in self.paths or x in self._known:
            return
        self.paths[id(x)] = path
        self._keep.append(x)
        if isinstance(x, Value):
            self._add_values(x)
        elif isinstance(x, types.CellType):
            self.cells.append(x)
            if (held := content(x)) is not NOTHING:
                self._push([("", held)], path)
        elif isinstance(x, LookupTable):
            self.tables.append(x)
        elif isinstance(x, Generator):
            self.generators.append(x)
        elif isinstance(x, (list, tuple, frozenset, dict, np.ndarray)):
            self._visit_container(path, x)
        elif isinstance(x, OPAQUE):
            self.opaque.append(x)
            if isinstance(x, (deque, set)):
                self._push(_numbered(x), path)
            elif isinstance(x, ContextVar):
                self._push([("", x.get(None))], path)
        elif isinstance(x, ITERATORS) or (hasattr(type(x), "__next__") and not has_dict(x)):
            self.iterators.append(x)
        else:
            self._visit_object(path, x)

    def _visit_container(self, path: str, x: Any) -> None:
        if isinstance(x, np.ndarray):
            self.arrays.append(x)
            if x.dtype == object:
                self._push(_numbered(x.ravel().tolist()), path)
        elif isinstance(x, dict):
            self.dicts.append(x)
            self._push(((f"[{key!r}]", item) for key, item in x.items()), path)
            if isinstance(x, defaultdict):
                self._push([("'s default", x.default_factory)], path)
        else:
            if isinstance(x, list):
                self.lists.append(x)
            if type(x) is list and are_leaves(x):  # most of what there is in a large model
                self.values += self._known.added(x)
                self.paths.name_items(path, x.copy())
            else:
                self._push(_numbered(x), path)
        if has_dict(x):
            self._visit_instance(path, x)

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
            self._visit_class(path, x)
        elif isinstance(x, types.ModuleType):
            if not is_installed(x.__name__):
                self.objects.append(x)
        elif isinstance(x, weakref.ref):
            self._push([("", x())], path)
        elif has_dict(x) or hasattr(type(x), "__slots__"):
            if isinstance(x, _CACHED):
                self.caches.append(x)
            self._visit_instance(path, x)
        elif not isinstance(x, _NO_STATE):  # a method of a list, a view of a dict
            if isinstance(x, (attrgetter, methodcaller)):
                self._names.update(names_in_texts(x.__reduce__()[1]))
            self._push([("", inner) for inner in gc.get_referents(x)], path)

    def _visit_instance(self, path: str, x: Any) -> None:
        self.objects.append(x)
        self._push([(" (its class)", c) for c in type(x).__mro__], path)
        self._push([("", (dict_of(x) or {}).get("__wrapped__"))], path)

    def _visit_class(self, path: str, x: type) -> None:
        made_here = x.__module__ == "builtins" and x.__flags__ & HEAP  # by exec, perhaps
        if made_here or not is_installed(x.__module__):
            self.objects.append(x)
            kind: Any = type(x)
            self._push([(" (its class)", c) for c in kind.__mro__], path)
            self._names.update(getattr(x, "__match_args__", ()))
        elif x.__flags__ & HEAP and x.__module__.split(".")[1:2] != ["compiler"]:
            self.classes.append(x)
            self._whole.add(id(x))
            replaced = [(f".{k}", f) for k, f in vars(x).items() if is_users_function(f)]
            self._push(replaced, path)

    def _visit_function(self, path: str, f: types.FunctionType) -> None:
        named = f.__code__.co_freevars
        for name, cell in zip(named, f.__closure__ or ()):
            self._stack.append((name, cell))
        self._push([("", getattr(f, "__wrapped__", None))], path)
        self._push(_numbered(f.__defaults__ or ()), f"{path}'s default")
        self._push([("'s defaults", f.__kwdefaults__)], path)
        if not is_installed_file(f.__code__.co_filename):
            self._names |= names_in(f.__code__)
            self.functions.append(f)
            self.objects.append(f)
            modules = [(name, sys.modules.get(name)) for name in imports_in(f.__code__)]
            self._push(modules, "")

    def _look_at_globals(self, f: types.FunctionType) -> None:
        names = globals_in(f.__code__)
        if may_read_any_global(f.__code__):
            names |= set(f.__globals__)
        builtins: dict = getattr(f, "__builtins__")  # noqa: B009
        for name in names:
            if (id(f.__globals__), name) in self.globals:
                continue
            for place in (f.__globals__, builtins):
                self.globals[id(place), name] = place, name
                if name in place:
                    if place is f.__globals__:
                        self._stack.append((name, place[name]))
                    break

    def _add_values(self, x: Value) -> None:
        for v in self._known.added(toposort(x) if x.parents else [x]):
            self.paths.setdefault(id(v), v.label or self.paths[id(x)])
            self.values.append(v)

    def _push(self, inside: Iterable[tuple[str, Any]], path: str) -> None:
        for name, x in inside:
            if not is_atom(x) and id(x) not in self.paths:
                self._stack.append((f"{path}{name}", x))

    @property
    def unseen(self) -> str:
        """Say what there is that no program can read; nothing where all can be read."""
        if not self.tables:
            return ""
        return (
            f"it reads {self.paths[id(self.tables[0])]}, a table of Embedding(..., sparse=True), "
            "whose Values are made when they are looked up"
        )

    @property
    def labelled(self) -> list[Value]:
        """The Values of which code may read the label."""
        return self.values if "label" in self._names else []

    def attributes(self, x: Any) -> dict[str, Any]:
        """Return what code may read of an object, a class, a module or a function, by its names."""
        if isinstance(x, type):
            return {k: item for k, item in own_attributes(x).items() if self.reads(x, k, item)}
        if is_compiled(x):
            return {}
        held = own_attributes(x)
        names = held.keys() if self._reads_all(x) else held.keys() & self._names
        return {k: item for k, item in held.items() if k in names and k not in _UNWATCHED}

    def reads(self, x: Any, name: str, item: Any) -> bool:
        """Tell whether code may read this attribute of an object, which is ``item``."""
        if isinstance(x, type) and id(x) in self._whole:
            return name not in _BOOKKEEPING
        if isinstance(x, type) and name[:2] == "__" and name not in _BOOKKEEPING:
            return item is None or callable(item) or name in self._names
        read = self._reads_all(x) or name in self._names
        return read and name not in _UNWATCHED and not is_compiled(x)

    def _reads_all(self, x: Any) -> bool:
        kind: Any = type(x)
        return reads_all(kind) or not DYNAMIC.isdisjoint(self._names)


def _numbered(xs: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    return ((f"[{i}]", x) for i, x in enumerate(xs) if not is_atom(x))
