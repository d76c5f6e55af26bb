"""Sums over steps: terms whose operands advance in equal steps become one term with a dim.

The losses of a recurrence are of different classes, since each step stands deeper than the one
before; but their addresses are as far apart as the steps are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ...ir.array import MEMORY, Array
from ...ir.footprint import place_in_array
from ...ir.joins import joined
from ...ir.program import Nest, Program, Ref, Term, moved, refs
from ...ir.sizes import Size
from ...ir.visit import Simple, rewritten, take_apart

_LEAST = 3  # terms of one sum

_Offsets = tuple[Size, ...]  # of the operands of a term, and of their run-time indices


def join_terms(program: Program) -> Program:
    """Write neighbouring terms of a sum as one, where all their operands advance by fixed steps."""
    advancing: list[Nest] = []

    def with_joined_terms(s: Simple) -> list[Simple]:
        if isinstance(s, Nest) and len(s.terms) >= _LEAST:
            terms = tuple(_joined(s.terms, len(s.dims)))
            if len(terms) < len(s.terms):
                s = replace(s, terms=terms)
                advancing.append(s)
        return [s]

    program = replace(program, forward=rewritten(program.forward, with_joined_terms))
    return joined(program, advancing)


def _joined(terms: Sequence[Term], outer: int) -> Iterator[Term]:
    """Yield the terms of a nest of so many dims, runs of them as one."""
    shapes = [_shape(term) for term in terms]
    arrays = [[place_in_array(ref) for ref in refs(term.expr)] for term in terms]
    i = 0
    while i < len(terms):
        offsets = [_offsets(terms[i])]
        for k in range(i + 1, len(terms)):
            if shapes[k] != shapes[i] or not all(map(_alike, arrays[k], arrays[i])):
                break
            offsets.append(_offsets(terms[k]))
            if len(offsets) > 2 and _steps(offsets[-3:-1]) != _steps(offsets[-2:]):
                offsets.pop()
                break
        steps = _steps(offsets[:2])
        if len(offsets) >= _LEAST and any(step != 0 for step in steps):
            yield _advancing(terms[i], outer, len(offsets), steps)
            i += len(offsets)
        else:
            yield terms[i]
            i += 1


def _shape(term: Term) -> Any:
    """All that terms must have in common but where their operands begin."""
    return take_apart(replace(term, expr=moved(term.expr, _at_zero)))


def _alike(one: tuple[Array, int], other: tuple[Array, int]) -> bool:
    """Tell whether two operands are of one array, or at the same place of two of one kind."""
    (a, at), (b, also) = one, other
    same = (a.count, a.needs_gradient, a.kind, at) == (b.count, b.needs_gradient, b.kind, also)
    return a is b or same


def _at_zero(ref: Ref) -> Ref:
    return replace(ref, array=MEMORY, offset=0, index=ref.index and _at_zero(ref.index))


def _offsets(term: Term) -> _Offsets:
    return tuple([ref.address for ref in refs(term.expr)])


def _steps(two: Sequence[_Offsets]) -> _Offsets:
    return tuple([b - a for a, b in zip(two[0], two[-1], strict=True)])


def _advancing(term: Term, outer: int, count: int, steps: _Offsets) -> Term:
    """A term over so many steps: each operand gets a stride for them, after the nest's own."""
    left = iter(steps)

    def with_step(ref: Ref) -> Ref:
        step = next(left)
        index = ref.index and with_step(ref.index)
        own = ref.with_strides(lambda strides: (*strides[:outer], 0, *strides[outer:]))
        strides = (*own.strides[:outer], step, *own.strides[outer + 1 :])
        return replace(own, strides=strides, index=index)

    return Term((count, *term.dims), moved(term.expr, with_step))
