"""The lines of a function that change what is outside, for messages."""

import dis
import linecache
import types
from collections.abc import Iterable, Iterator
from typing import Any

from .code import class_patterns

_CHANGING = frozenset(
    {"backward", "zero_grad", "step", "append", "extend", "insert", "pop", "clear", "update"}
)


def lines_of_changes(f: Any) -> list[str]:
    """Return the lines of a function's code that change something."""
    lines: dict[str, None] = {}
    for code in codes_of(f):
        for at in dis.get_instructions(code):
            stores = at.opname in ("STORE_ATTR", "STORE_SUBSCR", "STORE_GLOBAL")
            stores |= at.opname == "STORE_DEREF" and at.argval in code.co_freevars
            calls = at.opname in ("LOAD_METHOD", "LOAD_ATTR") and at.argval in _CHANGING
            if stores or calls:
                line = at.positions.lineno if at.positions else code.co_firstlineno
                text = linecache.getline(code.co_filename, line or 0).strip()
                lines[f"{code.co_filename}:{line}: {text}"] = None
    return list(lines)


def line_of_pattern(functions: Iterable[Any]) -> str | None:
    """Return the line of a ``case`` that asks for a Value by no name of its module's, if any."""
    for code in [code for f in functions for code in codes_of(f)]:
        for name, at in class_patterns(code):
            if name == "Value" and at.opname not in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF"):
                line = at.positions.lineno if at.positions else code.co_firstlineno
                text = linecache.getline(code.co_filename, line or 0).strip()
                return f"{code.co_filename}:{line}: {text}"
    return None


def codes_of(f: Any) -> Iterator[types.CodeType]:
    """Yield the code of a function and of those inside it."""
    code = getattr(f, "__code__", None) or getattr(
        getattr(f, "__wrapped__", None), "__code__", None
    )
    stack = [code] if code else []
    while stack:
        code = stack.pop()
        yield code
        stack += [c for c in code.co_consts if isinstance(c, types.CodeType)]
