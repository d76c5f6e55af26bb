"""What differs between two results of a function: their structure, their kinds, their numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from math import inf
from typing import Any

import numpy as np

from ...engine import Value
from ...value.arrays import ValueArray

_KINDS = ("Value", "bool", "int", "float")
_EXACT = 2.0**53  # larger ints are not all floats


@dataclass(slots=True)
class Leaf:
    """A number of a result: where, of what kind, and what was there."""

    path: str
    kind: str
    number: float
    thing: Any


def leaves_of(tree: Any, path: str = "result") -> Iterator[Leaf]:
    """Yield the leaves of a result; what is no number counts by its type, and by its value."""
    if isinstance(tree, dict):
        for key, branch in tree.items():
            yield from leaves_of(branch, f"{path}[{key!r}]")
    elif isinstance(tree, tuple) and hasattr(tree, "_fields"):
        for name, branch in zip(tree._fields, tree):
            yield from leaves_of(branch, f"{path}.{name}")
    elif isinstance(tree, (list, tuple)):
        for i, branch in enumerate(tree):
            yield from leaves_of(branch, f"{path}[{i}]")
    elif isinstance(tree, ValueArray):
        for index, x in zip(np.ndindex(tree.shape), tree.data.reshape(-1).tolist()):
            yield Leaf(f"{path}[{', '.join(map(str, index))}]", "Value", x, None)
    elif isinstance(tree, np.ndarray) and tree.ndim:
        numbers = tree.reshape(-1).tolist()
        for index, x in zip(np.ndindex(tree.shape), numbers):
            yield _leaf(x, f"{path}[{', '.join(map(str, index))}]")
    elif is_dataclass(tree) and not isinstance(tree, type):
        for field in fields(tree):
            yield from leaves_of(getattr(tree, field.name), f"{path}.{field.name}")
    else:
        yield _leaf(tree, path)


def _leaf(x: Any, path: str) -> Leaf:
    if isinstance(x, np.ndarray) and x.dtype.kind in "fiub":  # without dims
        x = x[()]
    if isinstance(x, Value):
        return Leaf(path, "Value", x._data, x)
    for kind, types in (("bool", (bool, np.bool_)), ("int", (int, np.integer))):
        if isinstance(x, types):
            return Leaf(path, kind, _rounded(int(x)), x)
    if isinstance(x, (float, np.floating)):
        return Leaf(path, "float", float(x), x)
    return Leaf(path, type(x).__name__, float("nan"), x)


def _rounded(n: int) -> float:
    """A whole number as a float, an infinity where it fits none."""
    try:
        return float(n)
    except OverflowError:
        return inf if n > 0 else -inf


def other_form(expected: Any, actual: Any, path: str = "result") -> str | None:
    """Say where two results differ in structure or kinds; None where they do not."""
    for a, b in zip(leaves_of(expected, path), leaves_of(actual, path)):
        if a.path != b.path:
            return f"{a.path} comes out plainly, and {b.path} compiled"
        by_value = a.kind not in _KINDS or (a.kind == "int" and abs(a.number) > _EXACT)
        if a.kind != b.kind or (by_value and not _alike(a.thing, b.thing)):
            return f"{a.path} is {_shown(a)} plainly, and {_shown(b)} compiled"
    if _shape(expected) != _shape(actual):
        return f"{path} is {expected!r:.60} plainly, and {actual!r:.60} compiled"
    return None


def _alike(x: Any, y: Any) -> bool:
    try:
        return x is y or bool(x == y)
    except Exception:  # whatever a foreign object raises when it is compared
        return False


def _shown(leaf: Leaf) -> str:
    number = f" {leaf.number}" if leaf.kind in _KINDS else f" {leaf.thing!r:.40}"
    return f"{'an' if leaf.kind == 'int' else 'a'} {leaf.kind}{number}"


def _shape(tree: Any) -> Any:
    """The structure of a result, without its leaves, to be compared by ``==``."""
    if isinstance(tree, dict):
        return type(tree), [(key, _shape(branch)) for key, branch in tree.items()]
    if isinstance(tree, (list, tuple)):
        return type(tree), [_shape(branch) for branch in tree]
    if isinstance(tree, np.ndarray) and tree.ndim:
        return "array", tree.shape, tree.dtype
    if is_dataclass(tree) and not isinstance(tree, type):
        return type(tree), [_shape(getattr(tree, field.name)) for field in fields(tree)]
    return None
