"""Results of a trace as trees: their leaves are numbers, Values, comparisons and what is static."""

import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Set
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from ...engine import Value
from ...value.arrays import LazyArray
from ...value.nested import is_record, record, with_entries, with_fields
from ...value.number import Number
from ..errors import JitError
from .batches import Batch
from .predicates import truth


def leaves_of(tree: Any) -> Iterator[Any]:
    """Yield the values, predicates and numbers in a function's result, of a batch one example's."""
    if isinstance(tree, dict):
        branches: Any = tree.values()
    elif isinstance(tree, (list, tuple)):
        branches = tree
    elif is_record(tree):
        branches = record(tree).values()
    elif isinstance(tree, Batch):
        branches = tree.elements()
    elif isinstance(tree, LazyArray):
        branches = tree._filled().reshape(-1).tolist()
    elif isinstance(tree, np.ndarray) and tree.dtype == object:
        branches = tree.reshape(-1).tolist()
    else:
        yield tree
        return
    for branch in branches:
        yield from leaves_of(branch)


def values_in(tree: Any) -> Iterator[Value]:
    """Yield the Values among the leaves, traced numbers and those of predicates too, in order."""
    for x in map(truth, leaves_of(tree)):
        if isinstance(x, Value):
            yield x


def things_in(tree: Any) -> Iterator[Any]:
    """Yield a result, what it consists of, what that consists of, and so on."""
    yield tree
    if is_record(tree):
        tree = record(tree)
    if isinstance(tree, (dict, list, tuple)):
        for branch in tree.values() if isinstance(tree, dict) else tree:
            yield from things_in(branch)


_ALONE = (Value, Number, float)  # most results, which say that they are other things


def rebuilt(
    tree: Any,
    leaf: Callable[[Any], Any],
    vector: Callable[[Any, list], Any],
    outside: frozenset[int] = frozenset(),
    once: dict[int, Any] | None = None,
) -> Any:
    """The result with ``leaf(x)`` in place of each x that ``leaves_of`` yields.

    ``vector(tree, made)`` makes an array, or a batch, whose elements have become ``made``. What is
    ``outside`` by its identity stays itself; its leaves are gone through as all others. What stands
    at several places is one thing again: ``once`` has it, by what was at the first of them.
    """
    if type(tree) in _ALONE:
        return leaf(tree)
    once = {} if once is None else once
    if id(tree) in outside:
        rebuilt(tree, leaf, vector, outside - {id(tree)}, once)
        return tree

    def branch(x: Any) -> Any:
        return rebuilt(x, leaf, vector, outside, once)

    if isinstance(tree, dict):
        made: Any = with_entries(tree, {k: branch(x) for k, x in tree.items()})
    elif isinstance(tree, list):
        made = [branch(x) for x in tree]
    elif isinstance(tree, tuple):
        items = [branch(x) for x in tree]
        made = type(tree)(*items) if hasattr(tree, "_fields") else tuple(items)
    elif is_record(tree):
        made = with_fields(tree, {k: branch(x) for k, x in record(tree).items()})
    elif isinstance(tree, Batch):
        return vector(tree, [])
    elif isinstance(tree, LazyArray) or (isinstance(tree, np.ndarray) and tree.dtype.kind == "O"):
        objects = tree._filled() if isinstance(tree, LazyArray) else tree
        made = vector(tree, [branch(x) for x in objects.reshape(-1).tolist()])
    else:
        return leaf(tree)
    return once.setdefault(id(tree), made)


def refuse_unfinished(name: str, result: Any) -> None:
    """Refuse a result that computes when the call is over, or in which Values have no places."""
    for leaf in leaves_of(result):
        kind = type(leaf).__name__
        if isinstance(leaf, (Iterator, AsyncIterator, Awaitable)):
            if isinstance(leaf, Coroutine):
                leaf.close()  # else Python warns that nobody has awaited it
            raise JitError(
                f"{name} returns a {kind}, which computes when the call is over: return a list of "
                "what it gives"
            )
        if isinstance(leaf, Set) and any(isinstance(truth(x), Value) for x in leaf):
            raise JitError(f"{name} returns a {kind} of Values, which have no order: return a list")
        if _holds_computed(leaf):
            raise JitError(
                f"{name} returns a {kind} with numbers inside, which jit cannot make anew at each "
                "call: return a list, a tuple, a dict or a dataclass of them"
            )


def _holds_computed(leaf: Any) -> bool:
    """Tell whether a thing of another class, or a function, holds what was computed."""
    if isinstance(truth(leaf), Value) or isinstance(leaf, (type, ModuleType)):
        return False
    held = gc.get_referents(leaf)
    if isinstance(leaf, FunctionType):
        held = [gc.get_referents(cell) for cell in leaf.__closure__ or ()]
    inside = map(truth, leaves_of(held))
    return any(isinstance(x, Value) and bool(x.parents or isinstance(x, Number)) for x in inside)


def untraced(tree: Any) -> Any:
    """Return a function's result with None for all that is computed anew at each call.

    Of an array that is all computed the length does not count; constants in it count one by one.
    """

    def known(x: Any) -> Any:
        if isinstance(truth(x), Value):
            return None
        return (x.shape, x.tolist()) if isinstance(x, np.ndarray) else x

    def vector(tree: Any, made: list[Any]) -> Any:
        if isinstance(tree, Batch):  # one example stands for all
            return Batch.__name__, tree.is_list, [known(x) for x in tree.elements()]
        computed = all(x is None for x in made)
        return type(tree).__name__, np.ndim(tree), made[:1] if computed else made

    return rebuilt(tree, known, vector)
