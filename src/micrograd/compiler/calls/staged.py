"""The stages of a step before its last: each computes, is differentiated, and hands numbers on."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..tracing.signature import Argument
from ..tracing.stages import Stage
from .compiled import AnyRun, Compiled, Layout
from .deferred import begin
from .report import Stages


def layout_of(stage: Stage, captured: Sequence[Any], places: Sequence[Any]) -> Layout:
    """Return where the numbers of a stage go."""
    return Layout(
        captured=captured,
        inputs=[(k, batched, place) for (k, batched), place in zip(stage.inputs, places)],
        guards=stage.guards,
        columns=frozenset(
            k for k, node in enumerate(stage.graph.outputs) if stage.graph.batched[node]
        ),
        differentiated=stage.differentiated,
    )


class StageRun:
    """A stage, ready to run.

    Args:
        stage: what it computes.
        captured: the Values that the step reads.
        options: of the kernel: backend, dtype, strict.
        large: whether it is to be compiled at once.
    """

    def __init__(
        self, stage: Stage, captured: Sequence[Any], options: Mapping[str, Any], large: bool = False
    ) -> None:
        program, self.deferred = begin(stage.graph, options, large)
        layout = layout_of(stage, captured, program.segments)
        self.compiled = Compiled(program, layout, options)
        self.tests, self.sources = stage.numbers, stage.sources
        self.end = len(stage.guards)  # which output it is that is differentiated,
        self.differentiates = bool(stage.sources)  # if one is
        self._captured = np.array([n for k, n in stage.sources if k is None], dtype=int)
        self._from = np.array([k is None for k, _ in stage.sources], dtype=bool)
        self._others = [(i, k, n) for i, (k, n) in enumerate(stage.sources) if k is not None]

    def run(self, args: Sequence[Argument], guarded: bool) -> list[Argument] | None:
        """Return what later stages read: numbers and gradients; None where a guard fails."""
        run = self.compiled.run(args, guarded)
        return None if run is None else self.handed_on(run)

    def settle(self, args: Sequence[Argument], stages: Stages) -> None:
        """Let loops do what a tape has done so far, where they are worth it."""
        if self.deferred:
            self.compiled = self.deferred.loops(self.compiled, args, stages)
            self.deferred = None

    def handed_on(self, run: AnyRun) -> list[Argument]:
        """Return what later stages read of a run."""
        numbers = run.numbers(self.end + self.differentiates)
        gradients = np.empty(len(self._from))
        if self.differentiates:
            captured, slopes = self.compiled.shares(run, self.end, 1.0)
            gradients[self._from] = captured[self._captured]
            for i, k, n in self._others:
                gradients[i] = slopes[k][n]
        return [Argument("array", x, x.shape, x.shape) for x in (numbers, gradients)]
