"""NumPy's linear algebra that calls LAPACK on floats, in scalars: gradients pass through it.

Rows change places by ``where``: what is compiled holds for matrices of every order of pivots.
"""

from collections.abc import Callable
from functools import reduce
from operator import mul
from typing import Any

import numpy as np

from ..functions import apply, where
from ..ops import SQRT
from .arrays import array_of

Rows = list[list[Any]]


def _of_matrices(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function of one square matrix, as NumPy has it: of all those in the last two axes."""

    def function(a: Any, *others: Any) -> Any:
        a = np.asanyarray(a)
        if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
            raise np.linalg.LinAlgError(f"square matrices are needed, got shape {a.shape}")
        if a.ndim == 2:
            return f(a, *others)
        made = [function(each, *[x[i] for x in others]) for i, each in enumerate(a)]
        return array_of(made, (len(made),))

    return function


def _rows(a: Any) -> Rows:
    return [[row[j] for j in range(len(row))] for row in a]


def _array(rows: Rows) -> Any:
    return array_of([x for row in rows for x in row], (len(rows), len(rows[0])))


def _eliminated(rows: Rows) -> tuple[Rows, Any]:
    """Return rows of which the left square is triangular, and the sign of how they were swapped."""
    count, sign = len(rows), 1.0
    for k in range(count):
        for i in range(k + 1, count):
            larger = abs(rows[i][k]) > abs(rows[k][k])
            pairs = list(zip(rows[k], rows[i], strict=True))
            rows[k] = [where(larger, y, x) for x, y in pairs]
            rows[i] = [where(larger, x, y) for x, y in pairs]
            sign = where(larger, -1.0, 1.0) * sign
        if rows[k][k] == 0:
            raise np.linalg.LinAlgError("Singular matrix")
        for i in range(k + 1, count):
            share = rows[i][k] / rows[k][k]
            rows[i] = [x - share * y for x, y in zip(rows[i], rows[k], strict=True)]
    return rows, sign


def _solve(a: Any, b: Any) -> Any:
    """Return x with a x = b, of a vector b or of a matrix of columns."""
    count = len(a)
    if len(b) != count:
        raise ValueError(f"solve: a matrix of {count} rows, and {len(b)} right-hand sides")
    columns = _rows(np.reshape(b, (count, -1)))
    rows, _ = _eliminated([x + y for x, y in zip(_rows(a), columns, strict=True)])
    solved: Rows = []  # from the last to the first
    for k in reversed(range(count)):
        rest = rows[k][count:]
        for factor, below in zip(reversed(rows[k][k + 1 : count]), solved, strict=True):
            rest = [x - factor * y for x, y in zip(rest, below, strict=True)]
        solved.append([x / rows[k][k] for x in rest])
    return np.reshape(_array(solved[::-1]), np.shape(b))


def _inverse(a: Any) -> Any:
    """Return the inverse of a matrix."""
    return _solve(a, np.eye(len(a)))


def _determinant(a: Any) -> Any:
    """Return the determinant of a matrix; up to 3 by 3 with its gradient where it is 0."""
    rows = _rows(a)
    if len(rows) > 3:
        rows, sign = _eliminated(rows)
        return reduce(mul, [row[k] for k, row in enumerate(rows)], sign)
    if len(rows) == 1:
        return rows[0][0]
    if len(rows) == 2:
        (p, q), (r, s) = rows
        return p * s - q * r
    (p, q, r), (s, t, u), (v, w, x) = rows
    return p * (t * x - u * w) - q * (s * x - u * v) + r * (s * w - t * v)


def _cholesky(a: Any) -> Any:
    """Return the lower triangular matrix whose product with its transpose is a."""
    rows, made = _rows(a), np.zeros((len(a), len(a))).tolist()
    for i, row in enumerate(rows):
        for j in range(i + 1):
            rest = row[j]
            for x, y in zip(made[i][:j], made[j][:j], strict=True):
                rest = rest - x * y
            if i > j:
                made[i][j] = rest / made[j][j]
            elif rest > 0:
                made[i][i] = apply(SQRT, rest)
            else:
                raise np.linalg.LinAlgError("Matrix is not positive definite")
    return _array(made)


LINEAR_ALGEBRA: dict[Any, Callable[..., Any]] = {
    np.linalg.solve: _of_matrices(_solve),
    np.linalg.inv: _of_matrices(_inverse),
    np.linalg.det: _of_matrices(_determinant),
    np.linalg.cholesky: _of_matrices(_cholesky),
}
