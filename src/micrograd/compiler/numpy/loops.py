"""The NumPy back end: each nest as a few whole-array operations.

It needs no compiler, and it says what a loop means. An operand is a view of the memory with one
axis for each dim of its nest and of its term, of length 1 where it does not move: broadcasting does
the rest. Only tables and run-time indices need the addresses themselves.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ... import ops
from ..ir.footprint import grid
from ..ir.program import (
    Apply,
    Expr,
    Literal,
    Nest,
    Program,
    Ref,
    Route,
    Scalar,
    Statement,
    Table,
    Term,
)
from ..ir.sizes import Size, evaluate
from ..ir.visit import executed
from .ops import Array, first_largest, first_smallest, function, whole

_Shape = tuple[int, ...]

_REDUCE: dict[ops.Op, Callable[[Array], Array]] = {  # over the last axis
    ops.SUM: lambda x: np.add.reduce(x, -1),
    ops.PROD: lambda x: np.multiply.reduce(x, -1),
    ops.MAXIMUM: first_largest,
    ops.MINIMUM: first_smallest,
}
_REDUCE_IN_ORDER = {  # an accumulation shows every partial result, so its order is fixed
    **_REDUCE,
    ops.SUM: lambda x: np.add.accumulate(x, -1)[..., -1],
    ops.PROD: lambda x: np.multiply.accumulate(x, -1)[..., -1],
}
_OF_NOTHING = {ops.SUM: 0.0, ops.PROD: 1.0, ops.MAXIMUM: -math.inf, ops.MINIMUM: math.inf}


class NumpyKernel:
    """A program ready to run by NumPy.

    Args:
        program: what to run.
        dtype: of the memory, float64 or float32.
        strict: sum from left to right, as written; else in whatever order is fast.
    """

    def __init__(self, program: Program, dtype: str = "float64", strict: bool = False) -> None:
        self.program = program
        self.dtype = np.dtype(dtype)
        self.strict = strict
        self._tables: dict[Table, Array] = {}

    def forward(
        self, v: Array, sizes: Sequence[int] = (), scalars: Sequence[float] | Array = ()
    ) -> None:
        """Compute all values in ``v``, where parameters, inputs and constants already are.

        Args:
            v: the memory, one-dimensional and contiguous.
            sizes: one whole number for each of ``program.sizes``.
            scalars: one number for each of ``program.scalars``; nothing where none is read.

        Raises:
            IndexError: a run-time index is outside its range, or not a whole number.
        """
        self._run(self.program.forward, v, v, sizes, scalars)

    def backward(
        self, v: Array, g: Array, sizes: Sequence[int] = (), scalars: Sequence[float] | Array = ()
    ) -> None:
        """Compute gradients in ``g`` from those of the outputs, after ``forward`` on this ``v``."""
        self._run(self.program.backward, v, g, sizes, scalars)

    def _run(
        self,
        statements: Sequence[Statement],
        v: Array,
        g: Array,
        sizes: Sequence[int],
        scalars: Sequence[float] | Array,
    ) -> None:
        env = dict(zip(self.program.sizes, map(int, sizes), strict=True))
        if 0 < len(scalars) != len(self.program.scalars):
            wanted = ", ".join(self.program.scalars)
            raise ValueError(f"expected the scalars {wanted}, got {len(scalars)} numbers")
        given = scalars if len(scalars) else [0.0] * len(self.program.scalars)
        numbers = dict(zip(self.program.scalars, map(float, given)))
        with np.errstate(all="ignore"):
            _Call(v, g, env, numbers, self._tables, self.strict).run(statements)


class _Call:
    """One call: the memory, the scalars, and the sizes and loop variables as they stand."""

    def __init__(
        self,
        v: Array,
        g: Array,
        env: Mapping[str, int],
        scalars: Mapping[str, float],
        tables: dict[Table, Array],
        strict: bool,
    ) -> None:
        self.v, self.g, self.env, self.scalars = v, g, env, scalars
        self.tables, self.strict = tables, strict

    def run(self, statements: Sequence[Statement]) -> None:
        for statement, sizes in executed(statements, self.env):
            self.env = sizes
            if isinstance(statement, Nest):
                self.nest(statement)
            elif isinstance(statement, Route):
                self.route(statement)
            else:
                start = self.size(statement.address)
                self.g[start : start + self.size(statement.count)] = 0.0

    def nest(self, nest: Nest) -> None:
        dims = self.shape(nest.dims)
        if 0 in dims:
            return
        result, target = self.reduced(nest, dims), nest.target
        memory = self.g if target.grad else self.v
        if nest.scatter or target.table is not None or target.index is not None:
            places = np.broadcast_to(self.places(target, dims), dims)
            if nest.accumulate:
                np.add.at(memory, places, result)  # one after the other, also where places repeat
            else:
                memory[places] = result
        elif nest.accumulate:
            self.read(memory, target, dims)[...] += result
        else:
            self.read(memory, target, dims)[...] = result

    def reduced(self, nest: Nest, dims: _Shape) -> Array:
        """Return the elements of the target."""
        if len(nest.terms) == 1 and not nest.terms[0].dims:
            return self.value(nest.terms[0].expr, dims)
        if nest.reduce is ops.SUM and not self.strict:
            return function(ops.SUM)(*(self.summed(term, dims) for term in nest.terms))
        rows = [self.row(term, dims) for term in nest.terms]
        shape = np.broadcast_shapes(*(row.shape[:-1] for row in rows))
        joined = np.concatenate([np.broadcast_to(r, (*shape, r.shape[-1])) for r in rows], -1)
        if not joined.shape[-1]:
            return np.full(shape, _OF_NOTHING[nest.reduce])
        return (_REDUCE_IN_ORDER if self.strict else _REDUCE)[nest.reduce](joined)

    def row(self, term: Term, dims: _Shape) -> Array:
        """Return the elements of a term; its own dims become the last axis."""
        return _merged(
            self.value(term.expr, shape := dims + self.shape(term.dims)), shape, len(dims)
        )

    def summed(self, term: Term, dims: _Shape) -> Array:
        """Sum a term; a product is summed without making it, as a product of matrices."""
        if not term.dims:
            return self.value(term.expr, dims)
        factors = list(_factors(term.expr))
        if len(factors) == 1:
            return np.add.reduce(self.row(term, dims), -1)
        shape = dims + self.shape(term.dims)
        return _contracted([self.value(factor, shape) for factor in factors], shape, len(dims))

    def route(self, route: Route) -> None:
        dims = self.shape(route.dims)
        if 0 in dims:
            return
        shape = dims + self.shape(route.reduced)
        candidates = self.read(self.v, route.candidates, shape)
        places = self.places(route.candidates, shape)
        candidates, places = (
            _merged(np.broadcast_to(x, shape), shape, len(dims)) for x in (candidates, places)
        )
        equal = candidates == self.read(self.v, route.result, dims)[..., None]
        first = np.take_along_axis(places, np.argmax(equal, -1)[..., None], -1)[..., 0]
        found = equal.any(-1)  # nan equals nothing
        slope = np.broadcast_to(self.read(self.g, route.result, dims), dims)
        np.add.at(self.g, first[found], slope[found])

    def value(self, expr: Expr, shape: _Shape) -> Array:
        """Return an expression at every index; an axis it does not depend on has length 1."""
        if isinstance(expr, Ref):
            return self.read(self.g if expr.grad else self.v, expr, shape)
        if isinstance(expr, Apply):
            return function(expr.op)(*(self.value(arg, shape) for arg in expr.args))
        assert isinstance(expr, Literal | Scalar)
        number = expr.value if isinstance(expr, Literal) else self.scalars[expr.name]
        return np.full((1,) * len(shape), number, self.v.dtype)

    def read(self, memory: Array, ref: Ref, shape: _Shape) -> Array:
        """Return an operand: a view of the memory, which NumPy checks to lie inside, or a copy."""
        if ref.table is not None or ref.index is not None:
            return memory[self.places(ref, shape)]
        strides, item = self.strides(ref.strides, shape), memory.itemsize
        return np.ndarray(
            tuple(n if stride else 1 for n, stride in zip(shape, strides)),
            memory.dtype,
            memory,
            self.size(ref.address) * item,
            tuple(stride * item for stride in strides),
        )

    def places(self, ref: Ref, shape: _Shape) -> Array:
        """Return the addresses of an operand."""
        places = grid(self.size(ref.address), self.strides(ref.strides, shape), shape)
        if ref.table is not None:
            table = self.tables.get(ref.table)
            if table is None:
                table = self.tables[ref.table] = np.array(ref.table.values, np.int64)
            rows = table[grid(0, self.strides(ref.table.strides, shape), shape)]
            places = places + rows * self.size(ref.table.scale)
        if ref.index is not None:
            index = whole(self.read(self.v, ref.index, shape), self.size(ref.rows))
            places = places + index * self.size(ref.row)
        return places

    def shape(self, sizes: Sequence[Size]) -> _Shape:
        return tuple(evaluate(size, self.env) for size in sizes)

    def strides(self, strides: Sequence[Size], shape: _Shape) -> _Shape:
        """Return strides as numbers, one for each axis: 0 along those that have none."""
        return self.shape(strides) + (0,) * (len(shape) - len(strides))

    def size(self, size: Size) -> int:
        return evaluate(size, self.env)


def _factors(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, Apply) and expr.op in (ops.MUL, ops.PROD):
        for arg in expr.args:
            yield from _factors(arg)
    else:
        yield expr


def _merged(x: Array, shape: _Shape, kept: int) -> Array:
    """Merge the axes after the first few into one, at full length."""
    x = np.broadcast_to(x, x.shape[:kept] + shape[kept:])
    return x.reshape(*x.shape[:kept], math.prod(shape[kept:]))


def _contracted(factors: list[Array], shape: _Shape, kept: int) -> Array:
    """Multiply factors and sum over the axes after the first ones, as one product of two arrays."""

    def rest(i: int) -> list[Array]:
        return factors[:i] + factors[i + 1 :]

    def size_of_rest(i: int) -> int:
        return math.prod(np.broadcast_shapes(*(f.shape for f in rest(i))))

    alone = min(reversed(range(len(factors))), key=size_of_rest)
    left, right = function(ops.PROD)(*rest(alone)), factors[alone]
    moving = [max(n, m) > 1 for n, m in zip(left.shape, right.shape)]
    repeats = math.prod(n for n, moves in zip(shape[kept:], moving[kept:]) if not moves)
    if repeats != 1:  # some axis is in neither: the sum has equal elements
        left = np.broadcast_to(left, left.shape[:kept] + shape[kept:])
        moving[kept:] = [True] * (len(shape) - kept)
    axes = [a for a, moves in enumerate(moving) if moves]
    operands: list[Any] = []
    for x in (left, right):
        own = [a for a in axes if x.shape[a] != 1]
        operands += [x.reshape([x.shape[a] for a in own]), own]
    result = np.einsum(*operands, [a for a in axes if a < kept], optimize=True)
    if not np.isfinite(result).all():  # einsum may have made ∞·(x − y) of ∞·x − ∞·y, which is nan
        return np.add.reduce(_merged(left * right, shape, kept), -1)
    return result.reshape([max(n, m) for n, m in zip(left.shape[:kept], right.shape[:kept])])
