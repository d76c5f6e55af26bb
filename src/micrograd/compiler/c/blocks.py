"""One block of elements in C: what the innermost loops of a nest do.

Every sum of the block is in a register of its own and is written once; operands that several of its
elements share are loaded once. Padded arrays are read and written in whole vectors, others get a
last step with just the lanes that are still in the array.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from itertools import product

from ... import ops
from ..ir.program import Apply, Expr, Fused, Nest, Ref, Term
from ..ir.sizes import Poly, Size
from ..passes.schedules import along
from .expressions import CText
from .operands import NAMES, NEUTRAL, Known, Operands, unwrapped
from .printer import Point, Printer, bare

_SHORT = 2  # of the widest vectors: GCC keeps a loop of as many by itself

Points = Sequence[Sequence[Size]]  # the indices of a block along each dim


class BlockPrinter:
    """Print the computation of blocks of elements.

    Attributes:
        operands: what the block reads, keeps and writes.
    """

    def __init__(self, out: Printer, group: Fused, *, strict: bool, whole: int) -> None:
        self.out, self.writer, self.group = out, out.writer, group
        self.inner = group.schedule.inner
        self.strict, self.whole = strict, whole
        self.operands = Operands(out, group)

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
            before = [self.operands.value(nest.target, p, known) for p in elements]
            both = zip(before, totals, strict=True)
            totals = [self.operands.kept(self.writer.combine(ops.SUM, x, y)) for x, y in both]
        known.append((nest.target, dict(zip(elements, totals, strict=True))))
        if self.group.stored[i]:
            for point, total in zip(elements, totals, strict=True):
                self.operands.write(nest.target, point, total)

    def _totals(self, nest: Nest, elements: list[Point], known: Known) -> list[CText]:
        """Compute the reduced value of each element."""
        terms = nest.terms if self.strict else sorted(nest.terms, key=lambda t: bool(t.dims))
        totals: list[CText] = []
        if not terms or terms[0].dims:
            totals = [self.operands.accumulator(nest) for _ in elements]
        for term in terms:
            if term.dims:
                self._reduce(nest, term, elements, totals, known)
                continue
            if len(terms) == 1 and not nest.accumulate:
                return [
                    self.operands.kept(self.operands.value(term.expr, p, known, True))
                    for p in elements
                ]
            values = [self.operands.value(term.expr, p, known) for p in elements]
            if totals:
                self._add(nest, totals, values)
            elif len(terms) == 1:
                totals = [self.operands.kept(x) for x in values]
            else:
                totals = [self.operands.accumulator(nest, x) for x in values]
        return totals

    def _reduce(
        self, nest: Nest, term: Term, elements: list[Point], totals: list[CText], known: Known
    ) -> None:
        names = self.out.variables[len(nest.dims) : len(nest.dims) + len(term.dims)]
        inner = tuple(Poly.var(n) for n in names)
        with self._nested(names, term.dims):
            values = [self.operands.value(term.expr, p + inner, known) for p in elements]
            self._add(nest, totals, values)

    @contextmanager
    def _nested(self, names: Sequence[str], dims: Sequence[Size]) -> Iterator[None]:
        if not names:
            yield
            return
        with (
            self.operands.scope(
                f"for (int64_t {names[0]} = 0; {names[0]} < {bare(dims[0])}; {names[0]}++)"
            ),
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
                singles = singles or [self.operands.accumulator(nest) for _ in elements]
                self._reduce(nest, term, elements, singles, [])
        totals = self._joined(nest, vectors)
        if singles:
            both = zip(singles, totals, strict=True)
            totals = [self.operands.kept(self.writer.combine(nest.reduce, s, t)) for s, t in both]
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
        name, vectors = NAMES[nest.reduce.name], self._vectors(nest, elements)
        for i in range(0, len(vectors), 4):
            memory, address = self.out.place(nest.target, elements[i])
            self.out.line(f"lane_{name}s({memory} + {address}, {_listed(vectors[i : i + 4])});")

    def _vectors(self, nest: Nest, elements: list[Point]) -> list[CText]:
        """Compute vectors whose lanes are to come together, of the terms that have such lanes."""
        vectors: list[CText] = []
        starts = self._starts(nest, elements)
        for term, lane in zip(nest.terms, self.inner, strict=True):
            if lane is not None:
                self.operands.lane = lane
                vectors = vectors or [self.operands.accumulator(nest, x) for x in starts]
                self._lane_sum(nest, term, lane, elements, vectors)
        self.operands.lane = None
        return vectors

    def _starts(self, nest: Nest, elements: list[Point]) -> list[CText | None]:
        """Return vectors with what is added once in the first lane; None: there is nothing."""
        lanes = zip(nest.terms, self.inner, strict=True)
        once = [t for t, i in lanes if i is None and self._begins(nest, t)]
        if not once:
            return [None] * len(elements)
        starts: list[CText | None] = []
        for point in elements:
            values = [self.operands.value(t.expr, point, []) for t in once]
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
        with self._nested(names, term.dims[:own] + term.dims[own + 1 :]), self.operands.scope():
            self.out.line(f"int64_t {name} = 0;")
            short = isinstance(extent, int) and extent <= _SHORT * self.whole
            head = f"for (; {name} + W <= {bare(extent)}; {name} += W)"
            with self.operands.scope(f"UNROLLED {head}" if short else head):
                values = [self.operands.value(term.expr, p + inner, []) for p in elements]
                self._add(nest, totals, values)
            if isinstance(extent, int) and extent % self.whole == 0:
                return
            with self.operands.scope(f"if ({name} < {bare(extent)})"):
                self.operands.rest = bare(extent - inner[own])
                self._last_lanes(nest, term, [p + inner for p in elements], totals)
                self.operands.rest = None

    def _last_lanes(self, nest: Nest, term: Term, points: list[Point], totals: list[CText]) -> None:
        """Add the lanes that are left, which a product has where its operands have them."""
        self.operands.zeroed = nest.reduce is ops.SUM and self._is_of_lanes(term.expr)
        values = [self.operands.value(term.expr, p, []) for p in points]
        if not self.operands.zeroed:
            self.out.line(f"const VI rest = first({self.operands.rest});")
            neutral = CText(self.writer.literal(NEUTRAL[nest.reduce.name]))
            mask = CText("rest", True, True)
            values = [self.writer.select(mask, x, neutral) for x in values]
        self._add(nest, totals, values)
        self.operands.zeroed = False

    def _is_of_lanes(self, expr: Expr) -> bool:
        """Tell whether an expression is a product of numbers that lie side by side."""
        if isinstance(expr, Apply) and expr.op in (ops.MUL, ops.PROD):
            return all(map(self._is_of_lanes, expr.args))
        lane = self.operands.lane
        return isinstance(expr, Ref) and lane is not None and along(expr.strides, lane) == 1

    def _joined(self, nest: Nest, vectors: list[CText]) -> list[CText]:
        """Reduce each vector to one number, four at once, as far as there are as many."""
        totals: list[CText] = []
        name, four = NAMES[nest.reduce.name], len(vectors) // 4 * 4
        for i in range(0, four, 4):
            numbers = self.out.fresh(f"{name}s")
            self.out.line(f"{self.out.type} {numbers}[4];")
            self.out.line(f"lane_{name}s({numbers}, {_listed(vectors[i : i + 4])});")
            totals += [CText(f"{numbers}[{lane}]") for lane in range(4)]
        return totals + [
            self.operands.kept(CText(f"lane_{name}({x.code})")) for x in vectors[four:]
        ]


def _listed(operands: Sequence[CText]) -> str:
    return ", ".join(x.code for x in operands)
