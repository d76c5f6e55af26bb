"""Print a Program as C.

With ``portable`` the text is plain C11, one number at a time, for microcontrollers and for reading;
otherwise it uses the vector types that gcc and clang share, as wide as the target has them.
"""

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files

from ..ir.footprint import uses
from ..ir.program import Clear, For, Fused, Nest, Program, Route, Schedule, Statement, Table
from ..ir.sizes import Size, chosen_two
from ..ir.visit import loops, scalars_in, simple, sizes_in, variables_of
from ..passes.schedules import Target
from ..pipeline import scheduled
from ..printing.show import captions
from .alike import GroupCall, calls
from .expressions import Writer
from .loops import print_group
from .parts import in_parts
from .printer import Printer, bare
from .products import print_product
from .routes import print_route
from .target import native_target
from .units import LONGEST, CFile, divided, units

# The printer reorders sums where it pays, the compiler never does; nan and inf stay as they are.
_MATH = ("-fno-math-errno", "-fno-trapping-math")
FLAGS = ("-std=gnu11", "-O2", "-march=native", *_MATH, "-ffp-contract=fast")
_UNFUSED = ("-ffp-contract=off", "-fno-tree-slp-vectorize")  # there GCC 12 fuses all the same
STRICT_FLAGS = ("-std=gnu11", "-O2", "-march=native", *_MATH, *_UNFUSED, "-DEXACT")

_MEMORY = {  # by name, how each parameter is declared
    "forward": {"v": "{T} *{restrict}v"},
    "backward": {"v": "const {T} *{restrict}v", "g": "{T} *{restrict}g"},
}
# fmt: off
_RESERVED = {"T", "V", "VI", "W", "v", "g", "sizes", "scalars", "tables", "bad", "rest", "lane",
             "best", "slope", "searching", "found", "mode", "rows"}
# fmt: on


def flags_of(program: Program, strict: bool = False) -> tuple[str, ...]:
    """Return the compiler's flags: what lives by its rounding is rounded after each operation."""
    return STRICT_FLAGS if strict or program.by_rounding else FLAGS


def tables(program: Program) -> list[Table]:
    """Return the tables of a program in the order in which its C takes them, equal ones once."""
    found: dict[int, Table] = {}
    for statement in simple([*program.forward, *program.backward]):
        for use in uses(statement):
            if use.ref.table is not None:
                found.setdefault(id(use.ref.table.values), use.ref.table)
    return list(found.values())


def source(
    program: Program,
    dtype: str = "float64",
    *,
    strict: bool = False,
    portable: bool = False,
    rows: Sequence[Size] | None = None,
) -> str:
    """Return C for a program: one file that includes standard headers only.

    It defines, T being double or float by ``dtype``::

        int forward(T *v, const int64_t *sizes, const T *scalars, const int64_t *const *tables);
        int backward(const T *v, T *g, sizes, scalars, tables);

    Both return 0, or 1 when a run-time index was no whole number in its range.

    Args:
        program: what to compute. ``v`` and ``g`` are its memory of values and of gradients; of what
            it computes itself, only what somebody reads is sure to be there afterwards.
        dtype: "float64" or "float32".
        strict: keep the order of every sum.
        portable: print C11 without vector types, with a comment for each loop.
        rows: of a batch that may lie elsewhere, by their addresses: then there is a function
            forward_in_parts, see ``parts.inc``.
    """
    (text,) = units(printed(program, dtype, strict=strict, portable=portable, rows=rows), most=1)
    return text


def sources(
    program: Program, dtype: str, *, strict: bool = False, rows: Sequence[Size] | None = None
) -> tuple[str, ...]:
    """Return the same as files that can be compiled side by side; a short one stays whole."""
    return units(printed(program, dtype, strict=strict, rows=rows))


def printed(
    program: Program,
    dtype: str = "float64",
    *,
    strict: bool = False,
    portable: bool = False,
    prefix: str = "",
    linkage: str = "",
    rows: Sequence[Size] | None = None,
    apart: int = 0,
) -> CFile:
    """Return the parts of what ``source`` prints.

    Args:
        prefix: before the name of every function.
        linkage: before the types of forward and backward: "static ", say.
        rows: as for ``source``.
        apart: how many addresses less memory has, as forward takes parameters beside it; 0: none.
    """
    scalars = {
        name: f"c_{re.sub(r'[^A-Za-z0-9_]', '_', name)}_{i}"
        for i, name in enumerate(program.scalars)
    }
    writer = Writer(dtype, scalars, prefix)
    target = Target(1, strict) if portable else native_target(dtype, strict)
    if not portable:
        program = scheduled(program, target)
    numbers = {id(table.values): i for i, table in enumerate(tables(program))}
    words = captions(program) if portable else {}
    number = writer.type if portable else "T"
    elsewhere = {start: f"row{i}" for i, start in enumerate(rows or ())}
    taken = {*_names(program), *scalars.values(), *elsewhere.values(), "parameters"}
    functions: list[str] = []
    pieces: list[str] = []
    shared: list[str] = []
    for name, body in (("forward", program.forward), ("backward", program.backward)):
        back = name == "backward"
        others = None if back else elsewhere
        out = Printer(writer, numbers, taken, number, others, apart)
        # a header's v and g are parts of one workspace, of which nothing is claimed
        types = {"T": number, "restrict": "" if portable else "restrict "}
        declared = {x: text.format(**types) for x, text in _MEMORY[name].items()}
        if apart:
            declared["parameters"] = f"const {number} *parameters"
        alike = {} if portable or others else calls(body, program.sizes, target)
        for k, call in {call.number: call for call in alike.values()}.items():
            apart_out = Printer(writer, numbers, taken, number)
            print_group(apart_out, call.group, target)
            first = [f"const int64_t {x}" for x in call.names]
            head = f"PIECE int {name}_alike_{k}({', '.join([*first, *declared.values()])}"
            shared.append(_function(head, apart_out, [call.group], back, program, scalars))
        statements = _Statements(out, target, words, name, alike)
        if dtype == "float32" and not portable:
            out.line("TINY_IS_ZERO;")
        ends = [len(out.lines)]
        for statement in body:
            statements.print([statement])
            ends.append(len(out.lines))
        head = f"{linkage}int {prefix}{name}("
        if not back and rows is not None:
            head, declared["rows"] = "static int forward_of_rows(", "T *const *rows"
        memory = ", ".join(declared.values())
        if not portable and len(out.lines) > LONGEST:
            pieces += _pieces(name, declared, body, ends, out, program, scalars)
            body = []
        functions.append(_function(head + memory, out, body, back, program, scalars))
    if rows is not None:
        functions[0] += in_parts(program, rows)
    pieces += [*shared, *writer.pieces.values()]
    return CFile(preamble(writer, portable), list(writer.functions.values()), pieces, *functions)


def _names(program: Program) -> set[str]:
    bound = variables_of(loops([*program.forward, *program.backward]))
    return {*program.sizes, *_RESERVED, *bound}


def preamble(writer: Writer, portable: bool) -> str:
    """Return what stands before all functions: headers, and the types of vectors."""
    lines = ["#include <math.h>", "#include <stdint.h>", "#include <string.h>", ""]
    if not portable:
        size = 8 if writer.type == "double" else 4
        lines += [
            f"#define T {writer.type}",
            f"#define SIZE {size}",
            f"#define INT int{8 * size}_t",
            f"#define UINT uint{8 * size}_t",
        ]
        lines += [files(__package__).joinpath("vector_math.inc").read_text("utf-8")]
    return "\n".join(lines)


def _pieces(
    name: str,
    declared: Mapping[str, str],
    body: Sequence[Statement],
    ends: Sequence[int],
    out: Printer,
    program: Program,
    scalars: dict[str, str],
) -> list[str]:
    """Return what was printed as several functions, and leave calls of these in its place.

    Args:
        name: of the whole function.
        declared: its first parameters, by name.
        body, ends: the statements, and how many lines stood before the first and after each.
    """
    lines, pieces = out.lines, []
    out.lines = lines[: ends[0]]
    arguments = [*declared, "sizes", "scalars", "tables"]
    memory = ", ".join(declared.values())
    for k, some in enumerate(divided(ends)):
        calls = [*out.lines, f"    bad |= {name}_{k}({', '.join(arguments)});"]
        out.lines = lines[ends[some.start] : ends[some.stop]]
        head = f"PIECE int {name}_{k}({memory}"
        part = body[some.start : some.stop]
        pieces.append(_function(head, out, part, name == "backward", program, scalars))
        out.lines = calls
    return pieces


def _function(
    head: str,
    out: Printer,
    body: Sequence[Statement],
    back: bool,
    program: Program,
    scalars: dict[str, str],
) -> str:
    sizes, used = sizes_in(body), scalars_in(body)
    rest = f"const int64_t *sizes, const {out.type} *scalars, const int64_t *const *tables"
    lines = [f"{head}, {rest}) {{", "    int bad = 0;"]
    for i, name in enumerate(program.sizes):
        if name in sizes:
            lines.append(f"    const int64_t {name} = sizes[{i}];")
    for i, (name, called) in enumerate(scalars.items()):
        if name in used:
            lines.append(f"    const {out.type} {called} = scalars[{i}];")
    unused = [*["parameters"] * bool(out.apart), "v", *["g"] * back]
    lines.append("    " + " ".join(f"(void){x};" for x in (*unused, "sizes", "scalars", "tables")))
    lines += [f"    T *const {row} = rows[{i}];" for i, row in enumerate(out.rows.values())]
    return "\n".join([*lines, *out.lines, "    return bad;", "}", ""])


class _Statements:
    """Print statements one after the other.

    Args:
        target: where its vectors have one lane, numbers go one by one.
        words: what nests do, by their ids, for comments.
        name: of the function that they are in.
        alike: what is called in place of groups, by their ids.
    """

    def __init__(
        self,
        out: Printer,
        target: Target,
        words: Mapping[int, str],
        name: str,
        alike: Mapping[int, GroupCall],
    ) -> None:
        self.out, self.target, self.words = out, target, words
        self.name, self.alike = name, alike

    def print(self, statements: Sequence[Statement]) -> None:
        for s in statements:
            match s:
                case Nest():
                    if caption := self.words.get(id(s)):
                        self.out.line(f"/* {caption} */")
                    self.print([Fused((s,), (True,))])
                case Fused(schedule=Schedule(packed=True)):
                    print_product(self.out, s.nests[0], self.target)
                case Fused() if call := self.alike.get(id(s)):
                    sizes = [bare(x) for x in call.arguments]
                    rest = [*sizes, *_MEMORY[self.name], "sizes", "scalars", "tables"]
                    self.out.line(f"bad |= {self.name}_alike_{call.number}({', '.join(rest)});")
                case Fused():
                    print_group(self.out, s, self.target)
                case For():
                    self.loop(s)
                case Route():
                    print_route(self.out, s, vectors=self.target.lanes > 1)
                case Clear():
                    first, stop = bare(s.address), bare(s.address + s.count)
                    with self.out.braces(f"for (int64_t i = {first}; i < {stop}; i++)"):
                        self.out.line("g[i] = 0;")

    def loop(self, loop: For) -> None:
        var, count, square = loop.var, loop.count, chosen_two(loop.var)
        head = f"for (int64_t {var} = 0; {var} < {count}; {var}++)"
        if loop.backwards:
            head = f"for (int64_t {var} = {count} - 1; {var} >= 0; {var}--)"
        with self.out.braces(head):
            if square in sizes_in(loop.body):
                self.out.line(f"const int64_t {square} = {var} * ({var} - 1) / 2;")
            self.print(loop.body)
