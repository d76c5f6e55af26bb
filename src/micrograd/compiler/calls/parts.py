"""Large batches: a part at a time that fits the cache, on all cores.

How the batch is parted depends on the program alone, and the parts' sums are added in their order:
the result does not depend on the number of threads.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from ..ir.program import WHOLE_VECTORS, Program
from ..ir.sizes import evaluate
from ..passes.phases import AFTER, BEFORE, PHASES, WITHIN, Phased
from ..tracing.signature import Argument
from .cores import on_all_cores
from .kernel import CKernel
from .memory import Addresses

_CACHE = 1 << 18  # numbers: what stays near a core


class _Ready(Protocol):
    """What a call in parts needs of the compiled program."""

    program: Program
    dtype: np.dtype
    kernel: Any
    layout: Any

    def at(self, sizes: Mapping[str, int]) -> Addresses: ...

    def seeded(self, at: Addresses, seeds: Mapping[int, float]) -> np.ndarray: ...


def part_size(program: Program, batch: int) -> int | None:
    """Return how many examples to do at a time; None where the batch is small enough for one go."""
    plain = evaluate(program.size, {"P": 0})
    rows = evaluate(program.size, {"P": 1}) - plain
    lanes = max(_CACHE, 4 * plain) // max(rows, 1) // WHOLE_VECTORS * WHOLE_VECTORS
    lanes = max(lanes, WHOLE_VECTORS)
    return lanes if 2 * lanes < batch else None


class PartedRun:
    """A call of a function that sums over its batch, done in parts that are kept for backward."""

    def __init__(
        self,
        compiled: _Ready,
        parts: "Parts",
        args: Sequence[Argument],
        batch: int,
        lanes: int,
    ) -> None:
        self._compiled, self._parts, self._lanes = compiled, parts, lanes
        self.at = compiled.at({"B": batch, "P": lanes})
        self.memory = self.at.memory(compiled.layout.captured, args, batched=False)
        sums = parts.phased.sums
        self.memory[sums] = 0.0
        self._forward(self.memory, BEFORE)
        starts = range(0, batch, lanes)
        self._batches = [min(lanes, batch - start) for start in starts]
        self._memories: list[Any] = [None] * len(starts)

        def work(k: int) -> None:
            v = self._memories[k] = self.at.blank()
            v[: parts.plain] = self.memory[: parts.plain]
            at = compiled.at({"B": self._batches[k], "P": lanes})
            at.put_batch(v, args, starts[k])
            self._forward(v, WITHIN, self._batches[k])

        on_all_cores(work, range(len(starts)))
        self.memory[sums] = sum(v[sums] for v in self._memories)
        self._forward(self.memory, AFTER)

    def number(self, k: int) -> float:
        """Return output k."""
        return float(self.memory[self.at.outputs[k]])

    def numbers(self, first: int) -> np.ndarray:
        """Return all outputs from this one on, which are numbers."""
        return self.at.outputs_in(self.memory, first).astype(np.float64, copy=False)

    def column(self, k: int) -> np.ndarray:
        """Return output k of all examples."""
        first = self.at.outputs[k]
        return np.concatenate([v[first : first + b] for v, b in zip(self._memories, self._batches)])

    def gradients(self, seeds: Mapping[int, float]) -> np.ndarray:
        """Return the plain gradients, given those of some outputs."""
        parts, shared = self._parts, self._parts.phased.shared
        scalars = self._compiled.seeded(self.at, seeds)
        g = self.at.blank()
        g[: parts.plain] = 0.0
        self._backward(self.memory, g, scalars, BEFORE)
        shares: list[Any] = [None] * len(self._memories)

        def work(k: int) -> None:
            mine = self.at.blank()
            mine[: parts.plain] = g[: parts.plain]
            mine[shared] = 0.0
            self._backward(self._memories[k], mine, scalars, WITHIN, self._batches[k])
            shares[k] = mine[shared]
            self.at.give_back(mine, len(shares))

        on_all_cores(work, range(len(shares)))
        g[shared] += sum(shares)
        self._backward(self.memory, g, scalars, AFTER)
        return g

    def __del__(self) -> None:
        for memory in (self.memory, *self._memories):
            if memory is not None:
                self.at.give_back(memory, len(self._memories))

    def _sizes(self, phase: str, batch: int) -> tuple[int, ...]:
        return (batch, self._lanes, *[int(name == phase) for name in PHASES])

    def _forward(self, v: np.ndarray, phase: str, batch: int = 1) -> None:
        self._parts.kernel.forward(v, self._sizes(phase, batch), self.at.scalars)

    def _backward(
        self, v: np.ndarray, g: np.ndarray, scalars: np.ndarray, phase: str, batch: int = 1
    ) -> None:
        self._parts.kernel.backward(v, g, self._sizes(phase, batch), scalars)


class Parts:
    """A program in phases, ready to run."""

    def __init__(self, phased: Phased, options: Mapping[str, Any]) -> None:
        self.phased = phased
        self.kernel = CKernel(phased.program, options["dtype"], options["strict"])
        self.plain = evaluate(phased.program.size, {"P": 0})
