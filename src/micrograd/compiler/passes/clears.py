"""Neighbours among gradients are cleared at once: a recurrence has an array for each step."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..ir.program import Clear, Program, Statement


def join_clears(program: Program) -> Program:
    """Join clears of neighbours that follow each other."""
    return replace(program, backward=list(_joined(program.backward)))


def _joined(statements: Sequence[Statement]) -> Iterator[Statement]:
    held: Clear | None = None
    for s in statements:
        if held and isinstance(s, Clear) and _neighbours(held, s):
            held = Clear(held.address, held.count + s.count)
            continue
        if held:
            yield held
        held = Clear(s.address, s.count) if isinstance(s, Clear) else None
        if held is None:
            yield s
    if held:
        yield held


def _neighbours(first: Clear, second: Clear) -> bool:
    """Tell whether two ranges lie side by side; a batch's are cleared apart, a part at a time."""
    alike = isinstance(first.count, int) == isinstance(second.count, int)
    return alike and first.address + first.count == second.address
