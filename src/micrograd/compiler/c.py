"""Print a Program as C.

With ``portable`` the text is plain C11, one number at a time, for microcontrollers and for reading; otherwise it uses the
vector types that gcc and clang share, as wide as the target has them.
"""

import re
from collections.abc import Sequence
from importlib.resources import files
from itertools import chain

from .c_expressions import Writer
from .c_fusion import Fusion
from .c_nests import Group, NestPrinter
from .c_plans import width
from .ir import Clear, For, Nest, Program, Ref, Route, Statement, Table, refs
from .roll import sizes_in
from .sizes import Poly, chosen_two

# Sums are reordered by the printer where it pays, never by the compiler; nan and inf stay what they are.
FLAGS = ("-std=gnu11", "-O2", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=fast")  # fmt: skip
STRICT_FLAGS = (*FLAGS[:-1], "-ffp-contract=off")

_RESERVED = {"v", "g", "sizes", "scalars", "tables", "bad", "rest", "lane"}


def tables(program: Program) -> list[Table]:
    """Return the tables of a program in the order in which its C takes them, equal ones once."""
    found: dict[int, Table] = {}
    for statement in _flat(chain(program.forward, program.backward)):
        for ref in _all_refs(statement):
            if ref.table is not None:
                found.setdefault(id(ref.table.values), ref.table)
    return list(found.values())


def source(
    program: Program, dtype: str = "float64", *, strict: bool = False, portable: bool = False
) -> str:
    """Return C for a program: one file that includes standard headers only.

    It defines ``int forward(T *v, const int64_t *sizes, const T *scalars, const int64_t *const *tables)`` and
    ``int backward(const T *v, T *g, sizes, scalars, tables)``, T being double or float by ``dtype``; ``v`` and ``g`` are
    the memory of values and of gradients. Both return 0, or 1 when a run-time index was no whole number in its range.
    ``strict`` keeps the order of every sum; ``portable`` prints C11 without vector types.
    """
    scalars = {
        name: f"c_{re.sub(r'[^A-Za-z0-9_]', '_', name)}_{i}"
        for i, name in enumerate(program.scalars)
    }
    writer = Writer(dtype, scalars)
    numbers = {id(table.values): i for i, table in enumerate(tables(program))}
    names = {*program.sizes, *_RESERVED} | {
        s.var for s in _flat(program.forward + program.backward, True) if isinstance(s, For)
    }
    fusion = Fusion(program, width(dtype), strict)
    functions = []
    for head, statements in (
        ("int forward(T *restrict v", program.forward),
        ("int backward(const T *restrict v, T *restrict g", program.backward),
    ):
        printer = NestPrinter(writer, numbers, names, vectors=not portable, strict=strict)
        _statements(printer, statements, None if portable else fusion)
        functions.append(_function(head, printer.lines, program, scalars))
    text = "\n".join([_preamble(writer, portable), *writer.functions.values(), "", *functions])
    return re.sub(r"\bT\b", writer.type, text) if portable else text


def _preamble(writer: Writer, portable: bool) -> str:
    lines = ["#include <math.h>", "#include <stdint.h>", "#include <string.h>", ""]
    if not portable:
        size = 8 if writer.type == "double" else 4
        lines += [
            f"#define T {writer.type}",
            f"#define SIZE {size}",
            f"#define INT int{8 * size}_t",
        ]
        lines += [files(__package__).joinpath("vector_math.inc").read_text("utf-8")]
    return "\n".join(lines)


def _function(head: str, body: list[str], program: Program, scalars: dict[str, str]) -> str:
    text = "\n".join(body)
    lines = [
        f"{head}, const int64_t *sizes, const T *scalars, const int64_t *const *tables) {{",
        "    int bad = 0;",
    ]
    for i, name in enumerate(program.sizes):
        if re.search(rf"\b{name}\b", text):
            lines.append(f"    const int64_t {name} = sizes[{i}];")
    for i, name in enumerate(scalars.values()):
        if name in text:
            lines.append(f"    const T {name} = scalars[{i}];")
    unused = ["v", "g"] if "backward" in head else ["v"]
    lines.append("    " + " ".join(f"(void){x};" for x in (*unused, "sizes", "scalars", "tables")))
    return "\n".join([*lines, *body, "    return bad;", "}", ""])


def _statements(out: NestPrinter, statements: Sequence[Statement], fusion: Fusion | None) -> None:
    for item in fusion.groups(statements) if fusion else statements:
        match item:
            case Nest():
                out.group(Group([item]))
            case Group():
                out.group(item)
            case Route():
                _route(out, item)
            case Clear(start, count):
                with out.braces(f"for (int64_t i = {start}; i < {start + count}; i++)"):
                    out.line("g[i] = 0;")
            case For(var, count, body, backwards):
                head = f"for (int64_t {var} = 0; {var} < {count}; {var}++)"
                if backwards:
                    head = f"for (int64_t {var} = {count} - 1; {var} >= 0; {var}--)"
                with out.braces(head):
                    if chosen_two(var) in sizes_in(body):
                        square = f"{var} * ({var} - 1) / 2"
                        out.line(f"const int64_t {chosen_two(var)} = {square};")
                    _statements(out, body, fusion)


def _route(out: NestPrinter, route: Route) -> None:
    names = out.variables[: len(route.dims) + len(route.reduced)]
    point = tuple(Poly.var(n) for n in names)
    candidate, result = out.address(route.candidates, point), out.address(route.result, point)

    def loops(level: int) -> None:
        if level == len(names):
            with out.braces(f"if (v[{candidate}] == v[{result}])"):
                out.line(f"g[{candidate}] += g[{result}];")
                out.line("searching = 0;")
            return
        name, extent = names[level], (route.dims + route.reduced)[level]
        inner = level >= len(route.dims)
        if level == len(route.dims):
            out.line("int searching = 1;")
        going = "searching && " if inner else ""
        with out.braces(f"for (int64_t {name} = 0; {going}{name} < {extent}; {name}++)"):
            loops(level + 1)

    with out.braces(""):
        loops(0)


def _flat(statements: object, loops: bool = False) -> list[Statement]:
    """All statements, those within loops included, and the loops themselves if asked for."""
    found: list[Statement] = []
    for statement in statements:  # type: ignore[attr-defined]
        if isinstance(statement, For):
            found += [statement] if loops else []
            found += _flat(statement.body, loops)
        else:
            found.append(statement)
    return found


def _all_refs(statement: Statement) -> list[Ref]:
    if isinstance(statement, Nest):
        found = [statement.target]
        for term in statement.terms:
            found += refs(term.expr)
        return found + [r.index for r in found if r.index is not None]
    return [statement.candidates, statement.result] if isinstance(statement, Route) else []
