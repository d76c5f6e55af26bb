"""Choose in which order arrays lie in memory, so that loops can run over whole vectors.

Rerolled code walks sample by sample, so sample s of h[100,16] has its 16 numbers together. Vectors
want the 100 samples of one number together: a row of 104, padded to whole vectors. An array is
turned over like this if all its uses can follow, and only where the loops' estimated cost sinks.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import prod

from ..ir.array import MEMORY, Array, Place
from ..ir.footprint import span, uses
from ..ir.joins import in_arrays
from ..ir.program import Clear, Nest, Program, Ref, Route, Statement, Term, moved, refs
from ..ir.sizes import Poly, Size, known
from ..ir.visit import simple, with_operands
from .cost import cost
from .places import VECTOR, Places, is_plain

_CANDIDATES = 3


def place(program: Program) -> Program:
    """Give every array its place, in the order of its numbers that is cheapest to run through."""
    plain = program.plain
    spans, movable = _spans(program)
    forward, backward, places = _placed(program.forward, program.backward, spans, movable, plain)

    def at(address: Size) -> Size:
        if is_plain(address, plain):
            return places.at(known(address)).moved(known(address))
        return address - plain + places.end

    segments = [
        places.at(s.old) if is_plain(s.new, plain) else replace(s, new=at(s.new))
        for s in program.segments
    ]

    def moved_rows(a: Array) -> Array:
        return replace(a, start=at(a.start), parts=tuple(map(moved_rows, a.parts)))

    arrays = [moved for a in program.arrays if not a.batched for moved in _moved(a, places)]
    batched = [moved_rows(a) for a in program.arrays if a.batched]
    start, constants = program.constants
    program = replace(
        program,
        forward=forward,
        backward=backward,
        arrays=(*arrays, *batched),
        size=at(program.size),
        inputs=_plain_inputs(program.leaves, places),
        constants=(at(start) if constants else 0, constants),
        outputs=tuple([at(o) for o in program.outputs]),
        segments=tuple(segments),
    )
    return in_arrays(program)


def _moved(array: Array, places: Places) -> list[Array]:
    """Return an array where it lies now: in pieces, where an argument in it was transposed."""
    pieces = places.within(known(array.start), known(array.start + array.count))
    if any(p.outer for p in pieces):
        return [replace(array, start=p.new, count=p.size) for p in pieces]
    parts = tuple([moved for part in array.parts for moved in _moved(part, places)])
    return [replace(array, start=pieces[0].new, parts=parts)]


def _spans(program: Program) -> tuple[list[tuple[int, int]], set[int]]:
    """The plain arrays, those of inputs cut into segments; and which of them may be transposed."""
    plain = program.plain
    segments = [(s.old, known(s.count)) for s in program.segments if is_plain(s.new, plain)]
    inputs = {start for start, _ in segments}
    spans, movable = segments, set()
    for a in program.leaves:
        if a.batched:
            continue
        start, count = known(a.start), known(a.count)
        if a.kind in ("computed", "input"):
            movable |= {start} | {s for s in inputs if start <= s < start + count}
        if start not in inputs:
            spans.append((start, count))
    return sorted(spans), movable


def _plain_inputs(arrays: tuple[Array, ...], places: Places) -> tuple[Size, Size]:
    """Where the inputs that have no batch lie, one after the other: their start and extent."""
    inputs = [a for a in arrays if a.kind in ("variable", "input") and not a.batched]
    spans = [(known(a.start), known(a.start + a.count)) for a in inputs]
    inside = [p for start, stop in spans for p in places.within(start, stop)]
    return (inside[0].new, sum(p.size for p in inside)) if inside else (0, 0)


def _placed(
    forward: list[Statement],
    backward: list[Statement],
    spans: list[tuple[int, int]],
    movable: set[int],
    plain: int,
) -> tuple[list[Statement], list[Statement], Places]:
    """Return the statements over the arrays' new places.

    Args:
        spans: (start, count) of every plain array, in order.
        movable: the starts of those whose order may change.
        plain: the number of plain addresses; batched rows follow them.
    """
    statements = [*forward, *backward]
    best = _Rewriter(Places(spans, {}), plain)
    if not all(isinstance(s, (Nest, Clear, Route)) for s in statements):
        return forward, backward, best.places
    lowest = cost(statements)
    for outer in _candidates(statements):
        turned = _turned(statements, spans, movable, plain, outer)
        if turned:
            rewriter = _Rewriter(Places(spans, turned), plain)
            found = cost([rewriter.statement(s) for s in statements])
            if found < lowest:
                best, lowest = rewriter, found
    new_forward = [best.statement(s) for s in forward]
    new_backward = [n for s in backward for n in best.statements(s)]
    return new_forward, new_backward, best.places


def _candidates(statements: list[Statement]) -> list[int]:
    """The dims by which most work is done, other than the inner dims of arrays as they lie."""
    work: Counter[int] = Counter()
    for s in statements:
        if isinstance(s, Nest) and not any(isinstance(d, Poly) for d in s.dims):
            plain = [t.dims for t in s.terms if not any(isinstance(d, Poly) for d in t.dims)]
            sizes = [prod(map(known, dims)) for dims in plain]
            for d, stride in zip(map(known, s.dims), s.target.strides):
                if d >= VECTOR and stride != 1:
                    work[d] += prod(map(known, s.dims)) * sum(sizes)
    return [d for d, _ in work.most_common(_CANDIDATES)]


def _turned(
    statements: list[Statement],
    spans: list[tuple[int, int]],
    movable: set[int],
    plain: int,
    outer: int,
) -> dict[int, int]:
    """The arrays whose uses can all follow when ``outer`` becomes their inner dim."""
    places = Places(spans, {})
    able = {start: outer for start, count in spans if start in movable and count % outer == 0}
    for statement in simple(statements):
        for ref, dims, *_ in uses(statement):
            if isinstance(ref.address, int) and ref.address < plain:
                low, high = span(ref, dims, {})
                crossed = {places.at(a).old for a in (low, high)}
                if len(crossed) > 1:  # a sum over two arguments, say
                    for p in places.within(min(crossed), high + 1):
                        able.pop(p.old, None)
                elif crossed & able.keys() and not _follows(ref, dims, places.at(low), outer):
                    del able[crossed.pop()]
    return able


def _follows(ref: Ref, dims: tuple[Size, ...], array: Place, outer: int) -> bool:
    """Tell whether each dim of a use moves either from sample to sample or within one."""
    inner = known(array.count) // outer
    if ref.table or ref.index or any(isinstance(s, Poly) for s in ref.strides):
        return False
    reach = (known(ref.address) - array.old) % inner
    for dim, stride in zip(dims, map(known, ref.strides)):
        if stride == 0 or stride % inner == 0:
            continue
        if not isinstance(dim, int) or stride < 0:
            return False
        if stride * (dim - 1) >= inner:  # goes through samples: must be split
            if inner % stride or dim % (inner // stride):
                return False
            dim = inner // stride
        reach += stride * (dim - 1)
    return reach < inner


class _Rewriter:
    """Rewrite statements for new places."""

    def __init__(self, places: Places, plain: int) -> None:
        self.places, self.plain = places, plain

    def statement(self, s: Statement) -> Statement:
        """Rewrite one nest or route; others stay."""
        if isinstance(s, Route):
            candidates = self._moved(s.candidates, (*s.dims, *s.reduced))
            return replace(s, candidates=candidates, result=self._moved(s.result, s.dims))
        if not isinstance(s, Nest):
            return s
        s = self._split(s)
        order = sorted(range(len(s.dims)), key=partial(self._turns, s.target))

        def reordered(strides: tuple[Size, ...]) -> tuple[Size, ...]:
            return (*[strides[d] for d in order], *strides[len(order) :])

        moved = with_operands(s, lambda ref, dims: self._moved(ref, dims).with_strides(reordered))
        return replace(moved, dims=reordered(s.dims))

    def statements(self, s: Statement) -> Iterator[Statement]:
        """Rewrite a statement; clearing what has been turned over clears whole arrays."""
        if not isinstance(s, Clear):
            yield self.statement(s)
            return
        if not isinstance(s.start, int) or s.start >= self.plain:
            yield replace(s, start=s.start - self.plain + self.places.end)
            return
        end = s.start + known(s.count)
        for p in self.places.within(self.places.at(s.start).old, end):
            first, last = max(s.start, p.old), min(end, p.old + known(p.count))
            if first < last and p.outer:
                yield Clear(p.new, p.size)
            elif first < last:
                yield Clear(p.new + first - p.old, last - first)

    def _turns(self, ref: Ref, d: int) -> bool:
        """Tell whether a dim of the target runs along a turned array's rows."""
        if not isinstance(ref.address, int) or ref.address >= self.plain:
            return False
        array = self.places.at(ref.address)
        if not array.outer:
            return False
        stride = known(ref.strides[d])
        return stride % array.inner == 0 and stride != 0

    def _moved(self, ref: Ref, dims: tuple[Size, ...]) -> Ref:
        """Point a use to the new place; one that takes whole rows may use their padding."""
        ref = ref.within(MEMORY)
        index = ref.index and self._moved(ref.index, dims)
        if not isinstance(ref.address, int) or ref.address >= self.plain:
            return replace(ref, offset=ref.address - self.plain + self.places.end, index=index)
        array = self.places.at(ref.address)
        offset = array.moved(ref.address)
        if not array.outer:
            return replace(ref, offset=offset, index=index)
        inner, row = array.inner, array.row
        old = [known(s) for s in ref.strides]
        strides = tuple([s // inner if s % inner == 0 else s * row for s in old])
        whole = known(offset - array.new) % row == 0 and (array.outer, inner) in zip(dims, old)
        return replace(ref, offset=offset, strides=strides, index=index, padded=whole)

    def _split(self, s: Nest) -> Nest:
        """Split dims that go through the samples of a turned array into samples and the rest."""
        while (found := next(self._straddling(s), None)) is not None:
            s = _split_dim(s, *found)
        return s

    def _straddling(self, s: Nest) -> Iterator[tuple[int, int | None, int]]:
        """Yield (dim, term it belongs to, inner size) of what must be split."""
        n = len(s.dims)
        for k, term in ((None, None), *enumerate(s.terms)):
            dims = s.dims if term is None else (*s.dims, *term.dims)
            for ref in (s.target,) if term is None else refs(term.expr):
                if not isinstance(ref.address, int) or ref.address >= self.plain:
                    continue
                array = self.places.at(ref.address)
                if not array.outer:
                    continue
                for d, (dim, stride) in enumerate(zip(dims, map(known, ref.strides))):
                    if stride % array.inner and stride * (known(dim) - 1) >= array.inner:
                        yield d, None if d < n else k, array.inner // stride


def _split_dim(s: Nest, d: int, term: int | None, inner: int) -> Nest:
    """Make dim d, of the nest or of one term, into two: outer and ``inner``."""

    def split(ref: Ref) -> Ref:
        return ref.with_strides(lambda s: (*s[:d], s[d] * inner, s[d], *s[d + 1 :]))

    def halves(dims: tuple[Size, ...], at: int) -> tuple[Size, ...]:
        return (*dims[:at], known(dims[at]) // inner, inner, *dims[at + 1 :])

    if term is None:
        return replace(with_operands(s, lambda ref, dims: split(ref)), dims=halves(s.dims, d))
    t, at = s.terms[term], d - len(s.dims)
    halved = Term(halves(t.dims, at), moved(t.expr, split))
    return replace(s, terms=(*s.terms[:term], halved, *s.terms[term + 1 :]))
