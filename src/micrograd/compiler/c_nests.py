"""The loops of nests in C, as ``c_plans`` wants them run through.

A block of elements is computed at once: every sum of it is in a register of its own and is written once; operands
that several of its elements share are loaded once. Padded arrays are read and written in whole vectors, others get a
last step with the lanes left that still are in the array.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from math import inf, prod

from .. import ops
from .c_expressions import Text, Writer
from .c_plans import Plan, along, operands, plan, width
from .ir import Expr, Nest, Ref, Term
from .sizes import Poly, Size

_LANES = Poly.var("W")  # what C calls the number of lanes
_NEUTRAL = {"sum": 0.0, "prod": 1.0, "maximum": -inf, "minimum": inf}
_UNROLLED = 4  # longest sum that is written out
_LETTERS = "ijklmnpqr"


@dataclass(slots=True)
class Group:
    """Nests of equal dims that share their loops; ``stored`` says of each whether memory needs its target."""

    nests: list[Nest]
    stored: list[bool] = field(default_factory=list)


Point = tuple[Size, ...]  # an index, in loop variables, for each dim of nest and term


class NestPrinter:
    """Print groups of nests as lines of C."""

    def __init__(
        self,
        writer: Writer,
        tables: dict[int, int],
        names: set[str],
        *,
        vectors: bool,
        strict: bool,
    ) -> None:
        self.writer, self.tables, self.vectors, self.strict = writer, tables, vectors, strict
        self.width = width("float64" if writer.type == "double" else "float32")
        self.variables = [c for c in _LETTERS if c not in names]
        self.variables += [f"i{n}" for n in range(20) if f"i{n}" not in names]
        self.lines: list[str] = []
        self.depth = 1
        self.count = 0  # of names given

    def line(self, text: str) -> None:
        """Add a line."""
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def braces(self, head: str) -> Iterator[None]:
        """Put the lines that follow into a block."""
        self.line(f"{head} {{".lstrip())
        self.depth += 1
        yield
        self.depth -= 1
        self.line("}")

    def group(self, group: Group) -> None:
        """Print the loops of a group."""
        chosen = plan(group.nests, self.width, self.strict) if self.vectors else Plan()
        _GroupPrinter(self, group, chosen).loops(0, [])

    def address(self, ref: Ref, point: Point) -> str:
        """Write the address of an operand at an index."""
        total: Size = ref.offset
        for stride, at in zip(ref.strides, point, strict=False):
            total = total + stride * at
        text = _bare(total)
        if ref.table is not None:
            where: Size = 0
            for stride, at in zip(ref.table.strides, point, strict=False):
                where = where + stride * at
            entry = f"tables[{self.tables[id(ref.table.values)]}][{_bare(where)}]"
            text += f" + {entry}" if ref.table.scale == 1 else f" + {entry} * {ref.table.scale}"
        if ref.index is not None:
            index = f"v[{self.address(ref.index, point)}]"
            text += f" + {self.writer.row(index, _bare(ref.rows))} * {ref.row}"
        return text


class _GroupPrinter:
    """The loops of one group: ``points`` holds, for each dim, the indices of its elements in the block."""

    def __init__(self, out: NestPrinter, group: Group, chosen: Plan) -> None:
        self.out, self.writer, self.group, self.plan = out, out.writer, group, chosen
        self.dims = group.nests[0].dims
        self.scatter = any(n.scatter for n in group.nests)
        self.order = [d for d in range(len(self.dims)) if d not in chosen.blocks]
        self.order = [d for d in self.order if d != chosen.lanes]
        self.order += [d for d in chosen.blocks if d != chosen.lanes]
        self.order += [chosen.lanes] if chosen.lanes is not None else []
        self.loaded: dict[str, str] = {}
        self.rest: str | None = None  # how many lanes are left in a last step
        self.lane: int | None = chosen.lanes

    # Loops over the dims of the nests.

    def loops(self, level: int, points: list[tuple[int, list[Size]]]) -> None:
        if level == len(self.order):
            at = dict(points)
            self.body([at[d] for d in range(len(self.dims))])
            return
        dim = self.order[level]
        extent, block = self.dims[dim], self.plan.blocks.get(dim, 1)
        name = self.out.variables[dim]
        if dim == self.plan.lanes:
            self.vector_loop(level, points, name, block)
        elif extent == block:
            self.loops(level + 1, [*points, (dim, list(range(block)))])
        else:
            self.block_loops(level, points, name, block)

    def block_loops(self, level: int, points: list, name: str, block: int) -> None:
        dim = self.order[level]
        extent, variable = self.dims[dim], Poly.var(name)
        if block == 1:
            with self.scope(f"for (int64_t {name} = 0; {name} < {extent}; {name}++)"):
                self.loops(level + 1, [*points, (dim, [variable])])
            return
        even = isinstance(extent, int) and extent % block == 0
        start = f"int64_t {name} = 0"
        if not even:
            self.out.line("{")
            self.out.depth += 1
            self.out.line(start + ";")
            start = ""
        with self.scope(f"for ({start}; {name} <= {_bare(extent - block)}; {name} += {block})"):
            self.loops(level + 1, [*points, (dim, [variable + b for b in range(block)])])
        if not even:
            with self.scope(f"for (; {name} < {extent}; {name}++)"):
                self.loops(level + 1, [*points, (dim, [variable])])
            self.out.depth -= 1
            self.out.line("}")

    def vector_loop(self, level: int, points: list, name: str, block: int) -> None:
        dim = self.order[level]
        extent, variable = self.dims[dim], Poly.var(name)
        step = "W" if block == 1 else f"{block} * W"
        vectors = [variable + _LANES * b for b in range(block)]
        if self.whole_vectors(extent, dim):
            with self.scope(f"for (int64_t {name} = 0; {name} < {extent}; {name} += {step})"):
                self.loops(level + 1, [*points, (dim, vectors)])
            return
        with self.scope(""):
            self.out.line(f"int64_t {name} = 0;")
            with self.scope(f"for (; {name} + {step} <= {extent}; {name} += {step})"):
                self.loops(level + 1, [*points, (dim, vectors)])
            if block > 1:
                with self.scope(f"for (; {name} + W <= {extent}; {name} += W)"):
                    self.loops(level + 1, [*points, (dim, [variable])])
            with self.scope(f"if ({name} < {extent})"):
                self.rest = f"{_bare(extent - variable)}"
                self.loops(level + 1, [*points, (dim, [variable])])
                self.rest = None

    def whole_vectors(self, extent: Size, dim: int) -> bool:
        if isinstance(extent, int) and extent % self.out.width == 0:
            return True
        nests, stored = self.group.nests, self.group.stored or [True]
        targets = [n.target for n, kept in zip(nests, stored, strict=True) if kept]
        refs = [r for n in nests for t in n.terms for r in operands(t.expr)]
        refs = [r for r in refs if not any(same_element(r, n.target, len(n.dims)) for n in nests)]
        refs += targets
        moving = [r for r in refs if along(r.strides, dim) != 0]
        return not self.scatter and all(r.padded and along(r.strides, dim) == 1 for r in moving)

    @contextmanager
    def scope(self, head: str) -> Iterator[None]:
        loaded = self.loaded
        self.loaded = dict(loaded)
        with self.out.braces(head):
            yield
        self.loaded = loaded

    # One block of elements.

    def body(self, points: list[list[Size]]) -> None:
        block: list[Point] = list(product(*points))
        outer = dict(self.loaded)
        known: list[tuple[Ref, dict[Point, Text]]] = []
        for number, nest in enumerate(self.group.nests):
            if self.plan.inner:
                totals = self.inner_totals(nest, block, points)
            else:
                totals = self.totals(nest, block, known)
            if nest.accumulate:
                before = [self.value(nest.target, p, known) for p in block]
                both = zip(before, totals, strict=True)
                totals = [self.kept(self.writer.combine(ops.SUM, x, y)) for x, y in both]
            known.append((nest.target, dict(zip(block, totals, strict=True))))
            if not self.group.stored or self.group.stored[number]:
                for point, total in zip(block, totals, strict=True):
                    self.write(nest.target, point, total)
        self.loaded = outer

    def totals(self, nest: Nest, block: list[Point], known: list) -> list[Text]:
        """The reduced value of each element of a block."""
        steps = _written_out(nest, self.out.strict)
        if len(steps) == 1 and steps[0][1] is not None:
            term, at = steps[0]
            return [self.kept(self.value(term.expr, p + at, known)) for p in block]
        totals: list[Text] = []
        if not steps or steps[0][1] is None:
            start = Text(self.writer.literal(_NEUTRAL[nest.reduce.name]))
            totals = [self.accumulator(start) for _ in block]
        for term, at in steps:
            if at is None:
                self.reduce(nest, term, block, totals, known)
                continue
            values = [self.value(term.expr, p + at, known) for p in block]
            if totals:
                self.add(nest, totals, values)
            else:
                totals = [self.accumulator(x) for x in values]
        return totals

    def reduce(
        self, nest: Nest, term: Term, block: list[Point], totals: list[Text], known: list
    ) -> None:
        names = self.out.variables[len(nest.dims) : len(nest.dims) + len(term.dims)]
        with self.nested(names, term.dims):
            inner = tuple(Poly.var(n) for n in names)
            self.add(nest, totals, [self.value(term.expr, p + inner, known) for p in block])

    @contextmanager
    def nested(self, names: Sequence[str], dims: Sequence[Size]) -> Iterator[None]:
        if not names:
            yield
            return
        with (
            self.scope(f"for (int64_t {names[0]} = 0; {names[0]} < {dims[0]}; {names[0]}++)"),
            self.nested(names[1:], dims[1:]),
        ):
            yield

    def add(self, nest: Nest, totals: list[Text], values: list[Text]) -> None:
        for total, value in zip(totals, values, strict=True):
            if nest.reduce is ops.SUM or nest.reduce is ops.PROD:
                sign = "+" if nest.reduce is ops.SUM else "*"
                self.out.line(f"{total.code} {sign}= {value.code};")
            else:
                both = self.writer.combine(nest.reduce, total, value)
                self.out.line(f"{total.code} = {both.code};")

    # Sums whose lanes are added up at the end.

    def inner_totals(self, nest: Nest, block: list[Point], points: list) -> list[Text]:
        vectors: list[Text] = []
        singles: list[Text] = []
        neutral = Text(self.writer.literal(_NEUTRAL[nest.reduce.name]))
        for term, lane in zip(nest.terms, self.plan.inner, strict=True):
            self.lane = lane
            if lane is not None and not vectors:
                vectors = [self.accumulator(neutral) for _ in block]
            elif lane is None and not singles:
                self.lane = None
                singles = [self.accumulator(neutral) for _ in block]
            if lane is None:
                self.reduce(nest, term, block, singles, [])
            else:
                self.lane_sum(nest, term, lane, block, vectors)
        self.lane = None
        totals = self.across(nest, vectors, points)
        if singles:
            both = zip(singles, totals, strict=True)
            totals = [self.kept(self.writer.combine(nest.reduce, s, t)) for s, t in both]
        return totals

    def lane_sum(self, nest: Nest, term: Term, lane: int, block: list, totals: list[Text]) -> None:
        names = self.out.variables[len(nest.dims) : len(nest.dims) + len(term.dims)]
        own = lane - len(nest.dims)
        others = [i for i in range(len(names)) if i != own]
        inner = tuple(Poly.var(n) for n in names)
        name, extent = names[own], term.dims[own]
        with (
            self.nested([names[i] for i in others], [term.dims[i] for i in others]),
            self.scope(""),
        ):
            self.out.line(f"int64_t {name} = 0;")
            with self.scope(f"for (; {name} + W <= {extent}; {name} += W)"):
                self.add(nest, totals, [self.value(term.expr, p + inner, []) for p in block])
            if isinstance(extent, int) and extent % self.out.width == 0:
                return
            with self.scope(f"if ({name} < {extent})"):
                self.rest = _bare(extent - inner[own])
                self.out.line(f"const VI rest = first({self.rest});")
                mask = Text("rest", True, True)
                neutral = Text(self.writer.literal(_NEUTRAL[nest.reduce.name]))
                values = [self.value(term.expr, p + inner, []) for p in block]
                self.add(nest, totals, [self.writer.select(mask, x, neutral) for x in values])
                self.rest = None

    def across(self, nest: Nest, vectors: list[Text], points: list) -> list[Text]:
        """Reduce each vector to one number."""
        four = next((len(p) for p in reversed(points) if len(p) > 1), 1) == 4
        if nest.reduce is ops.SUM and four:
            totals = []
            for i in range(0, len(vectors), 4):
                name = self.fresh("s")
                self.out.line(f"T {name}[4];")
                self.out.line(f"sum4({name}, {', '.join(x.code for x in vectors[i : i + 4])});")
                totals += [Text(f"{name}[{lane}]") for lane in range(4)]
            return totals
        if nest.reduce is ops.SUM:
            return [self.kept(Text(f"sum1({x.code})")) for x in vectors]
        totals = []
        for x in vectors:
            total = self.accumulator(Text(f"{x.code}[0]"), single=True)
            with self.out.braces("for (int lane = 1; lane < W; lane++)"):
                both = self.writer.combine(nest.reduce, total, Text(f"{x.code}[lane]"))
                self.out.line(f"{total.code} = {both.code};")
            totals.append(total)
        return totals

    # Operands.

    def value(self, expr: Expr, point: Point, known: list[tuple[Ref, dict[Point, Text]]]) -> Text:
        def leaf(ref: Ref) -> Text:
            for target, values in reversed(known):
                if same_element(ref, target, len(self.dims)):
                    return values[point[: len(self.dims)]]
            return self.read(ref, point)

        return self.writer.number(expr, leaf)

    def read(self, ref: Ref, point: Point) -> Text:
        memory = "g" if ref.grad else "v"
        address = self.out.address(ref, point)
        stride = along(ref.strides, self.lane) if self.lane is not None else 0
        if stride == 0:
            return self.shared(Text(f"{memory}[{address}]"))
        where = f"{memory} + {address}"
        if stride == 1:
            partial = self.rest and not (ref.padded and not self.scatter)
            call = f"load_first({where}, {self.rest})" if partial else f"load({where})"
        elif self.rest:
            call = f"gather_first({where}, {stride}, {self.rest})"
        else:
            call = f"gather({where}, {stride})"
        return self.shared(Text(call, True))

    def write(self, target: Ref, point: Point, value: Text) -> None:
        memory = "g" if target.grad else "v"
        address = self.out.address(target, point)
        if self.lane is None:
            self.out.line(f"{memory}[{address}] = {value.code};")
            return
        where, vector = f"{memory} + {address}", self.writer.splat(value)
        stride = along(target.strides, self.lane)
        if stride != 1:
            self.out.line(f"spread({where}, {stride}, {vector}, {self.rest or 'W'});")
        elif self.rest and not (target.padded and not self.scatter):
            self.out.line(f"store_first({where}, {vector}, {self.rest});")
        else:
            self.out.line(f"store({where}, {vector});")

    # Names in C.

    def shared(self, text: Text) -> Text:
        """Load an operand once for all that use it in a block."""
        if not self.out.vectors:
            return text
        if text.code not in self.loaded:
            self.loaded[text.code] = self.kept(text, "x").code
        return Text(self.loaded[text.code], text.vector)

    def kept(self, text: Text, letter: str = "a") -> Text:
        name = self.fresh(letter)
        self.out.line(f"const {self.kind(text)} {name} = {text.code};")
        return Text(name, text.vector)

    def accumulator(self, text: Text, *, single: bool = False) -> Text:
        vector = self.lane is not None and not single
        name = self.fresh("a")
        start = self.writer.splat(text) if vector else text.code
        self.out.line(f"{'V' if vector else self.writer.type} {name} = {start};")
        return Text(name, vector)

    def kind(self, text: Text) -> str:
        return "V" if text.vector else self.writer.type

    def fresh(self, letter: str) -> str:
        self.out.count += 1
        return f"{letter}{self.out.count}_"


def same_element(ref: Ref, target: Ref, dims: int) -> bool:
    """Tell whether a ref reads just the element that a nest of so many dims writes at the same index."""
    if ref.grad != target.grad or ref.offset != target.offset:
        return False
    if any(r.table is not None or r.index is not None for r in (ref, target)):
        return False
    strides = tuple(along(ref.strides, d) for d in range(max(dims, len(ref.strides))))
    return strides[:dims] == target.strides[:dims] and not any(s != 0 for s in strides[dims:])


def _written_out(nest: Nest, strict: bool) -> list[tuple[Term, Point | None]]:
    """The terms in the order of their addition; short sums are written out, one index each."""
    terms = list(nest.terms)
    if not strict:
        terms.sort(key=lambda t: bool(t.dims))
    steps: list[tuple[Term, Point | None]] = []
    for term in terms:
        extents = [d for d in term.dims if isinstance(d, int)]
        if len(extents) < len(term.dims) or prod(extents) > _UNROLLED:
            steps.append((term, None))
        else:
            steps += [(term, at) for at in product(*map(range, extents))]
    return steps


def _bare(size: Size) -> str:
    """Write a size without the parentheses around the whole of it."""
    return str(size)[1:-1] if isinstance(size, Poly) else str(size)
