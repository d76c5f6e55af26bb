"""Steps of different lengths, as those of causal attention, as one nest: for array programs.

All elements of all steps lie along one axis, and tables say where each operand has its number. What
a step sums is added where its sum goes; of a largest or smallest, shorter steps repeat their last
candidate.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from ... import ops
from ..ir.footprint import ONE_EXAMPLE
from ..ir.program import PADDED, Expr, Literal, Nest, Ref, Table, Term, moved, refs
from ..ir.sizes import Size, evaluate

NAME = "places"  # of tables; each gets a number
_Numbers = NDArray[np.int64]


class Irregular(Exception):
    """Steps differ by more than their lengths and where operands begin."""


def together(steps: Sequence[Nest]) -> list[Nest]:
    """Return what the same nest does in several steps, none of which waits for another.

    Args:
        steps: the nest in each step, which differ in sizes only.

    Raises:
        Irregular: no nest does that.
    """
    first = steps[0]
    count = len(first.dims)
    operands = [[s.target, *[r for term in s.terms for r in refs(term.expr)]] for s in steps]
    own = _ragged([s.dims for s in steps], operands, 0)
    inner = [
        _ragged([s.terms[m].dims for s in steps], [[*refs(s.terms[m].expr)] for s in steps], count)
        for m in range(len(first.terms))
    ]
    if not any(inner):
        terms = [_Axis(steps, m, own).term() for m in range(len(first.terms))]
        axis = _Axis(steps, None, own)
        return [_nest(first, axis, terms, first.accumulate)]
    if first.reduce in (ops.MAXIMUM, ops.MINIMUM) and not first.accumulate:
        terms = [_Padded(steps, m, own, inner[m]).term() for m in range(len(first.terms))]
        return [_nest(first, _Axis(steps, None, own), terms, False)]
    if first.reduce is not ops.SUM:
        raise Irregular
    made: list[Nest] = []
    if not first.accumulate:
        axis = _Axis(steps, None, own)
        made.append(_nest(first, axis, [Term((), Literal(0.0))], False))
    for m, some in enumerate(inner):
        at = [len(first.dims) + k for k in some]
        axis = _Axis(steps, m, [*own, *at])
        made.append(_nest(first, axis, [axis.term()], True))
    return made


def _ragged(
    dims: Sequence[tuple[Size, ...]], operands: Sequence[Sequence[Ref]], first: int
) -> list[int]:
    """Return which dims have another length in some steps, or operands another stride.

    Args:
        dims: in each step.
        operands: in each step.
        first: where the dims stand among the strides of operands.
    """
    return [
        k
        for k, sizes in enumerate(zip(*dims, strict=True))
        if len({*map(str, sizes)}) > 1
        or any(
            len({str(ref.strides[first + k]) for ref in every}) > 1
            for every in zip(*operands, strict=True)
        )
    ]


def _nest(first: Nest, axis: "_Axis", terms: Sequence[Term], adds: bool) -> Nest:
    rest = [d for k, d in enumerate(first.dims) if k not in axis.ragged]
    target = axis.ref([s.target for s in axis.steps], len(first.dims))
    return replace(
        first,
        dims=(axis.count, *rest),
        target=target,
        terms=tuple(terms),
        accumulate=adds,
        scatter=adds,
    )


class _Axis:
    """The axis along which all elements of all steps lie.

    Args:
        steps: the nest in each of them.
        which: of its terms, None for the target alone.
        ragged: the dims that it is made of, those of the term counted after those of the nest.
    """

    def __init__(self, steps: Sequence[Nest], which: int | None, ragged: Sequence[int]) -> None:
        self.steps, self.which, self.ragged = steps, which, ragged
        lengths = [[_known(self.dims(s)[k]) for k in ragged] for s in steps]
        sizes = [prod(some) for some in lengths]
        self.count = sum(sizes)
        if not self.count:
            raise Irregular
        self.step = np.repeat(np.arange(len(steps)), sizes)
        along = [np.indices(some).reshape(len(some), prod(some)) for some in lengths]
        self.along: _Numbers = np.concatenate(along, axis=1)

    def dims(self, s: Nest) -> tuple[Size, ...]:
        return s.dims if self.which is None else (*s.dims, *s.terms[self.which].dims)

    def term(self) -> Term:
        """Return the term over this axis and the dims that are left."""
        assert self.which is not None
        first, before = self.steps[0].terms[self.which], len(self.steps[0].dims)
        rest = [d for k, d in enumerate(first.dims, before) if k not in self.ragged]
        return Term(tuple(rest), self.expr(len(self.dims(self.steps[0]))))

    def expr(self, dims: int) -> Expr:
        assert self.which is not None
        exprs = [s.terms[self.which].expr for s in self.steps]
        every = zip(*[_operands(expr) for expr in exprs], strict=True)
        return moved(exprs[0], lambda ref: self.ref(next(every), dims))

    def ref(self, every: Sequence[Ref], dims: int) -> Ref:
        """Return an operand along the axis, given it in each step, and along the dims left."""
        first = every[0]
        rest = [k for k in range(dims) if k not in self.ragged]
        if any(r.table or r.array != first.array for r in every):
            raise Irregular
        _same(every, lambda r: (r.row, r.rows, *[r.strides[k] for k in rest]))
        at = self.places(every)
        unit = PADDED if first.array.batched else 1
        strides, table, start = self.laid(at, unit, len(rest))
        return replace(
            first,
            offset=start * unit,
            strides=(*strides, *[first.strides[k] for k in rest]),
            table=table,
            index=first.index and self.ref([r.index for r in every if r.index], dims),
        )

    def places(self, every: Sequence[Ref]) -> _Numbers:
        at = np.array([_known(r.offset) for r in every])[self.step]
        for k, along in zip(self.ragged, self.along, strict=True):
            if k < len(every[0].strides):
                at = at + np.array([_known(r.strides[k]) for r in every])[self.step] * along
        return at

    def laid(
        self, at: _Numbers, unit: Size, rest: int
    ) -> tuple[tuple[Size, ...], Table | None, int]:
        """Return the stride along the axis, or a table in its place, and where it begins."""
        moves = np.unique(np.diff(at))
        if len(moves) < 2:
            return (int(moves[0]) * unit if len(moves) else 0,), None, int(at[0])
        low = int(at.min())
        table = Table(NAME, tuple((at - low).tolist()), (1, *(0,) * rest), unit)
        return (0,), table, low


class _Padded(_Axis):
    """The same, with one more axis along the candidates of each, as long as the longest."""

    def __init__(
        self, steps: Sequence[Nest], which: int, ragged: Sequence[int], inner: Sequence[int]
    ) -> None:
        super().__init__(steps, which, ragged)
        if len(inner) != 1:
            raise Irregular
        self.inner = len(steps[0].dims) + inner[0]
        self.lengths = np.array([_known(s.terms[which].dims[inner[0]]) for s in steps])
        if not self.lengths.all():
            raise Irregular
        self.longest = int(self.lengths.max())

    def term(self) -> Term:
        """Return the term over this axis and the dims that are left."""
        first = self.steps[0].terms[self.which or 0]
        if len(first.dims) > 1:
            raise Irregular
        return Term((self.longest,), self.expr(self.inner + 1))

    def ref(self, every: Sequence[Ref], dims: int) -> Ref:
        """Return an operand along both axes, given it in each step."""
        first = every[0]
        rest = [k for k in range(dims) if k not in self.ragged and k != self.inner]
        if any(r.table or r.index or r.array != first.array for r in every):
            raise Irregular
        _same(every, lambda r: tuple([r.strides[k] for k in rest]))
        nth = np.minimum(np.arange(self.longest), self.lengths[self.step][:, None] - 1)
        stride = np.array([_known(r.strides[self.inner]) for r in every])[self.step][:, None]
        at = self.places(every)[:, None] + stride * nth
        low, unit = int(at.min()), PADDED if first.array.batched else 1
        strides = (self.longest, *(0,) * len(rest), 1)
        table = Table(NAME, tuple((at - low).reshape(-1).tolist()), strides, unit)
        kept = [first.strides[k] for k in rest]
        return replace(first, offset=low * unit, strides=(0, *kept, 0), table=table)


def _operands(expr: Expr) -> list[Ref]:
    """Return the operands of an expression, without those behind run-time indices."""
    inner = {id(ref.index) for ref in refs(expr) if ref.index}
    return [ref for ref in refs(expr) if id(ref) not in inner]


def _same(every: Sequence[Ref], what: Callable[[Ref], tuple]) -> None:
    if any(what(ref) != what(every[0]) for ref in every):
        raise Irregular


def _known(size: Size) -> int:
    return evaluate(size, ONE_EXAMPLE)
