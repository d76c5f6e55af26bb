"""What people call the numbers that a program reads: arguments and parameters by their names.

A parameter without a label takes the name of the variable or attribute that it is found in:
``weights.3.1`` for an item of a list. Names are looked for only when somebody looks inside.
"""

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from ...engine import Value
from ..ir.array import Array
from ..ir.joins import with_arrays
from ..ir.program import BATCH, Program
from ..ir.sizes import Size
from .captured import mentioned
from .recording import Trace
from .signature import Argument

_DEEPEST = 12


def name_all(
    program: Program, recording: Trace, f: Callable, arguments: Sequence[Argument]
) -> Program:
    """Return the program with names of its arguments and labels of its parameters."""
    called, names = argument_names(f, len(arguments)), {}
    for made, place in zip(recording.inputs, program.segments, strict=True):
        shape: tuple[Size, ...] = ()
        if made.argument is None:
            names[place.start] = "1/B", shape
            continue
        argument = arguments[made.argument]
        if made.batched:
            shape = (*argument.shape[1:], BATCH)
        else:
            shape = (place.count,) if argument.kind == "nest" else argument.shape
        names[place.start] = called[made.argument], shape

    def named(array: Array) -> Array:
        name, shape = names.get(array.start, ("", ()))
        return replace(array, name=name, shape=shape)

    return replace(with_arrays(program, named), labels=tuple(labels(f, recording.captured)))


def argument_names(f: Callable, count: int) -> list[str]:
    """Return the names of the first ``count`` arguments."""
    names: list[str] = []
    try:
        known = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):  # written in C
        known = []
    for parameter in known:
        if parameter.kind is parameter.VAR_POSITIONAL:
            names += [f"{parameter.name}{i}" for i in range(count - len(names))]
        else:
            names.append(parameter.name)
    if known:
        names += [f"random{i}" for i in range(1, count - len(names) + 1)]
    return (names + [f"x{i}" for i in range(len(names), count)])[:count]


def labels(f: Callable, captured: Sequence[Value]) -> list[str]:
    """Return a dotted name for each captured value, empty where there is none."""
    found: dict[int, str] = {}
    _search(f, "", {id(v) for v in captured if not v.label}, found, set())
    return [v.label or found.get(id(v), "") for v in captured]


def _search(
    x: Any, path: str, wanted: set[int], found: dict[int, str], seen: set[int], depth: int = 0
) -> None:
    if id(x) in wanted:
        found.setdefault(id(x), path)
    if id(x) in seen or depth > _DEEPEST or isinstance(x, (int, float, str, type, Value)):
        return
    seen.add(id(x))
    for name, inner in _inside(x):
        # The variable that a model is called by says nothing: its attributes do.
        under = f"{path}.{name}" if path else str(name)
        under = path if _is_model(inner) and callable(x) else under
        _search(inner, under, wanted, found, seen, depth + 1)


def _inside(x: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(x, dict):
        return list(x.items())
    if isinstance(x, (list, tuple)):
        return () if x and isinstance(x[0], (int, float, str)) else enumerate(x)
    if _is_model(x):
        return list(vars(x).items())
    return mentioned(x) if callable(x) else ()


def _is_model(x: Any) -> bool:
    return callable(getattr(x, "parameters", None)) and hasattr(x, "__dict__")
