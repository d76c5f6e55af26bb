"""Where an operand lies in its array, as reshape and slice: no copy, and no list of places.

An operand is an offset, and a stride for each axis along which it moves. Where the strides divide
each other, the array has a shape in which each of these axes is one of its own.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from .program import Item


@dataclass(frozen=True, slots=True)
class Window:
    """``x.reshape(-1)[start:stop].reshape(shape)[items]``, and what moves along each axis left.

    ``shape`` may be that of the array already. ``axes`` are those of the operand, in the order in
    which the array has them; loops are axes, too, by the names of their variables.
    """

    start: int
    stop: int
    shape: tuple[int, ...]
    items: tuple[Item, ...]
    axes: tuple[int | str, ...]


_Move = tuple[int | str, int, int]  # axis, stride, count


def window(shape: Sequence[int], offset: int, moves: Sequence[_Move]) -> Window | None:
    """Return an operand as a window of an array of this shape; None where strides do not allow it.

    Args:
        shape: of the array.
        offset: of the first element.
        moves: the axes along which the operand moves, with stride and how many.
    """
    if any(stride < 1 for _, stride, _ in moves):
        return None
    shape, total = tuple(shape), prod(shape)
    moves = sorted(moves, key=lambda move: -move[1])
    found = _along(shape, offset, moves)
    if found:
        return Window(0, total, shape, *found)
    strides = [stride for _, stride, _ in moves]
    if not moves or any(a % b or a == b for a, b in itertools.pairwise(strides)):
        return None
    inner = tuple([a // b for a, b in itertools.pairwise(strides)])
    inner += (strides[-1],) * (strides[-1] > 1)
    outer, count = strides[0], moves[0][2]
    if total % outer == 0 and (found := _along((total // outer, *inner), offset, moves)):
        return Window(0, total, (total // outer, *inner), *found)
    for rest in sorted({0, max(0, offset + count * outer - total), offset % outer}):
        start, stop = offset - rest, offset - rest + count * outer
        if start >= 0 and stop <= total and (found := _along((count, *inner), rest, moves)):
            return Window(start, stop, (count, *inner), *found)
    return None


def _along(
    shape: tuple[int, ...], offset: int, moves: Sequence[_Move]
) -> tuple[tuple[Item, ...], tuple[int | str, ...]] | None:
    """Return what to index an array of this shape with, and the operand's axes in its order."""
    items, axes, left = list[Item](), list[int | str](), list(moves)
    for stride, length in zip(_strides(shape), shape):
        first, offset = divmod(offset, stride) if stride else (0, offset)
        if left and left[0][1] % stride == 0 and left[0][1] < stride * length:
            axis, own, count = left.pop(0)
            step = own // stride
            stop = first + step * (count - 1) + 1
            if stop > length:
                return None
            items.append(_slice(first, stop, step, length))
            axes.append(axis)
        elif first >= length:
            return None
        else:
            items.append(first)
    return None if left or offset else (tuple(items), tuple(axes))


def _strides(shape: Sequence[int]) -> list[int]:
    return [prod(shape[k + 1 :]) for k in range(len(shape))]


def _slice(first: int, stop: int, step: int, length: int) -> slice:
    last = stop + step > length  # there is no further one
    return slice(first or None, None if last else stop, step if step > 1 else None)
