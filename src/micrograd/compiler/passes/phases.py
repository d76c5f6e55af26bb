"""A program with a batch, in three phases: before the examples, for each of them, and after.

What happens for each example can be done for a part of the batch at a time, in any order and on any
core; only sums over the batch join the parts. Each phase is a loop that runs once or not at all, so
that one compiled program serves for all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..ir.footprint import Use, addresses, span, uses
from ..ir.program import Clear, For, Nest, Program, Statement
from ..ir.sizes import Poly, evaluate, variables
from ..ir.visit import Simple, executed, simple

BEFORE, WITHIN, AFTER = "before", "within", "after"
PHASES = (BEFORE, WITHIN, AFTER)


@dataclass(frozen=True, slots=True)
class Phased:
    """A program whose run-time sizes say which phases to run.

    ``sums`` are the plain addresses of values that are sums over the batch, ``shared`` those of
    gradients to which every example adds.
    """

    program: Program
    sums: NDArray[np.int64]
    shared: NDArray[np.int64]


def phased(program: Program) -> Phased | None:
    """Divide a program; None where examples depend on what is computed of all examples."""
    plain = evaluate(program.size, {"P": 0})
    forward = _divided(program.forward, plain, grad=False)
    backward = _divided(program.backward, plain, grad=True)
    if forward is None or backward is None:
        return None
    (first, sums), (second, shared) = forward, backward
    sizes = (*program.sizes, *PHASES)
    return Phased(replace(program, forward=first, backward=second, sizes=sizes), sums, shared)


def _divided(
    statements: Sequence[Statement], plain: int, grad: bool
) -> tuple[list[Statement], NDArray[np.int64]] | None:
    """Put statements into phases by what they read; also return what the parts' sums go to.

    That is 0 when the examples' phase begins, and has the sum when it is over.
    """
    joined = np.zeros(plain, dtype=bool)  # written for each example
    late = np.zeros(plain, dtype=bool)  # computed of that
    seen = {WITHIN: np.zeros(plain, dtype=bool), AFTER: np.zeros(plain, dtype=bool)}
    phases: dict[str, list[Statement]] = {name: [] for name in PHASES}
    for statement in statements:
        batched = _is_batched(statement)
        if batched is None:
            return None
        reads, writes = _footprint(statement, plain, grad)
        follows = (joined | late)[reads].any()
        if batched and (follows or seen[AFTER][writes].any()):
            return None
        if batched:
            joined[writes] = True
            phase = WITHIN
        else:
            # what comes behind others that wrote or read the same stays behind them
            follows |= (late | seen[WITHIN])[writes].any()
            late[writes] |= follows
            phase = AFTER if follows else BEFORE
        if phase in seen:
            seen[phase][reads] = True
        phases[phase].append(statement)
    for k, statement in enumerate(phases[AFTER]):
        _, writes = _footprint(statement, plain, grad)
        if joined[writes].any():  # it was the first to write there, and is no more
            phases[AFTER][k] = _adding(statement)
            joined[writes] = True
    loops = [For(f"{name}_once", Poly.var(name), tuple(body)) for name, body in phases.items()]
    return [loop for loop in loops if loop.body], np.flatnonzero(joined)


def _adding(statement: Statement) -> Statement:
    """A statement that adds where it assigned."""
    return replace(statement, accumulate=True) if isinstance(statement, Nest) else statement


def _is_batched(statement: Statement) -> bool | None:
    """Tell whether a statement is done for each example; None for a loop that does both."""
    inner = {_of_each(s) for s in simple([statement])}
    return inner.pop() if len(inner) == 1 else None


def _of_each(s: Simple) -> bool:
    if isinstance(s, Clear):
        return "P" in variables(s.count)
    sizes = [x for use in uses(s) for x in (*use.dims, use.ref.address)]
    return any(variables(x) & {"B", "P"} for x in sizes)


def _footprint(
    statement: Statement, plain: int, grad: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The plain addresses, of gradients or of values, that a statement reads and writes."""
    reads, writes = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for use, ids in _touched(statement):
        if use.ref.grad == grad:
            ids = ids[ids < plain]
            (writes if use.written else reads).append(ids)
    return np.concatenate(reads), np.concatenate(writes)


def _touched(statement: Statement) -> Iterator[tuple[Use, NDArray[np.int64]]]:
    for s, env in executed([statement], {}):
        for use in () if isinstance(s, Clear) else uses(s):
            if isinstance(s, Nest) and not env and not use.ref.index:
                yield use, addresses(use.ref, use.dims)
            else:
                low, high = span(use.ref, use.dims, env)
                yield use, np.arange(low, high + 1)
