"""The arguments of a call, as C takes them: what each is like, and where its numbers go.

What C does not take is ``None`` here: the call is then done in the general way.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ...engine import Value
from ..tracing.integers import EXACT
from ..tracing.signature import Argument
from .memory import Span

_FORMS = {"float": 0, "int": 0, "numpy": 0, "list": 1, "numpy list": 1, "array": 2}
_MOST_DIMS = 4  # of an Argument in ``direct.h``
_KINDS = {np.dtype(float): 0, np.dtype(np.int64): 1, np.dtype(np.float32): 3}
_NUMBERS = {"float": 0, "int": 1}
_NUMPY_FLOATS = 2

Uses = Sequence[tuple[bool, Span, int]]  # whether it is batched, where it lies, in what begins here


def packed(args: Sequence[Argument], uses: Sequence[Uses]) -> tuple[bytes, tuple] | None:
    """Return what C has to know of each argument, and the addresses in those that are nests.

    Args:
        args: of a call.
        uses: of each by every stage that reads it.
    """
    rows: list[int] = []
    nests: list[tuple[int, Any]] = []
    for k, a in enumerate(args):
        for batched, span, base in uses[k] or [(False, Span(-1, 0, 0, 0), 0)]:
            if a.kind == "nest":
                nest = _nest_at(a, batched, span, base)
                if nest is NotImplemented:
                    return None
                nests.append((k, nest))
            elif row := _row(a, batched, span, base):
                rows += [k, *row]
            else:
                return None
    return int64s(rows), tuple(nests)


def _row(a: Argument, batched: bool, span: Span, base: int) -> list[int] | None:
    if a.form not in _FORMS or a.kind != "array" or len(a.shape) > _MOST_DIMS:
        return None
    kind = _KINDS.get(a.value.dtype) if a.shape else _NUMBERS.get(a.form)
    if a.form in ("numpy", "numpy list"):
        of_floats = a.value.dtype == np.float64 if a.shape else a.key == ("number", np.float64)
        kind = _NUMPY_FLOATS if of_floats else None
    count = int(np.prod(a.shape))
    if kind is None or not count:
        return None
    start, length, outer, row = span
    if start >= 0 and count != (length * outer if batched else length):
        return None
    dims = (*a.shape, *[0] * (_MOST_DIMS - len(a.shape)))
    start = start + base if start >= 0 else -1
    return [_FORMS[a.form], kind, start, outer, row, count, len(a.shape), *dims]


def _nest_at(a: Argument, batched: bool, span: Span, base: int) -> Any:
    """Return a nest with addresses for its numbers; NotImplemented of what C does not take."""
    if batched or span.outer or span.length <= 0:
        return NotImplemented
    places = iter(range(base + span.start, base + span.start + span.length))
    return _with_addresses(a.value, places)


def _with_addresses(tree: Any, places: Iterator[int]) -> Any:
    """Return a nest with an address for each float, -1 - address for each int.

    That of a Value is a float; in an array those of floats are floats, and those of Values ints.
    """
    if type(tree) is float:
        return next(places)
    if type(tree) is Value:
        return float(next(places))
    if type(tree) is int and abs(tree) < EXACT:  # others count by their value
        return -1 - next(places)
    if isinstance(tree, np.ndarray) and tree.dtype == np.float64 and tree.size and tree.ndim:
        return np.array([next(places) for _ in range(tree.size)], dtype=float).reshape(tree.shape)
    if isinstance(tree, np.ndarray) and tree.dtype == object and tree.size and tree.ndim:
        if set(map(type, tree.reshape(-1).tolist())) != {Value}:
            return NotImplemented
        return np.array([next(places) for _ in range(tree.size)], np.int64).reshape(tree.shape)
    branches = tree.values() if type(tree) is dict else tree
    if type(tree) not in (list, tuple, dict) or (
        type(tree) is dict and any(type(k) is not str for k in tree)
    ):
        return NotImplemented
    made = [_with_addresses(branch, places) for branch in branches]
    if any(branch is NotImplemented for branch in made):
        return NotImplemented
    return dict(zip(tree, made)) if type(tree) is dict else type(tree)(made)


def int64s(numbers: Iterable[int]) -> bytes:
    """Return whole numbers as C takes them."""
    return np.array(list(numbers), np.int64).tobytes()


def ranges(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Return what is to be copied, each from one address to another, as (from, to, count)."""
    made: list[tuple[int, int, int]] = []
    for pair in pairs:
        start, to, count = made[-1] if made else (0, 0, 0)
        if count and pair == (start + count, to + count):
            made[-1] = start, to, count + 1
        else:
            made.append((*pair, 1))
    return made
