"""The loops of what runs as a tape at first: compiled at the third call, where they are worth it.

A tape is there at once, and gives every bit of the plain run. So it is what the loops are judged
by: they take its place if they give its numbers and its gradients, up to rounding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..c.build import CompileError, CompilerNotFound
from ..graph import Graph, indices
from ..ir.program import Program
from ..pipeline import check_printed, lower
from ..tape import Tape, is_straight, tape_of
from ..tracing.signature import Argument
from .closeness import close
from .compiled import Compiled, Layout, until_of
from .kernel import warn_of_tape
from .noise import noise_of
from .report import Stages

AT_CALL = 3  # a fixed number, so that runs repeat exactly
_GRADIENTS = 3  # of how many outputs the gradients are compared
_NUDGE = 1e-4
_FEW = ": few loops are in it"


class Deferred:
    """What is compiled later: the loops of a graph.

    Args:
        graph: what a tape was made of.
        options: of the kernel: backend, dtype, strict.
    """

    def __init__(self, graph: Graph, options: Mapping[str, Any]) -> None:
        self._graph, self._options = graph, options

    def loops(self, tape: Compiled, args: Sequence[Argument], stages: Stages) -> Compiled:
        """Return the loops, ready to run; the tape itself where it is to stay.

        Args:
            tape: what has run so far.
            args: of the call at which this is asked.
            stages: takes the time of each.
        """
        with stages.timed("lower"):
            if is_straight(self._graph):
                return _staying(tape, _FEW)
            program = lower(self._graph)
        with stages.timed("build"):
            layout = _at(program, tape.layout)
            try:
                compiled = Compiled(program, layout, {**self._options, "backend": "c"})
            except (CompilerNotFound, CompileError) as refusal:
                warn_of_tape(refusal)
                return _staying(tape, ": it cannot be compiled")
        with stages.timed("trial"):
            if _agree(compiled, tape, self._graph, args):
                return compiled
        return _staying(tape, ": loops do not give its numbers")


def begin(graph: Graph, options: Mapping[str, Any]) -> tuple[Program | Tape, Deferred | None]:
    """Return what a graph runs as at first, and what may take its place at the third call.

    That is a tape, where the back end is ours to choose, unless there is a batch axis.
    """
    free = options["backend"] == "auto" and options["dtype"] == "float64"
    check_printed()
    if not free or not (tape := tape_of(graph)):
        return lower(graph, until_of(options)), None
    tape.why = "; loops are compiled at the third call"
    return tape, Deferred(graph, options)


def _staying(tape: Compiled, why: str) -> Compiled:
    tape.program.why = why
    return tape


def _at(program: Program, layout: Layout) -> Layout:
    """Return the layout of a tape with the places of a program."""
    places = zip(layout.inputs, program.segments, strict=True)
    return replace(layout, inputs=[(k, batched, at) for (k, batched, _), at in places])


def _agree(loops: Compiled, tape: Compiled, graph: Graph, args: Sequence[Argument]) -> bool:
    """Compare them on a call's numbers; at a kink, where rounding decides, on numbers beside it."""
    at, captured = tape.at({}), len(tape.layout.captured)
    v = at.memory(tape.layout.captured, args)
    numbers = v[at.leaves(captured)]
    values, slopes = _differing(loops, tape, graph, args, numbers)
    if values or not slopes:
        return not values
    fixed = np.array(indices(graph), dtype=bool)
    nudges = 1 + np.random.default_rng(0).uniform(-_NUDGE, _NUDGE, len(numbers))
    moved = np.where(fixed, numbers, numbers * nudges)
    return not any(_differing(loops, tape, graph, args, moved))


def _differing(
    loops: Compiled, tape: Compiled, graph: Graph, args: Sequence[Argument], numbers: np.ndarray
) -> tuple[bool, bool]:
    """Tell whether values differ, and gradients, by more than roundings make."""
    runs, first = [], len(tape.layout.guards)
    for compiled in (loops, tape):
        at = compiled.at({})
        memory = at.memory(tape.layout.captured, args)
        memory[at.leaves(len(tape.layout.captured))] = numbers
        runs.append(compiled.of_memory(at, memory))
    here, there = [run.numbers(0) for run in runs]
    slopes = [
        [_slopes(run, k) for run in runs] for k in range(first, len(here)) if tape.passes_on(k)
    ][:_GRADIENTS]
    if close(here, there, noise=0.0) and all(close(a, b) for a, b in slopes):
        return False, False
    leaves = [*graph.parameters, *graph.inputs]
    data = list(graph.data)
    for i, x in zip(leaves, numbers.tolist(), strict=True):
        data[i] = x
    noise, of_slopes = noise_of(
        replace(graph, data=data), graph.outputs[first:][:_GRADIENTS], "float64"
    )
    return (
        not close(here, there, noise=noise),
        not all(close(a, b) or close(a, b, noise=of_slopes) for a, b in slopes),
    )


def _slopes(run: Any, k: int) -> np.ndarray:
    captured, slopes = run.compiled.shares(run, k, 1.0)
    return np.concatenate([captured, *slopes.values()])
