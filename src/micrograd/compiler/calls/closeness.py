"""Equal up to rounding: the one comparison of what was compiled with what was computed plainly."""

import numpy as np

TOLERANCE = {"float64": 1e-8, "float32": 5e-3}


def close(computed: np.ndarray, expected: np.ndarray, dtype: str = "float64") -> bool:
    """Compare with room for the rounding of a dtype, relative to the largest number among them."""
    finite = np.isfinite(expected)
    if not np.array_equal(finite, np.isfinite(computed)):
        return False
    if not np.array_equal(computed[~finite], expected[~finite], equal_nan=True):
        return False
    sizes = np.abs(expected[finite])
    room = TOLERANCE[dtype] * (sizes + sizes.max(initial=0.0))
    return bool((np.abs(computed[finite] - expected[finite]) <= room).all())
