"""A copy of a learner's namespace: classes and functions are made again, so nothing is touched.

Every program runs on a copy of its own; what an earlier one left in a default list, in a class or
in a global list is not seen. Objects of copied classes hash by the order in which they are first
hashed instead of by address, so that a set of parents has one order in every run.
"""

import enum
import os
import sys
import types
from collections.abc import Callable
from functools import cache
from typing import Any

_PACKAGE = os.path.dirname(os.path.dirname(__file__))
_LECTURE = os.path.join(_PACKAGE, "practise", "lecture.py")
_CONTAINERS = (list, dict, set, tuple)
_DEPTH = 3  # a table of rules is a dict of tuples of functions; nobody nests deeper
_TABLE = 1000


@cache
def _libraries() -> tuple[str, ...]:
    """The folders of code that is nobody's own."""
    import sysconfig  # a millisecond, which import micrograd does not wait for

    return (_PACKAGE, *{sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib")})


class Duplicate:
    """A namespace in which the learner's own functions and classes are copies.

    Args:
        namespace: what ``exec`` of the learner's file left, or a notebook's globals.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._memo: dict[int, Any] = {}
        self._cells: list[tuple[types.CellType, types.CellType]] = []
        self._kept: list[Any] = []
        self._theirs: dict[tuple[str, Any], bool] = {}
        self.hash, self.begin = _hash_by_order()  # begin: of each program, so that none has a past
        self.namespace = self._globals(namespace)

    @staticmethod
    def no_input(*_: Any) -> str:
        """Stand in for ``input``, which nobody could answer."""
        raise EOFError("input() cannot be answered while your file is checked")

    def of(self, original: Any) -> Any:
        """Return the copy of a class or function of the namespace; what is not copied is itself."""
        copy = self._copy(original)
        self._fill()
        return copy

    def _globals(self, original: dict[str, Any]) -> dict[str, Any]:
        if id(original) not in self._memo:
            copy = self._keep(original, {**original, "input": self.no_input})
            for name, value in original.items():
                if not name.startswith("__") and name != "input":
                    copy[name] = self._copy(value)
            self._fill()
        return self._memo[id(original)]

    def _keep(self, original: Any, copy: Any) -> Any:
        self._memo[id(original)] = copy
        self._kept.append(original)  # an id is an identity only while the object lives
        return copy

    def _fill(self) -> None:
        while self._cells:
            copy, original = self._cells.pop()
            try:
                contents = original.cell_contents
            except ValueError:  # still empty
                continue
            copy.cell_contents = self._copy(contents)

    def _copy(self, value: Any, depth: int = 0) -> Any:
        if id(value) in self._memo:
            return self._memo[id(value)]
        kind = type(value)
        if kind is types.FunctionType:
            return self._function(value) if self._is_theirs(value.__globals__) else value
        if isinstance(value, type):
            return self._class(value) if self._is_their_class(value) else value
        if kind in (staticmethod, classmethod):
            return kind(self._copy(value.__func__))
        if kind is property:
            return property(*[self._copy(f) for f in (value.fget, value.fset, value.fdel)])
        if kind is types.ModuleType:
            return self._module(value) if self._is_theirs(vars(value)) else value
        if kind in _CONTAINERS and depth < _DEPTH:
            return self._container(value, depth)
        if depth < _DEPTH and self._is_their_class(kind):
            return self._record(value)
        return value

    def _is_theirs(self, namespace: dict[str, Any]) -> bool:
        name, file = namespace.get("__name__") or "", namespace.get("__file__")
        if (name, file) not in self._theirs:
            library = isinstance(file, str) and file.startswith(_libraries()) and file != _LECTURE
            standard = name.partition(".")[0] in sys.stdlib_module_names and name != "__main__"
            self._theirs[name, file] = not (library or standard)
        return self._theirs[name, file]

    def _is_their_class(self, cls: type) -> bool:
        if not cls.__flags__ & 1 << 9 or issubclass(cls, (enum.Enum, BaseException)):  # a C type
            return False
        for member in vars(cls).values():  # a module of this name may be another one by now
            if type(member) is types.FunctionType and member.__module__ == cls.__module__:
                return self._is_theirs(member.__globals__)
        module = sys.modules.get(cls.__module__)
        return self._is_theirs(vars(module) if module else {"__name__": cls.__module__})

    def _function(self, f: types.FunctionType) -> types.FunctionType:
        cells = tuple(self._cell(cell) for cell in f.__closure__ or ())
        copy = types.FunctionType(f.__code__, self._globals_of(f), f.__name__, None, cells or None)
        self._keep(f, copy)
        copy.__defaults__ = self._copy(f.__defaults__) if f.__defaults__ else None
        copy.__kwdefaults__ = self._copy(f.__kwdefaults__) if f.__kwdefaults__ else None
        copy.__qualname__, copy.__module__, copy.__doc__ = f.__qualname__, f.__module__, f.__doc__
        copy.__dict__.update(f.__dict__)
        return copy

    def _globals_of(self, f: types.FunctionType) -> dict[str, Any]:
        return self._globals(f.__globals__)

    def _cell(self, original: types.CellType) -> types.CellType:
        if id(original) not in self._memo:
            self._cells.append((self._keep(original, types.CellType()), original))
        return self._memo[id(original)]

    def _class(self, cls: type) -> type:
        members = dict(vars(cls))
        for name, value in vars(cls).items():
            if name in ("__dict__", "__weakref__") or type(value) is types.MemberDescriptorType:
                del members[name]
        if cls.__hash__ is object.__hash__:
            members["__hash__"] = self.hash
        bases = tuple(self._copy(base) for base in cls.__bases__)
        try:
            copy = type(cls)(cls.__name__, bases, members)
        except Exception:  # a metaclass with wishes of its own: better the class than none
            return self._keep(cls, cls)
        self._keep(cls, copy)
        for name, value in members.items():
            if not name.startswith("__") or callable(value):
                new = self._copy(value)
                if new is not value:
                    setattr(copy, name, new)
        return copy

    def _module(self, module: types.ModuleType) -> types.ModuleType:
        copy = self._keep(module, types.ModuleType(module.__name__))
        vars(copy).update(self._globals(vars(module)))
        return copy

    def _container(self, value: Any, depth: int) -> Any:
        if len(value) > _TABLE:  # data, not a table of rules
            copy: Any = value if isinstance(value, tuple) else value.copy()
        elif isinstance(value, dict):
            copy = {k: self._copy(v, depth + 1) for k, v in value.items()}
        elif isinstance(value, set):
            copy = set(value)
        else:
            copy = type(value)(self._copy(item, depth + 1) for item in value)
        return self._keep(value, copy)

    def _record(self, value: Any) -> Any:
        """Copy an object of a learner's class that lies about: a rule in a table, a model."""
        cls = self._copy(type(value))
        if cls is type(value):
            return value
        copy = self._keep(value, object.__new__(cls))
        for name, x in attributes(value).items():
            object.__setattr__(copy, name, self._copy(x, _DEPTH))
        return copy


def attributes(x: Any) -> dict[str, Any]:
    """Return the attributes that x itself has, from its dictionary or its slots."""
    slots = [s for cls in type(x).__mro__ for s in _texts(cls.__dict__.get("__slots__", ()))]
    named = {s: getattr(x, s) for s in slots if not s.startswith("__") and hasattr(x, s)}
    return {**getattr(x, "__dict__", {}), **named}


def _texts(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _hash_by_order() -> tuple[Callable[[Any], int], Callable[[], None]]:
    """Return a hash by the order of first use, and what begins to count anew."""
    serials: dict[int, tuple[int, Any]] = {}
    before = 0  # hashed until it began

    def __hash__(self: Any) -> int:
        if id(self) not in serials:
            # The object lives on, and so does its id. Numbers in a row would make every set look
            # ordered; these fall as addresses do.
            serials[id(self)] = ((len(serials) - before) * 2654435761 % 1000003, self)
        return serials[id(self)][0]

    def begin() -> None:
        nonlocal before
        before = len(serials)

    return __hash__, begin
