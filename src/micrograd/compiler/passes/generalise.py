"""One program for all lengths: what three sizes have in common, confirmed by a fourth.

A function of a list is lowered at four lengths. If the programs differ in sizes only, and every
size is a polynomial of the length, they are one program with the length as an argument.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from ..ir.array import Array, Placement
from ..ir.footprint import ONE_EXAMPLE, uses
from ..ir.program import Clear, Expr, Literal, Program, Scalar, Statement
from ..ir.sizes import SIZE, Poly, Size, bound, chosen_two
from ..ir.verify import InvalidProgram, verify
from ..ir.visit import put_together, simple, take_apart, within

SAMPLES = 4
_FIRST_LENGTHS = (5, 6, 11, 16)  # shorter ones miss the first steps of what repeats


class NotGeneral(Exception):
    """The programs of different lengths are not one."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A constant that depends on the length: a + b·n, or 1 / (a + b·n)."""

    name: str
    a: float
    b: float
    inverse: bool

    def at(self, n: int) -> float:
        """Return the constant at a length."""
        line = self.a + self.b * n
        return 1.0 / line if self.inverse else line


@dataclass(slots=True)
class General:
    """A program with the length as an argument."""

    program: Program
    coefficients: list[Coefficient]
    first: int  # the least of the lengths that it was made of
    work: dict[str, Size]  # how many operands the function gave to each operation

    @property
    def least(self) -> int:
        """The length from which on it can be run, which takes a trial at each."""
        shorter = range(self.first - 1, 0, -1)
        return next((n + 1 for n in shorter if not _runs(self.program, n)), 1)


def for_all(at: Callable[[int], tuple[Program, Counter[str]]]) -> General | None:
    """Look for one program for all lengths.

    Args:
        at: gives the program of a length, and how many operands were given to each operation; it
            may raise whatever it likes.
    """
    at = cache(at)
    for first in _FIRST_LENGTHS:
        try:
            for n in (first, first + 1):  # most that are not one program differ here already
                programs = at(n)[0], at(n + 1)[0]
                if len({(len(p.forward), len(p.backward)) for p in programs}) > 1:
                    raise NotGeneral
            samples, work = zip(*[at(n) for n in range(first, first + SAMPLES)], strict=True)
            return generalise(samples, work, first)
        except Exception:  # whatever a function raises at a length it was not written for
            continue
    return None


def generalise(programs: Sequence[Program], work: Sequence[Counter[str]], first: int) -> General:
    """Unify programs lowered at lengths first, first + 1, first + 2 and first + 3.

    Args:
        programs: at these lengths.
        work: how many operands the function gave to each operation in each.

    Raises:
        NotGeneral: they differ by more than polynomials in the length.
    """
    unifier = _Unifier(first, [p.arrays for p in programs])
    _alike([(len(p.forward), len(p.backward), p.constants[1], p.scalars) for p in programs])
    forward = unifier.statements([p.forward for p in programs])
    backward = unifier.statements([p.backward for p in programs])
    outputs = [unifier.size(o) for o in zip(*[p.outputs for p in programs], strict=True)]
    model = programs[0]
    _alike([len(p.segments) for p in programs])
    segments = [unifier.place(places) for places in zip(*[p.segments for p in programs])]
    program = replace(
        model,
        forward=forward,
        backward=backward,
        size=unifier.size([p.size for p in programs]),
        inputs=(
            unifier.size([p.inputs[0] for p in programs]),
            unifier.size([p.inputs[1] for p in programs]),
        ),
        constants=(unifier.size([p.constants[0] for p in programs]), model.constants[1]),
        outputs=tuple(outputs),
        sizes=(*model.sizes, SIZE, chosen_two(SIZE)),
        scalars=(*model.scalars, *[c.name for c in unifier.coefficients]),
        arrays=tuple(unifier.arrays),
        segments=tuple(segments),
    )
    counts = {op: unifier.size([w[op] for w in work]) for op in work[0] | work[-1]}
    return General(program, unifier.coefficients, first, counts)


def _runs(program: Program, n: int) -> bool:
    """Tell whether a program at a length stays in its memory and reads what it has computed.

    At a length shorter than the four, loops may have no step. Whether the numbers are right is
    tried with each length, before its first use.
    """
    try:
        verify(program, "generalise", ONE_EXAMPLE | bound(SIZE, n))
    except InvalidProgram:
        return False
    return True


def _alike(things: Iterable[Any]) -> None:
    first, *rest = things
    if any(thing != first for thing in rest):
        raise NotGeneral


def _parts(array: Array) -> list[Array]:
    """The arrays that one was joined of; what was computed in turn, as steps do, counts as one."""
    parts: list[Array] = []
    for part in array.parts:
        last = parts[-1] if parts else part
        computed = last.kind == part.kind == "computed"
        if parts and computed and last.needs_gradient == part.needs_gradient:
            parts[-1] = replace(last, count=last.count + part.count)
        else:
            parts.append(part)
    return parts if len(parts) > 1 else []


class _Unifier:
    def __init__(self, first: int, arrays: Sequence[Sequence[Array]]) -> None:
        self.first = first
        self.places = [{a: k for k, a in enumerate(some)} for some in arrays]
        _alike(map(len, arrays))
        self.arrays = [self.array(versions) for versions in zip(*arrays)]
        self.coefficients: list[Coefficient] = []

    def statements(self, bodies: Sequence[Sequence[Statement]]) -> list[Statement]:
        return [self.statement(versions) for versions in zip(*bodies)]

    def statement(self, versions: Sequence[Statement]) -> Statement:
        literals: list[list[float]] = [[] for _ in versions]
        taken = [take_apart(s, found) for s, found in zip(versions, literals)]
        _alike(shape for shape, _ in taken)
        sizes = [self.size(points) for points in zip(*[numbers for _, numbers in taken])]
        constants = [self.literal(points) for points in zip(*literals)]
        _alike(self.homes(k, s) for k, s in enumerate(versions))
        unified = put_together(versions[0], iter(sizes), iter(constants))
        places = self.places[0]
        return within([unified], lambda array: self.arrays[places[array]])[0]

    def homes(self, version: int, s: Statement) -> list[int]:
        """The numbers of the arrays that a statement uses."""
        parts = [part for part in simple([s]) if not isinstance(part, Clear)]
        return [self.places[version][use.ref.array] for part in parts for use in uses(part)]

    def array(self, versions: Sequence[Array]) -> Array:
        _alike([(a.kind, a.batched, a.needs_gradient, a.outer, a.row) for a in versions])
        start, count = (self.size([getattr(a, k) for a in versions]) for k in ("start", "count"))
        all_parts = [_parts(a) for a in versions]
        _alike(map(len, all_parts))
        parts = tuple([self.array(some) for some in zip(*all_parts)])
        return replace(versions[0], start=start, count=count, parts=parts)

    def place(self, versions: Sequence[Placement]) -> Placement:
        if any(p.outer for p in versions):
            raise NotGeneral
        count, start = (self.size([getattr(p, k) for p in versions]) for k in ("count", "start"))
        return Placement(start, count)

    def size(self, points: Sequence[Size]) -> Size:
        """The polynomial through sizes at successive lengths, coefficient by coefficient."""
        monomials = {m for p in points if isinstance(p, Poly) for m in p.terms} | {()}
        total: Size = 0
        for m in monomials:
            numbers = [
                p.terms.get(m, 0) if isinstance(p, Poly) else (0 if m else p) for p in points
            ]
            total = total + self.polynomial(numbers) * (Poly({m: 1}) if m else 1)
        return total

    def polynomial(self, points: Sequence[int]) -> Size:
        a, b, c, d = points
        slope, bend = b - a, c - 2 * b + a
        if d - 3 * c + 3 * b - a:
            raise NotGeneral
        if not bend:
            return a + slope * (Poly.var(SIZE) - self.first) if slope else a
        # C(n - k, 2) = C(n, 2) - k·n + k(k + 1)/2
        k, n = self.first, Poly.var(SIZE)
        square = Poly.var(chosen_two(SIZE)) - k * n + k * (k + 1) // 2
        return a + slope * (n - k) + bend * square

    def literal(self, points: Sequence[float]) -> Expr:
        if len({float(p).hex() for p in points}) == 1:
            return Literal(points[0])
        for inverse in (False, True):
            line = [1.0 / p for p in points] if inverse and all(points) else list(points)
            b = line[1] - line[0]
            for digits in (0, 15):  # whole numbers first: 1/5 comes from 5
                slope = round(b, digits)
                start = round(line[0] - b * self.first, digits)
                found = Coefficient(f"c{len(self.coefficients)}", start, slope, inverse)
                if all(found.at(self.first + i) == p for i, p in enumerate(points)):
                    self.coefficients.append(found)
                    return Scalar(found.name)
        raise NotGeneral
