"""Large batches of a mapped function, whose results have a number for each example.

In C a part is so small that all of it stays in the nearest cache, and where loops go along whole
rows they read the arguments where they are and write the results where they are to be.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays.in_memory import NumpyKernel
from ..c.parts import separate_rows
from ..ir.program import WHOLE_VECTORS, Nest, Program
from ..ir.sizes import Size, variables
from ..ir.visit import Simple, simple
from ..passes.phases import phased
from ..passes.schedules import Target
from ..passes.short_sums import unroll_short_sums
from ..tracing.signature import Argument
from .cores import count, on_all_cores
from .kernel import CKernel, Columns
from .memory import Inputs

_NEAR = 1 << 15  # numbers: what stays in the nearest cache but one


def is_mapped(program: Program, guards: int, columns: int) -> bool:
    """Tell whether every result has a number for each example, and none depends on the others.

    Args:
        program: of a batch.
        guards: how many outputs before the results hold of a batch if they do of all parts.
        columns: how many outputs have a number for each example.
    """
    if "B" not in program.sizes or guards + columns != len(program.outputs):
        return False
    sums = any(map(_sums, simple(program.forward)))
    return not sums or bool(guards and phased(program))


def _sums(s: Simple) -> bool:
    return isinstance(s, Nest) and any("B" in variables(d) for t in s.terms for d in t.dims)


def rows_elsewhere(program: Program, inputs: Inputs, guards: int, target: Target) -> list[Size]:
    """Return the addresses of arguments and results that can stay where they are."""
    program = unroll_short_sums(program, target)
    results = Counter(program.outputs[guards:])
    rows = [place.start for _, batched, place in inputs if batched and place.count == 1]
    given = [start for start in rows if start not in results]
    targets = {s.target.address for s in simple(program.forward) if isinstance(s, Nest)}
    made = [start for start, times in results.items() if times == 1 and start in targets]
    return separate_rows(program, [*given, *made], target.lanes)


class MappedRun:
    """A call of a mapped function, done in parts.

    Attributes:
        holds: whether all guards held of all parts.
    """

    def __init__(self, compiled: Any, args: Sequence[Argument], batch: int, lanes: int) -> None:
        self._compiled, self._args, self._guards = compiled, args, len(compiled.layout.guards)
        kernel, outputs = compiled.kernel, compiled.program.outputs[self._guards :]
        if isinstance(kernel, CKernel):
            near = _NEAR // max(compiled.program.rows, 1) // WHOLE_VECTORS * WHOLE_VECTORS
            lanes = min(lanes, max(near, WHOLE_VECTORS))
        self.at = compiled.at({"B": lanes, "P": lanes})
        # one block: allocators give several large ones back to the system, page by page, each time
        self._results = np.empty((len(outputs), batch), compiled.dtype)
        self.holds = True
        threads = min(count(), -(-batch // lanes))
        share = -(-batch // lanes // threads) * lanes
        parts = self._in_c(kernel) if isinstance(kernel, CKernel) else self._by_numpy

        def work(thread: int) -> None:
            v = self.at.memory(compiled.layout.captured, args, batched=False)
            first = thread * share
            if not parts(v, first, min(first + share, batch), lanes):
                self.holds = False
            self.at.give_back(v)

        on_all_cores(work, range(-(-batch // share)))

    def _in_c(self, kernel: CKernel) -> Any:
        spans = [(k, s) for k, batched, s in self.at.spans if batched and k is not None]
        arguments = [self._args[k].value for k, _ in spans]
        columns = Columns(
            [np.ascontiguousarray(x, kernel.dtype) for x in arguments],
            [(span.start, span.length) for _, span in spans],
            list(self._results),
            self.at.outputs[self._guards :],
            self.at.outputs[: self._guards],
        )

        def parts(v: np.ndarray, first: int, last: int, lanes: int) -> bool:
            failed = kernel.forward_in_parts(v, first, last, self.at.env, self.at.scalars, columns)
            if failed & 1:
                self._by_numpy(v, first, last, lanes)  # names the index
            return not failed

        return parts

    def _by_numpy(self, v: np.ndarray, first: int, last: int, lanes: int) -> bool:
        kernel, holds = self._compiled.kernel, True
        if isinstance(kernel, CKernel):
            kernel = NumpyKernel(kernel.program, kernel.dtype.name)
        for start in range(first, last, lanes):
            size = min(lanes, last - start)
            at = self._compiled.at({"B": size, "P": lanes})
            at.put_batch(v, self._args, start)
            kernel.forward(v, at.sizes, at.scalars)
            holds &= all(v[address] != 0 for address in at.outputs[: self._guards])
            for result, address in zip(self._results, at.outputs[self._guards :], strict=True):
                result[start : start + size] = v[address : address + size]
        return holds

    def column(self, k: int) -> np.ndarray:
        """Return output k of all examples."""
        return self._results[k - self._guards]

    def number(self, k: int) -> float:
        """Return output k of the first example; of a guard whether it held."""
        return float(self._results[k - self._guards][0] if k >= self._guards else self.holds)

    def numbers(self, first: int) -> np.ndarray:
        """Return all outputs from this one on, of the first example."""
        return np.array([self.number(k) for k in range(first, len(self._compiled.program.outputs))])

    def gradients(self, seeds: Any) -> np.ndarray:
        """Refuse: nothing here is one number that could be differentiated."""
        raise TypeError("a mapped function has no single number to differentiate")
