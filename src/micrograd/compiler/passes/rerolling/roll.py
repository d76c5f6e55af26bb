"""Rerolling once more, over loops: a run of nests that differ by steady steps becomes a ``For``.

Unrolled recurrences give one set of nests for each step, ragged rows one nest for each length. The
same statements in the same order, with sizes that are polynomials of t: nothing is reordered, so
nothing about dependencies needs to be known.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, cast

import numpy as np

from ...ir.footprint import array_of, uses
from ...ir.joins import joined
from ...ir.program import For, Program, Statement
from ...ir.sizes import Poly, Size, chosen_two, coefficients
from ...ir.visit import put_together, simple, take_apart

_LONGEST_BODY = 400
_WINDOW = 8  # statements by which a period is told


def roll(program: Program) -> Program:
    """Roll up the forward loops, where each use is of one kind of array in all steps."""

    def trait(statement: Statement) -> tuple[tuple[str, bool], ...]:
        arrays = [array_of(use.ref) for s in simple([statement]) for use in uses(s)]
        return tuple([(array.kind, array.needs_gradient) for array in arrays])

    forward = rolled(program.forward, trait)
    program = replace(program, forward=forward)
    return joined(program, [s for s in forward if isinstance(s, For)])


def rolled(
    statements: Sequence[Statement], trait: Callable[[Statement], Any] = lambda _: None
) -> list[Statement]:
    """Replace runs of repeated statements by loops over them.

    Args:
        trait: what else must be the same for statements to count as repeated.
    """
    if len(statements) < 3:
        return list(statements)
    taken = [take_apart(s) for s in statements]
    ids: dict[Any, int] = {}
    kinds = [(shape, trait(s)) for s, (shape, _) in zip(statements, taken)]
    shapes = np.array([ids.setdefault(kind, len(ids)) for kind in kinds])
    sizes = [some for _, some in taken]
    numbers = _as_numbers(sizes)
    result: list[Statement] = []
    i = made = 0
    while i < len(statements):
        period, repeats = _best_run(shapes, numbers, i)
        if repeats:
            body = statements[i : i + period]
            result.append(_loop(body, sizes, i, period, repeats, f"t{made}"))
            i, made = i + period * repeats, made + 1
        else:
            result.append(statements[i])
            i += 1
    return result


def _as_numbers(sizes: list[tuple[Size, ...]]) -> list[tuple[int, ...]]:
    """Write each size as its coefficients, so that their differences can be taken at once."""
    known = {m for some in sizes for x in some if isinstance(x, Poly) for m in x.terms}
    if not known:
        return cast(list[tuple[int, ...]], sizes)
    monomials = sorted({(), *known})
    return [tuple([c for x in some for c in coefficients(x, monomials)]) for some in sizes]


def _best_run(shapes: np.ndarray, numbers: list[tuple[int, ...]], i: int) -> tuple[int, int]:
    """The period and the repeats that replace most statements from i on; 0 repeats for none."""
    best = (0, 0)
    for period in _periods(shapes, i):
        if best[1] and period % best[0] == 0:
            continue  # the same run, several at a time
        repeats = _repeats(shapes, numbers, i, period)
        if repeats >= 3 and period * (repeats - 1) > best[0] * (best[1] - 1):
            best = (period, repeats)
    return best


def _periods(shapes: np.ndarray, i: int) -> list[int]:
    """After how many statements those of the first few shapes from i on come again."""
    longest = min(_LONGEST_BODY, (len(shapes) - i) // 3)
    periods = np.arange(1, longest + 1)
    for k in range(min(_WINDOW, longest)):
        ahead = shapes[i + k + periods] == shapes[i + k]
        periods = periods[ahead | (periods <= k)]
        if not len(periods):
            break
    return periods.tolist()


def _repeats(shapes: np.ndarray, numbers: list[tuple[int, ...]], i: int, period: int) -> int:
    """How often a period is repeated in steady steps; few are looked at while they are not many."""
    most, repeats = 4, 0
    while repeats < most:
        here = shapes[i : i + (most - 1) * period]
        ahead = shapes[i + period : i + most * period]
        stop = np.flatnonzero(here[: len(ahead)] != ahead)
        alike = (int(stop[0]) if len(stop) else len(ahead)) // period + 1
        repeats = _steady(numbers, i, period, alike)
        if repeats < most:
            break
        most *= 8
    return repeats


def _steady(numbers: list[tuple[int, ...]], i: int, period: int, repeats: int) -> int:
    """For how many repeats all sizes follow polynomials of degree two or less.

    Three points lie on a parabola whatever they are, so a fourth must confirm it; on a line, the
    third does.
    """
    if repeats < 3:
        return 0
    start = range(i, i + period)
    if repeats > 3 and not all(_on_a_parabola(numbers, k, period) for k in start):
        repeats = 3
    if repeats == 3:
        return 3 if all(_on_a_line(numbers, k, period) for k in start) else 0
    iterations = range(i, i + period * repeats, period)
    table = np.array([list(chain(*numbers[k : k + period])) for k in iterations], dtype=np.int64)
    bad = np.flatnonzero(np.diff(table, 3, axis=0).any(axis=1))
    return int(bad[0]) + 3 if len(bad) else repeats


def _on_a_parabola(numbers: list[tuple[int, ...]], k: int, period: int) -> bool:
    """Tell whether the sizes of a statement do so for four repeats."""
    four = zip(*numbers[k : k + 4 * period : period])
    return all(a - d == 3 * (b - c) for a, b, c, d in four)


def _on_a_line(numbers: list[tuple[int, ...]], k: int, period: int) -> bool:
    """Tell whether the sizes of a statement go on in equal steps for three repeats."""
    return all(b - a == c - b for a, b, c in zip(*numbers[k : k + 3 * period : period]))


def _loop(
    body: Sequence[Statement],
    sizes: list[tuple[Size, ...]],
    i: int,
    period: int,
    repeats: int,
    name: str,
) -> For:
    rolled = []
    for k, statement in enumerate(body):
        table = [sizes[i + k + period * r] for r in range(3)]
        steady = (through_points(points, name) for points in zip(*table))
        rolled.append(put_together(statement, steady))
    return For(name, repeats, tuple(rolled))


def through_points(points: Sequence[Size], name: str) -> Size:
    """The polynomial that is these three at name = 0, 1, 2, with ``chosen_two`` for the square."""
    a, b, c = points
    size: Size = a
    if b != a:
        size = size + (b - a) * Poly.var(name)
    if c - 2 * b + a:
        size = size + (c - 2 * b + a) * Poly.var(chosen_two(name))
    return size
