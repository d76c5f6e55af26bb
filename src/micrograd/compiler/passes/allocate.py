"""Addresses: ``allocate`` lets the arrays lie one behind the other, and says where they begin.

Until then an operand knows its array and its place in that only. Long arrays and rows of examples
begin at whole vectors (Adam written out over 4,192 parameters ran in 21 µs for 31, the moons' loss
in 3.1 for 5.6: a vector that lies across two lines of the cache is two loads); batched arrays come
last, for how long their rows are is known at run time only. ``allocate_for_all`` does the same for
a program for all lengths, as far as can be: a GPT's step took 10.7 µs for 11.0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..ir.array import Array, Placement
from ..ir.footprint import counted
from ..ir.joins import outputs_of, with_arrays
from ..ir.program import WHOLE_VECTORS, Clear, Program, Statement
from ..ir.sizes import Poly, Size, known

VECTOR = 8  # numbers
_LONG = 4 * VECTOR


def allocate(program: Program, aligned: bool = True) -> Program:
    """Give every array its address.

    Args:
        program: the program.
        aligned: whether long arrays begin at whole vectors; no polynomial of a length does that.
    """
    starts, end = _starts(program, aligned)
    if aligned and any(a.batched for a in program.arrays):
        end = -(-end // WHOLE_VECTORS) * WHOLE_VECTORS
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
        inputs=_range([moved(a) for a in inputs]),
        constants=(starts[start] if constants else 0, constants),
        outputs=tuple([array.start + array.moved(o.offset) for array, o in outputs]),
        segments=tuple([_placed(of[s.start], moved(of[s.start])) for s in program.segments]),
    )


def _placed(argument: Array, now: Array) -> Placement:
    return Placement(now.start, argument.count, now.outer, now.row)


def _range(arrays: Sequence[Array]) -> tuple[int, int]:
    """Where arrays begin that lie one behind the other, and how far they go."""
    if not arrays:
        return 0, 0
    start, last = known(arrays[0].start), arrays[-1]
    return start, known(last.start) + known(last.size) - start


def _starts(program: Program, aligned: bool) -> tuple[Mapping[Size, int], int]:
    """The addresses of plain arrays by their old starts, and where they end."""
    starts: dict[Size, int] = {}
    end = 0
    plain = [a for a in program.leaves if not a.batched]
    joined = {part.start for a in program.arrays for part in a.parts[1:]}
    for a in sorted(plain, key=lambda a: known(a.start)):
        if a.outer or (aligned and known(a.size) >= _LONG and a.start not in joined):
            end = -(-end // VECTOR) * VECTOR
        starts[a.start] = end
        end += known(a.size)
    return starts, end


def allocate_for_all(program: Program) -> Program:
    """Let what is whole vectors long at all lengths begin at whole vectors: it comes first."""
    apart = _cleared(program)
    mixed = any(leaf.kind != a.kind for a in program.arrays for leaf in a.leaves)
    if apart is None or mixed or any(a.batched for a in program.arrays):
        return program
    first, count = program.parameters
    end: Size = -(-(first + count) // VECTOR) * VECTOR
    starts: dict[Size, Size] = {}
    for leaf in [leaf for a in sorted(program.arrays, key=_turn) for leaf in a.leaves]:
        if leaf.kind == "parameter":
            starts[leaf.start] = leaf.start
        else:
            starts[leaf.start], end = end, end + leaf.count

    def moved(array: Array) -> Array:
        return replace(array, start=starts[array.start])

    arguments = [a for a in program.leaves if a.kind in ("variable", "input")]
    start, constants = program.constants
    return replace(
        with_arrays(apart, moved),
        size=end,
        inputs=(starts.get(program.inputs[0], 0), sum([a.count for a in arguments])),
        constants=(starts[start] if constants else 0, constants),
        outputs=tuple([starts[o.array.start] + o.offset for o in outputs_of(program)]),
        segments=tuple([replace(p, start=starts[p.start]) for p in program.segments]),
    )


def _turn(array: Array) -> tuple[bool, bool, int]:
    """What says when an array gets its address, at all lengths: arguments stay side by side."""
    terms = array.count.terms if isinstance(array.count, Poly) else {(): array.count}
    whole = array.kind == "computed" and not any(c % VECTOR for c in terms.values())
    return array.kind != "parameter", not whole, counted(array.start)


def _cleared(program: Program) -> Program | None:
    """Return the program with each array cleared by itself; None where that cannot be told."""
    order = sorted(program.arrays, key=lambda a: counted(a.start))
    backward: list[Statement] = []
    for s in program.backward:
        if not isinstance(s, Clear):
            backward.append(s)
            continue
        start, left = s.address, s.count
        for array in order:
            offset = start - array.start
            if left != 0 and 0 <= counted(offset) < counted(array.count):
                cleared = array.count - offset
                if isinstance(left, int) and isinstance(cleared, int):
                    cleared = min(left, cleared)
                backward.append(Clear(offset, cleared, array))
                start, left = start + cleared, left - cleared
        if left != 0:
            return None
    return replace(program, backward=backward)
