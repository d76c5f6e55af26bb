"""Addresses: ``allocate`` lets the arrays lie one behind the other, and says where they begin.

Until then an operand knows its array and its place in that only. Transposed arrays begin at whole
vectors; batched ones come last, for how long their rows are is known at run time only.
"""

from collections.abc import Mapping
from dataclasses import replace

from ..ir.array import Array, Placement
from ..ir.joins import outputs_of, with_arrays
from ..ir.program import Program
from ..ir.sizes import Size, known

VECTOR = 8  # numbers


def allocate(program: Program) -> Program:
    """Give every array its address."""
    starts, end = _starts(program)
    shift = end - program.plain

    def moved(array: Array) -> Array:
        return replace(array, start=starts.get(array.start, array.start + shift))

    of = {a.start: a for a in program.leaves}
    outputs = [(moved(o.array), o) for o in outputs_of(program)]
    inputs = [a for a in program.leaves if a.kind in ("variable", "input") and not a.batched]
    inputs.sort(key=lambda a: known(a.start))
    start, constants = program.constants
    return replace(
        with_arrays(program, moved),
        size=program.size + shift,
        inputs=(moved(inputs[0]).start, sum(known(a.size) for a in inputs)) if inputs else (0, 0),
        constants=(starts[start] if constants else 0, constants),
        outputs=tuple([array.start + array.moved(o.offset) for array, o in outputs]),
        segments=tuple([_placed(of[s.start], moved(of[s.start])) for s in program.segments]),
    )


def _placed(argument: Array, now: Array) -> Placement:
    return Placement(now.start, argument.count, now.outer, now.row)


def _starts(program: Program) -> tuple[Mapping[Size, int], int]:
    """The addresses of plain arrays by their old starts, and where they end."""
    starts: dict[Size, int] = {}
    end = 0
    plain = [a for a in program.leaves if not a.batched]
    for a in sorted(plain, key=lambda a: known(a.start)):
        if a.outer:
            end = -(-end // VECTOR) * VECTOR
        starts[a.start] = end
        end += known(a.size)
    return starts, end
