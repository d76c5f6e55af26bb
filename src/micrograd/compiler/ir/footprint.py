"""What statements touch: operands, and the addresses that each reaches.

Where numbers are wanted a batch has one example, so that every batched row counts as one address.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .array import Array
from .program import Clear, Ref, Route, refs
from .sizes import SIZE, Poly, Size, bound, evaluate, known, variables
from .visit import Simple

ONE_EXAMPLE = {"B": 1, "P": 1}
_FIRST = ONE_EXAMPLE | bound(SIZE, 64)  # a length at which no array is empty


class Use(NamedTuple):
    """One operand of a statement, over the dims along which its strides count."""

    ref: Ref
    dims: tuple[Size, ...]
    read: bool
    written: bool


def uses(statement: Simple) -> Iterator[Use]:
    """Yield the operands of a statement, those behind run-time indices included.

    What is added to is read and written; a route reads what it compares, and adds to gradients.
    """
    if isinstance(statement, Clear):
        cleared = Ref(statement.start, (1,), grad=True, array=statement.array)
        yield Use(cleared, (statement.count,), False, True)
    elif isinstance(statement, Route):
        inner = (*statement.dims, *statement.reduced)
        for ref, dims, written in (
            (statement.candidates, inner, True),
            (statement.result, statement.dims, False),
        ):
            yield Use(ref, dims, True, False)
            yield Use(replace(ref, grad=True), dims, True, written)
    else:
        for term in statement.terms:
            for ref in refs(term.expr):
                yield Use(ref, (*statement.dims, *term.dims), True, False)
        yield Use(statement.target, statement.dims, statement.accumulate, True)
        if statement.target.index is not None:
            yield Use(statement.target.index, statement.dims, True, False)


def needs_gradient(ref: Ref) -> bool:
    """Tell whether the gradient of what an operand points to matters."""
    return array_of(ref).needs_gradient


def array_of(ref: Ref) -> Array:
    """Return in which array an operand begins.

    Of arrays that have been joined it is the one in which the first iteration begins.
    """
    if not ref.array.parts:
        return ref.array
    at, leaves = counted(ref.address), ref.array.leaves
    return leaves[bisect_right(leaves, at, key=lambda a: counted(a.start)) - 1]


def place_in_array(ref: Ref) -> tuple[Array, int]:
    """Return in which array an operand begins, and how far behind its start."""
    array = array_of(ref)
    return array, counted(ref.address) - counted(array.start)


def counted(address: Size) -> int:
    """Return an address in the first iteration, where every batched row counts as one.

    Where the length of a list is open, it is some length: at zero an output, the last of what it
    has computed, would lie before its array.
    """
    if isinstance(address, int):
        return address
    return evaluate(address, dict.fromkeys(variables(address), 0) | _FIRST)


def reach(
    ref: Ref, dims: Sequence[Size], env: Mapping[str, int] | None = None
) -> tuple[Size, Size]:
    """Return the first and the last address that an operand may touch.

    Args:
        ref: the operand.
        dims: along which its strides count.
        env: all sizes, for numbers; None for bounds that hold whatever they are.
    """

    def at(x: Size) -> Size:
        return x if env is None else evaluate(x, env)

    low = high = at(ref.address)
    for dim, stride in zip(dims, ref.strides, strict=False):
        step = at(stride)
        if not isinstance(step, int) or step:
            down, up = _signed(step)
            low, high = low + (at(dim) - 1) * down, high + (at(dim) - 1) * up
    if ref.table is not None:
        values = ref.table.values or (0,)
        scale = at(ref.table.scale)
        low, high = low + min(values) * scale, high + max(values) * scale
    if ref.index is not None:
        down, up = _signed(at(ref.row))
        low, high = low + (at(ref.rows) - 1) * down, high + (at(ref.rows) - 1) * up
    return low, high


def span(ref: Ref, dims: Sequence[Size], env: Mapping[str, int]) -> tuple[int, int]:
    """Return the first and the last address that an operand may touch, as numbers."""
    low, high = reach(ref, dims, {**env, **ONE_EXAMPLE})
    return known(low), known(high)


def spans(
    ref: Ref, dims: Sequence[Size], env: Mapping[str, NDArray[np.int64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last address that an operand may touch, in each iteration.

    Args:
        ref: the operand.
        dims: along which its strides count.
        env: the variables of the loops around, one number for each iteration.
    """
    numbers: dict[str, Any] = {**env, **ONE_EXAMPLE}
    ends: Any = reach(ref, dims, numbers)
    low, high, *_ = np.broadcast_arrays(*ends, *env.values())
    return np.atleast_1d(low), np.atleast_1d(high)


def _signed(stride: Any) -> tuple[Any, Any]:
    """Split a stride, or one of each iteration, into what leads down and what leads up."""
    if isinstance(stride, int):
        return min(stride, 0), max(stride, 0)
    if isinstance(stride, np.ndarray):
        return np.minimum(stride, 0), np.maximum(stride, 0)
    up: Size = 0
    for monomial, c in stride.terms.items():
        up = up + (Poly({monomial: c}) if monomial else c) if c > 0 else up
    return stride - up, up


def apart(ref: Ref, sides: Mapping[int, int]) -> bool:
    """Tell whether the elements of a block, so long along each dim, have an address each."""
    offsets = [0]
    for dim, side in sides.items():
        stride = ref.strides[dim] if dim < len(ref.strides) else 0
        if not isinstance(stride, int):
            return False
        offsets = [offset + stride * i for offset in offsets for i in range(side)]
    return len({*offsets}) == len(offsets)


def addresses(
    ref: Ref, dims: Sequence[Size], env: Mapping[str, int] = ONE_EXAMPLE
) -> NDArray[np.int64]:
    """Return all addresses of an operand that has no run-time index, one for each index."""
    env = {**env, **ONE_EXAMPLE}

    def at(sizes: Sequence[Size]) -> list[int]:
        return [evaluate(size, env) for size in sizes]

    shape = at(dims)
    address = grid(evaluate(ref.address, env), at(ref.strides), shape)
    if ref.table is not None:
        place = grid(0, at(ref.table.strides), shape)
        scale = evaluate(ref.table.scale, env)
        address = address + scale * np.array(ref.table.values, np.int64)[place]
    return np.broadcast_to(address, shape).reshape(-1)


def grid(offset: int, strides: Sequence[int], shape: Sequence[int]) -> NDArray[np.int64]:
    """offset + i·strides[0] + j·strides[1] + ..., of length 1 along axes where the stride is 0."""
    total = np.full((1,) * len(shape), offset, np.int64)
    for axis, (stride, n) in enumerate(zip(strides, shape, strict=True)):
        if stride:
            steps = np.arange(0, n * stride, stride, dtype=np.int64)
            total = total + steps.reshape(-1, *(1,) * (len(shape) - axis - 1))
    return total
