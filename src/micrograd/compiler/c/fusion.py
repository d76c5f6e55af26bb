"""Which nests share their loops, and which arrays then need no memory.

Nests of equal dims can run in one loop when what a later one reads of an earlier one is the element
just computed: it stays in a register. An array that nobody else reads is never written, so that a
chain of elementwise operations costs one loop; and the way back computes again, from what it reads
anyway, what would cost more to keep.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ... import ops
from ..ir import Apply, Clear, Expr, For, Nest, Program, Ref, Route, Statement
from ..loops.visit import simple
from .plans import along_lanes, cost_together, heavy
from .regions import Region, Regions, operands, same_element, widened
from .short_sums import unrolled

_MOST = 64  # nests in one loop: registers are few, and so the time to compile stays small
_BACK = 32  # how many loops back one is looked for that can be shared
_CHEAP = {ops.ADD, ops.MUL, ops.SUM, ops.PROD, ops.WHERE, ops.RELU, ops.ABS, ops.MAXIMUM}
_CHEAP |= {ops.MINIMUM, ops.LT, ops.LE, ops.GT, ops.GE}
_SMALL_POWERS = (-2, -1, 0, 1, 2, 3)


@dataclass(slots=True)
class Group:
    """Nests of equal dims that share loops; ``stored``: whether memory needs the target of each."""

    nests: list[Nest]
    stored: list[bool] = field(default_factory=list)


@dataclass(slots=True)
class Loop:
    """A For and what its body became."""

    statement: For
    items: list["Item"]


Item = Group | Loop | Clear | Route


def apart(statements: Sequence[Statement]) -> list[Item]:
    """Give every nest its own loops."""
    items: list[Item] = []
    for s in statements:
        if isinstance(s, For):
            items.append(Loop(s, apart(s.body)))
        else:
            items.append(Group([s], [True]) if isinstance(s, Nest) else s)
    return items


def fused(program: Program, width: int, strict: bool) -> tuple[list[Item], list[Item]]:
    """Return the forward and backward statements in groups that share loops.

    Args:
        width: the lanes of a vector.
        strict: whether the order of every sum is kept.
    """
    program = replace(
        program, forward=unrolled(program.forward), backward=unrolled(program.backward)
    )
    fusion = _Fusion(program, width, strict)
    forward, backward = fusion.grouped(program.forward), fusion.grouped(program.backward)
    fusion.recompute(forward, backward)
    fusion.find_unread([*forward, *backward])
    return _living(forward), _living(backward)


class _Fusion:
    def __init__(self, program: Program, width: int, strict: bool) -> None:
        self.program, self.width, self.strict = program, width, strict
        self.regions = Regions(width)

    def grouped(self, statements: Sequence[Statement]) -> list[Item]:
        items: list[Item] = []
        for statement in statements:
            if isinstance(statement, For):
                items.append(Loop(statement, self.grouped(statement.body)))
            elif not isinstance(statement, Nest):
                items.append(statement)
            elif not self._joins(statement, items):
                items.append(Group([statement]))
        return items

    def _joins(self, nest: Nest, items: list[Item]) -> bool:
        """Add a nest to the last group that it can share loops with, if there is one."""
        for item in reversed(items[-_BACK:]):
            if isinstance(item, Loop):
                return False
            if isinstance(item, Group) and self._fits(nest, item):
                item.nests.append(nest)
                return True
            statements = item.nests if isinstance(item, Group) else [item]
            if any(self.regions.ordered(nest, s) for s in statements):
                return False
        return False

    def _fits(self, nest: Nest, group: Group) -> bool:
        first = group.nests[0]
        if nest.dims != first.dims or nest.scatter or first.scatter or len(group.nests) >= _MOST:
            return False
        elementwise = not any(t.dims for n in (*group.nests, nest) for t in n.terms)
        if not (elementwise or any(_feeds(other, nest) for other in group.nests)):
            return False
        if not elementwise and any(heavy(t.expr) for n in (*group.nests, nest) for t in n.terms):
            return False
        if any(self._clash(nest, other) for other in group.nests):
            return False
        return cost_together(group.nests, nest, self.width, self.strict)

    def _clash(self, later: Nest, earlier: Nest) -> bool:
        """Tell whether one of two nests of equal dims meets the other's target but at its index."""
        for nest, other in ((later, earlier), (earlier, later)):
            written, count = self.regions.written(other), len(nest.dims)
            for dims, ref in [*operands(nest), (nest.dims, nest.target)]:
                elsewhere = not same_element(ref, other.target, count)
                if elsewhere and self.regions.of(dims, ref).meets(written):
                    return True
        return False

    # What is read again.

    def find_unread(self, items: Sequence[Item]) -> None:
        """Find out of each nest whether its target has to be in memory."""
        start, constants = self.program.constants
        ranges = [self.program.parameters, self.program.inputs, (start, len(constants))]
        kept = [Region(grad, s, s + n) for s, n in ranges if n for grad in (False, True)]
        kept += [Region(False, o, o + 1) for o in self.program.outputs]
        forward = simple(self.program.forward)
        computed = {_place(s.target) for s in forward if isinstance(s, Nest)}
        seen = [
            (reader, widened(read, loops))
            for item, loops in _walk(items)
            for reader, read in self._outside_reads(item)
        ]

        def needed(nest: Nest, loops: tuple[For, ...]) -> bool:
            target = nest.target
            if target.table is not None or target.index is not None:
                return True
            if target.grad and _place(replace(target, grad=False)) not in computed:
                return True
            written = widened(self.regions.written(nest), loops)
            if written is None or any(written.meets(k) for k in kept):
                return True
            itself = None if loops else id(nest)  # adding to its target, it reads it
            return any(r is None or r.meets(written) for k, r in seen if k != itself)

        for item, loops in _walk(items):
            if isinstance(item, Group):
                copies = item.stored or [False] * len(item.nests)
                last = {_place(nest.target): nest for nest in item.nests}
                item.stored = [
                    not copy and last[_place(nest.target)] is nest and needed(nest, loops)
                    for nest, copy in zip(item.nests, copies, strict=True)
                ]

    def _outside_reads(self, item: Group | Clear | Route) -> Iterator[tuple[int, Region]]:
        """Yield what an item reads from memory, each with the id of the statement."""
        if not isinstance(item, Group):
            yield from ((id(item), read) for read in self.regions.reads(item))
            return
        for place, nest in enumerate(item.nests):
            before = item.nests[:place]
            for dims, ref in operands(nest):
                if not any(same_element(ref, n.target, len(nest.dims)) for n in before):
                    yield id(nest), self.regions.of(dims, ref)

    # What is computed again.

    def recompute(self, forward: list[Item], backward: list[Item]) -> None:
        """Let groups of the way back compute cheap values again where that saves memory traffic."""
        order = list(simple(self.program.forward))
        written = [self.regions.written(s) for s in order]
        places = {id(s): i for i, s in enumerate(order)}

        def lasting(nest: Nest) -> bool:
            """Tell whether neither the value nor what it is computed from changes afterwards."""
            place, itself = places[id(nest)], self.regions.written(nest)
            used = [self.regions.of(*operand) for operand in operands(nest)]
            if any(touched.meets(w) for w in written[place:] for touched in used):
                return False
            return not any(itself.meets(w) for w in written[place + 1 :])

        known = {
            _place(nest.target): nest
            for item in forward
            if isinstance(item, Group)
            for nest in item.nests
            if _cheap(nest) and lasting(nest)
        }
        for item in backward:
            if isinstance(item, Group):
                self._recompute_in(item, known)

    def _recompute_in(self, group: Group, known: dict[Hashable, Nest]) -> None:
        """Put copies of cheap forward nests first, where they read fewer arrays than they save."""
        dims = group.nests[0].dims
        wanted = dict.fromkeys(
            ref
            for nest in group.nests
            for d, ref in operands(nest)
            if not ref.grad and len(d) == len(dims)
        )
        again: dict[Hashable, Nest] = {}
        leaves: set[Ref] = set()

        def trace(ref: Ref, depth: int) -> None:
            nest = known.get(_place(ref)) if depth else None
            if nest is None or nest.dims != dims or ref.table is not None or ref.index is not None:
                leaves.add(ref)
            elif _place(ref) not in again:
                for _, operand in operands(nest):
                    trace(operand, depth - 1)
                again[_place(ref)] = nest

        for ref in wanted:
            trace(ref, _MOST)
        copies = [replace(nest) for nest in again.values()]
        if not copies or len(leaves) >= len(wanted) or len(copies) + len(group.nests) > 2 * _MOST:
            return
        if along_lanes([*copies, *group.nests], self.width, self.strict):
            group.stored = [True] * len(copies) + [False] * len(group.nests)
            group.nests = copies + group.nests


def _feeds(earlier: Nest, later: Nest) -> bool:
    return any(same_element(r, earlier.target, len(later.dims)) for _, r in operands(later))


def _walk(
    items: Sequence[Item], loops: tuple[For, ...] = ()
) -> Iterator[tuple[Group | Clear | Route, tuple[For, ...]]]:
    """Yield all items but loops, each with the loops around it."""
    for item in items:
        if isinstance(item, Loop):
            yield from _walk(item.items, (*loops, item.statement))
        else:
            yield item, loops


def _living(items: list[Item]) -> list[Item]:
    """Drop nests that nobody reads at all."""
    living: list[Item] = []
    for item in items:
        if isinstance(item, Loop):
            item.items = _living(item.items)
        if isinstance(item, Group):
            for i in reversed(range(len(item.nests))):
                if not (item.stored[i] or _read_within(item.nests[i], item.nests[i + 1 :])):
                    del item.nests[i], item.stored[i]
        if not isinstance(item, Group) or item.nests:
            living.append(item)
    return living


def _read_within(nest: Nest, later: Sequence[Nest]) -> bool:
    """Tell whether one of the later nests reads what a nest writes before it is written again."""
    for other in later:
        if _feeds(nest, other):
            return True
        if _place(other.target) == _place(nest.target):
            return False
    return False


def _place(ref: Ref) -> Hashable:
    return ref.grad, ref.offset, ref.strides, ref.table, ref.index


def _cheap(nest: Nest) -> bool:
    if nest.accumulate or nest.scatter:
        return False
    return all(not t.dims and _cheap_expression(t.expr) for t in nest.terms)


def _cheap_expression(expr: Expr) -> bool:
    if not isinstance(expr, Apply):
        return True
    small = expr.op.name == "powc" and expr.op.static in _SMALL_POWERS
    return (small or expr.op in _CHEAP) and all(map(_cheap_expression, expr.args))
