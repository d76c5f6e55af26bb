"""Mapped functions over large batches: a part at a time that fits the cache, on all cores.

Where nothing is summed over the batch, the examples do not meet: the result does not depend on how
they are parted, nor on the number of threads.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from .ir import For, Nest, Program, Statement
from .sizes import evaluate, substitute, variables

if TYPE_CHECKING:
    from .signature import Argument
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


def in_chunks(
    variant: "Variant", args: "Sequence[Argument]", env: Mapping[str, int]
) -> list[np.ndarray] | None:
    """Return the results for all examples; None where the batch is small enough to do at once."""
    program, batch = variant.program, env["B"]
    rows = evaluate(substitute(program.size, {"P": 1}), {}) - evaluate(program.size, {"P": 0})
    lanes = max(_CACHE // max(rows, 1) // _WHOLE_LINES, 1) * _WHOLE_LINES
    if batch <= 2 * lanes:
        return None
    results = [np.empty(batch, variant.dtype) for _ in program.outputs]
    starts = range(0, batch, lanes)
    threads = min(_cores(), len(starts))

    def work(thread: int) -> None:
        sizes = {"B": lanes, "P": lanes}
        v = variant.memory(args, sizes, batched=False)
        for start in starts[thread::threads]:
            sizes["B"] = min(lanes, batch - start)
            variant.fill_batch(v, args, sizes, start)
            variant.kernel.forward(v, variant.sizes(sizes), variant.scalars(sizes))
            for result, address in zip(results, program.outputs):
                first = evaluate(address, sizes)
                result[start : start + sizes["B"]] = v[first : first + sizes["B"]]

    if threads == 1:
        work(0)
    else:
        list(_pool().map(work, range(threads)))
    return results


def _cores() -> int:
    affinity: Any = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_cores(), "micrograd")
