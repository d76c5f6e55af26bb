"""The names in code: what a function may read of the attributes, globals and modules around it."""

import dis
import functools
import re
import types
from collections.abc import Iterable, Iterator
from typing import Any

# Code with one of these may read any attribute, by a name that it makes or passes on.
DYNAMIC = frozenset(
    {
        *("getattr", "setattr", "delattr", "hasattr", "vars", "dir", "locals", "globals"),
        *("eval", "exec", "format", "copy", "deepcopy", "dumps", "asdict", "astuple", "replace"),
        *("fields", "attrgetter", "methodcaller", "getmembers", "getattr_static", "__dict__"),
        *("__getattribute__", "__getstate__", "__reduce__", "__reduce_ex__"),
    }
)
_ANY_GLOBAL = frozenset({"globals", "eval", "exec"})
_WORD = re.compile(r"[^\W\d]\w*")


@functools.cache
def names_in(code: types.CodeType) -> frozenset[str]:
    """Return the names of attributes and globals in code, in the functions inside it, in texts."""
    names = set(code.co_names)
    for constant in _constants(code):
        if isinstance(constant, types.CodeType):
            names |= names_in(constant)
        elif isinstance(constant, str) and constant.isidentifier():
            names.add(constant)  # of a class pattern, an attrgetter
    if not DYNAMIC.isdisjoint(names):
        names |= names_in_texts(_constants(code))
    return frozenset(names)


def names_in_texts(texts: Iterable[Any]) -> set[str]:
    """Return the names in those of these things that are texts."""
    return {name for text in texts if isinstance(text, str) for name in _WORD.findall(text)}


@functools.cache
def globals_in(code: types.CodeType) -> frozenset[str]:
    """Return the names that code looks up as globals, or may."""
    loads = ("LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "DELETE_GLOBAL")
    names = {at.argval for at in dis.get_instructions(code) if at.opname in loads}
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    names.update(*map(globals_in, inner))
    return frozenset(names)


@functools.cache
def imports_in(code: types.CodeType) -> frozenset[str]:
    """Return the names of the modules that code imports when it runs."""
    imports = dis.get_instructions(code) if _has(code, "IMPORT_NAME") else ()
    names = {at.argval for at in imports if at.opname == "IMPORT_NAME"}
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    names.update(*map(imports_in, inner))
    return frozenset(names)


@functools.cache
def class_patterns(code: types.CodeType) -> tuple[tuple[str, dis.Instruction], ...]:
    """Return the classes that ``case`` asks for in code, by name, with what loads each."""
    if not _has(code, "MATCH_CLASS"):
        return ()
    steps = list(dis.get_instructions(code))
    loads = [at for at, then in zip(steps, steps[2:]) if then.opname == "MATCH_CLASS"]
    return tuple([(at.argval, at) for at in loads])


def may_read_any_global(code: types.CodeType) -> bool:
    """Tell whether code looks up globals by names that it makes."""
    return not _ANY_GLOBAL.isdisjoint(names_in(code))


def _has(code: types.CodeType, instruction: str) -> bool:
    """Tell whether an instruction may be in code: quick, where to take it apart is slow."""
    return dis.opmap[instruction] in code.co_code[::2]


def _constants(code: types.CodeType) -> Iterator[Any]:
    for constant in code.co_consts:
        if isinstance(constant, (tuple, frozenset)):
            yield from constant
        else:
            yield constant
