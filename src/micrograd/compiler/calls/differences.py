"""What differs between two results of a function: their structure, their kinds, their numbers."""

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
    """A number of a result: where, of what kind, and what was there.

    That of an array has its shape, and which of its elements it is.
    """

    place: str
    kind: str
    number: float
    thing: Any
    shape: tuple[int, ...] = ()
    element: int = 0

    @property
    def path(self) -> str:
        """Where it is, as Python writes it."""
        if not self.shape:
            return self.place
        return f"{self.place}[{', '.join(map(str, np.unravel_index(self.element, self.shape)))}]"


def leaves_of(tree: Any, path: str = "result") -> list[Leaf]:
    """Return the leaves of a result; what is no number counts by its type, and by its value."""
    leaves: list[Leaf] = []
    _add_leaves(tree, path, leaves)
    return leaves


def _add_leaves(tree: Any, path: str, leaves: list[Leaf]) -> None:
    if type(tree) is float or isinstance(tree, Value):  # as nearly all are
        leaves.append(_leaf(tree, path))
    elif isinstance(tree, dict):
        for key, branch in tree.items():
            _add_leaves(branch, f"{path}[{key!r}]", leaves)
    elif isinstance(tree, tuple) and hasattr(tree, "_fields"):
        for name, branch in zip(tree._fields, tree):
            _add_leaves(branch, f"{path}.{name}", leaves)
    elif isinstance(tree, (list, tuple)):
        for i, branch in enumerate(tree):
            _add_leaves(branch, f"{path}[{i}]", leaves)
    elif isinstance(tree, ValueArray):
        for i, x in enumerate(tree.data.reshape(-1).tolist()):
            leaves.append(Leaf(path, "Value", x, None, tree.shape, i))
    elif isinstance(tree, np.ndarray) and tree.ndim:
        for i, x in enumerate(tree.reshape(-1).tolist()):
            leaves.append(_leaf(x, path, tree.shape, i))
    elif is_dataclass(tree) and not isinstance(tree, type):
        for field in fields(tree):
            _add_leaves(getattr(tree, field.name), f"{path}.{field.name}", leaves)
    else:
        leaves.append(_leaf(tree, path))


def _leaf(x: Any, path: str, shape: tuple[int, ...] = (), element: int = 0) -> Leaf:
    if isinstance(x, np.ndarray) and x.dtype.kind in "fiub":  # without dims
        x = x[()]
    kind, number = _kind_and_number(x)
    return Leaf(path, kind, number, x, shape, element)


def _kind_and_number(x: Any) -> tuple[str, float]:
    if type(x) is float:
        return "float", x
    if isinstance(x, Value):
        return "Value", x._data
    for kind, types in (("bool", (bool, np.bool_)), ("int", (int, np.integer))):
        if isinstance(x, types):
            return kind, _rounded(int(x))
    if isinstance(x, (float, np.floating)):
        return "float", float(x)
    return type(x).__name__, float("nan")


def _rounded(n: int) -> float:
    """A whole number as a float, an infinity where it fits none."""
    try:
        return float(n)
    except OverflowError:
        return inf if n > 0 else -inf


def other_form(expected: Any, actual: Any, path: str = "result") -> str | None:
    """Say where two results differ in structure or kinds; None where they do not."""
    if _are_of_one_form(expected, actual):
        return None
    for a, b in zip(leaves_of(expected, path), leaves_of(actual, path)):
        if (a.place, a.shape, a.element) != (b.place, b.shape, b.element):
            return f"{a.path} comes out plainly, and {b.path} compiled"
        by_value = a.kind not in _KINDS or (a.kind == "int" and abs(a.number) > _EXACT)
        if a.kind != b.kind or (by_value and not _alike(a.thing, b.thing)):
            return f"{a.path} is {_shown(a)} plainly, and {_shown(b)} compiled"
    if _shape(expected) != _shape(actual):
        return f"{path} is {expected!r:.60} plainly, and {actual!r:.60} compiled"
    return None


def _are_of_one_form(x: Any, y: Any) -> bool:
    """Tell at first sight whether nests are alike: of floats and Values, in lists and arrays."""
    kind = type(x)
    if kind is not type(y):
        return False
    if kind in (list, tuple):
        return len(x) == len(y) and all(map(_are_of_one_form, x, y))
    if kind is np.ndarray:
        return x.dtype == y.dtype and x.dtype.kind == "f" and x.shape == y.shape
    return kind in (float, np.float64, Value)


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
