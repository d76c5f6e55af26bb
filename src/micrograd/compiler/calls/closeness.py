"""Equal up to rounding: the one comparison of what was compiled with what was computed plainly."""

from collections.abc import Sequence

import numpy as np

from ... import ops
from ..graph import CONSTANT, Graph

TOLERANCE = {"float64": 1e-8, "float32": 5e-3}  # relative to the number itself
_BESIDE = {"float64": 1e-10, "float32": 1e-3}  # relative to the largest number beside it
_MANY = 64  # times what random roundings were seen to make
_EXACT = (ops.MAXIMUM, ops.MINIMUM, ops.RELU, ops.ABS, ops.WHERE, ops.TAKE, *CONSTANT)


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
        noise: how far roundings alone were seen to move such numbers, from ``rounding_noise``;
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
    room = TOLERANCE[dtype] * sizes + beside
    return bool((np.abs(computed[finite] - expected[finite]) <= room).all())


def rounding_noise(graph: Graph, roots: Sequence[int], dtype: str) -> tuple[np.ndarray, float]:
    """Return how far random roundings of every operation move each output, and any gradient.

    Sums made in another order differ by as much: so a result that is nothing but what large terms
    leave when they cancel is not mistaken for a wrong one. Monte Carlo arithmetic is Parker's
    ("Monte Carlo arithmetic", 1997).

    Args:
        graph: what is computed.
        roots: the outputs of which gradients are compared.
        dtype: of the numbers inside the program.
    """
    rng = np.random.default_rng(0)
    samples = [_perturbed(graph, roots, dtype, rng) for _ in range(3)]
    values = np.array([values for values, _ in samples])
    slopes = np.array([slopes for _, slopes in samples])
    return _spread(values), float(_spread(slopes).max(initial=0.0))


def _spread(samples: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.nan_to_num(samples.max(axis=0) - samples.min(axis=0), posinf=0.0)


def _perturbed(
    graph: Graph, roots: Sequence[int], dtype: str, rng: np.random.Generator
) -> tuple[list[float], list[float]]:
    count = len(graph.ops)
    unit = float(np.finfo(dtype).eps)
    forward, backward = (1 + rng.uniform(-unit, unit, (2, count))).tolist()
    values = list(graph.data)
    for i, op in enumerate(graph.ops):
        if op is not None:
            values[i] = op.fn(*[values[p] for p in graph.parents[i]])
            if op not in _EXACT:
                values[i] *= forward[i]
    slopes: list[float] = []
    for root in roots:
        slope = [0.0] * count
        slope[root] = 1.0
        for i in range(root, -1, -1):
            op = graph.ops[i]
            if op is not None and op not in CONSTANT and op.partials is not None and slope[i]:
                parents, given = graph.parents[i], slope[i] * backward[i]
                partials = op.partials(*[values[p] for p in parents], values[i])
                for p, partial in zip(parents, partials):
                    slope[p] += partial * given
        slopes += [slope[i] for i in (*graph.parameters, *graph.inputs)]
    return [values[i] for i in graph.outputs], slopes
