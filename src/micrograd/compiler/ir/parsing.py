"""Programs read back from their exact text: see ``exact``."""

import ast
from dataclasses import replace

from ... import ops
from ...ops import Op, named
from .array import MEMORY, Array, Placement
from .exact import called
from .joins import in_arrays, joined
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
    Schedule,
    Statement,
    Table,
    Term,
)
from .sizes import Poly, Size, known


def parse(source: str) -> Program:
    """Read a program that ``text`` wrote.

    Raises:
        ValueError: a line is not of this form; the message shows it.
    """
    return _Reader(source).program()


class _Reader:
    def __init__(self, source: str) -> None:
        self.rows = [line for line in source.splitlines() if line.strip()]
        self.tables: dict[str, tuple[int, ...]] = {}
        self.shared: dict[tuple, Table] = {}
        self.arrays: dict[str, Array] = {}
        self.by_address = False  # whether an operand is one of memory as a whole

    def program(self) -> Program:
        at = self.rows.index("forward")
        heads: dict[str, list[str]] = {}
        for row in self.rows[:at]:
            word, _, rest = row.partition(" ")
            if word == "part":
                heads["array"][-1] += f"\n{rest}"
            else:
                heads.setdefault(word, []).append(rest)
        arrays = list(map(_array, heads.get("array", ())))
        self.arrays = {name: a for a, name in called(arrays).items()}
        for rest in heads.get("table", ()):
            name, *values = rest.split(" ")
            self.tables[name] = tuple(map(int, values))
        start, _, constants = heads["constants"][0].partition(":")
        middle = self.rows.index("backward")
        first, count = _sizes(heads["parameters"][0])
        inputs, extent = _sizes(heads["inputs"][0])
        program = Program(
            forward=self.body(self.rows[at + 1 : middle]),
            backward=self.body(self.rows[middle + 1 :]),
            size=_size(heads["size"][0]),
            parameters=(int(str(first)), int(str(count))),
            inputs=(inputs, extent),
            constants=(_size(start), tuple(map(float.fromhex, constants.split()))),
            outputs=tuple(_sizes(heads["outputs"][0])),
            sizes=tuple(heads["sizes"][0].split()),
            scalars=tuple(heads["scalars"][0].split()),
            arrays=tuple(arrays),
            segments=tuple(Placement(*_sizes(s)) for s in heads.get("segment", ())),  # type: ignore[arg-type]
        )
        if not (self.by_address and arrays):
            return program
        return joined(in_arrays(program), [*program.forward, *program.backward])

    def body(self, rows: list[str]) -> list[Statement]:
        result: list[Statement] = []
        while rows:
            row = rows.pop(0)
            inner = []
            while rows and rows[0].startswith("    "):
                inner.append(rows.pop(0)[4:])
            try:
                result.append(self.statement(row, inner))
            except (KeyError, IndexError, SyntaxError, ValueError, AttributeError) as error:
                raise ValueError(f"not a statement: {row!r} ({error})") from error
        return result

    def statement(self, row: str, inner: list[str]) -> Statement:
        if row.startswith("for "):
            name, _, count = row[4:].removesuffix(":").partition(" < ")
            backwards = count.endswith(" backwards")
            count = count.removesuffix(" backwards")
            return For(name, _size(count), tuple(self.body(inner)), backwards)
        if row.startswith("fused"):
            nests = tuple([self.nest(line.removeprefix("local ")) for line in inner])
            stored = tuple([not line.startswith("local ") for line in inner])
            return Fused(nests, stored, _schedule(row.removesuffix(":")))
        if row.startswith("clear "):
            *names, begin, extent = row[6:].split(", ")
            array = self.arrays[names[0].removeprefix("d")] if names else MEMORY
            return Clear(_size(begin), _size(extent), array)
        if row.startswith("route "):
            head, dims, *parts = [part.strip() for part in row.split("|")]
            outer = _extents(dims)
            reduced = _extents(parts[0])
            candidates = self.ref(_tree(parts[1]), len(outer) + len(reduced))
            result = self.ref(_tree(parts[2]), len(outer))
            return Route(outer, reduced, candidates, result, named(head[6:]))
        return self.nest(row)

    def nest(self, row: str) -> Nest:
        head, dims, *parts = [part.strip() for part in row.split("|")]
        outer = _extents(dims)
        accumulate = " += " in head
        target, _, reduce = head.removeprefix("scatter ").partition(" += " if accumulate else " = ")
        terms = tuple([self.term(part, len(outer)) for part in parts])
        ref = self.ref(_tree(target), len(outer))
        return Nest(outer, ref, terms, named(reduce), accumulate, head.startswith("scatter "))

    def term(self, part: str, outer: int) -> Term:
        dims, colon, expr = part.rpartition(": ")
        inner = _extents(dims) if colon else ()
        return Term(inner, self.expr(_tree(expr), outer + len(inner)))

    def expr(self, x: ast.expr, count: int) -> Expr:
        match x:
            case ast.Constant(value):
                return Literal(float(value))  # type: ignore[arg-type]
            case ast.UnaryOp(ast.USub(), operand):
                return Literal(-self.number(operand))
            case ast.Name("inf" | "nan" as name):
                return Literal(float(name))
            case ast.Subscript(ast.Name("scalar"), ast.Constant(name)):
                return Scalar(str(name))
            case ast.Subscript():
                return self.ref(x, count)
            case ast.BinOp(left, op, right):
                infix = ops.ADD if isinstance(op, ast.Add) else ops.MUL
                return Apply(infix, (self.expr(left, count), self.expr(right, count)))
            case ast.Call(function, args):
                return Apply(_op(function), tuple([self.expr(a, count) for a in args]))
        raise ValueError(ast.unparse(x))

    def number(self, x: ast.expr) -> float:
        literal = self.expr(x, 0)
        if not isinstance(literal, Literal):
            raise ValueError(f"not a number: {ast.unparse(x)}")
        return literal.value

    def ref(self, x: ast.expr, count: int) -> Ref:
        if not (isinstance(x, ast.Subscript) and isinstance(x.value, ast.Name)):
            raise ValueError(ast.unparse(x))
        parts = x.slice.elts if isinstance(x.slice, ast.Tuple) else [x.slice]
        offset, strides = _split(_size_of(parts[0]), count)
        table: Table | None = None
        index: Ref | None = None
        row: Size = 0
        rows: Size = 0
        for part in parts[1:]:
            if not isinstance(part, ast.Call):
                raise ValueError(ast.unparse(part))
            if (name := ast.unparse(part.func)) == "whole":
                index = self.ref(part.args[0], count)
                row, rows = _size_of(part.args[1]), _size_of(part.args[2])
            else:
                table = self.table(name, _size_of(part.args[0]), _size_of(part.args[1]), count)
        name = x.value.id.removesuffix("p")
        padded = name != x.value.id
        if name in ("v", "g"):
            self.by_address = True
            return Ref(offset, strides, name == "g", table, index, row, rows, padded)
        array = self.arrays[name.removeprefix("d")]
        return Ref(offset, strides, name[0] == "d", table, index, row, rows, padded, array)

    def table(self, name: str, place: Size, scale: Size, count: int) -> Table:
        strides = _split(place, count)[1]
        key = (name, strides, scale)
        return self.shared.setdefault(key, Table(name, self.tables[name], strides, scale))


def _schedule(heading: str) -> Schedule:
    words = {name: rest for name, *rest in (part.split() for part in heading.split(", ")[1:])}
    dims = [None if dim == "-" else int(dim[1:]) for dim in words.get("inner", ())]
    pairs = [block[1:].split("*") for block in words.get("blocks", ())]
    lanes = int(words["lanes"][0][1:]) if "lanes" in words else None
    blocks = tuple([(int(d), int(n)) for d, n in pairs])
    return Schedule(lanes, tuple(dims), blocks, "packed" in words)


def _op(function: ast.expr) -> Op:
    if isinstance(function, ast.Subscript):
        static = ast.literal_eval(function.slice)
        return named(ast.unparse(function.value), static)
    return named(ast.unparse(function))


def _array(rest: str) -> Array:
    whole, *parts = rest.split("\n")
    return replace(_part(whole), parts=tuple(map(_part, parts)))


def _part(rest: str) -> Array:
    kind, *words = rest.split(" ")
    traits = [t for t in words if t in ("batched", "gradient")]
    start, count, *order = _sizes(" ".join(words[len(traits) :]))
    outer, row = map(known, order or (0, 0))
    return Array(
        start, count, "batched" in traits, "gradient" in traits, kind, outer=outer, row=row
    )


def _tree(source: str) -> ast.expr:
    return ast.parse(source, mode="eval").body


def _size(source: str) -> Size:
    return _size_of(_tree(source.strip()))


def _sizes(source: str) -> list[Size]:
    return [_size(part) for part in source.split(",")] if source.strip() else []


def _extents(dims: str) -> tuple[Size, ...]:
    return tuple([_size(dim.partition(" < ")[2]) for dim in dims.split(", ") if dim])


def _size_of(x: ast.expr) -> Size:
    match x:
        case ast.Constant(int(value)):
            return value
        case ast.Name(name):
            return Poly.var(name)
        case ast.UnaryOp(ast.USub(), operand):
            return -1 * _size_of(operand)
        case ast.BinOp(left, ast.Add(), right):
            return _size_of(left) + _size_of(right)
        case ast.BinOp(left, ast.Sub(), right):
            return _size_of(left) - _size_of(right)
        case ast.BinOp(left, ast.Mult(), right):
            return _size_of(left) * _size_of(right)
    raise ValueError(f"not a size: {ast.unparse(x)}")


def _split(address: Size, count: int) -> tuple[Size, tuple[Size, ...]]:
    """Take an address apart into what does not move and the stride of each index."""
    strides: list[Size] = [0] * count
    offset: Size = 0
    terms = address.terms if isinstance(address, Poly) else {(): address}
    for monomial, c in terms.items():
        index = [n for n in monomial if n[0] == "i" and n[1:].isdigit()]
        rest = tuple([n for n in monomial if n not in index])
        size = Poly({rest: c}) if rest else c
        if index:
            strides[int(index[0][1:])] = strides[int(index[0][1:])] + size
        else:
            offset = offset + size
    return offset, tuple(strides)
