"""What need not be done step by step is done for all steps at once, for array programs.

Statements of a loop that wait for each other from step to step stay in it; each other one becomes
a nest of its own with the steps as a dim, as Allen and Kennedy vectorise. Of a recurrent network
the loop keeps what leads from state to state; losses and the gradients of weights are products of
whole matrices before and behind it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ... import ops
from ..ir.footprint import addresses
from ..ir.program import Clear, Expr, For, Fused, Nest, Program, Ref, Route, Statement, Term, moved
from ..ir.sizes import Poly, Size, bound, chosen_two, known, substitute, variables
from ..ir.visit import with_refs, with_sizes
from . import ragged
from .ragged import Irregular
from .waits import Waits


def distribute(program: Program) -> Program:
    """Return a program whose loops hold recurrences only."""
    if not any(isinstance(s, For) for s in (*program.forward, *program.backward)):
        return program
    forward, backward = (_distributed(body, ()) for body in (program.forward, program.backward))
    names: dict[tuple, str] = {}

    def named(ref: Ref) -> Ref:
        table = ref.table
        if table is None or table.name != ragged.NAME:
            return ref
        key = (table.values, str(table.scale), str(ref.offset), id(ref.array))
        return replace(
            ref, table=replace(table, name=names.setdefault(key, f"{ragged.NAME}{len(names)}"))
        )

    forward, backward = with_refs(forward, named), with_refs(backward, named)
    return replace(program, forward=forward, backward=backward)


def _distributed(body: Sequence[Statement], around: tuple[For, ...]) -> list[Statement]:
    made: list[Statement] = []
    for s in body:
        made += _divided(s, around) if isinstance(s, For) else [s]
    return made


def _divided(loop: For, around: tuple[For, ...]) -> Iterator[Statement]:
    """Yield a loop as several and as nests, in an order in which each has what it reads."""
    body = _distributed(loop.body, (*around, loop))
    spread = [_spread(s, loop, around) for s in body]
    waits = Waits(body, (*around, loop))
    together: list[int] = []  # what stays in one loop
    for group in waits.groups([s is None for s in spread]):
        whole = spread[group[0]]
        if len(group) > 1 or whole is None or group[0] in waits.itself:
            together += group
            continue
        if together:
            yield replace(loop, body=tuple([body[k] for k in sorted(together)]))
            together = []
        yield from whole
    if together:
        yield replace(loop, body=tuple([body[k] for k in sorted(together)]))


def _spread(s: Statement, loop: For, around: tuple[For, ...]) -> Sequence[Statement] | None:
    """Return what a statement does in all steps of a loop, None where no statements do that."""
    try:
        return [_Spread(loop).statement(s)]
    except Irregular:
        pass
    if around or not isinstance(s, Nest):
        return None
    try:
        return ragged.together([_at_step(s, loop.var, t) for t in range(known(loop.count))])
    except Irregular:
        return None


def _at_step(nest: Nest, var: str, step: int) -> Nest:
    (made,) = with_sizes([nest], lambda size: substitute(size, bound(var, step)))
    assert isinstance(made, Nest)
    return made


class _Spread:
    """Gives statements the steps of a loop as their first dim; of a sum, as that of its terms."""

    def __init__(self, loop: For) -> None:
        self.loop, self.names = loop, {loop.var, chosen_two(loop.var)}
        self.count = loop.count

    def statement(self, s: Statement) -> Statement:
        if isinstance(s, For):
            self.fixed(s.count)
            return replace(s, body=tuple([self.statement(inner) for inner in s.body]))
        if isinstance(s, Nest):
            return self.nest(s)
        if isinstance(s, Route):
            self.fixed(*s.dims, *s.reduced)
            return replace(
                s,
                dims=(self.count, *s.dims),
                candidates=self.ref(s.candidates, 0),
                result=self.ref(s.result, 0),
            )
        assert isinstance(s, Clear | Fused)
        raise Irregular

    def nest(self, nest: Nest) -> Nest:
        self.fixed(*nest.dims, *[d for term in nest.terms for d in term.dims])
        target = self.ref(nest.target, 0)
        if nest.accumulate and not self.moves(nest.target):
            if nest.reduce is not ops.SUM:
                raise Irregular
            at = len(nest.dims)
            terms = [
                Term((self.count, *term.dims), self.expr(term.expr, at)) for term in nest.terms
            ]
            return replace(nest, terms=tuple(terms))
        dims = (self.count, *nest.dims)
        terms = [Term(term.dims, self.expr(term.expr, 0)) for term in nest.terms]
        meet = target.index is not None or _meet(target, dims)
        return replace(nest, dims=dims, target=target, terms=tuple(terms), scatter=meet)

    def expr(self, expr: Expr, at: int) -> Expr:
        return moved(expr, lambda ref: self.ref(ref, at))

    def ref(self, ref: Ref, at: int) -> Ref:
        """Return an operand that moves along the steps, as the dim at this place."""
        rest, step = self.steps(ref.offset)
        self.fixed(*ref.strides, ref.row, ref.rows)
        table = ref.table
        if table is not None:
            self.fixed(*table.strides, table.scale)
            table = replace(table, strides=_with(table.strides, at, 0))
        return replace(
            ref,
            offset=rest,
            strides=_with(ref.strides, at, step),
            table=table,
            index=ref.index and self.ref(ref.index, at),
        )

    def moves(self, ref: Ref) -> bool:
        return bool(self.steps(ref.offset)[1]) or (ref.index is not None and self.moves(ref.index))

    def steps(self, offset: Size) -> tuple[Size, Size]:
        """Return where an operand begins in the first step, and how far it moves in each."""
        if not isinstance(offset, Poly):
            return offset, 0
        rest: Size = 0
        step: Size = 0
        for monomial, c in offset.terms.items():
            if not self.names & set(monomial):
                rest = rest + _product(monomial, c)
            elif monomial.count(self.loop.var) == 1 and chosen_two(self.loop.var) not in monomial:
                step = step + _product([n for n in monomial if n != self.loop.var], c)
            else:
                raise Irregular
        return rest, step

    def fixed(self, *sizes: Size) -> None:
        if any(self.names & variables(size) for size in sizes):
            raise Irregular


def _product(names: Sequence[str], c: int) -> Size:
    total: Size = c
    for name in names:
        total = total * Poly.var(name)
    return total


def _with(strides: tuple[Size, ...], at: int, step: Size) -> tuple[Size, ...]:
    return (*strides[:at], step, *strides[at:])


def _meet(target: Ref, dims: Sequence[Size]) -> bool:
    """Tell whether several indices have one place, as they may where sizes hold variables."""
    if any(variables(size) - {"B", "P"} for size in (*target.strides, *dims)):
        return True
    places = addresses(replace(target, offset=0), tuple(dims))
    return len(set(places.tolist())) < len(places)
