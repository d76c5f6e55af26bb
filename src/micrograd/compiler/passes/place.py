"""Choose in which order arrays lie in memory, so that loops can run over whole vectors.

Rerolled code walks sample by sample, so sample s of h[100,16] has its 16 numbers together. Vectors
want the 100 samples of one number together: a row of 104, padded to whole vectors. An array is
transposed like this if all its uses can follow, and only where the loops' estimated cost sinks.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import prod

from ..ir.array import Array
from ..ir.footprint import uses
from ..ir.program import Clear, For, Nest, Program, Ref, Route, Statement, Term, moved, refs
from ..ir.sizes import Poly, Size, known
from ..ir.visit import Simple, reordered, rewritten, simple, with_operands
from .allocate import VECTOR
from .cost import cost

_CANDIDATES = 3

_Transposed = Mapping[Array, Array]  # arrays, and what they become


def place(program: Program) -> Program:
    """Let each array lie in the order of its numbers that is cheapest to run through.

    Programs with loops over steps stay as they are: what the steps use cannot be transposed, and
    of an unrolled batch of 32 recurrences and layers, whose other arrays could be, a step took as
    long as before (154 and 157 µs for 149 and 154). One order serves lists of all lengths.
    """
    statements = [*program.forward, *program.backward]
    if any(isinstance(s, For) for s in statements):
        return program
    best, lowest = program, cost(statements)
    for outer in _candidates(statements):
        if transposed := _able(program, outer):
            rewriter = _Rewriter(transposed)
            forward, backward = map(rewriter.statements, (program.forward, program.backward))
            found = cost([*forward, *backward])
            if found < lowest:
                arrays = tuple([transposed.get(a, a) for a in program.arrays])
                best = replace(program, forward=forward, backward=backward, arrays=arrays)
                lowest = found
    return best


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


def _able(program: Program, outer: int) -> _Transposed:
    """The arrays whose uses can all follow when ``outer`` becomes their inner dim."""
    row = -(-outer // VECTOR) * VECTOR
    able = {
        a: replace(a, outer=outer, row=row)
        for a in program.arrays
        if a.kind in ("computed", "input") and not (a.batched or a.parts)
        if known(a.count) % outer == 0
    }
    for statement in simple([*program.forward, *program.backward]):
        for array in [*_unable(statement, able)]:
            able.pop(array, None)
    return able


def _unable(statement: Simple, able: _Transposed) -> Iterator[Array]:
    """Yield the arrays of which a use cannot follow, or not together with others.

    A dim can be split twice where one piece holds the other. One of a term is known by its size.
    """
    pieces = defaultdict[tuple[int, Size], set[int]](set)
    for ref, dims, *_ in uses(statement):
        if ref.array not in able or isinstance(statement, Clear):
            continue
        splits = _splits(ref, dims, able[ref.array])
        if splits is None or (splits and isinstance(statement, Route)):
            yield ref.array
            continue
        for d, piece in splits.items():
            others = pieces[d, dims[d]]
            if any(piece % other and other % piece for other in others):
                yield ref.array
            others.add(piece)


def _splits(ref: Ref, dims: tuple[Size, ...], array: Array) -> dict[int, int] | None:
    """Return the pieces into which dims that go through samples have to be split, if they can.

    Each dim moves then either from sample to sample or within one.
    """
    inner = array.inner
    if ref.table or ref.index or any(isinstance(x, Poly) for x in (ref.offset, *ref.strides)):
        return None
    splits = {}
    reach = known(ref.offset) % inner
    for d, (dim, stride) in enumerate(zip(dims, map(known, ref.strides))):
        if stride % inner == 0:
            continue
        if not isinstance(dim, int) or stride < 0:
            return None
        if stride * (dim - 1) >= inner:
            if inner % stride or dim % (inner // stride):
                return None
            dim = splits[d] = inner // stride
        reach += stride * (dim - 1)
    return splits if reach < inner else None


class _Rewriter:
    """Rewrite statements for arrays that are transposed."""

    def __init__(self, transposed: _Transposed) -> None:
        self.transposed = transposed

    def statements(self, body: Sequence[Statement]) -> list[Statement]:
        return rewritten(body, lambda s: [self.statement(s)])

    def statement(self, s: Simple) -> Simple:
        """Rewrite a statement; what has been transposed is cleared as a whole."""
        if isinstance(s, Clear):
            array = self.transposed.get(s.array)
            return Clear(0, array.size, array) if array else s
        if isinstance(s, Route):
            candidates = self._moved(s.candidates, (*s.dims, *s.reduced))
            return replace(s, candidates=candidates, result=self._moved(s.result, s.dims))
        s = self._split(s)
        order = sorted(range(len(s.dims)), key=partial(self._turns, s.target))
        return reordered(with_operands(s, self._moved), order)

    def _turns(self, ref: Ref, d: int) -> bool:
        """Tell whether a dim of the target runs along a transposed array's rows."""
        array = self.transposed.get(ref.array)
        stride = ref.strides[d]
        return array is not None and stride != 0 and known(stride) % array.inner == 0

    def _moved(self, ref: Ref, dims: tuple[Size, ...]) -> Ref:
        """Let a use follow; one that takes whole rows may use their padding."""
        if ref.index:
            ref = replace(ref, index=self._moved(ref.index, dims))
        array = self.transposed.get(ref.array)
        if array is None:
            return ref
        offset, old = known(array.moved(ref.offset)), [known(s) for s in ref.strides]
        strides = tuple([s // array.inner if s % array.inner == 0 else s * array.row for s in old])
        whole = offset % array.row == 0 and (array.outer, array.inner) in zip(dims, old)
        return replace(ref, array=array, offset=offset, strides=strides, padded=whole)

    def _split(self, s: Nest) -> Nest:
        """Split dims that go through the samples of an array into samples and the rest."""
        while (found := next(self._straddling(s), None)) is not None:
            s = _split_dim(s, *found)
        return s

    def _straddling(self, s: Nest) -> Iterator[tuple[int, int | None, int]]:
        """Yield (dim, term it belongs to, inner size) of what must be split."""
        n = len(s.dims)
        for k, term in ((None, None), *enumerate(s.terms)):
            dims = s.dims if term is None else (*s.dims, *term.dims)
            for ref in refs(s.target if term is None else term.expr):
                if array := self.transposed.get(ref.array):
                    for d, piece in (_splits(ref, dims, array) or {}).items():
                        yield d, None if d < n else k, piece


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
