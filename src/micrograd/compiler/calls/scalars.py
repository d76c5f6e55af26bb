"""Which numbers are NumPy's: what a program computes comes out of the kinds of the plain run.

Inside a trace a number is a number. Whether it is ``np.float64`` or a float outside follows from
the structure of the arguments and the path, so that the first call tells it for all further ones.
"""

from operator import is_
from typing import Any

import numpy as np

from ...value.nested import is_record, record, with_entries, with_fields


def kinds_in(tree: Any) -> Any:
    """Return where in a tree NumPy's numbers stand, and of which type; None where there are none.

    A list has one kind for all items if they are alike; an array without dims, or of numbers that
    are not the widest, has its dtype in a tuple: a dtype by itself is equal to a type.
    """
    if isinstance(tree, np.generic):
        return type(tree) if tree.dtype.kind in "fiub" else None
    if isinstance(tree, np.ndarray):
        narrow = tree.dtype.kind in "fiu" and tree.dtype not in (np.float64, np.int64)
        return (tree.dtype,) if narrow or (not tree.ndim and tree.dtype.kind in "fiub") else None
    if isinstance(tree, (list, tuple)):
        kinds = [None if type(x) is float else kinds_in(x) for x in tree]
        if all(kind is None for kind in kinds):
            return None
        return kinds[:1] if all(kind == kinds[0] for kind in kinds) else kinds
    if isinstance(tree, dict) or is_record(tree):
        inside = tree if isinstance(tree, dict) else record(tree)
        known = {key: kind for key, x in inside.items() if (kind := kinds_in(x)) is not None}
        return known or None
    return None


def with_kinds(tree: Any, kinds: Any, once: dict[int, Any] | None = None) -> Any:
    """Return a tree of Python's numbers with those of NumPy where ``kinds_in`` has found them.

    What has them already stays itself, and what stands at several places, which ``once`` has, is
    one thing again.

    Raises:
        OverflowError: an int is too large for its type.
    """
    if kinds is None:
        return tree
    if type(tree) in (float, int, bool):
        return np.array(tree, dtype=kinds[0]) if isinstance(kinds, tuple) else kinds(tree)
    once = {} if once is None else once
    if id(tree) not in once:
        once[id(tree)] = _nest_with_kinds(tree, kinds, once)
    return once[id(tree)]


def _nest_with_kinds(tree: Any, kinds: Any, once: dict[int, Any]) -> Any:
    if isinstance(kinds, tuple) and isinstance(tree, np.ndarray) and tree.dtype != object:
        return tree.astype(kinds[0], copy=False)
    if isinstance(kinds, (type, tuple)):
        return tree
    if isinstance(kinds, list):  # the last kind is that of all further items of a longer list
        more = [kinds[-1]] * (len(tree) - len(kinds))
        items = [with_kinds(x, kind, once) for x, kind in zip(tree, [*kinds, *more])]
        if all(map(is_, items, tree)):
            return tree
        if isinstance(tree, list):
            return items
        return type(tree)(*items) if hasattr(tree, "_fields") else tuple(items)
    inside = tree if isinstance(tree, dict) else record(tree)
    made = {key: with_kinds(x, kinds.get(key), once) for key, x in inside.items()}
    if all(made[key] is x for key, x in inside.items()):
        return tree
    return with_entries(tree, made) if isinstance(tree, dict) else with_fields(tree, made)
