"""The values of another engine, read as they are: number, gradient, parents, symbol and label.

Nothing of their class is known. The usual names are tried, and where there are none, what the
attributes do; and the function that passes a gradient on tells by what it captured which operand
came first, and by the method that it was written in which operation it belongs to.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

ATTRIBUTES = {  # what each of these is called, the usual name first
    "data": ("data", "value", "val", "v"),
    "grad": ("grad", "gradient", "_grad", "derivative"),
    "parents": ("_prev", "_children", "prev", "children", "parents", "_parents", "_ch"),
    "op": ("_op", "op"),
    "label": ("label", "name", "_label"),
    "pass_on": ("_backward", "_backwards", "_grad_fn", "grad_fn", "_backward_fn", "backward_fn"),
}
_NEEDED = {"data": "the number", "grad": "the gradient", "parents": "the parents"}
_SHOWN = 12  # attributes that a message names
_CONTAINERS = (set, frozenset, tuple, list, dict)
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
    slopes: list[float] = field(default_factory=list)  # that stand beside the parents

    def is_silent(self) -> bool:
        """Tell whether it was computed, and its ``_backward`` left as the constructor made it."""
        made_there = self.written_in == "__init__" and not self.cells
        has_none = self.pass_on is None and bool(attribute(self.original, "pass_on"))
        return bool(self.parents) and (made_there or has_none)

    def kept(self) -> list[float] | None:
        """Return the numbers, one for each parent, that it keeps as local derivatives."""
        if not self.ordered or not self.parents:
            return None
        if len(self.slopes) == len(self.parents):
            return self.slopes
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
    """Return what x calls a part, or nothing where it has none, or one for each parent."""
    return _usual(x, part) or next(iter(_own(x, part) if part != "parents" else ()), "")


def is_node(x: Any) -> bool:
    """Tell whether x is a number that remembers what it was computed from."""
    if isinstance(x, type) or not (attribute(x, "data") and attribute(x, "grad")):
        return False
    if name := _usual(x, "parents"):
        return getattr(x, name) is None or isinstance(getattr(x, name), _CONTAINERS)
    return bool(_own(x, "parents"))


def missing(x: Any) -> str:
    """Say which parts of a value are not found in an object of a reader's; of others nothing."""
    fields = list(getattr(x, "__dict__", ())) or [n for c in type(x).__mro__ for n in _slots(c)]
    parts = [part for part in _NEEDED if not attribute(x, part)]
    if isinstance(x, type) or not fields or not parts:
        return ""
    looked_for = "; ".join(f"{_NEEDED[part]}: {', '.join(ATTRIBUTES[part])}" for part in parts)
    return (
        f". A {type(x).__name__} has {', '.join(fields[:_SHOWN])}, and none is found to hold "
        f"{' or '.join(_NEEDED[part] for part in parts)}, by its name or by what + and * of "
        f"two of them do: call it by one of these ({looked_for})"
    )


def parents_of(x: Any) -> list[Any]:
    """Return what x was computed from, numbers that were not wrapped as well."""
    return _flat(_kept_parents(x))


def _kept_parents(x: Any) -> Any:
    """Return what the parents of x are kept in; of a field for each, a list."""
    names = [_usual(x, "parents")] if _usual(x, "parents") else _own(x, "parents")
    fields = [getattr(x, name, None) for name in names]
    return fields[0] if len(fields) == 1 and not is_node(fields[0]) else fields


def _flat(kept: Any, depth: int = _DEEP) -> list[Any]:
    """Return the values in what parents are kept in; of pairs in it not the numbers beside them."""
    if isinstance(kept, dict):
        kept = [x for x in (*kept, *kept.values()) if is_node(x)]
    elif not isinstance(kept, _CONTAINERS):  # an object with fields
        fields = getattr(kept, "__dict__", {}).values()
        kept = [x for x in fields if not isinstance(x, (int, float))]
    parents = []
    for x in kept:
        if is_node(x) or (isinstance(x, (int, float)) and depth == _DEEP):
            parents.append(x)
        elif isinstance(x, _CONTAINERS) and depth:
            parents += _flat(x, depth - 1)
    return parents


def _usual(x: Any, part: str) -> str:
    return next((name for name in ATTRIBUTES[part] if hasattr(x, name)), "")


def _own(x: Any, part: str) -> tuple[str, ...]:
    """Return what the class of x calls a part, where what its attributes do tells."""
    cls = type(x)
    if not hasattr(cls, "__mul__") or cls.__module__ == "builtins":
        return ()
    from .attributes import attributes_of  # here, so that importing the package does not wait

    names = getattr(attributes_of(cls), part, ())
    names = (names,) if isinstance(names, str) else names
    return names if all(n and hasattr(x, n) for n in names) else ()  # it may be half made


def _slopes(x: Any, kept: Any) -> list[float]:
    """Return the local gradients that x keeps, in pairs with its parents or for themselves."""
    slopes = next((getattr(x, name, ()) for name in _own(x, "locals")), ())
    if isinstance(kept, (list, tuple)) and all(isinstance(pair, (list, tuple)) for pair in kept):
        slopes = [y for pair in kept for y in pair if isinstance(y, (int, float))]
    return [float(y) for y in slopes if isinstance(y, (int, float))]


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
    op, name = (getattr(x, attribute(x, part) or "_", None) for part in ("op", "label"))
    kept = _kept_parents(x)
    pass_on = _pass_on(x)
    return Node(
        original=x,
        data=number_of(x, "data"),
        grad=number_of(x, "grad"),
        parents=parents_of(x),
        symbol=op.strip() if isinstance(op, str) else "",
        label=label or (name if isinstance(name, str) else ""),
        ordered=not isinstance(kept, (set, frozenset)),
        cells=_cells(pass_on),
        pass_on=pass_on,
        written_in=_written_in(pass_on),
        slopes=_slopes(x, kept),
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
