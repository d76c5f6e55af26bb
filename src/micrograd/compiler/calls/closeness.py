"""Equal up to rounding: the one comparison of what was compiled with what was computed plainly."""

from collections.abc import Sequence

import numpy as np

from ...engine import Value, toposort
from ...value.buffers import read_grad, write_grad, zero_grad

TOLERANCE = {"float64": 1e-8, "float32": 5e-3}  # relative to the number itself
_BESIDE = {"float64": 1e-10, "float32": 1e-3}  # relative to the largest number beside it
_LEAST = {"float64": 2.3e-308, "float32": 1.2e-38}  # below it numbers lose digits, or count as 0
_MANY = 64  # times what random roundings were seen to make


def close(
    computed: np.ndarray,
    expected: np.ndarray,
    dtype: str = "float64",
    noise: float | np.ndarray | None = None,
) -> bool:
    """Compare with room for the rounding of a dtype.

    Args:
        computed, expected: one number each for each place.
        dtype: of the numbers inside the program.
        noise: how far roundings alone were seen to move such numbers, from ``Rounding``;
            None, where nobody looked, leaves room beside the largest number.
    """
    finite = np.isfinite(expected)
    if not np.array_equal(finite, np.isfinite(computed)):
        return False
    if not np.array_equal(computed[~finite], expected[~finite], equal_nan=True):
        return False
    sizes = np.abs(expected[finite])
    if noise is None:
        beside = _BESIDE[dtype] * sizes.max(initial=0.0)
    else:
        beside = _MANY * np.broadcast_to(noise, computed.shape)[finite]
    room = TOLERANCE[dtype] * sizes + beside + _LEAST[dtype]
    return bool((np.abs(computed[finite] - expected[finite]) <= room).all())


def gradients_by(sources: Sequence[Value], out: Value) -> np.ndarray:
    """Return the plain gradients of an output by some Values; all grads are put back."""
    reached = list({v: None for x in (out, *sources) for v in (toposort(x) if x.parents else (x,))})
    kept, slopes = np.empty(len(reached)), np.empty(len(sources))
    read_grad(reached, kept)
    try:
        zero_grad(reached)
        out.backward()
        read_grad(sources, slopes)
    finally:
        write_grad(reached, kept)
    return slopes
