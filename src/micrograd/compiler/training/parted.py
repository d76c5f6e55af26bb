"""Steps over large batches: a part at a time that fits the cache, on all cores.

How a batch is parted depends on the program alone, and what its parts give is added from first to
last: the numbers of a run do not depend on how many threads there are.
"""

import ctypes
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from ..c import build
from ..c.source import FLAGS
from ..calls.cores import on_all_cores
from ..calls.kernel import CKernel, allocate
from ..calls.memory import Span
from ..ir.sizes import evaluate
from ..passes.phases import AFTER, BEFORE, PHASES, WITHIN, Phased
from .columns import Column
from .driver import move_source
from .objective import Objective
from .steps import RunMemory
from .stepwise import StepByStep
from .update import Rule

_PIECE = 1 << 16  # numbers that a thread adds up at a time


class Built(NamedTuple):
    """A program in phases and an optimiser's rule, ready to run by C."""

    kernel: CKernel
    move: Any


def built(objective: Objective, phased: Phased, rule: Rule) -> Built:
    """Compile both.

    Raises:
        CompilerNotFound, CompileError: as for ``CKernel``.
    """
    text = move_source(objective.steps, rule)
    return Built(
        CKernel(phased.program, objective.steps.dtype), build.load(text, FLAGS, ["move"]).move
    )


class PartedLoop(StepByStep):
    """Steps whose batches are done in parts.

    Args:
        compiled: what ``built`` returned.
        objective: is parted.
        columns, memory: the data; the numbers that the parts share.
    """

    def __init__(
        self, compiled: Built, objective: Objective, columns: Sequence[Column], memory: RunMemory
    ) -> None:
        super().__init__(columns, memory)
        assert objective.phased
        phased, steps, lanes = objective.phased, objective.steps, objective.lanes
        self._compiled, self._steps, self._lanes = compiled, steps, lanes
        plain = evaluate(phased.program.size, {"P": 0})
        self._plain = slice(0, plain)
        self._sums, self._shared = slices(phased.sums), slices(phased.shared)
        others = np.ones(plain, bool)
        others[phased.shared] = False
        self._passed_on = slices(np.flatnonzero(others))
        self._pieces = [
            slice(start, min(start + _PIECE, s.stop))
            for s in self._shared
            for start in range(s.start, s.stop, _PIECE)
        ]
        env = {"B": 1, "P": lanes}
        self._loss = evaluate(steps.outputs[0], env)
        self._share = [evaluate(p.start, env) for k, p in steps.fills if k is None]
        self._seeds = np.ones(len(phased.program.scalars), memory.v.dtype)
        self._parts: list[tuple[np.ndarray, np.ndarray]] = []
        self._same: Any = None  # the batch whose examples are in their places

    def objective(self, batch: np.ndarray, drawn: np.ndarray | None) -> float | None:
        """Compute the parts' values, then what joins them, then the gradients in the same way."""
        v, g = self.memory.v, self.memory.g
        starts = range(0, len(batch), self._lanes)
        sizes = [min(self._lanes, len(batch) - start) for start in starts]
        while len(self._parts) < len(sizes):
            self._parts.append((self._blank(), self._blank()))
        parts, fresh = self._parts[: len(sizes)], batch is not self._same
        self._same = None

        def values(k: int) -> None:
            there, some = parts[k][0], slice(starts[k], starts[k] + sizes[k])
            there[self._plain] = v[self._plain]
            self._gather(there, batch[some] if fresh else None, drawn, some)
            self._forward(there, WITHIN, sizes[k])

        def gradients(k: int) -> None:
            there, slopes = parts[k]
            for s in self._passed_on:
                slopes[s] = g[s]
            for s in self._shared:
                slopes[s] = 0
            self._backward(there, slopes, WITHIN, sizes[k])

        def added(k: int) -> None:
            for _, slopes in parts:
                g[self._pieces[k]] += slopes[self._pieces[k]]

        v[self._share] = 1 / len(batch)
        for s in self._shared:
            g[s] = 0
        try:
            self._forward(v, BEFORE)
            on_all_cores(values, range(len(parts)))
            for s in self._sums:
                v[s] = sum([there[s] for there, _ in parts])
            self._forward(v, AFTER)
            self._backward(v, g, BEFORE)
            on_all_cores(gradients, range(len(parts)))
            on_all_cores(added, range(len(self._pieces)))
            self._backward(v, g, AFTER)
        except IndexError:
            return None
        self._same = batch
        return float(v[self._loss])

    def move(self, step: int, rate: float) -> None:
        """Apply the optimiser's rule."""
        memory = self.memory
        places = [ctypes.c_void_p(x.ctypes.data) for x in (memory.v, memory.g, memory.each_state)]
        self._compiled.move(*places, ctypes.c_int64(step), ctypes.c_double(rate))

    def _blank(self) -> np.ndarray:
        """A memory of one part."""
        return allocate(len(self.memory.v), self.memory.v.dtype)

    def _gather(
        self, v: np.ndarray, examples: np.ndarray | None, drawn: np.ndarray | None, some: slice
    ) -> None:
        """Put examples, unless they are there already, and what was drawn for them, in a part."""
        for k, place in self._steps.fills:
            if k is None or (k < self._steps.columns and examples is None):
                continue
            size = some.stop - some.start
            span = Span.of(place, True, {"B": size, "P": self._lanes})
            if size < self._lanes:
                v[span.start : span.start + span.length * span.row] = 0.0
            if k < self._steps.columns:
                span.put(v, self.columns[k].numbers.reshape(-1, span.length)[examples])
            elif drawn is not None:
                span.put(v, drawn[some])

    def _sizes(self, phase: str, size: int) -> tuple[int, ...]:
        return (size, self._lanes, *[int(name == phase) for name in PHASES])

    def _forward(self, v: np.ndarray, phase: str, size: int = 1) -> None:
        self._compiled.kernel.forward(v, self._sizes(phase, size), self._seeds)

    def _backward(self, v: np.ndarray, g: np.ndarray, phase: str, size: int = 1) -> None:
        self._compiled.kernel.backward(v, g, self._sizes(phase, size), self._seeds)


def slices(places: np.ndarray) -> list[slice]:
    """Return sorted addresses as ranges."""
    return list(_runs(places)) if len(places) else []


def _runs(places: np.ndarray) -> Iterator[slice]:
    breaks = np.flatnonzero(np.diff(places) != 1) + 1
    for first, stop in pairwise([0, *breaks.tolist(), len(places)]):
        yield slice(int(places[first]), int(places[stop - 1]) + 1)
