"""Numbers in nested lists, tuples, dicts and arrays, as arguments and results of functions.

The leaves are what is left when these are taken apart: numbers and Values, in the order in which
they are written down. ``rebuild`` puts others in their places.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from .numeric import is_array, number


def leaves(tree: Any, path: str = "") -> list[tuple[str, Any]]:
    """Return each leaf with where it is: ``leaves([1, {"w": 2}])`` is that of [0] and [1]['w']."""
    if isinstance(tree, dict):
        inside = [leaves(branch, f"{path}[{key!r}]") for key, branch in tree.items()]
    elif _is_sequence(tree) or (is_array(tree) and tree.ndim):
        inside = [leaves(branch, f"{path}[{i}]") for i, branch in enumerate(tree)]
    else:
        return [(path, tree)]
    return [leaf for part in inside for leaf in part]


def checked_leaves(tree: Any, who: str, path: str = "") -> list[Any]:
    """Return the leaves as Values and floats; raise a TypeError that says which one is neither."""
    return [
        x if hasattr(x, "_is_micrograd_value") else number(x, f"{who} expects, at {where},")
        for where, x in leaves(tree, path)
    ]


def rebuild(tree: Any, new: Iterator[Any]) -> Any:
    """Return a tree of the same shape, with the next of ``new`` in place of each leaf."""
    if isinstance(tree, dict):
        return {key: rebuild(branch, new) for key, branch in tree.items()}
    if isinstance(tree, tuple):
        branches = [rebuild(branch, new) for branch in tree]
        return type(tree)(*branches) if hasattr(tree, "_fields") else tuple(branches)
    if _is_sequence(tree):
        return [rebuild(branch, new) for branch in tree]
    if is_array(tree) and tree.ndim:
        import numpy as np

        rows = np.array([rebuild(row, new) for row in tree])
        return rows if rows.size else tree
    return next(new)


def _is_sequence(tree: Any) -> bool:
    return isinstance(tree, Sequence) and not isinstance(tree, (str, bytes))
