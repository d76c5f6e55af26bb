"""What layers take: numbers in nested lists or arrays, whose shape is checked at the door.

A shape is written as PyTorch writes it, with names for the axes that may have any length.
"""

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from ..arguments import operand, shown
from ..engine import Value
from ..transforms.batches import each, is_batch
from ..value.number import Number
from ..value.numeric import is_array

_DEEPEST = 32  # axes; what is nested deeper holds itself
_SCALARS = {Value, Number, float}  # what is usually in lists, known without a further look


def nested(layer: Any, x: Any, *wanted: tuple[Any, ...]) -> list[Any]:
    """Return x as nested lists of numbers and Values; a batch, while it is compiled, as it is.

    Args:
        layer: what takes it, for messages.
        x: a list, a tuple or an array.
        wanted: shapes, one of which x has to have: a length for each axis, or a name where it may
            be any; ``...`` in front stands for any number of axes.

    Raises:
        ValueError: x has another shape, or none, as its lists have different lengths.
        TypeError: there is something else than numbers in it.
    """
    lists = x if is_batch(x) else _lists(x)
    came, leaves = (shape(x), []) if is_batch(x) else _measured(lists)
    if came is None:
        raise ValueError(
            f"{layer!r} expects {_written(wanted)}, got a {type(x).__name__} of lists of different "
            f"lengths, or of lists and numbers: {shown(x)}"
        )
    if not any(_fits(came, one) for one in wanted):
        what = f"a {type(x).__name__} of the shape {_one(came)}" if came else shown(x)
        raise ValueError(f"{layer!r} expects {_written(wanted)}, got {what}")
    for leaf in {type(leaf): leaf for leaf in leaves}.values():
        operand(repr(layer), leaf)
    return lists


def depth(x: Any) -> int:
    """Return how many axes nested lists have."""
    return len(shape(x))


def shape(x: Any) -> tuple[int, ...]:
    """Return the lengths of the axes of nested lists, each told by its first item."""
    if is_batch(x):
        return (x.count, *getattr(x.example, "shape", ()))
    return (len(x), *shape(x[0])) if _is_nest(x) else ()


def on_rows(f: Callable[[list[Any]], Any], x: Any, axes: int = 1) -> Any:
    """Apply f to each part that has this many axes; the axes before them stay."""
    return f(x) if depth(x) <= axes else each(lambda part: on_rows(f, part, axes), x)


def elementwise(f: Callable[..., Any], *xs: Any) -> Any:
    """Apply f to the numbers of nested lists of one shape; of a number, to itself."""
    if not _is_nest(xs[0]):
        return f(*xs)
    if any(map(is_batch, xs)):
        return each(lambda *parts: elementwise(f, *parts), *xs)
    if set(map(type, xs[0])) <= _SCALARS:
        return [f(*parts) for parts in zip(*xs, strict=True)]
    return [elementwise(f, *parts) for parts in zip(*xs, strict=True)]


def flat(x: Any) -> list[Any]:
    """Return the numbers of nested lists in their order."""
    return [item for part in x for item in flat(part)] if _is_nest(x) else [x]


def transposed(x: Any) -> list[Any]:
    """Return nested lists with their first two axes in the other order."""
    if is_batch(x):
        return [each(itemgetter(k), x) for k in range(shape(x)[1])]
    if len(x) and is_batch(x[0]):
        return each(lambda *parts: list(parts), *x)
    return [list(column) for column in zip(*x, strict=True)]


def _lists(x: Any) -> Any:
    if is_array(x):
        return x.tolist()  # Python's floats are quicker to compute with than NumPy's
    if isinstance(x, (list, tuple)) and any(map(is_array, x)):
        return [_lists(part) for part in x]
    return x


def _is_nest(x: Any) -> bool:
    if type(x) in _SCALARS:
        return False
    return isinstance(x, (list, tuple)) or (is_array(x) and x.ndim > 0)


def _measured(x: Any) -> tuple[tuple[int, ...] | None, list[Any]]:
    """The shape of nested lists, None where they have none; and what is in them."""
    shape: list[int] = []
    level = [x]
    while not set(map(type, level)) <= _SCALARS and any(map(_is_nest, level)):
        if not all(map(_is_nest, level)) or len({len(part) for part in level}) > 1:
            return None, []
        if len(shape) == _DEEPEST:
            return None, []
        shape.append(len(level[0]))
        level = [item for part in level for item in part]
    return tuple(shape), level


def _fits(shape: tuple[int, ...], wanted: tuple[Any, ...]) -> bool:
    if wanted[0] is ...:
        wanted = wanted[1:]
        shape = shape[max(0, len(shape) - len(wanted)) :]
    return len(shape) == len(wanted) and all(
        n == want or (isinstance(want, str) and n > 0) for n, want in zip(shape, wanted)
    )


def _written(wanted: tuple[tuple[Any, ...], ...]) -> str:
    return "the shape " + " or ".join(map(_one, wanted))


def _one(shape: tuple[Any, ...]) -> str:
    inside = ", ".join("..." if n is ... else str(n) for n in shape)
    return f"({inside},)" if len(shape) == 1 else f"({inside})"
