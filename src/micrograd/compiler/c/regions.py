"""Which addresses a statement touches, as far as can be told before sizes are known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..ir import BATCH, PADDED, Clear, For, Nest, Ref, Route, refs
from ..sizes import Poly, Size, bound, chosen_two, substitute
from .plans import along

_ROWS = {str(BATCH)[1:-1]: PADDED}


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


class Regions:
    """Tell which regions statements touch, where padded rows end at a multiple of ``width``."""

    def __init__(self, width: int) -> None:
        self.width = width

    def of(self, dims: Sequence[Size], ref: Ref) -> Region:
        """Return the addresses that a ref may touch; padded rows count in full."""
        low: Size = ref.offset
        high: Size = ref.offset
        for dim, stride in zip(dims, ref.strides, strict=False):
            if stride == 0:
                continue
            if ref.padded and stride == 1:
                dim = self._in_whole_vectors(dim)
            down, up = _parts(stride)
            low, high = low + (dim - 1) * down, high + (dim - 1) * up
        if ref.table is not None:
            low = low + min(ref.table.values) * ref.table.scale
            high = high + max(ref.table.values) * ref.table.scale
        if ref.index is not None:
            high = high + (ref.rows - 1) * ref.row
        return Region(ref.grad, low, high + 1)

    def reads(self, statement: Nest | Route | Clear) -> Iterator[Region]:
        """Yield the regions that a statement reads."""
        if isinstance(statement, Nest):
            for dims, ref in operands(statement):
                yield self.of(dims, ref)
        elif isinstance(statement, Route):
            for ref in (statement.candidates, statement.result):
                touched = self.of(statement.dims + statement.reduced, ref)
                yield from (Region(grad, touched.low, touched.high) for grad in (False, True))

    def written(self, statement: Nest | Route | Clear) -> Region:
        """Return the region that a statement writes."""
        if isinstance(statement, Nest):
            return self.of(statement.dims, statement.target)
        if isinstance(statement, Route):
            touched = self.of(statement.dims + statement.reduced, statement.candidates)
            return Region(True, touched.low, touched.high)
        return Region(True, statement.start, statement.start + statement.count)

    def ordered(self, later: Nest | Route | Clear, earlier: Nest | Route | Clear) -> bool:
        """Tell whether the order of two statements may matter."""
        written, before = self.written(later), self.written(earlier)
        return (
            written.meets(before)
            or any(r.meets(before) for r in self.reads(later))
            or any(r.meets(written) for r in self.reads(earlier))
        )

    def _in_whole_vectors(self, dim: Size) -> Size:
        if isinstance(dim, int):
            return -(-dim // self.width) * self.width
        return substitute(dim, _ROWS)


def operands(nest: Nest) -> Iterator[tuple[tuple[Size, ...], Ref]]:
    """Yield what a nest reads, each with the dims that its strides belong to."""
    for term in nest.terms:
        for ref in refs(term.expr):
            yield nest.dims + term.dims, ref
    if nest.accumulate:
        yield nest.dims, nest.target
    if nest.target.index is not None:
        yield nest.dims, nest.target.index


def same_element(ref: Ref, target: Ref, dims: int) -> bool:
    """Tell whether a ref is just the element that a nest of so many dims has as its target."""
    if ref.grad != target.grad or ref.offset != target.offset:
        return False
    if any(r.table is not None or r.index is not None for r in (ref, target)):
        return False
    strides = tuple(along(ref.strides, d) for d in range(max(dims, len(ref.strides))))
    return strides[:dims] == target.strides[:dims] and not any(s != 0 for s in strides[dims:])


def widened(touched: Region, loops: Sequence[For]) -> Region | None:
    """Return the region that covers all rounds of the loops; None where that cannot be told."""
    low, high = touched.low, touched.high
    for loop in reversed(loops):
        down, up = _direction(low, loop), _direction(high, loop)
        if down is None or up is None:
            return None
        first, last = _round(loop.var, 0), _round(loop.var, loop.count - 1)
        low = substitute(low, first if down >= 0 else last)
        high = substitute(high, last if up >= 0 else first)
    return Region(touched.grad, low, high)


def _round(name: str, number: Size) -> dict[str, Size]:
    """What a loop's variables are in one round; squares only where they are numbers."""
    return dict(bound(name, number)) if isinstance(number, int) else {name: number}


def _direction(x: Size, loop: For) -> int | None:
    """The sign with which x moves with a loop's variables, None where it moves both ways."""
    if isinstance(x, int):
        return 0
    own = {loop.var, chosen_two(loop.var)}
    moving = {m: c for m, c in x.terms.items() if own & set(m)}
    if not isinstance(loop.count, int) and any(chosen_two(loop.var) in m for m in moving):
        return None
    signs = {1 if c > 0 else -1 for c in moving.values()}
    return None if len(signs) > 1 else next(iter(signs), 0)


def _parts(stride: Size) -> tuple[Size, Size]:
    """Split a stride into what leads down and what leads up."""
    if isinstance(stride, int):
        return min(stride, 0), max(stride, 0)
    up: Size = 0
    for monomial, c in stride.terms.items():
        up = up + (Poly({monomial: c}) if monomial else c) if c > 0 else up
    return stride - up, up


def _never_below(x: Size, y: Size) -> bool:
    """Tell whether x >= y for all sizes that are not negative; False where that cannot be told."""
    difference = x - y
    if isinstance(difference, int):
        return difference >= 0
    return all(c >= 0 for c in difference.terms.values())
