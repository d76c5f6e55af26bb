"""What another engine's operation was applied to: which operands, in which order, how often.

A set of parents says neither which came first nor that one was used twice, and a number that was
not wrapped is no parent at all. The numbers tell, the names that a ``_backward`` captured, and the
method it is in; where these allow two readings, the node is not ``sure``.
"""

import math
from collections.abc import Callable
from typing import Any

from .nodes import Node, agrees, attribute, number_of

_PROBE = (2.0, 3.0)  # two numbers that no operation but a commutative one takes in either order


def arrange(node: Node, function: Callable | None) -> None:
    """Give the parents of a node one entry for each use, in the order in which they were written.

    Args:
        node: what was read; ``parents``, ``constant`` and ``sure`` are set.
        function: the function of two numbers that its operation stands for, where there is one.
    """
    if not node.ordered:
        node.parents = _by_name(node)
    if function is None:
        return
    if len(node.parents) == 1:
        _with_one_parent(node, function)
    elif len(node.parents) == 2 and not node.ordered:
        as_named, swapped = _fits(node, function), _fits(node, function, swapped=True)
        if swapped and not as_named:
            node.parents = node.parents[::-1]
        either = as_named and swapped and not _is_commutative(function)
        node.sure = not either or ("self" in node.cells and _is_operator(node.written_in))


def _with_one_parent(node: Node, function: Callable) -> None:
    """Read ``a * a`` of a set, or ``a * 2`` of a number that was not wrapped."""
    (parent,) = node.parents
    data = number_of(parent, "data")
    names = sum(x is parent for x in node.cells.values())
    twice = not node.ordered and agrees(function, [data, data], node.data)
    if twice and names > 1:
        node.parents = [parent, parent]
        return
    cells = [x for x in node.cells.values() if not isinstance(x, bool)]
    numbers = [float(x) for x in cells if isinstance(x, (int, float))]
    left = [x for x in numbers if agrees(function, [x, data], node.data)]
    right = [x for x in numbers if agrees(function, [data, x], node.data)]
    if left and (_is_reflected(node) or not right):
        node.parents = [left[0] * 1.0, parent]  # a number of its own: the same 2 may be used again
    elif right:
        node.parents, node.constant = [parent, right[0] * 1.0], right[0]
        node.sure = not left or _is_commutative(function) or _is_operator(node.written_in)
    elif twice:
        node.parents, node.sure = [parent, parent], False


def _fits(node: Node, function: Callable, swapped: bool = False) -> bool:
    data = [number_of(p, "data") for p in node.parents]
    return agrees(function, data[::-1] if swapped else data, node.data)


def _is_commutative(function: Callable) -> bool:
    return function(*_PROBE) == function(*_PROBE[::-1])


def _is_operator(method: str) -> bool:
    """Tell whether Python calls it for a sign, so that it is known which operand self is."""
    return method.startswith("__") and method.endswith("__")


def _is_reflected(node: Node) -> bool:
    """Tell whether self is the right operand there: in ``__rsub__``."""
    return _is_operator(node.written_in) and node.written_in.startswith("__r")


def _by_name(node: Node) -> list[Any]:
    """Order a set of parents: as the _backward names them, else by what they show."""
    first = _is_reflected(node)  # then self comes last
    names = sorted(node.cells, key=lambda name: (name == "self") == first)
    place = {id(node.cells[name]): i for i, name in reversed(list(enumerate(names)))}
    return sorted(node.parents, key=lambda p: (place.get(id(p), len(place)), *_shown(p)))


def _shown(x: Any) -> tuple[str, bool, float]:
    """Return what an object shows of itself: the same at every run, where addresses are not."""
    data = number_of(x, "data")
    label = getattr(x, attribute(x, "label") or "_", "")
    return str(label), not data < 0, abs(data) if data == data else math.inf
