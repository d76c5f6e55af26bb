"""Large batches of a mapped function, whose results have a number for each example.

In C a part is so small that all of it stays in the nearest cache, and where loops go along whole
rows they read the arguments where they are and write the results where they are to be.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from ...value.backend import native
from ..arrays.in_memory import NumpyKernel
from ..c.parts import separate_rows
from ..ir.program import WHOLE_VECTORS, Nest, Program
from ..ir.sizes import Size, variables
from ..ir.visit import Simple, simple
from ..passes.phases import phased
from ..passes.schedules import Target
from ..passes.short_sums import unroll_short_sums
from ..tracing.signature import Argument
from .columns import columns, pointers, pointers_of_rows
from .cores import count, shared_by_cores
from .kernel import CKernel
from .memory import Addresses, Inputs
from .packing import int64s

_NEAR = 1 << 15  # numbers: what stays in the nearest cache but one
_SHARES = 4  # of each core: one that is slow to begin leaves more to the others


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


class Mapped:
    """The way of a large batch of one size through a program: what is the same at each call.

    Args:
        compiled: the program.
        batch: the number of examples.
        lanes: how many examples to do at a time, unless they have to be fewer for C.
    """

    def __init__(self, compiled: Any, batch: int, lanes: int) -> None:
        self._compiled, self._batch, self._guards = compiled, batch, len(compiled.layout.guards)
        kernel = compiled.kernel
        if isinstance(kernel, CKernel):
            near = _NEAR // max(compiled.program.rows, 1) // WHOLE_VECTORS * WHOLE_VECTORS
            lanes = min(lanes, max(near, WHOLE_VECTORS))
        self.at, self._lanes = compiled.at({"B": lanes, "P": lanes}), lanes
        self._batched = [k for k, batched, _ in self.at.spans if batched and k is not None]
        if isinstance(kernel, CKernel):
            self._columns = columns(kernel, self.at, self._guards)

    def on_one_core(self, call: Callable[..., Any], look: Any, shape: Any, count: int) -> Any:
        """Return a call in C of arrays of float64 that give rows, or None where there is none.

        Args:
            call: takes what it cannot do.
            look: says -1 where nothing outside has moved, or None.
            shape: nested tuples and lists of which of the rows comes out where.
            count: of arguments.
        """
        compiled, kernel = self._compiled, self._compiled.kernel
        inputs = [k for k, batched, span in self.at.spans if batched and span.length == 1]
        if native is None or not isinstance(kernel, CKernel) or kernel.dtype != np.float64:
            return None
        if inputs != list(range(count)) or len(self.at.spans) > count or compiled.layout.captured:
            return None
        of, (_, _, tables) = self._columns, kernel.addresses()
        try:
            return native.mapped_call(
                call,
                look,
                partial(np.empty, (len(compiled.program.outputs) - self._guards, self._batch)),
                shape,
                np.ndarray,
                (kernel, self.at),
                kernel.address_in_parts(),
                tables,
                self.at.scalars.ctypes.data,
                self.at.memory((), (), batched=False),
                self._batch,
                of.rows,
                self._lanes,
                int64s(of.sizes),
                of.batch.value,
                bytes(of.inputs[1]),
                bytes(of.outputs[1]),
                bytes(of.tests[1]),
            )
        except ValueError:  # there are more of something than it takes
            return None

    def results(self, args: Sequence[Argument]) -> tuple[np.ndarray, bool]:
        """Return a row of each result, of all examples, and whether all guards hold of these.

        Args:
            args: of a call.
        """
        compiled, batch, lanes = self._compiled, self._batch, self._lanes
        # one block: allocators give several large ones back to the system, page by page, each time
        rows = np.empty((len(compiled.program.outputs) - self._guards, batch), compiled.dtype)
        cores = count()
        share = -(-batch // lanes // (_SHARES * cores if cores > 1 else 1)) * lanes
        go, failed = partial(self._by_numpy, args, rows), list[int]()
        if isinstance(compiled.kernel, CKernel):
            inputs = [np.ascontiguousarray(args[k].value, compiled.dtype) for k in self._batched]
            go = partial(self._in_c, args, rows, pointers(inputs), pointers_of_rows(rows))

        def work(left: Iterator[int]) -> None:
            v = self.at.memory(compiled.layout.captured, args, batched=False)
            for first in left:
                if not go(v, first, min(first + share, batch)):
                    failed.append(first)
            self.at.give_back(v)

        shared_by_cores(work, range(0, batch, share))
        return rows, not failed

    def _in_c(
        self,
        args: Sequence[Argument],
        rows: np.ndarray,
        given: Any,
        results: Any,
        v: np.ndarray,
        first: int,
        last: int,
    ) -> bool:
        kernel, span = self._compiled.kernel, (first, last)
        failed = kernel.forward_in_parts(v, span, self._columns, given, results, self.at.scalars)
        if failed & 1:
            self._by_numpy(args, rows, v, first, last)  # names the index
        return not failed

    def _by_numpy(
        self, args: Sequence[Argument], rows: np.ndarray, v: np.ndarray, first: int, last: int
    ) -> bool:
        kernel, holds, lanes = self._compiled.kernel, True, self._lanes
        if isinstance(kernel, CKernel):
            kernel = NumpyKernel(kernel.program, kernel.dtype.name)
        for start in range(first, last, lanes):
            size = min(lanes, last - start)
            at = self._compiled.at({"B": size, "P": lanes})
            at.put_batch(v, args, start)
            kernel.forward(v, at.sizes, at.scalars)
            holds &= all(v[address] != 0 for address in at.outputs[: self._guards])
            for result, address in zip(rows, at.outputs[self._guards :], strict=True):
                result[start : start + size] = v[address : address + size]
        return holds


class MappedRun:
    """What a call of a mapped function has computed, part by part.

    Args:
        compiled: the program.
        at: where everything lies in a part.
        results: a row of each result, of all examples.
        holds: whether all guards held of all parts.
    """

    def __init__(self, compiled: Any, at: Addresses, results: np.ndarray, holds: bool) -> None:
        self._compiled, self.at, self._results, self.holds = compiled, at, results, holds
        self._guards = len(compiled.layout.guards)

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
