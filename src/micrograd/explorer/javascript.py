"""The page's evaluator, generated from the op table: a value and its partials, as JavaScript.

Values come from each op's written form. Partials come from running the op's own rule on symbols
that write down every operation done to them, so a new op appears on the page by itself.
"""

import json
import math
import re
from collections.abc import Iterable
from typing import Any

from .. import ops
from ..ops import Op


class ScriptSymbol:
    """A JavaScript expression; what is computed with it becomes one statement each."""

    def __init__(self, statements: list[str], code: str) -> None:
        self._statements = statements
        self.code = code

    def _let(self, code: str) -> "ScriptSymbol":
        name = f"t{len(self._statements)}"
        self._statements.append(f"const {name} = {code};")
        return ScriptSymbol(self._statements, name)

    def _apply(self, op: Op, *args: Any) -> "ScriptSymbol":
        return self._let(call(op, [literal(x) for x in args]))

    def __add__(self, other: Any) -> "ScriptSymbol":
        return self._let(f"{self.code} + {literal(other)}")

    def __radd__(self, other: Any) -> "ScriptSymbol":
        return self._let(f"{literal(other)} + {self.code}")

    def __sub__(self, other: Any) -> "ScriptSymbol":
        return self._let(f"{self.code} - {literal(other)}")

    def __rsub__(self, other: Any) -> "ScriptSymbol":
        return self._let(f"{literal(other)} - {self.code}")

    def __mul__(self, other: Any) -> "ScriptSymbol":
        return self._let(f"{self.code} * {literal(other)}")

    def __rmul__(self, other: Any) -> "ScriptSymbol":
        return self._let(f"{literal(other)} * {self.code}")

    def __truediv__(self, other: Any) -> "ScriptSymbol":
        return self._let(f"{self.code} / {literal(other)}")

    def __rtruediv__(self, other: Any) -> "ScriptSymbol":
        return self._let(f"{literal(other)} / {self.code}")

    def __neg__(self) -> "ScriptSymbol":
        return self._let(f"-{self.code}")

    def __pow__(self, other: Any) -> "ScriptSymbol":
        return self._let(f"pow({self.code}, {literal(other)})")

    def __abs__(self) -> "ScriptSymbol":
        return self._apply(ops.ABS, self)

    def __lt__(self, other: Any) -> "ScriptSymbol":
        return self._apply(ops.LT, self, other)

    def __le__(self, other: Any) -> "ScriptSymbol":
        return self._apply(ops.LE, self, other)

    def __gt__(self, other: Any) -> "ScriptSymbol":
        return self._apply(ops.GT, self, other)

    def __ge__(self, other: Any) -> "ScriptSymbol":
        return self._apply(ops.GE, self, other)


def literal(x: Any) -> str:
    """Write a number or a Symbol as JavaScript; a negative number in parentheses."""
    if isinstance(x, ScriptSymbol):
        return x.code
    x = float(x)
    if math.isfinite(x):
        return repr(x) if math.copysign(1.0, x) > 0 else f"({x!r})"
    return "NaN" if x != x else "Infinity" if x > 0 else "(-Infinity)"


def call(op: Op, args: list[str]) -> str:
    """Write the value of ``op`` at these arguments; a form for two arguments is repeated."""
    static = {} if op.static is None else {"static": literal(op.static)}
    if op.name == "where":  # NaN is true in C and in Python, and not in JavaScript
        args = [f"{args[0]} !== 0", *args[1:]]
    if op.arity is not None:
        code = op.code.format(*args, **static)
    elif op.code == "{0}, {1}":  # the form of a call: the arguments one after the other
        code = f"{op.name}({', '.join(args)})"
    else:
        code = args[0]
        for arg in args[1:]:
            code = op.code.format(code, arg, **static)
    return f"+{code}" if op.name in ("lt", "le", "gt", "ge") else code


def value_body(op: Op, count: int) -> str:
    """Write the body of a JavaScript function of ``x``, the list of arguments."""
    if op.arity is None and op.code != "{0}, {1}":
        step = op.code.format("v", "x[i]")
        return f"let v = x[0]; for (let i = 1; i < {count}; i++) v = {step}; return v;"
    if op.arity is None:
        return f"return {op.name}(...x);"
    return f"return {call(op, [f'x[{i}]' for i in range(count)])};"


def partials_body(op: Op, count: int) -> str:
    """Write the body of a JavaScript function of ``x`` and ``out`` that returns all partials."""
    if op.partials is None:
        return f"return new Array({count}).fill(0);"
    statements: list[str] = []
    args = [ScriptSymbol(statements, f"x[{i}]") for i in range(count)]
    codes = [literal(p) for p in op.partials(*args, ScriptSymbol(statements, "out"))]
    if len(set(codes)) == 1 and not statements:
        return f"return new Array({count}).fill({codes[0]});"
    return " ".join([*statements, f"return [{', '.join(codes)}];"])


def key(op: Op, count: int) -> str:
    """Return the name under which the page finds ``op`` of ``count`` arguments."""
    static = "" if op.static is None else f":{op.static!r}"
    return f"{op.name}{static}/{count}"


def evaluator(wanted: Iterable[tuple[Op, int]]) -> str:
    """Write a JavaScript function from a library of functions to the ops asked for.

    Args:
        wanted: ops, each with its number of arguments. A value made by hand has no rule: its
            value is NaN and its partials are 0, unless the page knows them otherwise.

    Returns:
        ``(library) => ({key: {value: x => ..., partials: (x, out) => ...}, ...})`` as text.
    """
    entries = {}
    for op, count in wanted:
        if op.partials is None:
            value, partials = "return NaN;", partials_body(op, count)
        else:
            value, partials = value_body(op, count), partials_body(op, count)
        entries[key(op, count)] = (
            f"{{ value: (x) => {{ {value} }}, partials: (x, out) => {{ {partials} }} }}"
        )
    body = ",\n".join(f"  {json.dumps(name)}: {entry}" for name, entry in entries.items())
    called = re.findall(r"(?<![.\w])([a-z_]\w*)\(", body)
    names = sorted(set(called) - {"for"})
    return f"({{ {', '.join(names)} }}) => ({{\n{body}\n}})"
