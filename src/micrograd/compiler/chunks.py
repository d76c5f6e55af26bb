"""Large batches: a part at a time that fits the cache, on all cores.

How the batch is parted depends on the program alone, and the parts' sums are added in their order:
the result does not depend on the number of threads.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from .ir import For, Nest, Program, Statement
from .kernel import allocate, make_kernel
from .loops.phases import AFTER, BEFORE, PHASES, WITHIN, Phased
from .sizes import evaluate, variables

if TYPE_CHECKING:
    from .tracing.signature import Argument
    from .variant import Variant

_CACHE = 1 << 18  # numbers: what stays near a core
_WHOLE_LINES = 16  # numbers


def is_mapped(program: Program) -> bool:
    """Tell whether every result has one number for each example, and no sum runs over them."""
    separate = all("P" in variables(o) for o in program.outputs)
    return "B" in program.sizes and separate and not any(map(_sums, program.forward))


def _sums(s: Statement) -> bool:
    if isinstance(s, For):
        return any(map(_sums, s.body))
    return isinstance(s, Nest) and any("B" in variables(d) for t in s.terms for d in t.dims)


def part_size(program: Program, batch: int) -> int | None:
    """Return how many examples to do at a time; None where the batch is small enough for one go."""
    plain = evaluate(program.size, {"P": 0})
    rows = evaluate(program.size, {"P": 1}) - plain
    lanes = max(_CACHE, 4 * plain) // max(rows, 1) // _WHOLE_LINES * _WHOLE_LINES
    return lanes if lanes >= _WHOLE_LINES and 2 * lanes < batch else None


def map_in_parts(
    variant: "Variant", args: "Sequence[Argument]", env: Mapping[str, int], lanes: int
) -> list[np.ndarray]:
    """Return the results of a mapped function, one number for each example."""
    program, batch = variant.program, env["B"]
    results = [np.empty(batch, variant.dtype) for _ in program.outputs]
    starts = range(0, batch, lanes)
    threads = min(_cores(), len(starts))

    def work(thread: int) -> None:
        sizes = {"B": lanes, "P": lanes}
        whole = variant.plan(sizes)
        v = whole.memory(variant.captured, args, batched=False)
        for start in starts[thread::threads]:
            sizes["B"] = min(lanes, batch - start)
            plan = variant.plan(sizes)
            plan.fill_batch(v, args, start)
            variant.kernel.forward(v, plan.sizes, plan.scalars)
            for result, address in zip(results, program.outputs):
                first = evaluate(address, sizes)
                result[start : start + sizes["B"]] = v[first : first + sizes["B"]]
        whole.give_back(v)

    _on_all_cores(work, range(threads))
    return results


class PartedRun:
    """A call of a function that sums over its batch, done in parts that are kept for backward."""

    columns = None

    def __init__(
        self, parts: "Parts", args: "Sequence[Argument]", env: Mapping[str, int], lanes: int
    ) -> None:
        self._parts, self._variant, self._lanes = parts, parts.variant, lanes
        self.env = {"B": env["B"], "P": lanes}
        plan = self._variant.plan(self.env)
        self.memory = plan.memory(self._variant.captured, args, batched=False)
        self._forward(self.memory, BEFORE)
        starts = range(0, env["B"], lanes)
        self._batches = [min(lanes, env["B"] - start) for start in starts]
        self._memories: list[Any] = [None] * len(starts)

        def work(k: int) -> None:
            v = self._memories[k] = allocate(len(self.memory), self.memory.dtype)
            v[: parts.plain] = self.memory[: parts.plain]
            sizes = {"B": self._batches[k], "P": lanes}
            self._variant.plan(sizes).fill_batch(v, args, starts[k])
            self._forward(v, WITHIN, sizes["B"])

        _on_all_cores(work, range(len(starts)))
        sums = parts.phased.sums
        self.memory[sums] = sum(v[sums] for v in self._memories)
        self._forward(self.memory, AFTER)

    def column(self, address: Any) -> np.ndarray:
        """Return a batched value of all examples."""
        first = evaluate(address, self.env)
        return np.concatenate([v[first : first + b] for v, b in zip(self._memories, self._batches)])

    def gradients(self, scalars: np.ndarray) -> np.ndarray:
        """Return the plain gradients, given the outputs' among the scalars."""
        parts, shared = self._parts, self._parts.phased.shared
        g = allocate(len(self.memory), self.memory.dtype)
        self._backward(self.memory, g, scalars, BEFORE)
        shares: list[Any] = [None] * len(self._memories)

        def work(k: int) -> None:
            mine = allocate(len(g), g.dtype)
            mine[: parts.plain] = g[: parts.plain]
            mine[shared] = 0.0
            self._backward(self._memories[k], mine, scalars, WITHIN, self._batches[k])
            shares[k] = mine[shared]

        _on_all_cores(work, range(len(shares)))
        g[shared] += sum(shares)
        self._backward(self.memory, g, scalars, AFTER)
        return g

    def _sizes(self, phase: str, batch: int) -> tuple[int, ...]:
        return (batch, self._lanes, *[int(name == phase) for name in PHASES])

    def _forward(self, v: np.ndarray, phase: str, batch: int = 1) -> None:
        scalars = self._variant.plan(self.env).scalars
        self._parts.kernel.forward(v, self._sizes(phase, batch), scalars)

    def _backward(
        self, v: np.ndarray, g: np.ndarray, scalars: np.ndarray, phase: str, batch: int = 1
    ) -> None:
        self._parts.kernel.backward(v, g, self._sizes(phase, batch), scalars)


class Parts:
    """A variant's program in phases, ready to run."""

    def __init__(self, variant: "Variant", phased: Phased, options: Mapping[str, Any]) -> None:
        self.variant, self.phased = variant, phased
        self.kernel = make_kernel(phased.program, **options)
        self.plain = evaluate(phased.program.size, {"P": 0})


def _on_all_cores(work: Callable[[int], None], numbers: Sequence[int]) -> None:
    if _cores() == 1 or len(numbers) == 1:
        for k in numbers:
            work(k)
    else:
        list(_pool().map(work, numbers))


def _cores() -> int:
    affinity: Any = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_cores(), "micrograd")
