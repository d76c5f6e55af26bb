"""Which numbers are NumPy's: what a program computes comes out of the kinds of the plain run.

Inside a trace a number is a number. Whether it is ``np.float64`` or a float outside follows from
the structure of the arguments and the path, so that the first call tells it for all further ones.
"""

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
        kinds = [kinds_in(x) for x in tree]
        if all(kind is None for kind in kinds):
            return None
        return kinds[:1] if all(kind == kinds[0] for kind in kinds) else kinds
    if isinstance(tree, dict) or is_record(tree):
        inside = tree if isinstance(tree, dict) else record(tree)
        known = {key: kind for key, x in inside.items() if (kind := kinds_in(x)) is not None}
        return known or None
    return None


def with_kinds(tree: Any, kinds: Any) -> Any:
    """Return a tree of Python's numbers with those of NumPy where ``kinds_in`` has found them.

    Raises:
        OverflowError: an int is too large for its type.
    """
    if kinds is None:
        return tree
    if isinstance(kinds, (type, tuple)):
        if isinstance(tree, np.ndarray) and isinstance(kinds, tuple) and tree.dtype != object:
            return tree.astype(kinds[0], copy=False)
        if type(tree) not in (float, int, bool):
            return tree
        return kinds(tree) if isinstance(kinds, type) else np.array(tree, dtype=kinds[0])
    if isinstance(kinds, list):  # the last kind is that of all further items of a longer list
        more = [kinds[-1]] * (len(tree) - len(kinds))
        items = [with_kinds(x, kind) for x, kind in zip(tree, [*kinds, *more])]
        if isinstance(tree, list):
            return items
        return type(tree)(*items) if hasattr(tree, "_fields") else tuple(items)
    if isinstance(tree, dict):
        return with_entries(tree, {k: with_kinds(x, kinds.get(k)) for k, x in tree.items()})
    inside = {key: with_kinds(x, kinds.get(key)) for key, x in record(tree).items()}
    return with_fields(tree, inside)
