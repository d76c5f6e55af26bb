"""Rerolling, second half: describe sequences of addresses by strides.

The addresses of one operand, for all rows of a class and all terms of a row, form a matrix (rows x
terms). If every row repeats the first one, shifted, then row starts and term offsets are fitted
apart, each as nested runs of constant difference; what follows no rule becomes a table.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Addresses = NDArray[np.int32]
Runs = list[tuple[int, int]]  # (how many, stride), outermost first


@dataclass(slots=True)
class Fit:
    """Address of (row r, term t) = start + runs at r + runs at t + table.

    ``row_table``: the rows' starts when only their inner part has runs: one entry per outer step.
    ``full_table``: every address, when nothing else holds.
    """

    start: int
    rows: Runs
    terms: Runs
    row_table: Addresses | None = None
    full_table: Addresses | None = None


def runs(sequence: Addresses) -> tuple[Runs, Addresses | None]:
    """Split a sequence into nested runs of constant difference.

    Returns the runs, outermost first, and the starts of the outermost repeats where these follow no
    rule themselves (then the first run has stride 0 and counts them), else None.
    """
    n = len(sequence)
    if n == 1:
        return [], None
    differences = np.diff(sequence)
    breaks = np.flatnonzero(differences != differences[0])
    if not len(breaks):
        return [(n, int(differences[0]))], None
    length = int(breaks[0]) + 1
    while length > 1:
        if n % length == 0:
            matrix = sequence.reshape(-1, length)
            if (matrix - matrix[:, :1] == matrix[0] - matrix[0, 0]).all():
                outer, table = runs(matrix[:, 0].copy())
                return [*outer, (length, int(differences[0]))], table
        length = _smaller_divisor(n, length)
    return [(n, 0)], sequence


def _smaller_divisor(n: int, length: int) -> int:
    """The next shorter run to try: a run may have gone on by accident into the next row."""
    return next((d for d in range(length - 1, 1, -1) if n % d == 0), 1)


def fit(addresses: Addresses) -> Fit:
    """Describe a matrix of addresses (rows x terms)."""
    start = int(addresses[0, 0])
    if addresses.size == 1:
        return Fit(start, [], [])
    offsets = addresses[0] - start
    if (addresses - addresses[:, :1] == offsets).all():
        term_runs, term_table = runs(offsets)
        if term_table is None:
            row_runs, row_table = runs(addresses[:, 0].copy())
            return Fit(start, row_runs, term_runs, row_table)
    return Fit(start, [], [], full_table=addresses)


def regular_prefixes(addresses: Addresses) -> list[int]:
    """The numbers of first rows that nested runs describe: one run, runs of runs, and so on."""
    offsets = addresses - addresses[:, :1]
    alike = (offsets == offsets[0]).all(axis=1)
    starts = addresses[: len(alike) if alike.all() else int(np.argmin(alike)), 0]
    block, found = 1, [1]
    while 2 * block <= len(starts):
        shifts = starts[block:] - starts[:-block]
        broken = np.flatnonzero(shifts != shifts[0])
        run = int(broken[0]) if len(broken) else len(shifts)
        if run < block:
            break
        block *= 1 + run // block
        found.append(block)
    return found


def common_dims(all_runs: list[Runs], size: int) -> tuple[list[int], list[bool]]:
    """Find dims into which the runs of all operands divide; tell of each whether it takes part.

    The first operand always does; one whose runs cut across the others' does not, and needs a
    table.
    """
    if size == 1:
        return [], [True] * len(all_runs)
    cuts = {1, size}
    takes_part = []
    for operand in all_runs:
        inner, own = 1, set()
        for count, _ in reversed(operand):
            inner *= count
            own.add(inner)
        merged = sorted(cuts | own)
        fits = all(big % small == 0 for small, big in pairwise(merged))
        takes_part.append(fits)
        if fits:
            cuts |= own
    ordered = sorted(cuts)
    dims = [big // small for small, big in pairwise(ordered)]
    return dims[::-1], takes_part


def strides_over(operand: Runs, dims: list[int]) -> list[int]:
    """Return the stride of each common dim, outermost first, for runs that divide into them."""
    strides = []
    left = [list(run) for run in operand]
    for dim in reversed(dims):
        if not left:
            strides.append(0)
            continue
        count, stride = left[-1]
        strides.append(stride)
        if count == dim:
            left.pop()
        else:
            left[-1] = [count // dim, stride * dim]
    return strides[::-1]


def dense_strides(dims: list[int]) -> list[int]:
    """Return the strides of a row-major array of these dims."""
    strides, step = [], 1
    for dim in reversed(dims):
        strides.append(step)
        step *= dim
    return strides[::-1]
