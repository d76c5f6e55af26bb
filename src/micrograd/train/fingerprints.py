"""Fingerprints: by which a checkpoint knows its run again, and can say what is another's.

A function is its code and the plain numbers and texts that it uses, by name; what it rebinds
itself, such as a counter, is none of them. Data is its numbers. Code is compared only between runs
of one Python version, since another compiles it otherwise.
"""

import dis
import hashlib
import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType, FunctionType
from typing import Any

from ..value.numeric import is_array

_VERSION = "python{}.{}:".format(*sys.version_info)
_REBINDING = {"STORE_GLOBAL", "STORE_DEREF", "DELETE_GLOBAL", "DELETE_DEREF"}


def of_run(data: Any, validation: Any, **functions: Any) -> dict[str, Any]:
    """Return what is to stay the same of the examples and functions of a run, by name."""
    found = {"examples": len(data), "data": of_data(data.columns)}
    found["validation data"] = of_data(validation.columns) if validation else None
    for name, function in functions.items():
        found |= of_function(name, function)
    return found


def of_function(name: str, f: Callable[..., Any] | None) -> dict[str, Any]:
    """Return what is to stay the same of a function, by name: its code, and plain things it uses.

    >>> margin = 0.5
    >>> sorted(of_function("loss", lambda x: x * margin))
    ['code of loss', 'margin of loss']
    """
    if f is None:
        return {f"code of {name}": None}
    digest, plain = hashlib.sha256(), {}
    for part in _functions(f, set()):
        if isinstance(part, FunctionType):
            digest.update(_text(part.__code__).encode())
            plain.update(_plain(part))
        else:
            digest.update(repr(part).encode())
    found = {f"{variable} of {name}": x for variable, x in sorted(plain.items())}
    return {f"code of {name}": _VERSION + digest.hexdigest()[:16], **found}


def of_data(columns: list[Any]) -> str:
    """Return the digest of the columns of data."""
    digest = hashlib.sha256()
    for column in columns:
        _add(digest, column)
    return "data:" + digest.hexdigest()[:16]


def same(x: Any, y: Any) -> bool:
    """Tell whether two fingerprints are of one thing, as far as they can be compared."""
    if isinstance(x, str) and isinstance(y, str) and x.startswith("python"):
        return x == y or x.partition(":")[0] != y.partition(":")[0]
    return x == y


def is_digest(x: Any) -> bool:
    """Tell a fingerprint that says nothing to a reader from a setting that does."""
    return isinstance(x, str) and x.startswith(("python", "data:"))


def is_plain(x: Any) -> bool:
    """Tell a number, a text or a tuple of such from what may change, or is only itself."""
    if isinstance(x, tuple):
        return all(map(is_plain, x))
    return x is None or type(x) in (bool, int, float, str)


def _functions(f: Any, seen: set[int]) -> Iterator[Any]:
    """Give a function and those of its own module that it uses, and the plain arguments bound."""
    if id(f) in seen:
        return
    seen.add(id(f))
    if isinstance(f, partial):
        yield tuple(x for x in (*f.args, *sorted(f.keywords.items())) if is_plain(x))
        yield from _functions(f.func, seen)
        return
    f = getattr(f, "__func__", f)  # of a method
    if not isinstance(f, FunctionType):
        f = getattr(type(f), "__call__", None)  # noqa: B004 - the method itself
        if not isinstance(f, FunctionType):
            return
    yield f
    for _, x in _used(f):
        if isinstance(x, FunctionType) and x.__module__ == f.__module__:
            yield from _functions(x, seen)


def _used(f: FunctionType) -> Iterator[tuple[str, Any]]:
    """Give what a function refers to by name, defaults included, but not what it rebinds."""
    code = f.__code__
    rebound = {i.argval for c in _codes(code) for i in dis.get_instructions(c)
               if i.opname in _REBINDING}  # fmt: skip
    for name, cell in zip(code.co_freevars, f.__closure__ or (), strict=True):
        if name not in rebound:
            try:
                yield name, cell.cell_contents
            except ValueError:  # not bound yet
                continue
    for name in sorted({n for c in _codes(code) for n in c.co_names} - rebound):
        if name in f.__globals__:
            yield name, f.__globals__[name]
    names = code.co_varnames[: code.co_argcount][::-1]
    yield from zip(names, (f.__defaults__ or ())[::-1])
    yield from (f.__kwdefaults__ or {}).items()


def _plain(f: FunctionType) -> dict[str, Any]:
    return {name: repr(x)[:100] for name, x in _used(f) if is_plain(x)}


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _text(code: CodeType) -> str:
    """All of a code object that means something, in an order that is the same in every process."""
    constants = [
        _text(x) if isinstance(x, CodeType) else
        repr(sorted(map(repr, x)) if isinstance(x, frozenset) else x)
        for x in code.co_consts
    ]  # fmt: skip
    parts = (code.co_code.hex(), constants, code.co_names, code.co_varnames, code.co_freevars)
    return repr(parts)


def _add(digest: Any, column: Any) -> None:
    import numpy as np

    if is_array(column):
        array = np.ascontiguousarray(column, dtype=np.float64)
        digest.update(repr(array.shape).encode())
        digest.update(array.tobytes())
        return
    try:
        array = np.array(column, dtype=np.float64)
    except (ValueError, TypeError):  # ragged, or of Values
        for row in column:
            if hasattr(row, "__len__"):
                _add(digest, row)
            else:
                digest.update(repr(getattr(row, "data", row)).encode())
        return
    _add(digest, array)
