"""Sums over steps: terms whose operands advance in equal steps become one term with a dim.

The losses of a recurrence are of different classes, since each step stands deeper than the one
before; but their addresses are as far apart as the steps are.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from typing import Any

from .... import ops
from ...ir.array import MEMORY, Array
from ...ir.footprint import place_in_array
from ...ir.joins import joined
from ...ir.program import Apply, Nest, Program, Ref, Term, moved, refs
from ...ir.sizes import Size
from ...ir.visit import Simple, rewritten, take_apart

_LEAST = 3  # terms of one sum
_MOST_IN_TURN, _LEAST_TURNS = 8, 4

_Offsets = tuple[Size, ...]  # of the operands of a term, and of their run-time indices


def join_terms(program: Program, strict: bool = True) -> Program:
    """Write neighbouring terms of a sum as one, where all their operands advance by fixed steps.

    Args:
        program: after rerolling.
        strict: that terms are added one by one. If not, those that come in turn, as the two of
            ``loss += y * y / s + log(s)``, become one as well.
    """
    advancing: list[Nest] = []

    def with_joined_terms(s: Simple) -> list[Simple]:
        if isinstance(s, Nest) and len(s.terms) >= _LEAST:
            terms = tuple(_Terms(s, 1 if strict else _MOST_IN_TURN).joined())
            if len(terms) < len(s.terms):
                s = replace(s, terms=terms)
                advancing.append(s)
        return [s]

    program = replace(program, forward=rewritten(program.forward, with_joined_terms))
    return joined(program, advancing)


class _Terms:
    """The terms of a nest, of which runs become one; up to ``most`` that come in turn."""

    def __init__(self, nest: Nest, most: int) -> None:
        self._terms, self._outer, self._most = nest.terms, len(nest.dims), most
        self._shapes = [_shape(term) for term in nest.terms]
        self._arrays = [[place_in_array(ref) for ref in refs(term.expr)] for term in nest.terms]
        self._offsets = [_offsets(term) for term in nest.terms]

    def joined(self) -> Iterator[Term]:
        terms, i = self._terms, 0
        while i < len(terms):
            for turn in range(1, self._most + 1):
                count = self._run(i, turn)
                if count >= (_LEAST if turn == 1 else _LEAST_TURNS):
                    yield self._advancing(i, turn, count)
                    i += turn * count
                    break
            else:
                yield terms[i]
                i += 1

    def _run(self, i: int, turn: int) -> int:
        """How often terms i to i + turn come again in fixed steps, of which one is not 0."""
        if turn > 1 and any(term.dims for term in self._terms[i : i + turn]):
            return 0
        rounds = 1
        steps = self._steps(i, turn)
        while self._goes_on(i, turn, rounds, steps):
            rounds += 1
        return rounds if any(step != 0 for step in steps) else 0

    def _goes_on(self, i: int, turn: int, rounds: int, steps: _Offsets) -> bool:
        k = i + turn * rounds
        if k + turn > len(self._terms):
            return False
        for here, there in zip(range(i, i + turn), range(k, k + turn)):
            if self._shapes[there] != self._shapes[here]:
                return False
            if not all(map(_alike, self._arrays[there], self._arrays[here])):
                return False
        return self._steps(k - turn, turn) == steps

    def _steps(self, i: int, turn: int) -> _Offsets:
        """By how much each operand of some terms advances to those that come next."""
        here, there = (
            [x for offsets in self._offsets[k : k + turn] for x in offsets] for k in (i, i + turn)
        )
        return tuple([b - a for a, b in zip(here, there)])

    def _advancing(self, i: int, turn: int, count: int) -> Term:
        """A term over so many steps: each operand gets a stride for them, after the nest's own."""
        first, *rest = self._terms[i : i + turn]
        expr = reduce(lambda x, y: Apply(ops.ADD, (x, y.expr)), rest, first.expr)
        left, outer = iter(self._steps(i, turn)), self._outer

        def with_step(ref: Ref) -> Ref:
            step = next(left)
            index = ref.index and with_step(ref.index)
            own = ref.with_strides(lambda strides: (*strides[:outer], 0, *strides[outer:]))
            strides = (*own.strides[:outer], step, *own.strides[outer + 1 :])
            return replace(own, strides=strides, index=index)

        return Term((count, *first.dims), moved(expr, with_step))


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
