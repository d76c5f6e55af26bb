"""NumPy's functions of whole arrays that it has for floats alone, or not for traced numbers.

Each is written in functions that it has for arrays of objects, and for traced ones.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .linear_algebra import LINEAR_ALGEBRA


def quantile(
    a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False
) -> Any:
    """Return what ``np.quantile`` does, by one or both of the two numbers that are nearest."""
    if method not in ("linear", "lower", "higher", "nearest", "midpoint"):
        raise TypeError(f"np.quantile with method={method!r} has no gradient here: take 'linear'")
    axes = range(a.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple([i % a.ndim for i in axes])
    front = np.moveaxis(a, axes, range(len(axes)))
    ordered = np.sort(np.reshape(front, (-1, *front.shape[len(axes) :])), axis=0)
    places = np.asarray(q, float) * (len(ordered) - 1)
    if not np.all((places >= 0) & (places <= len(ordered) - 1)):
        raise ValueError(f"Quantiles must be in the range [0, 1], got {q!r}")
    made = [_between(ordered, float(place), method) for place in places.reshape(-1)]
    if keepdims:
        shape = [1 if i in axes else length for i, length in enumerate(a.shape)]
        made = [np.reshape(x, shape) for x in made]
    return np.stack(made).reshape(places.shape + np.shape(made[0])) if places.ndim else made[0]


def _between(ordered: Any, place: float, method: str) -> Any:
    below = int(place)
    part = {"lower": 0.0, "higher": 1.0, "nearest": round(place) - below, "midpoint": 0.5}.get(
        method, place - below
    )
    if place == below or not part:
        return ordered[below]
    low, high = ordered[below], ordered[below + 1]
    if part == 1:
        return high
    return low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)


def percentile(a: Any, q: Any, axis: Any = None, **options: Any) -> Any:
    """Return what ``np.percentile`` does, as ``quantile``."""
    return quantile(a, np.asarray(q, float) / 100, axis, **options)


def interp(x: Any, xp: Any, fp: Any) -> Any:
    """Return what ``np.interp`` does: a line from each point to the next, level outside of them."""
    if len(xp) != len(fp) or not len(xp):
        raise ValueError(f"fp and xp are not of the same length, or empty: {len(fp)} and {len(xp)}")
    made = fp[0] + 0.0 * x
    for i in range(len(xp) - 1):
        slope = (fp[i + 1] - fp[i]) / (xp[i + 1] - xp[i])
        made = made + slope * (np.minimum(np.maximum(x, xp[i]), xp[i + 1]) - xp[i])
    return made


def select(conditions: Sequence[Any], choices: Sequence[Any], default: Any = 0) -> Any:
    """Return what ``np.select`` does: of each place the first choice whose condition holds."""
    if len(conditions) != len(choices) or not len(conditions):
        raise ValueError(
            f"list of cases must be same length as list of conditions, and not empty: "
            f"{len(choices)} and {len(conditions)}"
        )
    made = default
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        made = np.where(condition, choice, made)
    return made


def nan_to_num(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    """Return what ``np.nan_to_num`` does."""
    most = np.finfo(float).max
    made = np.where(np.isnan(x), nan, x)
    made = np.where(made > most, most if posinf is None else posinf, made)
    return np.where(made < -most, -most if neginf is None else neginf, made)


def rounded(a: Any, decimals: int = 0) -> Any:
    """Return what ``np.round`` does: half of the last decimal goes to the even neighbour."""
    scale = 10.0 ** abs(decimals)
    if decimals < 0:
        return np.rint(a / scale) * scale
    return np.rint(a * scale) / scale if decimals else np.rint(a)


ARRAY_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.quantile: quantile,
    np.percentile: percentile,
    np.interp: interp,
    np.select: select,
    np.nan_to_num: nan_to_num,
    np.round: rounded,
    np.around: rounded,
    **LINEAR_ALGEBRA,
}
