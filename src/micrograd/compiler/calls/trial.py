"""Trust: a new program must give what the eager run that traced it gave, value and gradient.

The recording is an ordinary graph of Values, for a batch of one where there is a batch. Sums are
made in another order, so the comparison allows for rounding. At a kink rounding can decide which
side is taken: what differs is compared once more with all numbers moved a little.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..arrays.kernel import ArrayKernel
from ..errors import JitError
from ..graph import Graph, interpret
from ..tracing.recording import Trace
from .closeness import close, gradients_by
from .noise import GRADIENTS
from .nudges import nudges_of

if TYPE_CHECKING:
    from ..tracing.signature import Argument
    from .compiled import AnyRun, Compiled, Run


def check(
    compiled: "Compiled",
    name: str,
    recording: Trace,
    graph: Callable[[], Graph],
    args: "Sequence[Argument]",
) -> None:
    """Compare a program's values and gradients with the recording's.

    Args:
        compiled: the program.
        name: the function's, for the message.
        recording: what the function did.
        graph: gives the recording as a graph, which is needed near a kink only; not on a device,
            where values alone are compared.
        args: of the recorded call.

    Raises:
        JitError: they differ by more than rounding explains.
    """
    outputs = list(recording.outputs())
    expected = [out._data for out in outputs]
    if isinstance(compiled.kernel, ArrayKernel):
        if not _has(compiled.on_device(args, 1), expected, compiled.precision):
            raise _defect(name)
        return
    sizes = compiled.layout.sizes(args)
    if "B" in sizes:  # the recording is of one example
        sizes = {"B": 1, "P": sizes["P"]}
    run = compiled.computed(args, sizes)
    first = len(recording.guards)
    wanted = [k for k in range(first, len(outputs)) if compiled.is_number(k)][:GRADIENTS]
    sources = [*recording.captured, *(v for i in recording.inputs for v in i.leaves)]
    slopes = {k: gradients_by(sources, outputs[k]) for k in wanted}
    if _agrees(run, expected, slopes):
        return
    numbers = graph()
    leaves = run.at.leaves(len(recording.captured))
    v = run.at.memory(compiled.layout.captured, args)
    v[leaves] *= nudges_of(numbers).astype(v.dtype)
    moved, roots = v[leaves].tolist(), [numbers.outputs[k] for k in wanted]
    values, gradients = interpret(numbers, moved, roots)
    expected = [values[i] for i in numbers.outputs]
    run = compiled.of_memory(run.at, v)
    if not _agrees(run, expected, dict(zip(wanted, map(np.array, gradients)))):
        raise _defect(name)


def _defect(name: str) -> JitError:
    return JitError(
        f"{name}: the compiled program does not give what the eager run gave. This is "
        "a defect of the compiler: please report it, and call the function without jit"
    )


def _has(run: "AnyRun", expected: list[float], dtype: str) -> bool:
    values = np.array([run.number(k) for k in range(len(expected))])
    return close(values, np.array(expected), dtype)


def _agrees(run: "Run", expected: list[float], slopes: dict[int, np.ndarray]) -> bool:
    compiled, dtype = run.compiled, run.compiled.dtype.name
    if not _has(run, expected, dtype):
        return False
    captured = len(compiled.layout.captured)
    leaves, computed = run.at.leaves(captured), _differentiable(run)
    for k, slope in slopes.items():
        gradient = run.gradients({k: 1.0})[leaves].astype(float)
        if not close(gradient[computed], slope[computed], dtype):
            return False
    return True


def _differentiable(run: "Run") -> np.ndarray:
    """Tell of each leaf whether the program computes its gradient."""
    layout = run.compiled.layout
    parts = [np.ones(len(layout.captured), dtype=bool)]
    for k, _, span in run.at.spans:
        parts.append(np.full(span.length, k in layout.differentiated))
    return np.concatenate(parts)
