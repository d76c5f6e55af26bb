"""A program at known sizes: its arrays are plain ones, each cleared by itself; no term is empty."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf

from ... import ops
from .array import MEMORY, Array, Placement
from .footprint import counted
from .program import PADDED, Clear, For, Literal, Nest, Program, Statement, Term
from .sizes import Size, substitute
from .visit import Simple, rewritten, with_sizes, within

_OF_NOTHING = {ops.SUM: 0.0, ops.PROD: 1.0, ops.MAXIMUM: -inf, ops.MINIMUM: inf}


def specialised(program: Program, sizes: Mapping[str, Size]) -> Program:
    """Return a program at some of its sizes, for what asks each array for its shape.

    Args:
        program: has arrays.
        sizes: what takes the place of its run-time sizes; others stay.
    """
    if sizes or any(array.outer for array in program.arrays):
        program = at_sizes(program, sizes)
    arrays = program.arrays
    return replace(
        program,
        forward=rewritten(program.forward, _without_empty_terms),
        backward=rewritten(
            rewritten(program.backward, _without_empty_terms), lambda s: _cleared(s, arrays)
        ),
    )


def _without_empty_terms(s: Simple) -> list[Simple]:
    """Put a number in place of terms without any: NumPy has none for an empty extreme."""
    if isinstance(s, Nest) and any(0 in term.dims for term in s.terms):
        nothing = Term((), Literal(_OF_NOTHING[s.reduce]))
        s = replace(s, terms=tuple([nothing if 0 in term.dims else term for term in s.terms]))
    return [s]


def at_sizes(program: Program, sizes: Mapping[str, Size]) -> Program:
    """Return a program at some of its sizes; its arrays lie as they were made."""

    def at(size: Size) -> Size:
        return substitute(size, sizes)

    def one(array: Array) -> Array:
        count = at(array.size) if array.outer else at(array.count)
        return replace(array, start=at(array.start), count=count, outer=0, row=0)

    of = {a: replace(one(a), parts=tuple(map(one, a.parts))) for a in program.arrays}

    def statements(body: Sequence[Statement]) -> list[Statement]:
        return within(_with_steps(with_sizes(body, at)), of.__getitem__)

    def place(p: Placement) -> Placement:
        return replace(p, start=at(p.start), count=at(p.count))

    return replace(
        program,
        forward=statements(program.forward),
        backward=statements(program.backward),
        size=at(program.size),
        inputs=(at(program.inputs[0]), at(program.inputs[1])),
        constants=(at(program.constants[0]), program.constants[1]),
        outputs=tuple(map(at, program.outputs)),
        sizes=tuple([name for name in program.sizes if name not in sizes]),
        arrays=tuple([of[a] for a in program.arrays]),
        segments=tuple(map(place, program.segments)),
    )


def _with_steps(body: Sequence[Statement]) -> list[Statement]:
    """Leave out loops that have no steps at these sizes."""
    return [
        replace(s, body=tuple(_with_steps(s.body))) if isinstance(s, For) else s
        for s in body
        if not (isinstance(s, For) and s.count == 0)
    ]


def _cleared(s: Simple, arrays: tuple[Array, ...]) -> Iterator[Simple]:
    """Yield what clears a range of memory, array by array; any other statement as it is."""
    if not isinstance(s, Clear) or s.array is not MEMORY:
        yield s
        return
    first = counted(s.start)
    stop = first + counted(s.count)
    for array in arrays:
        begin = counted(array.start)
        low, high = max(first, begin), min(stop, begin + counted(array.size))
        if low < high:
            row: Size = PADDED if array.batched else 1
            yield Clear((low - begin) * row, (high - low) * row, array)
