"""Which gradients begin at zero: the first statement that meets one assigns it where it can.

What is added to or read before is cleared in advance.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..ir.array import Array
from ..ir.footprint import ONE_EXAMPLE, addresses, span, spans, uses
from ..ir.program import PADDED, Clear, For, Nest, Program, Ref, Statement
from ..ir.sizes import Size, evaluate
from ..ir.visit import Simple, executed, loop_variables, opened, rewritten, simple, walk

_MOST = 1 << 15  # statements of a loop, in all of its iterations, that are looked at one by one


def initialised(
    backward: list[Statement], program: Program, wanted: list[tuple[int, int]]
) -> list[Statement]:
    """Let the first write to a gradient assign; clear in advance what is added to or read before.

    Addresses are counted with a batch of one, so that every batched row is one address.
    """
    written = np.zeros(program.plain + program.rows, dtype=bool)
    cleared = np.zeros_like(written)
    result: list[Statement] = []

    def must_start_at_zero(ids: np.ndarray) -> None:
        cleared[ids[~written[ids]]] = True
        written[ids] = True

    for statement in backward:
        if isinstance(statement, Nest) and not statement.target.index:
            for use in uses(statement):
                if use.ref.grad and not use.written:
                    must_start_at_zero(addresses(use.ref, use.dims))
            ids = addresses(statement.target, statement.dims)
            if statement.scatter or written[ids].any():
                must_start_at_zero(ids)
            else:
                statement = replace(statement, accumulate=False)
            written[ids] = True
        else:
            statement, written = _assigning(statement, written)
            for _, ids in _reached(statement):
                unwritten = ids[~written[ids]]
                if len(unwritten):  # of a loop one range for each operand, whatever its iterations
                    cleared[unwritten[0] : unwritten[-1] + 1] = True
                written[ids] = True
        result.append(statement)
    for start, count in wanted:
        must_start_at_zero(np.arange(start, start + count))
    return [*_clears(np.flatnonzero(cleared), program), *result]


def _assigning(
    statement: Statement, written: NDArray[np.bool_]
) -> tuple[Statement, NDArray[np.bool_]]:
    """Let the nests of a loop assign what they meet first, each time; return what is written then.

    Of an array of which something has to be cleared all the same, all is: that is one range.
    """
    firsts = _firsts(statement, written) if isinstance(statement, For) else {}
    if not firsts:
        return statement, written
    after = written.copy()
    for ids in firsts.values():
        after[ids] = True
    unfinished = {array for array, ids in _reached(statement) if not after[ids].all()}

    def changed(s: Simple) -> list[Simple]:
        first = isinstance(s, Nest) and id(s) in firsts and s.target.array not in unfinished
        return [replace(s, accumulate=False) if first and isinstance(s, Nest) else s]

    after = written.copy()
    for s in simple([statement]):
        if isinstance(s, Nest) and id(s) in firsts and s.target.array not in unfinished:
            after[firsts[id(s)]] = True
    (loop,) = rewritten([statement], changed)
    return loop, after


def _firsts(loop: For, written: NDArray[np.bool_]) -> dict[int, NDArray[np.int64]]:
    """Return the addresses of the nests that always are the first to meet a gradient, by id."""
    firsts: dict[int, list[NDArray[np.int64]]] = {
        id(s): []
        for s in simple([loop])
        if isinstance(s, Nest) and not (s.scatter or s.target.index)
    }
    met = written.copy()
    for k, (s, env) in enumerate(executed([loop], {})):
        if k == _MOST:
            return {}
        for use in sorted(uses(s), key=lambda use: use.written):
            if not use.ref.grad:
                continue
            ids = _addresses(use.ref, use.dims, env)
            if use.written and id(s) in firsts:
                firsts[id(s)].append(ids)
                if met[ids].any():
                    del firsts[id(s)]
            met[ids] = True
    return {key: np.concatenate(ids) for key, ids in firsts.items() if ids}


def _addresses(ref: Ref, dims: tuple[Size, ...], env: Mapping[str, int]) -> NDArray[np.int64]:
    """Return what an operand touches in one iteration, all that it may where an index says so."""
    if ref.index is None:
        return addresses(ref, dims, env)
    low, high = span(ref, dims, env)
    return np.arange(low, high + 1)


def _reached(statement: Statement) -> list[tuple[Array, np.ndarray]]:
    """The gradients that each operand of a statement, or of those in a loop, may touch in all."""
    return [
        (use.ref.array, _united(*spans(use.ref, use.dims, loop_variables(around))))
        for statement, around in walk([statement])
        for s in opened(statement)
        for use in uses(s)
        if use.ref.grad
    ]


def _united(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """All numbers from low to high, of several ranges each once."""
    if not len(low):
        return low
    first, last = low.min(), high.max()
    opening = np.bincount(low - first, minlength=last - first + 2)
    closing = np.bincount(high + 1 - first, minlength=last - first + 2)
    return first + np.flatnonzero(np.cumsum(opening - closing))


def _clears(ids: np.ndarray, program: Program) -> Iterator[Clear]:
    """Clear what must be, array by array; clearing what is assigned later does no harm."""
    parts = [(leaf, a) for a in program.arrays for leaf in a.leaves]
    parts.sort(key=lambda part: evaluate(part[0].start, ONE_EXAMPLE))
    starts = [evaluate(leaf.start, ONE_EXAMPLE) for leaf, _ in parts]
    for run in np.split(ids, np.searchsorted(ids, starts)):
        if not len(run):
            continue
        first, count = int(run[0]), int(run[-1] - run[0] + 1)
        _, array = parts[bisect_right(starts, first) - 1]
        begin, step = first - evaluate(array.start, ONE_EXAMPLE), PADDED if array.batched else 1
        yield Clear(begin * step, count * step, array)
