"""For people: give loops that run over a matrix from end to end its rows and columns again.

Rerolling finds ``h2[1600] = relu(h1[1600])`` where h1 was computed as [100,16]; what reads or fills
such an array is rewritten to move along both dims, which changes no address.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod

from ..ir import Expr, For, Nest, Program, Ref, Statement, moved, refs
from ..sizes import Size

_Shapes = dict[tuple[Size, Size], tuple[int, ...]]  # by the first address and the count


def unflattened(program: Program) -> Program:
    """Return the same program with dims split as those of the arrays that they move along."""
    shapes: _Shapes = {}
    forward = list(_statements(program.forward, shapes))
    return replace(program, forward=forward, backward=list(_statements(program.backward, shapes)))


def _statements(body: Sequence[Statement], shapes: _Shapes) -> Iterator[Statement]:
    for statement in body:
        if isinstance(statement, For):
            yield replace(statement, body=tuple(_statements(statement.body, shapes)))
        elif isinstance(statement, Nest):
            yield _nest(statement, shapes)
        else:
            yield statement


def _nest(nest: Nest, shapes: _Shapes) -> Nest:
    if len(nest.dims) == 1:
        for ref in (nest.target, *(ref for term in nest.terms for ref in refs(term.expr))):
            shape = shapes.get((ref.offset, nest.dims[0])) if ref.strides[0] == 1 else None
            if shape is not None and ref.table is None:
                nest = _split(nest, shape)
                break
    dims = tuple(d for d in nest.dims if isinstance(d, int))
    if nest.target.strides == _dense(dims) and not nest.target.grad and len(nest.dims) == len(dims):
        shapes[nest.target.offset, prod(dims)] = dims
    return nest


def _split(nest: Nest, shape: tuple[int, ...]) -> Nest:
    def strides(old: tuple[Size, ...]) -> tuple[Size, ...]:
        return (*(old[0] * step for step in _dense(shape)), *old[1:])

    def split(ref: Ref) -> Ref:
        return ref.with_strides(strides)

    def expr(old: Expr) -> Expr:
        return moved(old, split)

    terms = tuple(replace(term, expr=expr(term.expr)) for term in nest.terms)
    return replace(nest, dims=shape, target=split(nest.target), terms=terms)


def _dense(dims: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(prod(dims[i + 1 :]) for i in range(len(dims)))
