"""A net of springs, hung by two corners: it comes to rest where its energy is least.

Newton's method with conjugate gradients, by SciPy: it asks for gradients, and for the second
derivative times a vector, which is one more derivative of the same code.
"""

import numpy as np
from scipy.optimize import minimize

from micrograd import hvp, jit, sqrt, value_and_grad

STIFFNESS, WEIGHT, LENGTH = 60.0, 0.25, 1.0


def springs(rows, columns):
    """Return the pairs of points that a spring joins, row by row and column by column."""
    along = [
        (r * columns + c, r * columns + c + 1) for r in range(rows) for c in range(columns - 1)
    ]
    down = [
        (r * columns + c, (r + 1) * columns + c) for r in range(rows - 1) for c in range(columns)
    ]
    return along + down


def hanging(rows, columns):
    """Return the energy of a net as a function of its points, and where it is at first.

    The points are one array, x and y of each; those of the upper corners do not move.
    """
    pairs = springs(rows, columns)
    grid = np.array([[c, -r] for r in range(rows) for c in range(columns)], dtype=float)
    grid[:, 0] *= 0.8 if columns > 1 else 1.0
    fixed = sorted({0, columns - 1})
    free = [i for i in range(rows * columns) if i not in fixed]

    def energy(numbers):
        points = {i: grid[i] for i in fixed}
        points |= {i: (numbers[2 * k], numbers[2 * k + 1]) for k, i in enumerate(free)}
        total = WEIGHT * sum(points[i][1] for i in free)
        for i, j in pairs:
            (x, y), (u, v) = points[i], points[j]
            stretch = sqrt((x - u) ** 2 + (y - v) ** 2) - LENGTH
            total = total + STIFFNESS / 2 * stretch * stretch
        return total

    return energy, grid, free


def solve(rows=8, columns=12):
    """Return the net at rest: its points, and its springs."""
    energy, grid, free = hanging(rows, columns)
    slope = jit(value_and_grad(energy))
    bend = jit(lambda x, v: hvp(energy, (x,), (v,))[0])
    done = minimize(
        slope, grid[free].ravel(), jac=True, hessp=bend, method="trust-ncg", options={"gtol": 1e-8}
    )
    points = grid.copy()
    points[free] = done.x.reshape(-1, 2)
    return points, springs(rows, columns), np.abs(done.jac).max()


def draw(ax, result):
    """Draw each spring."""
    points, pairs, _ = result
    for i, j in pairs:
        ax.plot(*points[[i, j]].T, color="C0", linewidth=1)
    ax.plot(*points.T, "o", color="C1", markersize=2)
    ax.set_aspect("equal")


if __name__ == "__main__":
    points, pairs, force = solve()
    print(f"{len(points)} points, {len(pairs)} springs, no force above {force:.0e}")
