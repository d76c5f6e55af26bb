"""Short sums unrolled, a term for each index: then they share loops like elementwise steps."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import prod

from ..ir.program import Nest, Program, Ref, Term, moved, refs
from ..ir.visit import Simple, rewritten
from .schedules import Target, irregular

_LONGEST = 4


def unroll_short_sums(program: Program, target: Target) -> Program:
    """Write short sums term by term."""
    forward, backward = (rewritten(body, _unrolled) for body in (program.forward, program.backward))
    return replace(program, forward=forward, backward=backward)


def _unrolled(s: Simple) -> Iterator[Simple]:
    if isinstance(s, Nest):
        s = replace(s, terms=tuple([t for term in s.terms for t in _short(s, term)]))
    yield s


def _short(nest: Nest, term: Term) -> list[Term]:
    extents = [d for d in term.dims if isinstance(d, int)]
    inner = range(len(nest.dims), len(nest.dims) + len(term.dims))
    tabled = any(irregular(ref, d) for ref in refs(term.expr) for d in inner)
    if len(extents) < len(term.dims) or prod(extents) > _LONGEST or tabled:
        return [term]

    def fixed(ref: Ref, at: tuple[int, ...]) -> Ref:
        strides = ref.strides[len(nest.dims) :]
        offset = ref.offset + sum((s * i for s, i in zip(strides, at, strict=False)), 0)
        return replace(ref, offset=offset).with_strides(lambda strides: strides[: len(nest.dims)])

    return [
        Term((), moved(term.expr, lambda ref, at=at: fixed(ref, at)))
        for at in product(*map(range, extents))
    ]
