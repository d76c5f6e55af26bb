"""Which array each operand is in: ``in_arrays``, ``joined``.

Rerolling, rolling and parsing know addresses. An operand of a loop may go from one array to the
next, as a recurrence does from step to step: these are then one array.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from .array import MEMORY, Array
from .footprint import ONE_EXAMPLE, counted, reach, uses
from .program import Clear, Program, Ref, Statement
from .sizes import Size, bound, evaluate, known
from .visit import Simple, opened, rewritten, walk, with_refs


def in_arrays(program: Program) -> Program:
    """Return the program with each operand of memory as one of the array in which it begins."""
    order = _Order(program.arrays)
    told: dict[Size, Array] = {}

    def change(ref: Ref) -> Ref:
        if ref.array is not MEMORY:
            return ref
        address = ref.offset
        if address not in told:
            told[address] = order.arrays[order.at(counted(address))]
        return ref.within(told[address])

    return _with_refs(program, change) if program.arrays else program


def with_arrays(program: Program, change: Callable[[Array], Array]) -> Program:
    """Return the program with others in place of its arrays, of equal elements."""

    def changed(array: Array) -> Array:
        return replace(change(array), parts=tuple(map(change, array.parts)))

    of = {a: changed(a) for a in program.arrays}

    def cleared(s: Simple) -> list[Simple]:
        return [replace(s, array=of.get(s.array, s.array)) if isinstance(s, Clear) else s]

    program = _with_refs(program, lambda ref: replace(ref, array=of.get(ref.array, ref.array)))
    return replace(
        program, backward=rewritten(program.backward, cleared), arrays=tuple(of.values())
    )


def outputs_of(program: Program) -> list[Ref]:
    """Return the outputs as operands."""
    order = _Order(program.arrays)
    addresses = program.outputs if program.arrays else ()
    found = [order.arrays[order.at(counted(address))] for address in addresses]
    return [Ref(address, ()).within(array) for address, array in zip(addresses, found)]


def joined(program: Program, statements: Iterable[Statement]) -> Program:
    """Return the program with arrays joined that an operand of some statements goes through.

    Args:
        program: all its operands are in arrays.
        statements: those in which operands may go on into other arrays.
    """
    order = _Order(program.arrays)
    bonds = [False] * len(order.arrays)  # of each array with the one before it
    for low, high in _spans(statements):
        first, last = order.at(low), order.at(high)
        bonds[first + 1 : last + 1] = [True] * (last - first)
    whole: dict[Array, Array] = {}
    starts = [k for k, bond in enumerate(bonds) if not bond]
    for first, stop in pairwise([*starts, len(bonds)]):
        if stop > first + 1:
            arrays = order.arrays[first:stop]
            whole |= dict.fromkeys(arrays, _whole(arrays))
    return _within(program, whole) if whole else program


def as_one(program: Program, arrays: Sequence[Array]) -> Program:
    """Return the program with some arrays, which lie one behind the other, as one."""
    if len(arrays) < 2:
        return program
    return _within(program, dict.fromkeys(arrays, _whole(arrays)))


def _within(program: Program, whole: Mapping[Array, Array]) -> Program:
    """Return the program with joined arrays in place of those that they were joined of."""
    program = _with_refs(program, lambda ref: ref.within(whole.get(ref.array, ref.array)))
    kept = tuple(dict.fromkeys([whole.get(a, a) for a in program.arrays]))
    return replace(program, arrays=kept)


def _with_refs(program: Program, change: Callable[[Ref], Ref]) -> Program:
    return replace(
        program,
        forward=with_refs(program.forward, change),
        backward=with_refs(program.backward, change),
    )


class _Order:
    """The arrays of a program as they lie, where every batched row counts as one address."""

    def __init__(self, arrays: Sequence[Array]) -> None:
        self.arrays = sorted(arrays, key=lambda a: counted(a.start))
        self.starts = [counted(a.start) for a in self.arrays]

    def at(self, address: int) -> int:
        """Return which array holds an address."""
        return bisect_right(self.starts, address) - 1


def _spans(statements: Iterable[Statement]) -> Iterable[tuple[int, int]]:
    """Yield the first and the last address of each operand in all iterations."""
    for s, around in walk(list(statements)):
        last = dict(ONE_EXAMPLE)
        for loop in around:
            last |= bound(loop.var, evaluate(loop.count, last) - 1)
        first = dict.fromkeys(last, 0) | ONE_EXAMPLE
        for use in [use for nest in opened(s) for use in uses(nest)]:
            ends = [known(x) for env in (first, last) for x in reach(use.ref, use.dims, env)]
            yield min(ends), max(ends)


def _whole(arrays: Sequence[Array]) -> Array:
    leaves = tuple([leaf for a in arrays for leaf in a.leaves])
    kinds = {a.kind for a in arrays}
    return replace(
        arrays[0],
        count=sum(a.count for a in arrays),
        needs_gradient=any(a.needs_gradient for a in arrays),
        kind=kinds.pop() if len(kinds) == 1 else "computed",
        parts=leaves,
        name="",
        shape=(),
    )
