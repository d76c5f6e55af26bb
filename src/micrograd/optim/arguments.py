"""What optimisers take: Values to move, and rates."""

from collections.abc import Iterable
from math import inf
from typing import Any

from ..arguments import finite, shown
from ..engine import Value
from ..value.columns import ValueSet, are_leaves
from ..value.tables import Parameters


def leaves_of(params: Iterable[Value]) -> list[Value]:
    """Return what an optimiser can move: leaves, none of them twice; tables as they are."""
    if hasattr(params, "parameters"):
        raise TypeError(
            f"an optimiser expects a list of Values, got the {type(params).__name__} itself: "
            "pass model.parameters()"
        )
    if isinstance(params, Parameters):
        values: Any = params
        leaves: list[Value] = params.others
        parts: list[Any] = [*leaves, *params.tables]
    else:
        values = leaves = parts = values_of(params)
    for v in leaves if not are_leaves(leaves) else ():
        if v.parents:
            raise ValueError(f"{v!r} was computed from other values: only leaves can be optimised")
    if not parts:
        raise ValueError("there is nothing to optimise: the list of parameters is empty")
    different = len(set(parts)) if parts is not leaves else len(ValueSet().added(leaves))
    if different != len(parts):
        raise ValueError("a parameter is in the list twice: it would be moved twice")
    return values


def values_of(params: Any) -> list[Value]:
    """Return Values in a list; refuse anything else."""
    if isinstance(params, (Value, str, bytes, dict)) or not hasattr(params, "__iter__"):
        raise TypeError(f"an optimiser expects a list of Values, got {shown(params)}")
    values = list(params)
    for v in values if not are_leaves(values) else ():
        if not isinstance(v, Value):
            raise TypeError(f"an optimiser expects a list of Values, got {shown(v)} in it")
    return values


def rate(name: str, x: Any, below: float = inf) -> float:
    """Return a setting that is a number of 0 or more."""
    if type(x) is float and 0.0 <= x < below:  # at once: a schedule sets one at every step
        return x
    return finite(name, x, least=0, below=below)
