"""Which nests share their loops, and which arrays then need no memory.

Nests of equal dims can run in one loop when what a later one reads of an earlier one is the element just computed: it
stays in a register. An array that nobody else reads is never written: a chain of elementwise operations costs one loop.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .c_nests import Group, same_element
from .c_plans import VECTOR_BYTES, cost_together
from .ir import BATCH, PADDED, Clear, For, Nest, Program, Ref, Route, Statement, refs
from .sizes import Size, bound, chosen_two, substitute

Item = Group | For | Clear | Route
_WIDEST = VECTOR_BYTES // 4
_MOST = 24  # nests in one loop: registers are few, and so the time to compile stays small


@dataclass(frozen=True, slots=True)
class Region:
    """Addresses low to high - 1 of values or of gradients."""

    grad: bool
    low: Size
    high: Size

    def meets(self, other: "Region") -> bool:
        """Tell whether both may have an address in common; True where that cannot be told."""
        if self.grad != other.grad:
            return False
        return not (_never_below(other.low, self.high) or _never_below(self.low, other.high))


class Fusion:
    """What is known of a whole program: which regions its statements read."""

    def __init__(self, program: Program, width: int, strict: bool) -> None:
        self.width, self.strict = width, strict
        start, constants = program.constants
        ranges = [program.parameters, program.inputs, (start, len(constants))]
        self.kept = [Region(grad, s, s + n) for s, n in ranges if n for grad in (False, True)]
        self.kept += [Region(False, o, o + 1) for o in program.outputs]
        self.computed = {
            (s.target.offset, s.target.strides)
            for s, _ in flat(program.forward)
            if isinstance(s, Nest)
        }
        self.loops: dict[int, tuple[For, ...]] = {}  # around each statement, by its id
        self.reads: list[tuple[Statement, Region | None]] = []  # None: no telling which
        for statement, loops in [*flat(program.forward), *flat(program.backward)]:
            self.loops[id(statement)] = loops
            self.reads += [(statement, widened(r, loops)) for r in reads(statement)]

    def groups(self, statements: Sequence[Statement]) -> list[Item]:
        """Put the nests of a list of statements into groups that share loops."""
        items: list[Item] = []
        for statement in statements:
            if not isinstance(statement, Nest):
                items.append(statement)
            elif not self._joins(statement, items):
                items.append(Group([statement]))
        for item in items:
            if isinstance(item, Group):
                item.stored = [self._needed(i, item.nests) for i in range(len(item.nests))]
                _drop_unread(item)
        return [item for item in items if not isinstance(item, Group) or item.nests]

    def _joins(self, nest: Nest, items: list[Item]) -> bool:
        """Add a nest to the last group that it can share loops with, if there is one."""
        for item in reversed(items):
            if isinstance(item, For):
                return False
            if isinstance(item, Group) and self._fits(nest, item):
                item.nests.append(nest)
                return True
            statements = item.nests if isinstance(item, Group) else [item]
            if any(_depend(nest, s) for s in statements):
                return False
        return False

    def _fits(self, nest: Nest, group: Group) -> bool:
        first = group.nests[0]
        if nest.dims != first.dims or nest.scatter or first.scatter or len(group.nests) >= _MOST:
            return False
        elementwise = not any(t.dims for n in (*group.nests, nest) for t in n.terms)
        if not (elementwise or any(_feeds(other, nest) for other in group.nests)):
            return False
        if any(_clash(nest, other) for other in group.nests):
            return False
        return cost_together(group.nests, nest, self.width, self.strict)

    def _needed(self, place: int, nests: Sequence[Nest]) -> bool:
        """Tell whether anyone but the later nests of its own group reads what a nest writes."""
        nest, loops = nests[place], self.loops[id(nests[place])]
        target = nest.target
        if target.table is not None or target.index is not None:
            return True
        if target.grad and (target.offset, target.strides) not in self.computed:
            return True
        region = widened(span(nest.dims, target), loops)
        if region is None or any(region.meets(kept) for kept in self.kept):
            return True
        own = {id(n) for n in nests[place + (1 if loops else 0) :]}
        return any(
            read is None or read.meets(region)
            for statement, read in self.reads
            if id(statement) not in own or not _only_in_place(statement, target)
        )


def _drop_unread(group: Group) -> None:
    for i in reversed(range(len(group.nests))):
        nest = group.nests[i]
        if not (group.stored[i] or any(_feeds(nest, later) for later in group.nests[i + 1 :])):
            del group.nests[i], group.stored[i]


def flat(
    statements: Sequence[Statement], loops: tuple[For, ...] = ()
) -> Iterator[tuple[Statement, tuple[For, ...]]]:
    """Yield all statements but loops, each with the loops around it."""
    for statement in statements:
        if isinstance(statement, For):
            yield from flat(statement.body, (*loops, statement))
        else:
            yield statement, loops


def widened(region: Region, loops: Sequence[For]) -> Region | None:
    """Return the region that covers all rounds of the loops; None where that cannot be told."""
    low, high = region.low, region.high
    for loop in reversed(loops):
        down, up = _direction(low, loop), _direction(high, loop)
        if down is None or up is None:
            return None
        first, last = bound_sizes(loop.var, 0), bound_sizes(loop.var, loop.count - 1)
        low = substitute(low, first if down >= 0 else last)
        high = substitute(high, last if up >= 0 else first)
    return Region(region.grad, low, high)


def bound_sizes(name: str, number: Size) -> dict[str, Size]:
    """Return what a loop's variables are in one round; half a square only where it is a number."""
    return dict(bound(name, number)) if isinstance(number, int) else {name: number}


def _direction(x: Size, loop: For) -> int | None:
    """Return the sign with which x moves with a loop's variables, None where it moves both ways."""
    if isinstance(x, int):
        return 0
    own = {loop.var, chosen_two(loop.var)}
    moving = {m: c for m, c in x.terms.items() if own & set(m)}
    if not isinstance(loop.count, int) and any(chosen_two(loop.var) in m for m in moving):
        return None
    signs = {1 if c > 0 else -1 for c in moving.values()}
    return None if len(signs) > 1 else next(iter(signs), 0)


def _feeds(earlier: Nest, later: Nest) -> bool:
    return any(same_element(r, earlier.target, len(later.dims)) for _, r in _operands(later))


def span(dims: Sequence[Size], ref: Ref) -> Region:
    """Return the addresses that a ref may touch; padded rows count in full."""
    low: Size = ref.offset
    high: Size = ref.offset
    for dim, stride in zip(dims, ref.strides, strict=False):
        if stride == 0:
            continue
        if ref.padded and stride == 1:
            dim = -(-dim // _WIDEST) * _WIDEST if isinstance(dim, int) else substitute(dim, _ROWS)
        reach = (dim - 1) * stride
        if isinstance(stride, int) and stride < 0:
            low = low + reach
        else:
            high = high + reach
    if ref.table is not None:
        low = low + min(ref.table.values) * ref.table.scale
        high = high + max(ref.table.values) * ref.table.scale
    if ref.index is not None:
        high = high + (ref.rows - 1) * ref.row
    return Region(ref.grad, low, high + 1)


_ROWS = {str(BATCH)[1:-1]: PADDED}


def reads(statement: Statement) -> Iterator[Region]:
    """Yield the regions that a statement reads."""
    if isinstance(statement, Nest):
        for dims, ref in _operands(statement):
            yield span(dims, ref)
    elif isinstance(statement, Route):
        dims = statement.dims + statement.reduced
        for ref in (statement.candidates, statement.result):
            region = span(dims, ref)
            yield from (Region(grad, region.low, region.high) for grad in (False, True))


def _operands(nest: Nest) -> Iterator[tuple[tuple[Size, ...], Ref]]:
    for term in nest.terms:
        for ref in refs(term.expr):
            yield nest.dims + term.dims, ref
    if nest.accumulate:
        yield nest.dims, nest.target
    if nest.target.index is not None:
        yield nest.dims, nest.target.index


def _writes(statement: Statement) -> Region:
    if isinstance(statement, Nest):
        return span(statement.dims, statement.target)
    if isinstance(statement, Route):
        region = span(statement.dims + statement.reduced, statement.candidates)
        return Region(True, region.low, region.high)
    assert isinstance(statement, Clear)
    return Region(True, statement.start, statement.start + statement.count)


def _depend(later: Statement, earlier: Statement) -> bool:
    """Tell whether the order of two statements may matter."""
    written, before = _writes(later), _writes(earlier)
    return (
        written.meets(before)
        or any(r.meets(before) for r in reads(later))
        or any(r.meets(written) for r in reads(earlier))
    )


def _clash(later: Nest, earlier: Nest) -> bool:
    """Tell whether one of two nests of equal dims meets the other's target but at its own index."""
    for nest, other in ((later, earlier), (earlier, later)):
        region, width = _writes(other), len(nest.dims)
        uses = [*_operands(nest), (nest.dims, nest.target)]
        for dims, ref in uses:
            if span(dims, ref).meets(region) and not same_element(ref, other.target, width):
                return True
    return False


def _only_in_place(statement: Statement, target: Ref) -> bool:
    assert isinstance(statement, Nest)
    region = span(statement.dims, target)
    return all(
        same_element(ref, target, len(statement.dims)) or not span(dims, ref).meets(region)
        for dims, ref in _operands(statement)
    )


def _never_below(x: Size, y: Size) -> bool:
    """Tell whether x >= y for all sizes that are not negative; False where that cannot be told."""
    difference = x - y
    if isinstance(difference, int):
        return difference >= 0
    return all(c >= 0 for c in difference.terms.values())
