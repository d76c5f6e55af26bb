"""One block of elements in C: what the innermost loops of a nest do.

Every sum of the block is in a register of its own and is written once; operands that several of its
elements share are loaded once. Padded arrays are read and written in whole vectors, others get a
last step with just the lanes that are still in the array.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from itertools import product
from math import inf

from ... import ops
from ..ir.program import Apply, Expr, Fused, Nest, Ref, Schedule, Term
from ..ir.sizes import Poly, Size
from ..passes.regions import same_element
from ..passes.schedules import along
from .expressions import CText
from .printer import Point, Printer, bare

_NEUTRAL = {"sum": 0.0, "prod": 1.0, "maximum": -inf, "minimum": inf}
_NAMES = {"sum": "sum", "prod": "product", "maximum": "top", "minimum": "low"}  # and lane_sum, ...
_SHORT = 2  # of the widest vectors: GCC keeps a loop of as many by itself

Points = Sequence[Sequence[Size]]  # the indices of a block along each dim
Known = list[tuple[Ref, dict[Point, CText]]]  # targets whose elements are in registers


class BlockPrinter:
    """Print the computation of blocks of elements.

    Attributes:
        lane: the dim along the lanes of vectors, None for single numbers.
        rest: how many lanes are in the array in a last step, None in all others.
        zeroed: then the other lanes are 0, wherever there is room for a whole vector or not.
    """

    def __init__(self, out: Printer, group: Fused, *, strict: bool, whole: int) -> None:
        self.out, self.writer, self.group = out, out.writer, group
        self.inner, self.single = group.schedule.inner, group.schedule == Schedule()
        self.dims = group.nests[0].dims
        self.scatter = any(n.scatter for n in group.nests)
        self.strict, self.whole = strict, whole
        self.lane: int | None = group.schedule.lanes
        self.rest: str | None = None
        self.zeroed = False
        self.loaded: dict[str, str] = {}

    def nest(self, i: int, points: Points, known: Known) -> None:
        """Compute elements of a nest of the group.

        Args:
            i: which nest.
            points: the indices along each dim.
            known: the elements of others that are in registers; takes these.
        """
        nest = self.group.nests[i]
        elements: list[Point] = list(product(*points))
        if self.inner and self.group.stored[i] and self._side_by_side(nest, points):
            self._join_in_place(nest, elements)
            return
        if self.inner:
            totals = self._across_lanes(nest, elements)
        else:
            totals = self._totals(nest, elements, known)
        if nest.accumulate:
            before = [self._value(nest.target, p, known) for p in elements]
            both = zip(before, totals, strict=True)
            totals = [self._kept(self.writer.combine(ops.SUM, x, y)) for x, y in both]
        known.append((nest.target, dict(zip(elements, totals, strict=True))))
        if self.group.stored[i]:
            for point, total in zip(elements, totals, strict=True):
                self._write(nest.target, point, total)

    @contextmanager
    def scope(self, head: str = "") -> Iterator[None]:
        """Open a block of C; what is loaded in it is forgotten behind it."""
        loaded = self.loaded
        self.loaded = dict(loaded)
        with self.out.braces(head):
            yield
        self.loaded = loaded

    def _totals(self, nest: Nest, elements: list[Point], known: Known) -> list[CText]:
        """Compute the reduced value of each element."""
        terms = nest.terms if self.strict else sorted(nest.terms, key=lambda t: bool(t.dims))
        totals: list[CText] = []
        if not terms or terms[0].dims:
            totals = [self._accumulator(nest) for _ in elements]
        for term in terms:
            if term.dims:
                self._reduce(nest, term, elements, totals, known)
                continue
            if len(terms) == 1 and not nest.accumulate:
                return [self._kept(self._value(term.expr, p, known, True)) for p in elements]
            values = [self._value(term.expr, p, known) for p in elements]
            if totals:
                self._add(nest, totals, values)
            elif len(terms) == 1:
                totals = [self._kept(x) for x in values]
            else:
                totals = [self._accumulator(nest, x) for x in values]
        return totals

    def _reduce(
        self, nest: Nest, term: Term, elements: list[Point], totals: list[CText], known: Known
    ) -> None:
        names = self.out.variables[len(nest.dims) : len(nest.dims) + len(term.dims)]
        inner = tuple(Poly.var(n) for n in names)
        with self._nested(names, term.dims):
            values = [self._value(term.expr, p + inner, known) for p in elements]
            self._add(nest, totals, values)

    @contextmanager
    def _nested(self, names: Sequence[str], dims: Sequence[Size]) -> Iterator[None]:
        if not names:
            yield
            return
        with (
            self.scope(f"for (int64_t {names[0]} = 0; {names[0]} < {bare(dims[0])}; {names[0]}++)"),
            self._nested(names[1:], dims[1:]),
        ):
            yield

    def _add(self, nest: Nest, totals: list[CText], values: list[CText]) -> None:
        for total, value in zip(totals, values, strict=True):
            if nest.reduce is ops.SUM or nest.reduce is ops.PROD:
                sign = "+" if nest.reduce is ops.SUM else "*"
                self.out.line(f"{total.code} {sign}= {unwrapped(value.code)};")
            else:
                both = self.writer.combine(nest.reduce, total, value)
                self.out.line(f"{total.code} = {both.code};")

    # Sums, products and extremes whose lanes come together at the end.

    def _across_lanes(self, nest: Nest, elements: list[Point]) -> list[CText]:
        vectors = self._vectors(nest, elements)
        singles: list[CText] = []
        for term, lane in zip(nest.terms, self.inner, strict=True):
            if lane is None and not self._begins(nest, term):
                singles = singles or [self._accumulator(nest) for _ in elements]
                self._reduce(nest, term, elements, singles, [])
        totals = self._joined(nest, vectors)
        if singles:
            both = zip(singles, totals, strict=True)
            totals = [self._kept(self.writer.combine(nest.reduce, s, t)) for s, t in both]
        return totals

    def _side_by_side(self, nest: Nest, points: Points) -> bool:
        """Tell whether reduced values are only that, and each four are written to neighbours."""
        dim = next((d for d in reversed(range(len(points))) if len(points[d]) > 1), None)
        if dim is None or len(points[dim]) != 4 or along(nest.target.strides, dim) != 1:
            return False
        lanes = zip(nest.terms, self.inner, strict=True)
        return not nest.accumulate and all(i is not None or self._begins(nest, t) for t, i in lanes)

    @staticmethod
    def _begins(nest: Nest, term: Term) -> bool:
        """Tell whether a number stands in the first lane from the beginning: the others are 0."""
        return nest.reduce is ops.SUM and not term.dims

    def _join_in_place(self, nest: Nest, elements: list[Point]) -> None:
        """Write what the lanes of vectors come to, four at once."""
        name, vectors = _NAMES[nest.reduce.name], self._vectors(nest, elements)
        for i in range(0, len(vectors), 4):
            memory, address = self.out.place(nest.target, elements[i])
            self.out.line(f"lane_{name}s({memory} + {address}, {_listed(vectors[i : i + 4])});")

    def _vectors(self, nest: Nest, elements: list[Point]) -> list[CText]:
        """Compute vectors whose lanes are to come together, of the terms that have such lanes."""
        vectors: list[CText] = []
        starts = self._starts(nest, elements)
        for term, lane in zip(nest.terms, self.inner, strict=True):
            if lane is not None:
                self.lane = lane
                vectors = vectors or [self._accumulator(nest, x) for x in starts]
                self._lane_sum(nest, term, lane, elements, vectors)
        self.lane = None
        return vectors

    def _starts(self, nest: Nest, elements: list[Point]) -> list[CText | None]:
        """Return vectors with what is added once in the first lane; None: there is nothing."""
        lanes = zip(nest.terms, self.inner, strict=True)
        once = [t for t, i in lanes if i is None and self._begins(nest, t)]
        if not once:
            return [None] * len(elements)
        starts: list[CText | None] = []
        for point in elements:
            values = [self._value(t.expr, point, []) for t in once]
            total = reduce(lambda x, y: self.writer.combine(ops.SUM, x, y), values)
            starts.append(CText(f"{{{unwrapped(total.code)}}}", True))
        return starts

    def _lane_sum(
        self, nest: Nest, term: Term, lane: int, elements: list[Point], totals: list[CText]
    ) -> None:
        own = lane - len(nest.dims)
        names = self.out.variables[len(nest.dims) : len(nest.dims) + len(term.dims)]
        inner = tuple(Poly.var(n) for n in names)
        name, extent = names[own], term.dims[own]
        names.pop(own)
        with self._nested(names, term.dims[:own] + term.dims[own + 1 :]), self.scope():
            self.out.line(f"int64_t {name} = 0;")
            short = isinstance(extent, int) and extent <= _SHORT * self.whole
            head = f"for (; {name} + W <= {bare(extent)}; {name} += W)"
            with self.scope(f"UNROLLED {head}" if short else head):
                values = [self._value(term.expr, p + inner, []) for p in elements]
                self._add(nest, totals, values)
            if isinstance(extent, int) and extent % self.whole == 0:
                return
            with self.scope(f"if ({name} < {bare(extent)})"):
                self.rest = bare(extent - inner[own])
                self._last_lanes(nest, term, [p + inner for p in elements], totals)
                self.rest = None

    def _last_lanes(self, nest: Nest, term: Term, points: list[Point], totals: list[CText]) -> None:
        """Add the lanes that are left, which a product has where its operands have them."""
        self.zeroed = nest.reduce is ops.SUM and self._is_of_lanes(term.expr)
        values = [self._value(term.expr, p, []) for p in points]
        if not self.zeroed:
            self.out.line(f"const VI rest = first({self.rest});")
            neutral = CText(self.writer.literal(_NEUTRAL[nest.reduce.name]))
            mask = CText("rest", True, True)
            values = [self.writer.select(mask, x, neutral) for x in values]
        self._add(nest, totals, values)
        self.zeroed = False

    def _is_of_lanes(self, expr: Expr) -> bool:
        """Tell whether an expression is a product of numbers that lie side by side."""
        if isinstance(expr, Apply) and expr.op in (ops.MUL, ops.PROD):
            return all(map(self._is_of_lanes, expr.args))
        lane = self.lane
        return isinstance(expr, Ref) and lane is not None and along(expr.strides, lane) == 1

    def _joined(self, nest: Nest, vectors: list[CText]) -> list[CText]:
        """Reduce each vector to one number, four at once, as far as there are as many."""
        totals: list[CText] = []
        name, four = _NAMES[nest.reduce.name], len(vectors) // 4 * 4
        for i in range(0, four, 4):
            numbers = self.out.fresh(f"{name}s")
            self.out.line(f"{self.out.type} {numbers}[4];")
            self.out.line(f"lane_{name}s({numbers}, {_listed(vectors[i : i + 4])});")
            totals += [CText(f"{numbers}[{lane}]") for lane in range(4)]
        return totals + [self._kept(CText(f"lane_{name}({x.code})")) for x in vectors[four:]]

    # Operands.

    def _value(self, expr: Expr, point: Point, known: Known, masks: bool = False) -> CText:
        def leaf(ref: Ref) -> CText:
            for target, values in reversed(known):
                if same_element(ref, target, len(self.dims)):
                    return values[point[: len(self.dims)]]
            return self._read(ref, point)

        return (self.writer.mask_or_number if masks else self.writer.number)(expr, leaf)

    def _read(self, ref: Ref, point: Point) -> CText:
        memory, address = self.out.place(ref, point)
        stride = along(ref.strides, self.lane) if self.lane is not None else 0
        where = f"{memory} + {address}"
        if stride == 0:
            return self._shared(CText(f"{memory}[{address}]"))
        if stride == 1 and self.zeroed and not self._partly(ref):
            return self._shared(CText(f"load_padded({where}, {self.rest})", True))
        if stride == 1 and self._partly(ref):
            return self._shared(CText(f"load_first({where}, {self.rest})", True))
        if stride == 1:
            return self._shared(CText(f"load({where})", True))
        if self.rest:
            return self._shared(CText(f"gather_first({where}, {stride}, {self.rest})", True))
        return self._shared(CText(f"gather({where}, {stride})", True))

    def _write(self, target: Ref, point: Point, value: CText) -> None:
        memory, address = self.out.place(target, point)
        value = self.writer.as_number(value)
        if self.lane is None:
            self.out.line(f"{memory}[{address}] = {unwrapped(value.code)};")
            return
        where, vector = f"{memory} + {address}", self.writer.splat(value)
        stride = along(target.strides, self.lane)
        if stride != 1:
            self.out.line(f"spread({where}, {stride}, {vector}, {self.rest or 'W'});")
        elif self._partly(target):
            self.out.line(f"store_first({where}, {vector}, {self.rest});")
        else:
            self.out.line(f"store({where}, {vector});")

    def _partly(self, ref: Ref) -> bool:
        return self.rest is not None and not (ref.padded and not self.scatter)

    # Names in C.

    def _shared(self, text: CText) -> CText:
        """Load an operand once for all that use it in a block."""
        if self.single:
            return text
        if text.code not in self.loaded:
            self.loaded[text.code] = self._kept(text, "x").code
        return CText(self.loaded[text.code], text.vector)

    def _kept(self, text: CText, letters: str = "a") -> CText:
        if self.single or text.code.isidentifier():
            return text
        name = self.out.fresh(letters)
        kind = ("VI" if text.test else "V") if text.vector else self.out.type
        self.out.line(f"const {kind} {name} = {unwrapped(text.code)};")
        return CText(name, text.vector, text.vector and text.test)

    def _accumulator(self, nest: Nest, start: CText | None = None) -> CText:
        start = start or CText(self.writer.literal(_NEUTRAL[nest.reduce.name]))
        name = self.out.fresh(_NAMES[nest.reduce.name])
        if self.lane is None:
            self.out.line(f"{self.out.type} {name} = {unwrapped(start.code)};")
        else:
            self.out.line(f"V {name} = {self.writer.splat(start)};")
        return CText(name, self.lane is not None)


def _listed(operands: Sequence[CText]) -> str:
    return ", ".join(x.code for x in operands)


def unwrapped(code: str) -> str:
    """Take off parentheses around a whole expression."""
    if not code.startswith("("):
        return code
    depth = 0
    for i, letter in enumerate(code):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return code[1:-1] if i == len(code) - 1 else code
    return code
