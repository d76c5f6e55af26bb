"""Programs as exact text, with every offset, that ``parse`` reads back.

    h1[i0] = sum | i0 < 4 | i1 < 3: (w1[3*i0 + i1] * x1[i1])
    for t0 < 5:
        h2[t0 + 1] = sum | | tanh(h2[t0])

First what a nest writes and how it reduces, then its dims, then each term with its own. A ``d``
before an array stands for its gradient, a ``p`` behind it for padded rows; ``v`` and ``g`` are
memory as a whole, by address. Nests that share their loops stand under ``fused``, ``local`` those
that are not stored. Above stand sizes, and the arrays with their starts and counts.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ... import ops
from .array import MEMORY, Array
from .program import (
    Apply,
    Clear,
    Expr,
    For,
    Fused,
    Literal,
    Nest,
    Program,
    Ref,
    Route,
    Scalar,
    Statement,
    Table,
    Term,
)
from .sizes import Poly, Size

_LETTERS = {"parameter": "w", "variable": "x", "input": "x", "constant": "c", "computed": "h"}
_INFIX = {ops.ADD: "+", ops.MUL: "*"}


def text(program: Program) -> str:
    """Write a program; the names that only people need are left out."""
    writer = _Writer(called(program.arrays))
    body = ["forward", *writer.lines(program.forward), "backward", *writer.lines(program.backward)]
    tables = [f"table {t.name} {' '.join(map(str, t.values))}" for t in writer.tables.values()]
    return "\n".join([*_heads(program, writer.names), *tables, *body, ""])


def called(arrays: Sequence[Array]) -> dict[Array, str]:
    """Return the names of arrays in exact text: a letter for the kind, and a number."""
    counts = Counter[str]()
    names = {}
    for a in arrays:
        letter = _LETTERS[a.kind]
        counts[letter] += 1
        names[a] = f"{letter}{counts[letter]}"
    return names


def _heads(program: Program, names: Mapping[Array, str]) -> Iterator[str]:
    start, constants = program.constants
    yield f"size {_bare(program.size)}"
    yield f"parameters {_list(program.parameters)}"
    yield f"inputs {_list(program.inputs)}"
    yield f"constants {_bare(start)}: {' '.join(x.hex() for x in constants)}".rstrip()
    yield f"outputs {_list(program.outputs)}"
    yield f"sizes {' '.join(program.sizes)}".rstrip()
    yield f"scalars {' '.join(program.scalars)}".rstrip()
    for a in program.arrays:
        yield f"array {_traits(a)}"
        yield from (f"part {_traits(leaf)}" for leaf in a.parts)
    for p in program.segments:
        yield f"segment {_list((p.start, p.count, p.outer, p.row))}"


def _traits(a: Array) -> str:
    told = ["batched"] * a.batched + ["gradient"] * a.needs_gradient
    order = (a.outer, a.row) if a.outer else ()
    return " ".join([a.kind, *told, _list((a.start, a.count, *order))])


class _Writer:
    def __init__(self, names: Mapping[Array, str]) -> None:
        self.names = names
        self.tables: dict[str, Table] = {}

    def lines(self, statements: Sequence[Statement], indent: str = "") -> Iterator[str]:
        for s in statements:
            if isinstance(s, For):
                yield f"{indent}for {s.var} < {_bare(s.count)}{' backwards' * s.backwards}:"
                yield from self.lines(s.body, indent + "    ")
            elif isinstance(s, Fused):
                yield f"{indent}{_heading(s)}"
                for nest, stored in zip(s.nests, s.stored, strict=True):
                    yield f"{indent}    {'' if stored else 'local '}{self.nest(nest)}"
            elif isinstance(s, Clear):
                what = [] if s.array is MEMORY else [f"d{self.names[s.array]}"]
                yield f"{indent}clear {', '.join([*what, _list((s.start, s.count))])}"
            elif isinstance(s, Route):
                refs = f"{self.expr(s.candidates)} | {self.expr(s.result)}"
                dims, reduced = _dims(s.dims, 0), _dims(s.reduced, len(s.dims))
                yield f"{indent}route {s.reduce.name} | {dims} | {reduced} | {refs}"
            else:
                yield indent + self.nest(s)

    def nest(self, s: Nest) -> str:
        head = "scatter " * s.scatter + self.expr(s.target) + (" += " if s.accumulate else " = ")
        terms = [self.term(t, len(s.dims)) for t in s.terms]
        return " | ".join([head + s.reduce.name, _dims(s.dims, 0), *terms])

    def term(self, term: Term, first: int) -> str:
        expr = self.expr(term.expr)
        return f"{_dims(term.dims, first)}: {expr}" if term.dims else expr

    def expr(self, x: Expr) -> str:
        match x:
            case Literal(value):
                return repr(float(value))
            case Scalar(name):
                return f"scalar[{name!r}]"
            case Ref():
                return self.ref(x)
            case Apply(op, (a, b)) if op in _INFIX:
                return f"({self.expr(a)} {_INFIX[op]} {self.expr(b)})"
            case Apply(op, args):
                static = "" if op.static is None else f"[{op.static!r}]"
                return f"{op.name}{static}({', '.join(map(self.expr, args))})"
        raise TypeError(f"not an expression: {x!r}")

    def ref(self, ref: Ref) -> str:
        parts = [_bare(_address(ref.offset, ref.strides))]
        if ref.table is not None:
            self.tables[ref.table.name] = ref.table
            place = _bare(_address(0, ref.table.strides))
            parts.append(f"{ref.table.name}({place}, {_bare(ref.table.scale)})")
        if ref.index is not None:
            parts.append(f"whole({self.ref(ref.index)}, {_list((ref.row, ref.rows))})")
        if ref.array is MEMORY:
            name = "g" if ref.grad else "v"
        else:
            name = "d" * ref.grad + self.names[ref.array]
        return f"{name}{'p' * ref.padded}[{', '.join(parts)}]"


def _heading(s: Fused) -> str:
    parts = ["fused"] + ["packed"] * s.schedule.packed
    if s.schedule.lanes is not None:
        parts.append(f"lanes i{s.schedule.lanes}")
    if s.schedule.inner:
        inner = ["-" if dim is None else f"i{dim}" for dim in s.schedule.inner]
        parts.append(f"inner {' '.join(inner)}")
    if s.schedule.blocks:
        parts.append("blocks " + " ".join(f"i{dim}*{count}" for dim, count in s.schedule.blocks))
    return ", ".join(parts) + ":"


def _address(offset: Size, strides: Sequence[Size]) -> Size:
    for d, stride in enumerate(strides):
        offset = offset + stride * Poly.var(f"i{d}")
    return offset


def _bare(size: Size) -> str:
    return str(size).removeprefix("(").removesuffix(")")


def _list(sizes: Sequence[Size]) -> str:
    return ", ".join(map(_bare, sizes))


def _dims(dims: Sequence[Size], first: int) -> str:
    return ", ".join(f"i{d} < {_bare(dim)}" for d, dim in enumerate(dims, first))
