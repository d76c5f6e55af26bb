"""What the way back asks of arguments of ``relu``: their results say it too, and are kept anyway.

A result is above zero just where its argument is. Memory need not have both.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from ... import ops
from ..ir.footprint import uses
from ..ir.program import Apply, Expr, Fused, Literal, Nest, Program, Ref, Term
from ..ir.sizes import Size
from ..ir.visit import Simple, rewritten, simple
from .regions import feeds, same_element

_ZERO = Literal(0.0)


def tested_by_results(program: Program, lasting: Iterable[Nest]) -> Program:
    """Test results of ``relu`` where memory need not have their arguments for anything else.

    Args:
        lasting: nests of the way forward whose operands and results stay as they are.
    """
    stay = {id(nest) for nest in lasting}
    relus = {
        x.address: nest
        for group in program.forward
        if isinstance(group, Fused)
        for nest in group.nests
        if id(nest) in stay and (x := _argument(nest)) and any(feeds(n, nest) for n in group.nests)
    }
    for s in simple([*program.forward, *program.backward]) if relus else ():
        for ref in _read_otherwise(s):
            if not ref.grad and relus.get(ref.address) is not s:
                relus.pop(ref.address, None)

    def result_of(ref: Ref, dims: Sequence[Size]) -> Expr:
        nest = relus.get(ref.address)
        argument = nest and _argument(nest)
        if not (nest and argument) or ref.grad or ref.table or ref.index:
            return ref
        alike = _moves(dims, ref) == _moves(nest.dims, argument)
        return replace(nest.target, strides=ref.strides) if alike else ref

    def changed(s: Simple) -> list[Simple]:
        return [_with_tests(s, result_of) if isinstance(s, Nest) else s]

    return replace(program, backward=rewritten(program.backward, changed)) if relus else program


def _argument(nest: Nest) -> Ref | None:
    """Return what a nest takes ``relu`` of, element by element; None where it does not."""
    expr = nest.terms[0].expr if len(nest.terms) == 1 and not nest.terms[0].dims else None
    if isinstance(expr, Apply) and expr.op is ops.RELU and isinstance(x := expr.args[0], Ref):
        there = replace(nest.target, offset=x.offset, array=x.array)
        return x if same_element(x, there, len(nest.dims)) else None
    return None


def _read_otherwise(s: Simple) -> Iterator[Ref]:
    """Yield the operands that a statement reads, those that it only tests left out."""
    left = _with_tests(s, lambda ref, dims: _ZERO) if isinstance(s, Nest) else s
    return (use.ref for use in uses(left) if use.read)


def _with_tests(nest: Nest, change: Callable[[Ref, Sequence[Size]], Expr]) -> Nest:
    """Return a nest with others in place of the operands that are only compared with zero."""

    def changed(expr: Expr, dims: Sequence[Size]) -> Expr:
        if not isinstance(expr, Apply):
            return expr
        first = expr.args[0]
        if expr.op is ops.GT and isinstance(first, Ref) and expr.args[1] == _ZERO:
            return Apply(expr.op, (change(first, dims), _ZERO))
        return Apply(expr.op, tuple([changed(a, dims) for a in expr.args]))

    terms = [Term(t.dims, changed(t.expr, (*nest.dims, *t.dims))) for t in nest.terms]
    return replace(nest, terms=tuple(terms))


def _moves(dims: Sequence[Size], ref: Ref) -> Counter[tuple[Size, Size]]:
    """Return along which dims an operand moves, and how far, in whatever order."""
    return Counter([(d, s) for d, s in zip(dims, ref.strides, strict=False) if s != 0])
