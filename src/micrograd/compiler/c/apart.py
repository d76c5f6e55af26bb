"""Parameters that stay where they are given: in the flash memory of a small device, say.

Nothing writes them on the way forward. So a header without a way back reads them there, and its
memory begins behind them.
"""

from dataclasses import replace

from ..ir.program import Program
from ..ir.sizes import known


def apart_of(program: Program) -> int:
    """Return how many addresses a program's memory can do without; 0 where it needs all.

    It does where an operand goes through parameters and other arrays, or one is what is returned.
    """
    if any(
        "parameter" in {p.kind for p in a.parts} and a.kind != "parameter" for a in program.arrays
    ):
        return 0
    others = [known(a.start) for a in program.leaves if a.kind != "parameter" and not a.batched]
    first = min(others, default=0)
    return 0 if any(known(output) < first for output in program.outputs) else first


def moved(program: Program, apart: int) -> Program:
    """Return a program whose addresses outside of its loops are those of a smaller memory."""
    start, numbers = program.constants
    return replace(
        program,
        size=program.size - apart,
        constants=(start - apart, numbers),
        outputs=tuple([output - apart for output in program.outputs]),
        segments=tuple([replace(place, start=place.start - apart) for place in program.segments]),
    )
