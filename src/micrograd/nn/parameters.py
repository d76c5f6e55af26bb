"""Parameters by the shape: nested lists of Values, drawn in the order in which they are written."""

import random
from collections.abc import Iterable, Mapping
from math import prod, sqrt
from typing import Any

from ..arguments import seed as whole_seed
from ..engine import Value
from ..value.numeric import is_array
from ..value.tables import LookupTable


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


def normal_table(rng: Any, rows: int, columns: int) -> LookupTable:
    """Return parameters of the standard normal distribution that are made when looked at."""
    import numpy as np

    return LookupTable(np.random.default_rng(rng.getrandbits(64)).standard_normal((rows, columns)))


def constant(x: float, *shape: int) -> Any:
    """Return parameters that are all the same number."""
    return [constant(x, *shape[1:]) for _ in range(shape[0])] if shape else Value(x)


def bound(*inputs: int) -> float:
    """Return within which bound PyTorch draws weights and biases: 1 / sqrt(inputs of a sum)."""
    return 1 / sqrt(prod(inputs))


def arrays_of(state: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return a state's entries as float64 arrays, and what is to be said of those that are none."""
    import numpy as np

    arrays, problems = {}, []
    for name, entry in state.items():
        entry = entry.detach() if hasattr(entry, "detach") else entry  # a PyTorch parameter
        try:
            arrays[name] = np.asarray(entry, dtype=np.float64, order="C")
        except (TypeError, ValueError):
            problems.append(f"{name} is no array of numbers: {str(entry)[:40]!r}")
    return arrays, problems


def shape_of(thing: Any) -> tuple[int, ...] | None:
    """Return the shape of a nested list of parameters; None for anything else."""
    if isinstance(thing, Value):
        return None if thing.parents else ()
    if is_array(thing) and thing.ndim and thing.dtype == object:
        thing = thing.tolist()
    if not isinstance(thing, (list, tuple)) or not thing:
        return None
    inner = {shape_of(child) for child in thing}
    shape = inner.pop()
    return None if inner or shape is None else (len(thing), *shape)


def values_of(thing: Any) -> Iterable[Value]:
    """Go through the parameters of a nested list."""
    if isinstance(thing, Value):
        yield thing
    else:
        for child in thing.tolist() if is_array(thing) else thing:
            yield from values_of(child)
