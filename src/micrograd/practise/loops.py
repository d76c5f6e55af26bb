"""Which loop a program was in when it was stopped, since what it did there just then is chance."""

import dis
from collections.abc import Iterator, Sequence
from types import CodeType
from typing import NamedTuple


class Loop(NamedTuple):
    """A loop of a function: where it begins, and whether it says for itself when it ends."""

    code: CodeType
    line: int
    is_while: bool


def outermost(stack: Sequence[tuple[CodeType, int]]) -> Loop | None:
    """Return the loop that holds up all others: the outermost ``while``, else ``for``; or None.

    Args:
        stack: functions that are running, the outermost first, each with the offset of its
            instruction.
    """
    running = [loop for code, at in stack for loop in _around(code, at)]
    return next((loop for loop in running if loop.is_while), next(iter(running), None))


def _around(code: CodeType, at: int) -> Iterator[Loop]:
    """Yield the loops of a function around an instruction: what jumps back from behind it."""
    instructions = {i.offset: i for i in dis.get_instructions(code)}
    ends: dict[int, list[int]] = {}
    for i in instructions.values():
        if "JUMP_BACKWARD" in i.opname and "NO_INTERRUPT" not in i.opname:  # that is an await
            ends.setdefault(i.argval, []).append(i.offset)
    for start, jumps in sorted(ends.items()):
        if start <= at <= max(jumps):
            marks = (instructions[offset].positions for offset in (start, *jumps))
            lines = [p.lineno for p in marks if p and p.lineno]
            first = min(lines, default=code.co_firstlineno)
            yield Loop(code, first, instructions[start].opname != "FOR_ITER")
