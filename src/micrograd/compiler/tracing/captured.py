"""The order of captured parameters: that of the modules and lists in which the function finds them.

The order decides whether weights lie side by side, as rows of a matrix. First use would not do: a
neuron that starts from its bias would put that between its weights.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

from ...engine import Value
from ...value.columns import ValueSet, are_leaves
from ...value.tables import others


def in_order(f: Callable, captured: list[Value]) -> list[Value]:
    """Return the captured values: those of modules in order and complete, others by first use."""
    wanted, known = ValueSet(captured), ValueSet()
    ordered: list[Value] = []
    for group in _groups(f, set()):
        if any(v in wanted for v in group):
            ordered += known.added(group)
    return ordered + known.added(captured)


def ranks(f: Callable) -> dict[int, int]:
    """Return the places of the Values that a function finds, by identity."""
    found: dict[int, int] = {}
    for group in _groups(f, set()):
        for v in group:
            found.setdefault(id(v), len(found))
    return found


def _groups(x: Any, seen: set[int], depth: int = 0) -> Iterator[list[Value]]:
    """Yield lists of Values that belong together, found in what x refers to."""
    if id(x) in seen or depth > 12 or isinstance(x, (int, float, str, type)) or x is None:
        return
    seen.add(id(x))
    if callable(getattr(type(x), "parameters", None)):
        parameters = list(others(x.parameters()))
        if not are_leaves(parameters):
            parameters = [p for p in parameters if isinstance(p, Value)]
        yield parameters
    elif isinstance(x, (list, tuple)) and (values := _only_values(x)):
        yield values  # a matrix stays together
    elif isinstance(x, (list, tuple, dict)):
        branches = list(x.values()) if isinstance(x, dict) else x
        if branches and not isinstance(branches[0], (int, float, str)):
            for branch in branches:
                yield from _groups(branch, seen, depth + 1)
    elif callable(x):
        for _, part in mentioned(x):
            yield from _groups(part, seen, depth + 1)


def _only_values(x: Any) -> list[Value]:
    """The Values in nested lists that hold nothing else; none where there is anything else."""
    if isinstance(x, Value):
        return [x]
    if not isinstance(x, (list, tuple)):
        return []
    if type(x) is list and are_leaves(x):
        return x.copy()
    found: list[Value] = []
    for branch in x:
        inner = _only_values(branch)
        if not inner:
            return []
        found += inner
    return found


def mentioned(f: Callable) -> list[tuple[str, Any]]:
    """Return what a function refers to, by name: closures, globals, defaults, what it wraps."""
    if isinstance(f, functools.partial):
        return [("", f.func), *((f"x{i}", x) for i, x in enumerate(f.args)), *f.keywords.items()]
    found = [("", getattr(f, "__self__", None)), ("", getattr(f, "__wrapped__", None))]
    code = getattr(f, "__code__", None)
    if code is None:
        return found
    found += [("", x) for x in getattr(f, "__defaults__", None) or ()]
    found += (getattr(f, "__kwdefaults__", None) or {}).items()
    for name, cell in zip(code.co_freevars, getattr(f, "__closure__", None) or ()):
        try:
            found.append((name, cell.cell_contents))
        except ValueError:  # not yet filled
            continue
    names = _names(code)
    known = getattr(f, "__globals__", {})
    return found + [(n, known[n]) for n in names if n in known and not _foreign(known[n])]


def _names(code: Any) -> list[str]:
    inner = [c for c in code.co_consts if hasattr(c, "co_names")]
    return [*code.co_names, *(n for c in inner for n in _names(c))]


def _foreign(x: Any) -> bool:
    """Modules of Python, and functions of other packages, hold no parameters of interest."""
    if callable(getattr(type(x), "parameters", None)):  # a model, whoever wrote its class
        return False
    owner = getattr(x, "__module__", None) or ""
    return hasattr(x, "__loader__") or owner.split(".")[0] in ("micrograd", "numpy", "builtins")
