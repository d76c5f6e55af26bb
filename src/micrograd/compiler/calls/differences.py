"""What differs between two results of a function: their structure, their kinds, their numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from ...engine import Value


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
    if isinstance(x, Value):
        return Leaf(path, "Value", x._data, x)
    for kind, types in (("bool", (bool, np.bool_)), ("int", (int, np.integer))):
        if isinstance(x, types):
            return Leaf(path, kind, float(x), x)
    if isinstance(x, (float, np.floating)):
        return Leaf(path, "float", float(x), x)
    return Leaf(path, type(x).__name__, float("nan"), x)


def shape_of(tree: Any) -> Any:
    """Return the structure of a result with the kinds of its leaves, to be compared by ``==``."""
    if isinstance(tree, dict):
        return dict, [(key, shape_of(branch)) for key, branch in tree.items()]
    if isinstance(tree, (list, tuple)):
        return type(tree), [shape_of(branch) for branch in tree]
    if isinstance(tree, np.ndarray) and tree.ndim:
        return np.ndarray, tree.dtype == object, tree.shape
    if is_dataclass(tree) and not isinstance(tree, type):
        return type(tree), [shape_of(getattr(tree, field.name)) for field in fields(tree)]
    return _leaf(tree, "").kind
