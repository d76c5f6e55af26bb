"""An array of its own for each statement of a loop, in place of one record for each step.

Arrays lie in the order in which they were made, so that a step has its numbers together, and a loop
over steps walks ``h[41·t + 4]``. Apart they are arrays like all others: ``h[t]``. The first and the
last step, of which only a part is in the loop, lie with the rest.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, pairwise, product
from typing import Any

import numpy as np

from ...ir.array import MEMORY
from ...ir.footprint import ONE_EXAMPLE, addresses, reach, uses
from ...ir.joins import in_arrays, joined
from ...ir.program import PADDED, For, Nest, Program, Ref, Statement
from ...ir.sizes import (
    Poly,
    Size,
    bound,
    chosen_two,
    coefficients,
    evaluate,
    known,
    substitute,
    variables,
)
from ...ir.visit import Simple, loops, rewritten, simple, take_apart, with_operands, with_refs


def separate(program: Program) -> Program:
    """Give what each statement of a loop writes an array of its own, where all uses can follow."""
    memory, moved = _Memory(program), False
    for k, batched in product(range(len(program.forward)), (False, True)):
        loop = memory.forward[k]
        if isinstance(loop, For) and (slots := _slots(memory, loop, batched)):
            try:
                _Separation(memory, loop, slots).move()
            except _Stays:
                continue
            moved = True
    return memory.program() if moved else program


class _Memory:
    """A program by addresses, so that a separation costs what it moves, and not the program.

    Arrays are as they were before any were joined. Addresses are counted: a batched row is one.
    """

    def __init__(self, program: Program) -> None:
        self._program, self.plain = program, program.plain
        self.forward, self.outputs = list(program.forward), program.outputs
        self.leaves = list(program.leaves)
        counts = {x.var: evaluate(x.count, ONE_EXAMPLE) for x in loops(program.forward)}
        self.last = ONE_EXAMPLE | {k: v for n, c in counts.items() for k, v in _end(n, c)}
        self.first = self.last | {name: 0 for n in counts for name in (n, chosen_two(n))}
        self._starts = [_counted(a.start) for a in self.leaves]
        self._made = [_counted(s.target.address) if isinstance(s, Nest) else None
                      for s in self.forward]  # fmt: skip
        spans = [list(self._spans(s)) for s in self.forward]
        self._first_use = np.cumsum([0, *map(len, spans)])
        self._owner = np.repeat(np.arange(len(spans)), np.diff(self._first_use))
        self._uses = np.array([span for of in spans for span in of], np.int64).reshape(-1, 2)
        self._look_up()

    def _look_up(self) -> None:
        self.starts = set(self._starts)
        arrays = zip(self._starts, self.leaves)
        self.arrays = {start: a for start, a in arrays if a.kind == "computed"}
        self.made = {at: s for at, s in zip(self._made, self.forward) if at is not None}

    def _spans(self, statement: Statement) -> Iterator[tuple[int, int]]:
        """Yield the first and the last address of each operand."""
        for s in simple([statement]):
            for use in uses(s) if isinstance(s, Nest) else ():
                yield self.ends(use.ref, use.dims)

    def ends(self, ref: Ref, dims: Sequence[Size]) -> tuple[int, int]:
        """Return the first and the last address that an operand touches in all iterations."""
        ends = [known(x) for env in (self.first, self.last) for x in reach(ref, dims, env)]
        return min(ends), max(ends)

    def touching(self, start: int, stop: int) -> list[int]:
        """Return which statements touch addresses from one to before another."""
        touch = (self._uses[:, 0] < stop) & (self._uses[:, 1] >= start)
        return np.unique(self._owner[touch]).tolist()

    def put(self, new: Mapping[int, Statement], moved: Callable[[Size], Size]) -> None:
        """Let statements be replaced by others of as many operands, and arrays be moved."""
        for k, s in new.items():
            self.forward[k] = s
            self._uses[self._first_use[k] : self._first_use[k + 1]] = list(self._spans(s))
            self._made[k] = _counted(s.target.address) if isinstance(s, Nest) else None
        self.leaves = [replace(a, start=moved(a.start)) for a in self.leaves]
        self._starts = [_counted(a.start) for a in self.leaves]
        self.outputs = tuple(map(moved, self.outputs))
        self._look_up()

    def program(self) -> Program:
        """Return the program as it is by now, in arrays."""
        program = replace(
            self._program,
            forward=with_refs(self.forward, lambda ref: ref.within(MEMORY)),
            outputs=self.outputs,
            arrays=tuple(sorted(self.leaves, key=lambda a: _counted(a.start))),
        )
        return joined(in_arrays(program), program.forward)


def _counted(address: Size) -> int:
    return evaluate(address, ONE_EXAMPLE)


def _end(name: str, count: int) -> Iterable[tuple[str, int]]:
    return bound(name, count - 1).items()


class _Stays(Exception):
    """Some use cannot follow."""


@dataclass(slots=True)
class _Slot:
    """Where a step keeps what one statement writes: ``first`` of ``copies``, a period apart.

    Here every batched row counts as one address, behind the plain ones.
    """

    first: int
    size: int
    copies: int
    shape: Any  # of the statement: others of this shape do the same
    new: int = 0


def _slots(memory: _Memory, loop: For, batched: bool) -> list[_Slot]:
    """The slots that a step fills from end to end; none where it does not, or fills one only."""
    start = bound(loop.var, 0)
    slots, periods = [], set()
    for s in loop.body:
        if not isinstance(s, Nest):
            return []
        if ("P" in variables(s.target.address)) != batched:
            continue
        step = _steps(s.target.address).get(loop.var)
        if step is None or s.target.table or s.target.index:
            return []
        ids = sorted(set(addresses(s.target, s.dims, start).tolist()))
        if not ids or ids[-1] - ids[0] + 1 != len(ids):
            return []
        periods.add(step)
        slots.append(_Slot(ids[0], len(ids), evaluate(loop.count, {}), take_apart(s)[0]))
    slots.sort(key=lambda slot: slot.first)
    size = sum(slot.size for slot in slots)
    follow = all(a.first + a.size == b.first for a, b in pairwise(slots))
    if len(slots) < 2 or not follow or periods != {size}:
        return []
    slots = _whole(slots, memory)
    return slots if len(slots) > 1 else []


def _whole(slots: Sequence[_Slot], memory: _Memory) -> list[_Slot]:
    """Join slots that are parts of one array, which several statements fill."""
    kept: list[_Slot] = []
    for slot in slots:
        if kept and slot.first not in memory.starts:
            kept[-1] = replace(kept[-1], size=kept[-1].size + slot.size, shape=None)
        else:
            kept.append(slot)
    return kept


def _steps(offset: Size) -> dict[str, int]:
    """How far an address moves with each loop variable; nothing where it is no line in them."""
    counted = substitute(offset, ONE_EXAMPLE)
    names = sorted(variables(counted))
    if any(name.endswith("_2") for name in names):
        return {}
    return dict(zip(names, coefficients(counted, [(name,) for name in names]), strict=True))


class _Separation:
    def __init__(self, memory: _Memory, loop: For, slots: list[_Slot]) -> None:
        self.memory, self.slots = memory, slots
        self.period = sum(slot.size for slot in slots)
        self.start, self.stop = slots[0].first, slots[0].first + self.period * slots[0].copies
        self.extend(loop)
        at = self.start
        for slot in sorted(slots, key=lambda slot: slot.first):
            slot.new, at = at, at + slot.size * slot.copies

    def extend(self, loop: For) -> None:
        """Take in the parts of a first step that the loop reads, and of a last one behind it."""
        made, arrays = self.memory.made, self.memory.arrays
        start = ONE_EXAMPLE | bound(loop.var, 0)
        follow = [  # what lies before by accident is not read a step further on
            known(reach(u.ref, u.dims, start)[0])
            for s in simple(loop.body)
            for u in uses(s)
            if _steps(u.ref.address).get(loop.var, 0) % self.period == 0
        ]
        lowest = min(x for x in follow if x >= self.start - self.period)
        for slot in reversed(self.slots[1:]):
            array = arrays.get(self.start - slot.size)
            if self.start <= lowest or array is None or array.count != slot.size:
                break
            self.start -= slot.size
            slot.first, slot.copies = slot.first - self.period, slot.copies + 1
        for slot in cycle(self.slots):
            last, array = made.get(self.stop), arrays.get(self.stop)
            if last is None or array is None or array.count != slot.size:
                break
            if take_apart(last)[0] != slot.shape:
                break
            self.stop += slot.size
            slot.copies += 1

    def move(self) -> None:
        """Let all that touches the slots go over to the new places."""
        forward = self.memory.forward
        new = {
            k: s
            for k in self.memory.touching(self.start, self.stop)
            for s in rewritten([forward[k]], self.statement)
        }
        self.memory.put(new, self.moved)

    def statement(self, s: Simple) -> list[Simple]:
        return [with_operands(s, self.operand) if isinstance(s, Nest) else s]

    def operand(self, ref: Ref, dims: tuple[Size, ...]) -> Ref:
        """Let an operand follow: each dim of it moves either from step to step or within a slot."""
        index = ref.index and self.operand(ref.index, dims)
        ref = ref.within(MEMORY)
        low, high = self.memory.ends(ref, dims)
        if high < self.start or low >= self.stop:
            return replace(ref, index=index)
        if low < self.start or high >= self.stop:
            raise _Stays
        at = evaluate(ref.offset, self.memory.first)
        slot = self.slot(at)
        steps = _steps(ref.offset)
        if ref.table or slot is None or set(steps) != variables(ref.offset) - {"P"}:
            raise _Stays
        if any(variables(stride) - {"P"} for stride in ref.strides):
            raise _Stays
        moves = [*zip(map(self.counted_stride, ref.strides), dims, strict=True)]
        if index:
            moves.append((self.counted_stride(ref.row), ref.rows))
        within = (at - slot.first) % self.period
        for stride, dim in moves:
            if stride % self.period:
                within += (
                    stride * (evaluate(dim, self.memory.last) - 1) if stride > 0 else slot.size
                )
        if within >= slot.size or any(step % self.period for step in steps.values()):
            raise _Stays
        return replace(
            ref,
            offset=self.offset(ref, at, slot, steps),
            strides=tuple([self.stride(s, slot) for s in ref.strides]),
            index=index,
            row=self.stride(ref.row, slot),
        )

    def offset(self, ref: Ref, at: int, slot: _Slot, steps: Mapping[str, int]) -> Size:
        total: Size = self.place(at, slot)
        for name, step in steps.items():
            total = total + step // self.period * slot.size * Poly.var(name)
        return self.uncounted(total, "P" in variables(ref.offset))

    def stride(self, stride: Size, slot: _Slot) -> Size:
        step = self.counted_stride(stride)
        if not step or step % self.period:
            return stride
        new = step // self.period * slot.size
        return new * PADDED if "P" in variables(stride) else new

    def counted_stride(self, stride: Size) -> int:
        """How many addresses a stride moves; 0 along the batch, where each row counts as one."""
        return evaluate(stride, ONE_EXAMPLE)

    def slot(self, at: int) -> _Slot | None:
        """Return the slot that an address is in."""
        for slot in self.slots:
            copy, within = divmod(at - slot.first, self.period)
            if 0 <= copy < slot.copies and within < slot.size:
                return slot
        return None

    def place(self, at: int, slot: _Slot) -> int:
        copy, within = divmod(at - slot.first, self.period)
        return slot.new + copy * slot.size + within

    def moved(self, address: Size) -> Size:
        """Return where an address that does not move has gone."""
        at = _counted(address)
        slot = self.slot(at) if self.start <= at < self.stop else None
        if slot is None:
            return address
        return self.uncounted(self.place(at, slot), "P" in variables(address))

    def uncounted(self, address: Size, batched: bool) -> Size:
        plain = self.memory.plain
        return plain + (address - plain) * PADDED if batched else address
