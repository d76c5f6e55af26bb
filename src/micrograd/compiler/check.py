"""Trust: a new program must give what the eager run that traced it gave, value and gradient.

The recording is an ordinary graph of Values, for a batch of one where there is a batch. Sums are
made in another order, so the comparison allows for rounding. At a kink rounding can decide which
side is taken: what differs is compared once more with all numbers moved a little.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..buffers import read_grad, write_grad, zero_grad
from ..engine import Value, toposort
from .errors import JitError
from .graph import Graph, indices, interpret
from .sizes import evaluate
from .tracing.recording import Trace

if TYPE_CHECKING:
    from .tracing.signature import Argument
    from .variant import Variant

TOLERANCE = {"float64": 1e-8, "float32": 5e-3}
_GRADIENTS = 3  # of how many outputs the gradients are compared
_NUDGE = 1e-4


def check(
    variant: "Variant", recording: Trace, graph: Callable[[], Graph], args: "Sequence[Argument]"
) -> None:
    """Compare a program's values and gradients with the recording's.

    Args:
        graph: gives the recording as a graph, which is needed near a kink only.

    Raises:
        JitError: they differ by more than rounding explains.
    """
    env = variant.env(args)
    if "B" in env:
        env = {"B": 1, "P": env["P"]}
    v = variant.memory(args, env)
    outputs = list(recording.outputs())
    eager = [out._data for out in outputs]
    wanted = [k for k in range(len(recording.guards), len(outputs)) if variant.seedable(k)]
    wanted = wanted[:_GRADIENTS]
    slopes = {k: _eager_gradients(outputs[k], recording) for k in wanted}
    if _agrees(variant, v, env, eager, slopes):
        return
    numbers = graph()
    moved = variant.leaf_addresses(env)
    v = variant.memory(args, env)
    fixed = np.array(indices(numbers), dtype=bool)
    nudges = np.random.default_rng(0).uniform(-_NUDGE, _NUDGE, len(moved))
    v[moved] *= np.where(fixed, 1, 1 + nudges).astype(v.dtype)
    values, gradients = interpret(numbers, v[moved].tolist(), [numbers.outputs[k] for k in wanted])
    eager = [values[i] for i in numbers.outputs]
    if not _agrees(variant, v, env, eager, dict(zip(wanted, map(np.array, gradients)))):
        raise JitError(
            f"{variant.name}: the compiled program does not give what the eager run gave. This is "
            "a defect of the compiler: please report it, and call the function without jit"
        )


def _agrees(
    variant: "Variant",
    v: np.ndarray,
    env: dict[str, int],
    eager: list[float],
    slopes: dict[int, np.ndarray],
) -> bool:
    tolerance = TOLERANCE[v.dtype.name]
    plan = variant.plan(env)
    variant.kernel.forward(v, plan.sizes, plan.scalars)
    values = np.array([v[evaluate(a, env)] for a in variant.program.outputs], dtype=float)
    if not close(values, np.array(eager), tolerance):
        return False
    leaves, known = variant.leaf_addresses(env), variant.differentiable(env)
    for k, expected in slopes.items():
        found = variant.gradients(v, env, {k: 1.0})[leaves].astype(float)
        if not close(found[known], expected[known], tolerance):
            return False
    return True


def close(a: np.ndarray, b: np.ndarray, tolerance: float) -> bool:
    """Compare with room for rounding, relative to the largest number among them."""
    finite = np.isfinite(b)
    if not np.array_equal(finite, np.isfinite(a)):
        return False
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return False
    largest = np.abs(b[finite]).max(initial=0.0)
    return bool((np.abs(a[finite] - b[finite]) <= tolerance * (np.abs(b[finite]) + largest)).all())


def _eager_gradients(out: Value, recording: Trace) -> np.ndarray:
    """The gradients of the captured values, then of the inputs' leaves; all grads are put back."""
    leaves = [*recording.captured, *(v for i in recording.inputs for v in i.leaves)]
    reached = list({v: None for x in leaves for v in (toposort(x) if x.parents else (x,))})
    kept, found = np.empty(len(reached)), np.empty(len(leaves))
    read_grad(reached, kept)
    try:
        zero_grad(leaves)
        out.backward()
        read_grad(leaves, found)
    finally:
        write_grad(reached, kept)
    return found
