"""The chain rule on loops: gradient[operand] += gradient[result] · partial, in reverse.

Where an operand does not move along a dim of the nest (a weight used for every sample), that dim
becomes a sum; where it moves, the dim stays. The partials come from the op table, applied to
expressions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ... import ops
from ..graph import PICK
from ..ir.footprint import addresses, needs_gradient
from ..ir.joins import outputs_of
from ..ir.program import (
    Apply,
    Expr,
    For,
    Nest,
    Program,
    Ref,
    Route,
    Scalar,
    Statement,
    Term,
    moved,
    refs,
)
from ..ir.sizes import Size, bound, evaluate, known, variables
from .rules import check_rule
from .zeros import initialised

Iterations = Sequence[Mapping[str, int]]  # the variables of the loops around, in each

_WITH_GRADIENT = ("parameter", "variable")


def differentiate(program: Program) -> Program:
    """Add the statements that fill the gradient memory, given the outputs' gradients."""
    wanted = [
        (known(a.start), known(a.count))
        for a in program.leaves
        if a.kind in _WITH_GRADIENT and not a.batched
    ]
    return replace(program, backward=_backward(program, wanted))


def _backward(program: Program, wanted: list[tuple[int, int]]) -> list[Statement]:
    """Return the statements that fill the gradient memory, given the outputs' gradients.

    The k-th output's gradient is the Scalar ``seed<k>``; outputs with a number for each example
    have none.

    Args:
        program: what computes the values.
        wanted: (start, count) of the plain gradients to be read at the end, touched or not.
    """
    seeds: list[Statement] = []
    for k, output in enumerate(outputs_of(program)):
        target = replace(output, grad=True)
        if "P" not in variables(output.address) and needs_gradient(target):
            seeds.append(Nest((), target, (Term((), Scalar(f"seed{k}")),), accumulate=True))
    if not seeds:
        return initialised([], program, wanted)
    several = len(seeds) > 1
    backward = [*seeds, *_reversed(program.forward, several)]
    backward.sort(key=_adds_in_place)  # behind the sums, which then assign
    return initialised(backward, program, wanted)


def _adds_in_place(statement: Statement) -> bool:
    """Tell whether a statement adds to each parameter what it and one number say: a penalty's."""
    if not isinstance(statement, Nest) or statement.target.array.kind != "parameter":
        return False
    (term,) = statement.terms
    moving = [ref for ref in refs(term.expr) if any(ref.strides)]
    own = all(replace(ref, grad=True) == statement.target for ref in moving)
    return own and bool(moving) and not term.dims


def _reversed(
    forward: list[Statement],
    several: bool,
    iterations: Iterations = ({},),
) -> Iterator[Statement]:
    for statement in reversed(forward):
        if isinstance(statement, For):
            steps = range(evaluate(statement.count, {}))
            inside = tuple([{**r, **bound(statement.var, t)} for r in iterations for t in steps])
            body = tuple(_reversed(list(statement.body), several, inside))
            if body:
                yield replace(statement, body=body, backwards=not statement.backwards)
        elif isinstance(statement, Nest) and needs_gradient(statement.target):
            yield from _nest_gradients(statement, several, iterations)


def _nest_gradients(nest: Nest, several: bool, iterations: Iterations) -> Iterator[Statement]:
    if nest.reduce in (ops.MAXIMUM, ops.MINIMUM) and nest.terms[0].dims:
        for term in nest.terms:
            assert isinstance(term.expr, Ref)
            if needs_gradient(term.expr):
                yield Route(nest.dims, term.dims, term.expr, nest.target, nest.reduce)
        return
    alone = len(nest.terms) == 1 and not nest.terms[0].dims
    for term in nest.terms:
        idle = (0,) * len(term.dims)
        result = nest.target.with_strides(partial(_extended, by=idle))
        upstream = replace(result, grad=True)
        found: dict[Ref, Expr] = {}
        _accumulate(term.expr, upstream, result if alone else None, found)
        for operand, gradient in found.items():
            if several and gradient != upstream:
                gradient = _where_reached(upstream, gradient)
            yield _gradient_nest((*nest.dims, *term.dims), operand, gradient, iterations)


def _extended(strides: tuple[Size, ...], by: tuple[Size, ...]) -> tuple[Size, ...]:
    return (*strides, *by)


def _where_reached(upstream: Ref, gradient: Expr) -> Expr:
    """Pass nothing on from where backward has not come: 0 times an infinite partial is no number.

    With several outputs, backward starts at one of them, and eagerly it never visits the rest.
    """
    below = ops.WHERE(upstream > 0.0, gradient, upstream)
    return ops.WHERE(upstream < 0.0, gradient, below)


def _accumulate(
    expr: Expr,
    gradient: Expr,
    value: Ref | None,
    found: dict[Ref, Expr],
) -> None:
    """Collect d(result)/d(operand)·upstream for every operand of an expression.

    Args:
        gradient: d(result)/d(expr) times the upstream gradient.
        value: where the value of expr can be read again instead of being recomputed.
    """
    if isinstance(expr, Ref) and needs_gradient(expr):
        found[expr] = found[expr] + gradient if expr in found else gradient
    elif isinstance(expr, Apply) and expr.op.partials is not None:
        partials = _partials(expr, expr if value is None else value)
        for arg, partial in zip(expr.args, partials):
            if expr.op is PICK and isinstance(partial, Apply):
                _accumulate(arg, ops.WHERE(partial, gradient, 0.0), None, found)
                continue
            constant = isinstance(partial, float) and partial == 0.0  # a Literal 0 may meet an inf
            if _has_gradient(arg) and not constant:
                _accumulate(arg, gradient * partial, None, found)


def _partials(expr: Apply, value: Expr) -> Sequence[Any]:
    """The derivatives of an op by its arguments, as expressions."""
    assert expr.op.partials
    if expr.op.name not in ops.OPS:
        check_rule(expr.op, len(expr.args))
    return expr.op.partials(*expr.args, value)


def _has_gradient(expr: Expr) -> bool:
    if isinstance(expr, Apply):
        return any(_has_gradient(a) for a in expr.args)
    return isinstance(expr, Ref) and needs_gradient(expr)


def _gradient_nest(
    dims: tuple[Size, ...], operand: Ref, gradient: Expr, iterations: Iterations
) -> Nest:
    """Exchange the roles of the dims: those the operand moves along stay, the others are summed."""
    moving = [d for d in range(len(dims)) if _moves(operand, d)]
    still = [d for d in range(len(dims)) if d not in moving]
    order = [*moving, *still]

    def permuted(ref: Ref, kept: list[int] = order) -> Ref:
        return ref.with_strides(lambda strides: tuple([strides[d] for d in kept]))

    kept_dims = tuple([dims[d] for d in moving])
    target = replace(permuted(operand, moving), grad=True)
    term = Term(tuple([dims[d] for d in still]), moved(gradient, permuted))
    scatter = operand.index is not None or not _injective(kept_dims, target, iterations)
    return Nest(kept_dims, target, (term,), accumulate=True, scatter=scatter)


def _moves(ref: Ref, d: int) -> bool:
    """Tell whether an operand's address, or that of its run-time index, depends on a dim."""
    tabled = ref.table is not None and ref.table.strides[d] != 0
    return ref.strides[d] != 0 or tabled or (ref.index is not None and _moves(ref.index, d))


def _injective(dims: tuple[Size, ...], ref: Ref, iterations: Iterations) -> bool:
    """Tell whether different indices have different addresses, in every iteration of the loops."""
    sizes = (*dims, *ref.strides)
    tabled = () if ref.table is None else (*ref.table.strides, ref.table.scale)
    names = {name for size in (*sizes, *tabled) for name in variables(size)}
    varying = names & iterations[0].keys()
    if ref.table is not None:
        if varying:
            return False
        taken = addresses(ref.at(0), dims)  # where it begins does not matter
        return len(np.unique(taken)) == taken.size
    return all(_apart(sizes, len(dims), r) for r in (iterations if varying else iterations[:1]))


def _apart(sizes: tuple[Size, ...], count: int, at: Mapping[str, int]) -> bool:
    """Tell whether steps of these dims and strides all lead to different addresses."""
    numbers = [evaluate(size, {"B": _LARGE, "P": _LARGE, **at}) for size in sizes]
    reach = 0
    for stride, size in sorted(zip(map(abs, numbers[count:]), numbers[:count])):
        if size > 1 and stride <= reach:
            return False
        reach += stride * (size - 1)
    return True


_LARGE = 1 << 20  # examples lie far apart
