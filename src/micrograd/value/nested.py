"""Numbers in nested lists, tuples, dicts, dataclasses and arrays: what functions take and return.

The leaves are what is left when these are taken apart: numbers and Values, in the order in which
they are written down. ``rebuild`` puts others in their places.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import fields
from enum import Enum
from typing import Any

from .numeric import is_array, number

_STATIC = (str, bytes, Enum, type, type(None))  # what a dataclass may hold beside numbers


def leaves(tree: Any, path: str = "") -> list[tuple[str, Any]]:
    """Return each leaf with where it is: ``leaves([1, {"w": 2}])`` is that of [0] and [1]['w']."""
    there: list[tuple[str, Any]] = []
    try:
        _add_leaves(tree, path, there)
    except RecursionError:
        raise ValueError(
            f"{path or 'a nest of numbers'} is a {type(tree).__name__} that holds itself, or is "
            "nested a thousand deep: flatten it"
        ) from None
    return there


def _add_leaves(tree: Any, path: str, leaves: list[tuple[str, Any]]) -> None:
    if type(tree) is float or hasattr(tree, "_is_micrograd_value"):  # as nearly all are
        leaves.append((path, tree))
    elif isinstance(tree, dict):
        for key, branch in tree.items():
            _add_leaves(branch, f"{path}[{key!r}]", leaves)
    elif is_sequence(tree) or (is_array(tree) and tree.ndim):
        for i, branch in enumerate(tree):
            _add_leaves(branch, f"{path}[{i}]", leaves)
    elif is_record(tree):
        for name, branch in record(tree).items():
            _add_leaves(branch, f"{path}.{name}", leaves)
    else:
        leaves.append((path, tree))


def checked_leaves(tree: Any, who: str, path: str = "") -> list[Any]:
    """Return the leaves as Values and floats; raise a TypeError that says which one is neither."""
    return [
        x
        if type(x) is float or hasattr(x, "_is_micrograd_value")
        else number(x, f"{who} expects, at {where},")
        for where, x in leaves(tree, path)
    ]


def rebuild(tree: Any, new: Iterator[Any]) -> Any:
    """Return a tree of the same shape, with the next of ``new`` in place of each leaf."""
    if type(tree) is float or hasattr(tree, "_is_micrograd_value"):  # as nearly all are
        return next(new)
    if isinstance(tree, dict):
        return with_entries(tree, {key: rebuild(branch, new) for key, branch in tree.items()})
    if isinstance(tree, tuple):
        branches = [rebuild(branch, new) for branch in tree]
        return type(tree)(*branches) if hasattr(tree, "_fields") else tuple(branches)
    if is_sequence(tree):
        return [rebuild(branch, new) for branch in tree]
    if getattr(tree, "is_list", False):  # of a batch, while it is compiled
        return rebuild(tree.whole(), new)
    if is_array(tree) and tree.ndim:
        from .arrays import array_of

        return array_of([next(new) for _ in range(tree.size)], tree.shape) if tree.size else tree
    if is_record(tree):
        return with_fields(tree, {k: rebuild(branch, new) for k, branch in record(tree).items()})
    return next(new)


def is_sequence(tree: Any) -> bool:
    """Tell whether a nest goes on inside: a list, a tuple or the like, but no text."""
    return isinstance(tree, Sequence) and not isinstance(tree, (str, bytes))


def is_record(tree: Any) -> bool:
    """Tell whether it is an instance of a dataclass, and no model, which has its parameters."""
    return hasattr(type(tree), "__dataclass_fields__") and not hasattr(tree, "parameters")


def record(tree: Any) -> dict[str, Any]:
    """Return the fields of a dataclass by name, without those that are no numbers by nature."""
    named = {f.name: getattr(tree, f.name) for f in fields(tree)}
    return {name: x for name, x in named.items() if not isinstance(x, _STATIC)}


def with_fields(tree: Any, changes: dict[str, Any]) -> Any:
    """Return a copy of a dataclass with other fields; it may be frozen, or made by an own init."""
    new = copy.copy(tree)
    for name, x in changes.items():
        object.__setattr__(new, name, x)
    return new


def with_entries(tree: dict, entries: dict) -> dict:
    """Return a dict of the same kind with these entries."""
    if type(tree) is dict:
        return entries
    new = copy.copy(tree)
    dict.update(new, entries)  # that of a Counter adds
    return new
