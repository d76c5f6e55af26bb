"""Numbers moved a little: what is right by chance, or frozen, or beside a kink, shows there."""

import copy
import dataclasses
from typing import Any

import numpy as np

from ..graph import Graph, indices

NUDGE = 1e-4  # how far, relative to them


def nudges_of(graph: Graph) -> np.ndarray:
    """Return by what parameters and inputs are multiplied to be moved a little: 1 for an index."""
    fixed = np.array(indices(graph), dtype=bool)
    return np.where(fixed, 1, 1 + np.random.default_rng(0).uniform(-NUDGE, NUDGE, len(fixed)))


def nudged(x: Any, rng: np.random.Generator) -> Any:
    """Return a copy of an argument with its floats moved a little; Values stay themselves."""
    if type(x) is float or isinstance(x, np.floating):
        return type(x)(x * (1 + rng.uniform(-NUDGE, NUDGE)))
    if isinstance(x, np.ndarray):
        if x.dtype.kind != "f":
            return x
        return (x * (1 + rng.uniform(-NUDGE, NUDGE, x.shape))).astype(x.dtype)
    if isinstance(x, dict):
        moved = copy.copy(x)
        moved.update({key: nudged(branch, rng) for key, branch in x.items()})
        return moved
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*[nudged(branch, rng) for branch in x])
    if type(x) is list and set(map(type, x)) == {float}:
        return (np.array(x) * (1 + rng.uniform(-NUDGE, NUDGE, len(x)))).tolist()
    if type(x) in (list, tuple):
        return type(x)([nudged(branch, rng) for branch in x])
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        new = copy.copy(x)
        for field in dataclasses.fields(x):
            object.__setattr__(new, field.name, nudged(getattr(x, field.name), rng))
        return new
    return x
