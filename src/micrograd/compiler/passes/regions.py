"""Which addresses a statement touches, as far as can be told before sizes are known."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..ir.array import MEMORY, Array
from ..ir.footprint import reach, uses
from ..ir.program import BATCH, PADDED, For, Nest, Ref
from ..ir.sizes import SIZE, Poly, Size, bound, chosen_two, substitute, variables
from ..ir.visit import Simple
from .schedules import along

_ROWS = {str(BATCH)[1:-1]: PADDED}
(_P,) = PADDED.terms
_N, _N_2 = (SIZE,), (chosen_two(SIZE),)


@dataclass(frozen=True, slots=True)
class Region:
    """Addresses low to high - 1 of values or of gradients, all of them in one array."""

    grad: bool
    low: Size
    high: Size
    array: Array = MEMORY

    def meets(self, other: "Region") -> bool:
        """Tell whether both may have an address in common; True where that cannot be told."""
        if self.grad != other.grad:
            return False
        if MEMORY not in (self.array, other.array) and self.array != other.array:
            return False
        return not (_never_below(other.low, self.high) or _never_below(self.low, other.high))


class RegionList:
    """Regions in a row, asked at once which of them meet another."""

    def __init__(self, regions: Sequence[Region]) -> None:
        bounds = [_in_rows(r) for r in regions]
        ends = np.array([b or ((0, 0), (0, 0)) for b in bounds], np.int64).reshape(-1, 2, 2)
        self._low, self._high = ends[:, 0], ends[:, 1]
        self._grad = np.array([r.grad for r in regions], dtype=bool)
        self._others = [(i, r) for i, r in enumerate(regions) if bounds[i] is None]
        self._regions = regions

    def meeting(self, region: Region) -> NDArray[np.bool_]:
        """Tell of each region whether it may have an address in common with this one."""
        ends = _in_rows(region)
        if ends is None:
            return np.array([r.meets(region) for r in self._regions], dtype=bool)
        low, high = np.array(ends, np.int64)
        apart = _never_negative(self._low - high) | _never_negative(low - self._high)
        meet = ~apart & (self._grad == region.grad)
        for i, other in self._others:
            meet[i] = other.meets(region)
        return meet


class _Operands(NamedTuple):
    """What a statement touches; with the statement itself, so that its identity stays."""

    statement: Simple
    operands: list[tuple[Ref, Region]]
    reads: list[Region]
    written: Region


class Regions:
    """Tell which regions statements touch, where padded rows end at a multiple of ``width``."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._touched: dict[int, _Operands] = {}

    def of(self, dims: Sequence[Size], ref: Ref) -> Region:
        """Return the addresses that a ref may touch; padded rows count in full."""
        whole = [self._in_whole_vectors(dim) for dim in dims] if ref.padded else dims
        sides = [w if s == 1 else d for d, w, s in zip(dims, whole, ref.strides, strict=False)]
        low, high = reach(ref, sides)
        return Region(ref.grad, low, high + 1, ref.array)

    def reads(self, statement: Simple) -> list[Region]:
        """Return the regions that a statement reads."""
        return self._of(statement).reads

    def written(self, statement: Simple) -> Region:
        """Return the region that a statement writes."""
        return self._of(statement).written

    def touched(self, statement: Simple) -> list[tuple[Ref, Region]]:
        """Return all operands of a statement, each with the region that it touches."""
        return self._of(statement).operands

    def _of(self, statement: Simple) -> "_Operands":
        """Return what a statement touches, worked out once."""
        if id(statement) not in self._touched:
            every = [(use, self.of(use.dims, use.ref)) for use in uses(statement)]
            self._touched[id(statement)] = _Operands(
                statement,
                [(use.ref, region) for use, region in every],
                [region for use, region in every if use.read],
                next(region for use, region in every if use.written),
            )
        return self._touched[id(statement)]

    def ordered(self, later: Simple, earlier: Simple) -> bool:
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
    return ((use.dims, use.ref) for use in uses(nest) if use.read)


def same_element(ref: Ref, target: Ref, dims: int) -> bool:
    """Tell whether a ref is just the element that a nest of so many dims has as its target."""
    if ref.grad != target.grad or ref.address != target.address:
        return False
    if any(r.table is not None or r.index is not None for r in (ref, target)):
        return False
    strides = tuple(along(ref.strides, d) for d in range(max(dims, len(ref.strides))))
    return strides[:dims] == target.strides[:dims] and not any(s != 0 for s in strides[dims:])


def feeds(earlier: Nest, later: Nest) -> bool:
    """Tell whether a nest reads the element that an earlier one of equal dims has just computed."""
    return any(same_element(r, earlier.target, len(later.dims)) for _, r in operands(later))


def place_of(ref: Ref) -> Hashable:
    """Return what is equal for operands of equal addresses."""
    return ref.grad, ref.address, ref.strides, ref.table, ref.index


def widened(touched: Region, loops: Sequence[For]) -> Region | None:
    """Return the region that covers all iterations of the loops; None where that cannot be told."""
    low, high = touched.low, touched.high
    for loop in reversed(loops):
        down, up = _direction(low, loop), _direction(high, loop)
        if down is None or up is None:
            return None
        first, last = iteration(loop.var, 0), iteration(loop.var, loop.count - 1)
        low = substitute(low, first if down >= 0 else last)
        high = substitute(high, last if up >= 0 else first)
    return replace(touched, low=low, high=high)


def iteration(name: str, number: Size) -> dict[str, Size]:
    """What a loop's variables are in one iteration; squares where the number is n + k or known."""
    if isinstance(number, int):
        return dict(bound(name, number))
    now: dict[str, Size] = {name: number}
    if len(names := variables(number)) == 1:
        (n,) = names
        k = number - Poly.var(n)
        if isinstance(k, int):  # C(n + k, 2) = C(n, 2) + k·n + k(k - 1)/2
            now[chosen_two(name)] = Poly.var(chosen_two(n)) + k * Poly.var(n) + k * (k - 1) // 2
    return now


def _direction(x: Size, loop: For) -> int | None:
    """The sign with which x moves with a loop's variables, None where it moves both ways."""
    if isinstance(x, int):
        return 0
    own = {loop.var, chosen_two(loop.var)}
    moving = {m: c for m, c in x.terms.items() if own & set(m)}
    squares = any(chosen_two(loop.var) in m for m in moving)
    if squares and chosen_two(loop.var) not in iteration(loop.var, loop.count - 1):
        return None
    signs = {1 if c > 0 else -1 for c in moving.values()}
    return None if len(signs) > 1 else next(iter(signs), 0)


def _in_rows(region: Region) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return both ends as a number and how often P is added to it; None where other sizes are."""
    low, high = _terms(region.low), _terms(region.high)
    if any(m and m != _P for terms in (low, high) for m in terms):
        return None
    return (low.get((), 0), low.get(_P, 0)), (high.get((), 0), high.get(_P, 0))


def _never_negative(ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    number, rows = ends[..., 0], ends[..., 1]
    return (rows >= 0) & (number + rows >= 0)


def _never_below(x: Size, y: Size) -> bool:
    """Tell whether x >= y for all sizes; False where that cannot be told.

    No size is negative; a padded row has at least one number, and a list, whose length n = 1 + m
    comes with C(n, 2) = C(m, 2) + m, at least one item.
    """
    if isinstance(x, int) and isinstance(y, int):
        return x >= y
    difference = dict(_terms(x))
    for m, c in _terms(y).items():
        difference[m] = difference.get(m, 0) - c
    number = difference.pop((), 0)
    if _N in difference or _N_2 in difference:
        number += difference.get(_N, 0)
        difference[_N] = difference.get(_N, 0) + difference.get(_N_2, 0)
    return all(c >= 0 for c in difference.values()) and number + difference.get(_P, 0) >= 0


def _terms(x: Size) -> Mapping[tuple[str, ...], int]:
    return {(): x} if isinstance(x, int) else x.terms
