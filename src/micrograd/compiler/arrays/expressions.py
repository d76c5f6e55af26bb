"""What one statement computes, as array expressions.

A statement goes along axes: the dims of its nest, then those of a term. What an operand gives has
those of them along which it moves, in their order; operations line them up by broadcasting.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from ... import ops
from ...ops import Op
from ..ir.footprint import grid
from ..ir.program import Apply, Expr, Literal, Ref, Scalar
from ..ir.sizes import Size
from .program import (
    BATCH,
    Applied,
    Constant,
    Dim,
    Expanded,
    Fill,
    Gathered,
    Indexed,
    Item,
    Node,
    Range,
    Reshaped,
    Shape,
    StepIndex,
    Transposed,
    Whole,
    of_numbers,
)
from .storage import dim, moving, number, rows
from .windows import Window, window

Env = Mapping[str, Size]


@dataclass(frozen=True, slots=True)
class Piece:
    """An expression, and which of the statement's axes its axes are, in the expression's order."""

    node: Node
    axes: tuple[int, ...] = ()

    def ordered(self) -> "Piece":
        """Return it with its axes in the order of the statement."""
        order = tuple(sorted(range(len(self.axes)), key=self.axes.__getitem__))
        if order == tuple(range(len(order))):
            return self
        shape = tuple([self.node.shape[k] for k in order])
        return Piece(Transposed(self.node, order, shape), tuple(sorted(self.axes)))

    def among(self, axes: Sequence[int]) -> Node:
        """Return it so that it broadcasts to these axes, of which its own are some."""
        piece = self.ordered()
        first = next((k for k, axis in enumerate(axes) if axis in piece.axes), len(axes))
        missing = [axis not in piece.axes for axis in axes[first:]]
        if not any(missing):
            return piece.node
        items = tuple([None if new else slice(None) for new in missing])
        sizes = iter(piece.node.shape)
        shape = tuple([1 if new else next(sizes) for new in missing])
        return Indexed(piece.node, items, shape)

    def full(self, axes: Sequence[int], shape: Shape) -> Node:
        """Return it with all of these axes, at full length."""
        node = self.among(axes)
        return node if node.shape == shape else Expanded(node, shape)


class Expressions:
    """What the terms of one statement are, in terms of variables.

    Args:
        dims: of all axes; a sum may have more behind them.
        env: the variables of the loops around that are unrolled, as they stand.
        steps: of the other loops around, how many steps each has.
        base: gives what is read of an array: of an operand, its array's variable.
        seed: gives the variable of a number that comes with each call.
    """

    def __init__(
        self,
        dims: Sequence[Size],
        env: Env,
        steps: Mapping[str, int],
        base: Callable[[Ref], Node],
        seed: Callable[[str], Node],
        named: Callable[[Ref, Sequence[Size], Node], Node] = lambda ref, dims, node: node,
    ) -> None:
        self.sizes, self.env, self.steps = dims, env, steps
        self.dims: tuple[Dim, ...] = tuple([dim(d, env) for d in dims])
        self.base, self.seed, self.named = base, seed, named

    def piece(self, expr: Expr) -> Piece:
        """Return an expression of one element as one of arrays."""
        if isinstance(expr, Ref):
            return self.read(expr)
        if isinstance(expr, Literal):
            return Piece(Fill(expr.value))
        if isinstance(expr, Scalar):
            return Piece(self.seed(expr.name))
        assert isinstance(expr, Apply)
        return self.applied(expr.op, [self.piece(arg) for arg in expr.args])

    def applied(self, op: Op, pieces: Sequence[Piece]) -> Piece:
        """Return an op of what has been read."""
        axes = tuple(sorted({axis for piece in pieces for axis in piece.axes}))
        shape = tuple([self.dims[axis] for axis in axes])
        return Piece(Applied(op, tuple([piece.among(axes) for piece in pieces]), shape), axes)

    # ---- operands

    def read(self, ref: Ref) -> Piece:
        """Return what an operand reads."""
        piece = self.part(ref)
        if piece is not None and ref.index is None:
            return Piece(self.named(ref, self.sizes, piece.node), piece.axes)
        if piece is not None:
            places, rest = self.places(ref, piece)
            axes = tuple(sorted({*places.axes, *piece.axes[1:]}))
            if rest is None:  # whole rows
                shape = (*places.node.shape, *piece.node.shape[1:])
                node = Gathered(piece.node, (places.node,), shape)
                return Piece(node, (*places.axes, *piece.axes[1:]))
            return Piece(Gathered(piece.node, rest, tuple([self.dims[a] for a in axes])), axes)
        if found := self.rows_by_table(ref):
            return found
        x, places = self.scattered(ref)
        batch = (self.batch_axis(ref),) if ref.array.batched else ()
        if not batch or batch[0] not in places.axes:
            shape = (*places.node.shape, *[BATCH for _ in batch])
            return Piece(Gathered(x, (places.node,), shape), (*places.axes, *batch))
        along = self.along(batch[0], places.axes)
        return Piece(Gathered(x, (places.node, along), places.node.shape), places.axes)

    def rows_by_table(self, ref: Ref) -> Piece | None:
        """Return whole rows that a table picks along one axis, None where it does not."""
        table = ref.table
        if table is None or ref.index is not None:
            return None
        strides = [
            number(s, self.env) if self.dims[a] != 1 else 0 for a, s in enumerate(table.strides)
        ]
        axis = next((a for a, s in enumerate(strides) if s), None)
        if axis is None or sum(strides) != 1 or len(self.moves(ref)) == 0:
            return None
        steps = of_numbers(table.values).numbers * self._steps(ref, table.scale)
        row = int(np.gcd.reduce(steps)) or 1
        count = int(steps.max()) // row + 1
        part = self.part(replace(ref, table=None), (row, count))
        if part is None or axis in part.axes or steps.min() < 0 or len(steps) != self.dims[axis]:
            return None
        shape = (len(steps), *part.node.shape[1:])
        node = Gathered(part.node, (of_numbers(steps // row),), shape)
        return Piece(node, (axis, *part.axes[1:]))

    def part(self, ref: Ref, row: tuple[int, int] | None = None) -> Piece | None:
        """Return a window of the array that an operand moves in; a run-time index is its first.

        None where strides do not allow it, or where there is a table.
        """
        array, base = ref.array, self.base(ref)
        if ref.table is not None:
            return None
        plain = tuple([d for d in base.shape if isinstance(d, int)])
        moves: list[tuple[int | str, int, int]] = [*self.moves(ref)]
        if ref.index is not None:
            row = self._steps(ref, ref.row), number(ref.rows, self.env)
        if row is not None:
            moves.insert(0, (-1, *row))
        # A loop around is one more axis, of which a step is at one place.
        offset, factors = moving(ref.offset, self.env, array.batched)
        for name, factor in factors.items():
            moves.append((name, abs(factor), self.steps[name]))
            offset += min(0, factor) * (self.steps[name] - 1)
        found = window(plain, offset, moves)
        if found is None:
            return None
        more: Shape = (BATCH,) if array.batched else ()
        own = [axis for axis in found.axes if isinstance(axis, int)]
        axes = (*own, *([self.batch_axis(ref)] if array.batched else []))
        node, total = base, prod(plain)
        if (found.start, found.stop) != (0, total):
            node = node if len(plain) == 1 else Reshaped(node, (total, *more))
            stop = None if found.stop == total else found.stop
            count = found.stop - found.start
            node = Indexed(node, (slice(found.start or None, stop),), (count, *more))
            plain = (count,)
        if found.shape != plain:
            node = Reshaped(node, (*found.shape, *more))
        if factors or any(item != slice(None) for item in found.items):
            sizes = {axis: size for axis, _, size in moves}
            shape = tuple([sizes[axis] for axis in own])
            node = Indexed(node, self._at_step(found, factors), (*shape, *more))
        return Piece(node, axes) if row is None or axes[0] == -1 else None

    def _at_step(self, found: Window, factors: Mapping[str, int]) -> tuple[Item, ...]:
        """Return the items of a window, in which each loop around is at one place."""
        axes, items = iter(found.axes), list[Item]()
        for item in found.items:
            axis = next(axes) if isinstance(item, slice) else 0
            if isinstance(axis, str):
                assert isinstance(item, slice)
                first, step = item.start or 0, item.step or 1
                if factors[axis] < 0:
                    first, step = first + step * (self.steps[axis] - 1), -step
                item = StepIndex(first, ((axis, step),))
            items.append(item)
        return tuple(items)

    def places(self, ref: Ref, part: Piece) -> tuple[Piece, tuple[Node, ...] | None]:
        """Return at which rows of a part an operand reads, and all places where they are shared.

        The latter where a row is chosen for each element along an axis that the part has, too.
        """
        assert ref.index is not None
        index = self.read(ref.index).ordered()
        rows = Piece(Whole(index.node, number(ref.rows, self.env)), index.axes)
        if not set(index.axes) & set(part.axes):
            return rows, None
        axes = tuple(sorted({*index.axes, *part.axes[1:]}))
        return rows, (rows.among(axes), *[self.along(a, axes) for a in part.axes[1:]])

    def scattered(self, ref: Ref) -> tuple[Node, Piece]:
        """Return an array as one of a single axis, and the places in it that an operand reads."""
        base = self.base(ref)
        total, *more = number(ref.array.count, {}), *([BATCH] if ref.array.batched else [])
        node = base if len(base.shape) == 1 + len(more) else Reshaped(base, (total, *more))
        moves = {axis: stride for axis, stride, _ in self.moves(ref)}
        tabled = {}
        if ref.table is not None:
            strides = [number(s, self.env) for s in ref.table.strides]
            tabled = {a: s for a, s in enumerate(strides) if s and self.dims[a] != 1}
        axes = tuple(sorted({*moves, *tabled}))
        shape = [int(self.dims[axis]) for axis in axes]
        offset, factors = moving(ref.offset, self.env, ref.array.batched)
        places = grid(offset, [moves.get(a, 0) for a in axes], shape)
        if ref.table is not None:
            at = grid(0, [tabled.get(a, 0) for a in axes], shape)
            scale = self._steps(ref, ref.table.scale)
            places = places + of_numbers(ref.table.values).numbers[at] * scale
        known = Piece(of_numbers(places), axes)
        if factors:
            known = self.applied(ops.ADD, [known, Piece(StepIndex(0, tuple(factors.items())))])
        if ref.index is None:
            return node, known
        index = self.read(ref.index).ordered()
        whole = Piece(Whole(index.node, number(ref.rows, self.env)), index.axes)
        row = Piece(of_numbers(self._steps(ref, ref.row)))
        return node, self.applied(ops.ADD, [known, self.applied(ops.MUL, [whole, row])])

    def repeated(self, places: Piece, axes: Sequence[int], target: Ref) -> Piece:
        """Return places along axes as well along which several numbers go to the same ones."""
        batch = self.batch_axis(target) if target.array.batched else None
        more = {*axes} - {*places.axes, batch}
        if not more:
            return places
        every = tuple(sorted({*places.axes, *more}))
        shape = self.shape(every)
        node = places.full(every, shape)
        plain = tuple([n for n in shape if isinstance(n, int)])
        if isinstance(places.node, Constant) and len(plain) == len(shape):
            spread = tuple([n if a in places.axes else 1 for a, n in zip(every, plain)])
            node = of_numbers(np.broadcast_to(places.node.numbers.reshape(spread), plain))
        return Piece(node, every)

    def along(self, axis: int, axes: Sequence[int]) -> Node:
        """Return the places along one of several axes."""
        return Range(self.dims[axis], len(axes) - list(axes).index(axis))

    def shape(self, axes: Sequence[int]) -> Shape:
        """Return the lengths of axes."""
        return tuple([self.dims[axis] for axis in axes])

    def moves(self, ref: Ref) -> list[tuple[int, int, int]]:
        """Return the axes along which an operand moves, other than from example to example."""
        return [
            (axis, step, count)
            for axis, (stride, count) in enumerate(zip(ref.strides, self.dims))
            if isinstance(count, int) and count != 1 and (step := self._steps(ref, stride))
        ]

    def _steps(self, ref: Ref, size: Size) -> int:
        return rows(size, self.env) if ref.array.batched else number(size, self.env)

    def batch_axis(self, ref: Ref) -> int:
        """Return the axis along which an operand goes from example to example."""
        return next(a for a, s in enumerate(ref.strides) if self.dims[a] == BATCH and s == 1)
