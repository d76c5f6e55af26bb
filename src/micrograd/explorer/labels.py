"""What the values of a reader's objects are called, and these values as ours."""

from collections.abc import Mapping, Sequence
from types import FunctionType, ModuleType
from typing import Any

from ..engine import Value, toposort
from ..value.likeness import Likeness, is_value
from ..value.nodes import attribute, parents_of

_DEEP = 6  # fields in fields, where values are looked for
_LONGEST = 1_000  # items of a list


def labels_of(namespace: Mapping[str, Any]) -> dict[int, str]:
    """Name the values that variables, lists and fields of objects hold: ``layers.0.b``, by id."""
    labels: dict[int, str] = {}
    seen: set[int] = set()

    def walk(x: Any, path: tuple[str, ...], depth: int) -> None:
        if is_value(x):
            labels.setdefault(id(x), ".".join(path))
            return
        if id(x) in seen or not depth or isinstance(x, (type, str, ModuleType, FunctionType)):
            return
        seen.add(id(x))
        if isinstance(x, (list, tuple)):
            for i, item in enumerate(x[:_LONGEST]):
                walk(item, (*path, str(i)), depth - 1)
        elif hasattr(x, "__dict__"):
            for name, item in vars(x).items():
                walk(item, (*path, name), depth - 1)

    for name, x in namespace.items():
        if not name.startswith("__"):
            walk(x, (name,) if name else (), _DEEP)
    return {key: label for key, label in labels.items() if label}


def behind(root: Any) -> list[Any]:
    """Return a value of any engine, and all that it was computed from."""
    values, stack = {id(root): root}, [root]
    while stack:
        x = stack.pop()
        for parent in parents_of(x):
            if is_value(parent) and id(parent) not in values:
                values[id(parent)] = parent
                stack.append(parent)
    return list(values.values())


def as_values(
    roots: Sequence[Any], labels: Mapping[int, str]
) -> tuple[list[Value], dict[int, Value]]:
    """Return values of any engine as Values, and the Value of each that is behind them, by id.

    Args:
        roots: what to return.
        labels: what they and those behind them are called, by id; who has a label keeps it.
    """
    if all(isinstance(root, Value) for root in roots):
        order = [value for root in roots for value in toposort(root)]
        for value in order:
            value.label = value.label or labels.get(id(value), "")
        return list(roots), {id(value): value for value in order}
    named = {id(x) for root in roots for x in behind(root) if _own_label(x)}
    likeness = Likeness(roots, {key: label for key, label in labels.items() if key not in named})
    return likeness.roots, likeness.values


def _own_label(x: Any) -> str:
    label = getattr(x, attribute(x, "label") or "_", "")
    return label if isinstance(label, str) else ""
