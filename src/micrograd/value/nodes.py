"""The values of another engine, read as they are: number, gradient, parents, symbol and label.

Nothing of their class is known. The usual names are tried; and the function that passes a gradient
on tells by what it captured which operand came first, and by the method that it was written in
which operation it belongs to.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

ATTRIBUTES = {  # what each of these is called, the usual name first
    "data": ("data", "value", "val", "v"),
    "grad": ("grad", "gradient", "_grad"),
    "parents": ("_prev", "_children", "prev", "children", "parents", "_parents", "_ch"),
    "op": ("_op", "op"),
    "label": ("label", "name", "_label"),
    "pass_on": ("_backward", "_backwards", "_grad_fn", "grad_fn", "_backward_fn", "backward_fn"),
}
_DEEP = 3  # levels on which the number may lie, where a Value was wrapped in a Value


@dataclass
class Node:
    """One value of another engine."""

    original: Any
    data: float
    grad: float
    parents: list[Any]  # objects, one for each use
    symbol: str
    label: str
    ordered: bool  # whether the parents were kept in order
    cells: dict[str, Any] = field(default_factory=dict)  # what ``pass_on`` captured, by name
    pass_on: Callable | None = None  # gives the parents their share of the gradient
    written_in: str = ""  # the method in which ``pass_on`` was defined: __mul__
    constant: float | None = None  # the right operand, where it is a number that was not wrapped
    sure: bool = True  # whether parents, uses and order can be no others

    def is_silent(self) -> bool:
        """Tell whether it was computed, and its ``_backward`` left as the constructor made it."""
        made_there = self.written_in == "__init__" and not self.cells
        has_none = self.pass_on is None and bool(attribute(self.original, "pass_on"))
        return bool(self.parents) and (made_there or has_none)

    def kept(self) -> list[float] | None:
        """Return the numbers, one for each parent, that it keeps as local derivatives."""
        if not self.ordered or not self.parents:
            return None
        slots = [name for cls in type(self.original).__mro__ for name in _slots(cls)]
        for name in [*getattr(self.original, "__dict__", ()), *slots]:
            numbers = getattr(self.original, name, None)
            if (
                any(word in name for word in ("grad", "local", "partial", "deriv"))
                and isinstance(numbers, (tuple, list))
                and len(numbers) == len(self.parents)
                and all(isinstance(x, (int, float)) for x in numbers)
            ):
                return [float(x) for x in numbers]
        return None


def attribute(x: Any, part: str) -> str:
    """Return what x calls a part, or nothing where it has none."""
    return next((name for name in ATTRIBUTES[part] if hasattr(x, name)), "")


def is_node(x: Any) -> bool:
    """Tell whether x is a number that remembers what it was computed from."""
    if isinstance(x, type):
        return False
    names = [attribute(x, part) for part in ("data", "grad", "parents")]
    parents = getattr(x, names[2]) if all(names) else 0
    return parents is None or isinstance(parents, (set, frozenset, tuple, list, dict))


def collect(
    root: Any,
    nodes: dict[int, Node],
    labels: Mapping[int, str],
    arrange: Callable[[Node], None],
) -> None:
    """Add to nodes, by id, all that root was computed from: parents before children, each once.

    Args:
        root: an object for which ``is_node`` holds.
        nodes: what is there already.
        labels: names for some of the objects, by id.
        arrange: puts the parents of a node in order.

    Raises:
        ValueError: the graph has a cycle, or an array where a number belongs.
    """
    stack: list[Any] = [root]
    begun: dict[int, Node] = {}
    while stack:
        x = stack[-1]
        if id(x) in nodes:
            stack.pop()
        elif id(x) in begun:
            nodes[id(x)] = begun[id(x)]
        else:
            begun[id(x)] = node = _read(x, labels.get(id(x), ""))
            arrange(node)
            for parent in reversed(node.parents):
                if id(parent) in begun and id(parent) not in nodes:
                    raise ValueError(f"the graph has a cycle: {x!r:.80} is computed from itself")
                stack.append(parent)


def agrees(f: Callable, data: list[float], result: float) -> bool:
    """Tell whether f of these numbers is the result, but for rounding."""
    try:
        return math.isclose(f(*data), result, rel_tol=1e-9, abs_tol=1e-12)
    except (ArithmeticError, ValueError, TypeError):
        return False


def number_of(x: Any, part: str) -> float:
    """Return the data or the grad of an object as a float; what is not there yet is 0.

    Raises:
        ValueError: it is no number.
    """
    if isinstance(x, (int, float)):
        return float(x) if part == "data" else 0.0
    held = x
    for _ in range(_DEEP):
        name = attribute(held, part if held is x else "data")
        held = getattr(held, name) if name else held
        if held is None:
            return 0.0
        if not is_node(held):
            break
    try:
        return float(held.item() if hasattr(held, "item") else held)
    except (TypeError, ValueError):
        raise ValueError(
            f"a graph of numbers is needed, and the {part} of a {type(x).__name__} is "
            f"{type(held).__name__} {str(held)[:60]!r}"
        ) from None


def _read(x: Any, label: str) -> Node:
    if isinstance(x, (int, float)):  # a number that was not wrapped
        return Node(x, float(x), 0.0, [], "", label, ordered=True)
    parents, op, name = (
        getattr(x, attribute(x, part) or "_", None) for part in ("parents", "op", "label")
    )
    pass_on = _pass_on(x)
    return Node(
        original=x,
        data=number_of(x, "data"),
        grad=number_of(x, "grad"),
        parents=[p for p in parents or () if isinstance(p, (int, float)) or is_node(p)],
        symbol=op.strip() if isinstance(op, str) else "",
        label=label or (name if isinstance(name, str) else ""),
        ordered=not isinstance(parents, (set, frozenset)),
        cells=_cells(pass_on),
        pass_on=pass_on,
        written_in=_written_in(pass_on),
    )


def _pass_on(x: Any) -> Callable | None:
    """Return what passes the gradient of x on: by its usual name, else a closure that x holds."""
    for name in ATTRIBUTES["pass_on"]:
        if callable(f := getattr(x, name, None)):
            return f
    slots = [name for cls in type(x).__mro__ for name in _slots(cls)]
    for name in [*getattr(x, "__dict__", ()), *slots]:
        f = getattr(x, name, None)
        captured = [getattr(f, "__self__", None), *_cells(f).values()]
        if name != "backward" and hasattr(f, "__code__") and any(is_node(y) for y in captured):
            return f
    return None


def _written_in(function: Any) -> str:
    outer, _, inner = getattr(function, "__qualname__", "").rpartition(".<locals>.")
    return outer.rpartition(".")[2] if inner else ""


def _cells(function: Any) -> dict[str, Any]:
    """Return what a function captured, by name, and what stands in its signature: ``n=n``."""
    code = getattr(function, "__code__", None)
    names, defaults = (
        getattr(code, "co_freevars", ()),
        getattr(function, "__defaults__", None) or (),
    )
    arguments = code.co_varnames[: code.co_argcount] if code else ()
    cells = dict(zip(arguments[::-1], defaults[::-1], strict=False))
    for name, cell in zip(names, getattr(function, "__closure__", None) or (), strict=False):
        try:
            cells[name] = cell.cell_contents
        except ValueError:  # a variable that never got its value
            continue
    return cells


def _slots(cls: type) -> tuple[str, ...]:
    slots = cls.__dict__.get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)
