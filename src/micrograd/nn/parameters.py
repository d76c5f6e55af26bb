"""Parameters by the shape: nested lists of Values, drawn in the order in which they are written."""

import random
from math import prod, sqrt
from typing import Any

from ..arguments import seed as whole_seed
from ..engine import Value


def source(seed: Any) -> Any:
    """Return what to draw from: Python's own generator for None, so that ``random.seed`` counts."""
    if seed is None or seed is random:
        return random
    return seed if isinstance(seed, random.Random) else random.Random(whole_seed("seed", seed))


def uniform(rng: Any, bound: float, *shape: int) -> Any:
    """Return parameters between -bound and bound."""
    if not shape:
        return Value(rng.uniform(-bound, bound))
    return [uniform(rng, bound, *shape[1:]) for _ in range(shape[0])]


def normal(rng: Any, *shape: int) -> Any:
    """Return parameters of the standard normal distribution."""
    if not shape:
        return Value(rng.gauss(0.0, 1.0))
    return [normal(rng, *shape[1:]) for _ in range(shape[0])]


def constant(x: float, *shape: int) -> Any:
    """Return parameters that are all the same number."""
    return [constant(x, *shape[1:]) for _ in range(shape[0])] if shape else Value(x)


def bound(*inputs: int) -> float:
    """Return within which bound PyTorch draws weights and biases: 1 / sqrt(inputs of a sum)."""
    return 1 / sqrt(prod(inputs))
