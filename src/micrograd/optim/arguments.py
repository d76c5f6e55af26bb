"""What optimisers take: Values to move, and rates."""

from collections.abc import Iterable
from math import inf
from typing import Any

from ..arguments import finite, shown
from ..engine import Value


def leaves_of(params: Iterable[Value]) -> list[Value]:
    """Return what an optimiser can move: leaves, none of them twice."""
    if hasattr(params, "parameters"):
        raise TypeError(
            f"an optimiser expects a list of Values, got the {type(params).__name__} itself: "
            "pass model.parameters()"
        )
    values = values_of(params)
    for v in values:
        if v.parents:
            raise ValueError(f"{v!r} was computed from other values: only leaves can be optimised")
    if not values:
        raise ValueError("there is nothing to optimise: the list of parameters is empty")
    if len(set(values)) != len(values):
        raise ValueError("a parameter is in the list twice: it would be moved twice")
    return values


def values_of(params: Any) -> list[Value]:
    """Return Values in a list; refuse anything else."""
    if isinstance(params, (Value, str, bytes, dict)) or not hasattr(params, "__iter__"):
        raise TypeError(f"an optimiser expects a list of Values, got {shown(params)}")
    values = list(params)
    for v in values:
        if not isinstance(v, Value):
            raise TypeError(f"an optimiser expects a list of Values, got {shown(v)} in it")
    return values


def rate(name: str, x: Any, below: float = inf) -> float:
    """Return a setting that is a number of 0 or more."""
    return finite(name, x, least=0, below=below)
