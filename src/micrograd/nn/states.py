"""A model's parameters as arrays under PyTorch's names, and back."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..engine import Value
from ..value import tables
from ..value.tables import LookupTable
from .parameters import arrays_of, shape_of, values_of


def state_of(module: Any) -> dict[str, Any]:
    """Return a float64 array for each entry, a parameter under its first name alone."""
    import numpy as np

    state = {}
    for name, values, shape in entries_of(module):
        state[name] = np.empty(shape)
        tables.read(values, state[name])
    return state


def load(module: Any, state: Mapping[str, Any]) -> None:
    """Set the parameters from arrays, all of them or none.

    Raises:
        TypeError: state is no dict.
        ValueError: names or shapes are not this model's.
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"a state is a dict of arrays by name, got {type(state).__name__}")
    wanted = {name: (values, shape) for name, values, shape in entries_of(module)}
    arrays, problems = arrays_of(state)
    problems += [f"{name} is missing" for name in wanted if name not in state]
    problems += [f"{name} is not in the model" for name in state if name not in wanted]
    for name, array in arrays.items():
        if name in wanted and array.shape != wanted[name][1]:
            problems.append(f"{name} has shape {array.shape}, not {wanted[name][1]}")
    if problems:
        more = f"; and {len(problems) - 6} more" if len(problems) > 6 else ""
        raise ValueError("this state is of another model: " + "; ".join(problems[:6]) + more)
    for name, (values, _) in wanted.items():
        tables.write(values, arrays[name])


def entries_of(
    module: Any,
) -> Iterator[tuple[str, list[Value] | LookupTable, tuple[int, ...]]]:
    """Go through (name, parameters, shape), those in two places at the first."""
    packed: set[int] = set()
    for path, inner in module.named_modules():
        for key, tensor in inner.tensors().items():
            name = f"{path}.{key}" if path else key
            values = tensor if isinstance(tensor, LookupTable) else list(values_of(tensor))
            if isinstance(values, LookupTable):
                if id(values) not in packed:
                    packed.add(id(values))
                    yield name, values, values.shape
            elif not packed.issuperset(map(id, values)):
                packed.update(map(id, values))
                yield name, values, shape_of(tensor) or ()
