"""How far rounding alone moves the numbers of a graph: each operation is rounded at random, thrice.

This is Monte Carlo arithmetic (Parker, "Monte Carlo arithmetic", 1997).
"""

from collections.abc import Sequence

import numpy as np

from ... import ops
from ..graph import CONSTANT, PICK, Graph

GRADIENTS = 3  # of how many outputs the gradients are compared
_UNIT = {"float64": 2.0**-52, "float32": 2.0**-23, "bfloat16": 2.0**-7}  # between 1 and the next
_EXACT = (ops.MAXIMUM, ops.MINIMUM, ops.RELU, ops.ABS, ops.WHERE, PICK, ops.TAKE, *CONSTANT)


def noise_of(graph: Graph, roots: Sequence[int], dtype: str) -> tuple[np.ndarray, float]:
    """Return how far random roundings of every operation move outputs, and any gradient of some.

    Args:
        graph: at the numbers of its leaves.
        roots: the nodes whose gradients count.
        dtype: of the numbers inside.
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
    unit = _UNIT[dtype]
    forward, backward = (1 + rng.uniform(-unit, unit, (2, count))).tolist()
    values, parents = list(graph.data), list(graph.parents)
    for i, op in enumerate(graph.ops):
        if op is not None:
            values[i] = op.fn(*[values[p] for p in parents[i]])
            if op not in _EXACT:
                values[i] *= forward[i]
    slopes: list[float] = []
    for root in roots:
        slope = [0.0] * count
        slope[root] = 1.0
        for i in range(root, -1, -1):
            op = graph.ops[i]
            if op is not None and op not in CONSTANT and op.partials is not None and slope[i]:
                above, given = parents[i], slope[i] * backward[i]
                partials = op.partials(*[values[p] for p in above], values[i])
                for p, partial in zip(above, partials):
                    slope[p] += partial * given
        slopes += [slope[i] for i in (*graph.parameters, *graph.inputs)]
    return [values[i] for i in graph.outputs], slopes
