"""For people: give loops that run over a matrix from end to end its rows and columns again.

Rerolling finds ``h2[1600] = relu(h1[1600])`` where h1 was computed as [100,16]; what reads or fills
such an array is rewritten to move along both dims, which changes no address.
"""

from dataclasses import replace
from math import prod

from ..ir.array import Array
from ..ir.footprint import uses
from ..ir.program import Nest, Program
from ..ir.sizes import Size
from ..ir.visit import Simple, rewritten, with_operands

_Shapes = dict[tuple[Array, Size, Size], tuple[int, ...]]  # by array, first place and count


def unflattened(program: Program) -> Program:
    """Return the same program with dims split as those of the arrays that they move along."""
    shapes: _Shapes = {}

    def split(statement: Simple) -> list[Simple]:
        return [_nest(statement, shapes) if isinstance(statement, Nest) else statement]

    forward = rewritten(program.forward, split)
    return replace(program, forward=forward, backward=rewritten(program.backward, split))


def _nest(nest: Nest, shapes: _Shapes) -> Nest:
    if len(nest.dims) == 1:
        for ref in (nest.target, *[use.ref for use in uses(nest) if not use.written]):
            shape = shapes.get((ref.array, ref.offset, nest.dims[0]))
            if shape is not None and ref.strides[0] == 1 and ref.table is None:
                nest = _split(nest, shape)
                break
    dims = tuple(d for d in nest.dims if isinstance(d, int))
    if nest.target.strides == _dense(dims) and not nest.target.grad and len(nest.dims) == len(dims):
        shapes[nest.target.array, nest.target.offset, prod(dims)] = dims
    return nest


def _split(nest: Nest, shape: tuple[int, ...]) -> Nest:
    def strides(old: tuple[Size, ...]) -> tuple[Size, ...]:
        return (*(old[0] * step for step in _dense(shape)), *old[1:])

    split = with_operands(nest, lambda ref, dims: ref.with_strides(strides))
    return replace(split, dims=shape)


def _dense(dims: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(prod(dims[i + 1 :]) for i in range(len(dims)))
