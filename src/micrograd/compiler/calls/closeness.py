"""Equal up to rounding: the one comparison of what was compiled with what was computed plainly."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from ...engine import Value, toposort
from ...value.backend import native
from ...value.buffers import read_grad, write_grad, zero_grad
from ...value.columns import ValueSet

TOLERANCE = {"float64": 1e-8, "float32": 5e-3, "bfloat16": 0.1}  # relative to the number itself
# relative to the largest number beside it
_BESIDE = {"float64": 1e-10, "float32": 1e-3, "bfloat16": 0.05}
# below it numbers lose digits, or count as 0
_LEAST = {"float64": 2.3e-308, "float32": 1.2e-38, "bfloat16": 1.2e-38}
_MANY = 64  # times what random roundings were seen to make


def close(
    computed: np.ndarray,
    expected: np.ndarray,
    dtype: str = "float64",
    noise: float | np.ndarray | None = None,
    largest: float = 0.0,
) -> bool:
    """Compare with room for the rounding of a dtype.

    Args:
        computed, expected: one number each for each place.
        dtype: of the numbers inside the program.
        noise: how far roundings alone were seen to move such numbers, from ``Rounding``;
            None, where nobody looked, leaves room beside the largest number.
        largest: the largest of other such numbers.
    """
    finite = np.isfinite(expected)
    if not np.array_equal(finite, np.isfinite(computed)):
        return False
    if not np.array_equal(computed[~finite], expected[~finite], equal_nan=True):
        return False
    sizes = np.abs(expected[finite])
    if noise is None:
        beside = _BESIDE[dtype] * sizes.max(initial=largest)
    else:
        beside = _MANY * np.broadcast_to(noise, computed.shape)[finite]
    room = TOLERANCE[dtype] * sizes + beside + _LEAST[dtype]
    return bool((np.abs(computed[finite] - expected[finite]) <= room).all())


def is_single(x: Any) -> bool:
    """Tell whether x is an array or a number of floats of less than double precision."""
    return isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind == "f" and x.itemsize < 8


def in_single_precision(tree: Any) -> bool:
    """Tell whether floats of less than double precision are in nested things."""
    if isinstance(tree, dict):
        return in_single_precision(list(tree.values()))
    if isinstance(tree, (list, tuple)):
        return any(in_single_precision(x) for x in tree if type(x) is not float)
    if is_dataclass(tree) and not isinstance(tree, type):
        return in_single_precision([getattr(tree, field.name) for field in fields(tree)])
    return is_single(tree)


def gradients_by(sources: Sequence[Value], out: Value) -> np.ndarray:
    """Return the plain gradients of an output by some Values; all grads are put back."""
    if native is not None and (made := native.slopes_by(out, list(sources))) is not None:
        return np.frombuffer(made)
    reached = toposort(out) if out.parents else [out]
    seen = ValueSet(reached)
    beside = [v for x in sources for v in (toposort(x) if x.parents else (x,)) if v not in seen]
    reached += {id(v): v for v in beside}.values()
    kept, slopes = np.empty(len(reached)), np.empty(len(sources))
    read_grad(reached, kept)
    try:
        zero_grad(reached)
        out.backward()
        read_grad(sources, slopes)
    finally:
        write_grad(reached, kept)
    return slopes
