"""The loops of what runs as a tape at first: compiled at the third call, where they are worth it.

A tape is there at once, and gives every bit of the plain run. So it is what the loops are judged
by: they take its place if they give its numbers and its gradients, up to rounding.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..c.build import CompileError, CompilerNotFound
from ..errors import NoLoops
from ..graph import Graph
from ..ir.program import Program
from ..pipeline import check_printed, lower
from ..tape import Tape, tape_of
from ..tracing.signature import Argument
from ..worth import EVERYWHERE, search_for
from .closeness import close
from .compiled import Compiled, Layout, Run, until_of
from .kernel import warn_of_tape
from .noise import GRADIENTS, noise_of
from .nudges import nudges_of
from .report import Stages

AT_CALL = 3  # a fixed number, so that runs repeat exactly
PLAIN_WORK = 1 << 18  # values of all examples; a call of more is compiled at once
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
        if not self._graph.outputs:
            return _staying(tape, ": there is nothing to compute")
        try:
            return self._compiled(tape, args, stages)
        except Exception as failure:  # the tape is right in any case
            if os.environ.get("MICROGRAD_VERIFY"):
                raise
            warn_of_tape(failure)
            return _staying(tape, ": its loops cannot be made")

    def _compiled(self, tape: Compiled, args: Sequence[Argument], stages: Stages) -> Compiled:
        with stages.timed("lower"):
            try:
                program = lower(self._graph, search=search_for(self._graph))
            except NoLoops:
                return _staying(tape, _FEW)
        with stages.timed("build"):
            layout = _at(program, tape.layout)
            backend = "auto" if program.sizes else "c"  # NumPy is good at batches
            try:
                compiled = Compiled(program, layout, {**self._options, "backend": backend})
            except (CompilerNotFound, CompileError) as refusal:
                warn_of_tape(refusal)
                return _staying(tape, ": it cannot be compiled")
        with stages.timed("trial"):
            if _agree(compiled, tape, self._graph, args):
                return compiled
        return _staying(tape, ": loops do not give its numbers")


def begin(
    graph: Graph, options: Mapping[str, Any], large: bool = False
) -> tuple[Program | Tape, Deferred | None]:
    """Return what a graph runs as at first, and what may take its place at the third call.

    That is a tape, where the back end is ours to choose, unless the work of one call is large.
    """
    check_printed()
    free = options["backend"] == "auto" and options["dtype"] == "float64"
    if free and not (large or options["when"] == "now") and (tape := tape_of(graph)):
        tape.why = "; loops are compiled at the third call"
        return tape, Deferred(graph, options)
    try:
        search = search_for(graph) if free else EVERYWHERE
        return lower(graph, until_of(options), search=search), None
    except NoLoops:
        if tape := tape_of(graph):
            tape.why = _FEW
            return tape, None
        return lower(graph), None


def _staying(tape: Compiled, why: str) -> Compiled:
    tape.program.why = why
    return tape


def _at(program: Program, layout: Layout) -> Layout:
    """Return the layout of a tape with the places of a program."""
    places = zip(layout.inputs, program.segments, strict=True)
    return replace(layout, inputs=[(k, batched, at) for (k, batched, _), at in places])


def _agree(loops: Compiled, tape: Compiled, graph: Graph, args: Sequence[Argument]) -> bool:
    """Compare them on a call's numbers; at a kink, where rounding decides, on numbers beside it."""
    sizes = tape.layout.sizes(args)
    one = sizes and {**sizes, "B": 1}  # of a batch the first example is moved
    at, captured = tape.at(one), len(tape.layout.captured)
    numbers = at.memory(tape.layout.captured, args)[at.leaves(captured)]
    trial = _Trial(loops, tape, _at_numbers(graph, numbers), args)
    values, slopes = trial.differ(sizes)
    if values or not slopes:
        return not values
    return not any(trial.differ(one, numbers * nudges_of(graph)))


def _at_numbers(graph: Graph, numbers: np.ndarray) -> Graph:
    data = list(graph.data)
    for i, x in zip([*graph.parameters, *graph.inputs], numbers.tolist(), strict=True):
        data[i] = x
    return replace(graph, data=data)


class _Trial:
    """Loops and a tape on the same numbers; the graph of both is at those of one example."""

    def __init__(
        self, loops: Compiled, tape: Compiled, graph: Graph, args: Sequence[Argument]
    ) -> None:
        self._both, self._graph, self._args = (loops, tape), graph, args
        first, last = len(tape.layout.guards), len(tape.program.outputs)
        wanted = [k for k in range(first, last) if tape.is_number(k) and tape.passes_on(k)]
        self._wanted = wanted[:GRADIENTS]

    def differ(
        self, sizes: Mapping[str, int], numbers: np.ndarray | None = None
    ) -> tuple[bool, bool]:
        """Tell whether values differ, and gradients, by more than roundings make.

        Args:
            sizes: at which to compute.
            numbers: to be put in place of those of the call.
        """
        runs = [self._run(compiled, sizes, numbers) for compiled in self._both]
        here, there = map(_outputs, runs)
        counts = [len(x) for x in there]
        values = np.concatenate(here), np.concatenate(there)
        slopes = [[_slopes(run, k) for run in runs] for k in self._wanted]
        if close(*values, noise=0.0) and all(close(a, b) for a, b in slopes):
            return False, False
        roots = [self._graph.outputs[k] for k in self._wanted]
        batch = sizes.get("B", 1)
        noise, of_slopes = noise_of(self._graph, roots, "float64")
        off = [not close(a, b) and not close(a, b, noise=batch * of_slopes) for a, b in slopes]
        return not close(*values, noise=batch * np.repeat(noise, counts)), any(off)

    def _run(self, compiled: Compiled, sizes: Mapping[str, int], numbers: np.ndarray | None) -> Run:
        at, captured = compiled.at(sizes), compiled.layout.captured
        memory = at.memory(captured, self._args)
        if numbers is not None:
            memory[at.leaves(len(captured))] = numbers
        return compiled.of_memory(at, memory)


def _outputs(run: Run) -> list[np.ndarray]:
    compiled = run.compiled
    return [
        np.array([run.number(k)]) if compiled.is_number(k) else run.column(k)
        for k in range(len(compiled.program.outputs))
    ]


def _slopes(run: Run, k: int) -> np.ndarray:
    captured, slopes = run.compiled.shares(run, k, 1.0)
    return np.concatenate([captured, *slopes.values()])
