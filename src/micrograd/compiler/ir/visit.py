"""Walk through statements and rebuild them: the one place that knows what stands inside what."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from operator import is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .array import MEMORY, Array
from .program import (
    Apply,
    Clear,
    Expr,
    For,
    Fused,
    Literal,
    Nest,
    Ref,
    Route,
    Scalar,
    Statement,
    Table,
    Term,
    moved,
)
from .sizes import Size, bound, chosen_two, evaluate, variables

Simple = Nest | Route | Clear  # what is no statement of statements
# What the fields of statements, terms and operands hold, by their names.
_LISTS, _SIZES = {"dims", "reduced", "strides"}, {"row", "rows", "scale", "count"}
_BEGIN = {"offset", "start"}  # counted from where the array begins
_PARTS = {"target", "terms", "expr", "args", "table", "index", "candidates", "result", "body"}
_PARTS |= {"nests"}
_ONLY_NAMES = {"var", "name", "array"}  # programs that differ in these alone are the same
_NODES: tuple[Any, ...] = (Nest, Route, For, Clear, Fused, Term, Ref, Table, Apply)


def _holds(name: str) -> set[str]:
    """Return which of the sets above the name of a field is in; none of them holds anything."""
    some = (s for s in (_LISTS, _SIZES, _BEGIN, _PARTS, _ONLY_NAMES) if name in s)
    return next(some, set())


_FIELDS = {node: tuple([(f.name, _holds(f.name)) for f in fields(node)]) for node in _NODES}


def walk(
    body: Sequence[Statement], around: tuple[For, ...] = ()
) -> Iterator[tuple[Simple | Fused, tuple[For, ...]]]:
    """Yield every statement that is no loop, each with the loops around it."""
    for statement in body:
        if isinstance(statement, For):
            yield from walk(statement.body, (*around, statement))
        else:
            yield statement, around


def opened(statement: Simple | Fused) -> tuple[Simple, ...]:
    """Return the nests of fused ones, and any other statement alone."""
    return statement.nests if isinstance(statement, Fused) else (statement,)


def simple(body: Sequence[Statement]) -> Iterator[Simple]:
    """Yield every nest, route and clear, those inside loops included."""
    return (s for statement, _ in walk(body) for s in opened(statement))


def loops(body: Sequence[Statement]) -> Iterator[For]:
    """Yield every loop, the outer ones first."""
    for statement in body:
        if isinstance(statement, For):
            yield statement
            yield from loops(statement.body)


def variables_of(some: Iterable[For]) -> set[str]:
    """Return the names of the variables that loops bind."""
    return {name for loop in some for name in (loop.var, chosen_two(loop.var))}


def executed(
    body: Sequence[Statement], env: Mapping[str, int]
) -> Iterator[tuple[Simple, Mapping[str, int]]]:
    """Yield statements in the order in which they run, with all sizes as they are then."""
    for statement in body:
        if isinstance(statement, For):
            steps = range(evaluate(statement.count, env))
            for step in reversed(steps) if statement.backwards else steps:
                yield from executed(statement.body, {**env, **bound(statement.var, step)})
        else:
            yield from ((s, env) for s in opened(statement))


def loop_variables(around: Sequence[For]) -> dict[str, NDArray[np.int64]]:
    """Return the variables of loops, the outer ones first: one number for each iteration."""
    env: dict[str, Any] = {}
    total = 1
    for loop in around:
        counts = np.broadcast_to(evaluate(loop.count, env), total)
        ends, total = np.cumsum(counts), int(counts.sum())
        step = np.arange(total) - np.repeat(ends - counts, counts)
        env = {name: np.repeat(numbers, counts) for name, numbers in env.items()}
        env |= {loop.var: step, chosen_two(loop.var): step * (step - 1) // 2}
    return env


def rewritten(
    body: Sequence[Statement], change: Callable[[Simple], Iterable[Simple]]
) -> list[Statement]:
    """Return the statements with others in place of each nest, route and clear."""

    def changed(statement: Simple | Fused) -> Iterable[Statement]:
        if isinstance(statement, Fused):
            nests = [n for nest in statement.nests for n in change(nest) if isinstance(n, Nest)]
            return [replace(statement, nests=tuple(nests))]
        return change(statement)

    return regrouped(body, changed)


def regrouped(
    body: Sequence[Statement], change: Callable[[Simple | Fused], Iterable[Statement]]
) -> list[Statement]:
    """Return the statements with others in place of each that is no loop, fused nests as one."""
    result: list[Statement] = []
    for statement in body:
        if isinstance(statement, For):
            inner = tuple(regrouped(statement.body, change))
            if inner:
                result.append(replace(statement, body=inner))
        else:
            result.extend(change(statement))
    return result


def with_refs(body: Sequence[Statement], change: Callable[[Ref], Ref]) -> list[Statement]:
    """Return the statements with each operand changed, those behind run-time indices as well."""

    def inner(ref: Ref) -> Ref:
        changed = change(ref)
        return replace(changed, index=inner(ref.index)) if ref.index else changed

    def changed(s: Simple) -> list[Simple]:
        if isinstance(s, Nest):
            return [with_operands(s, lambda ref, dims: inner(ref))]
        if isinstance(s, Route):
            return [replace(s, candidates=inner(s.candidates), result=inner(s.result))]
        return [s]

    return rewritten(body, changed)


def within(body: Sequence[Statement], change: Callable[[Array], Array]) -> list[Statement]:
    """Return the statements with others in place of their arrays, all at the same addresses."""

    def of(array: Array) -> Array:
        return array if array is MEMORY else change(array)

    def cleared(s: Simple) -> list[Simple]:
        if isinstance(s, Clear):
            array = of(s.array)
            s = Clear(s.address - array.start, s.count, array)
        return [s]

    return rewritten(with_refs(body, lambda ref: ref.within(of(ref.array))), cleared)


def with_operands(nest: Nest, change: Callable[[Ref, tuple[Size, ...]], Ref]) -> Nest:
    """Return a nest with each operand changed, given the dims that it moves along."""

    def changed(term: Term) -> Term:
        dims = (*nest.dims, *term.dims)
        expr = moved(term.expr, lambda ref: change(ref, dims))
        return term if expr is term.expr else Term(term.dims, expr)

    terms, target = tuple([changed(term) for term in nest.terms]), change(nest.target, nest.dims)
    if target is nest.target and all(map(is_, terms, nest.terms)):
        return nest
    return replace(nest, target=target, terms=terms)


def reordered(nest: Nest, order: Sequence[int]) -> Nest:
    """Return a nest with its dims in another order."""

    def moved_along(strides: tuple[Size, ...]) -> tuple[Size, ...]:
        return (*[strides[d] for d in order], *strides[len(order) :])

    turned = with_operands(nest, lambda ref, dims: ref.with_strides(moved_along))
    return replace(turned, dims=moved_along(nest.dims))


# Sizes.


def take_apart(s: Any, literals: list[float] | None = None) -> tuple[Any, tuple[Size, ...]]:
    """Return a statement's shape, equal for statements that differ in sizes only, and its sizes.

    Args:
        literals: if given, takes the literals, which are then no part of the shape.
    """
    sizes: list[Size] = []
    return _shape(s, sizes, literals), tuple(sizes)


def _shape(x: Any, sizes: list[Size], literals: list[float] | None) -> Any:
    if type(x) is tuple:
        return tuple([_shape(part, sizes, literals) for part in x])
    described = _FIELDS.get(type(x))
    if described is None:
        if type(x) is Literal and literals is not None:
            literals.append(x.value)
            return Literal
        return repr(x)  # literals by their bits, scalars by their names
    shape: list[Any] = [type(x)]
    for name, holds in described:
        if holds is _ONLY_NAMES:
            continue
        value = getattr(x, name)
        if value is None:  # a table or an index that most operands do not have
            shape.append(None)
        elif holds is _PARTS:
            shape.append(_shape(value, sizes, literals))
        elif holds is _BEGIN:
            sizes.append(x.address)
        elif holds is _SIZES:
            sizes.append(value)
        elif holds is _LISTS:
            sizes += value
            # Along which dims a use moves: by these the chain rule tells a sum from a loop.
            moves = name == "strides"
            shape.append(tuple([s != 0 for s in value]) if moves else len(value))
        else:
            shape.append(value)
    return tuple(shape)


def put_together(s: Any, sizes: Iterator[Size], literals: Iterator[Expr] | None = None) -> Any:
    """Return a statement with other sizes, in the order in which ``take_apart`` gives them.

    Args:
        literals: what to put in place of the literals, if these are to change too.
    """
    if isinstance(s, tuple):
        return tuple([put_together(part, sizes, literals) for part in s])
    if isinstance(s, Literal) and literals is not None:
        return next(literals)
    if type(s) not in _FIELDS:
        return s
    values = []
    for name, holds in _FIELDS[type(s)]:
        value = getattr(s, name)
        if holds is _LISTS:
            value = tuple([next(sizes) for _ in value])
        elif holds is _BEGIN:
            value = next(sizes) - s.array.start
        elif holds is _SIZES:
            value = next(sizes)
        elif holds is _PARTS:
            value = put_together(value, sizes, literals)
        values.append(value)
    return type(s)(*values)


def with_sizes(body: Sequence[Statement], change: Callable[[Size], Size]) -> list[Statement]:
    """Return the statements with each size changed."""
    return [put_together(s, iter([change(x) for x in take_apart(s)[1]])) for s in body]


def sizes_in(body: Sequence[Statement]) -> set[str]:
    """Return the names of all variables in the sizes of statements."""
    return {name for s in body for size in take_apart(s)[1] for name in variables(size)}


def scalars_in(body: Sequence[Statement]) -> set[str]:
    """Return the names of all numbers given at each call that statements use."""

    def inside(expr: Expr) -> set[str]:
        if isinstance(expr, Apply):
            return {name for arg in expr.args for name in inside(arg)}
        return {expr.name} if isinstance(expr, Scalar) else set()

    nests = [s for s in simple(body) if isinstance(s, Nest)]
    return {name for nest in nests for term in nest.terms for name in inside(term.expr)}
