"""Programs in which few loops are found: each is a function and its numbers.

The function takes them and the module whose functions compute it; it returns one number.
"""

import cmath
from collections.abc import Callable, Sequence
from typing import Any

Numbers = Sequence[Any]


def soft_dtw(x: Numbers, m: Any) -> Any:
    """The soft distance of two series of 16 numbers (Cuturi and Blondel, 2017)."""
    a, b = x[:16], x[16:]
    row = [0.0, *[1e3] * 16]
    for p in a:
        next_row = [1e3]
        for j, q in enumerate(b):
            least = m.exp(-row[j]) + m.exp(-row[j + 1]) + m.exp(-next_row[j])
            next_row.append((p - q) * (p - q) - m.log(least))
        row = next_row
    return row[-1]


def mesh(x: Numbers, m: Any) -> Any:
    """The energy of 4×4 masses on springs, after 10 steps."""
    n, rate = 4, 0.05
    place = [[x[2 * k], x[2 * k + 1]] for k in range(n * n)]
    speed: list[list[Any]] = [[0.0, 0.0] for _ in range(n * n)]
    edges = [(k, k + 1) for k in range(n * n) if k % n < n - 1]
    edges += [(k, k + n) for k in range(n * (n - 1))]
    energy: Any = 0.0
    for _ in range(10):
        force: list[list[Any]] = [[0.0, 0.0] for _ in range(n * n)]
        for i, j in edges:
            dx, dy = place[j][0] - place[i][0], place[j][1] - place[i][1]
            length = m.sqrt(dx * dx + dy * dy)
            pull = (length - 1.0) / length
            for k, sign in ((i, 1.0), (j, -1.0)):
                force[k][0] = force[k][0] + sign * pull * dx
                force[k][1] = force[k][1] + sign * pull * dy
        for k in range(n * n):
            for d in (0, 1):
                speed[k][d] = speed[k][d] + rate * force[k][d]
                place[k][d] = place[k][d] + rate * speed[k][d]
    for k in range(n * n):
        energy = energy + speed[k][0] * speed[k][0] + speed[k][1] * speed[k][1]
    return energy


def cholesky(x: Numbers, m: Any) -> Any:
    """The logarithm of the determinant of a 40×40 kernel matrix."""
    n = 40
    lower: list[list[Any]] = [[0.0] * n for _ in range(n)]
    total: Any = 0.0
    for i in range(n):
        for j in range(i + 1):
            gap = x[i] - x[j]
            s = m.exp(-gap * gap) if i != j else 1.1
            for k in range(j):
                s = s - lower[i][k] * lower[j][k]
            lower[i][j] = m.sqrt(s) if i == j else s / lower[j][j]
        total = total + m.log(lower[i][i])
    return 2.0 * total


def fft(x: Numbers, m: Any) -> Any:
    """The weighted power of the halving Fourier transform of 32 numbers."""

    def transformed(z: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
        if len(z) == 1:
            return z
        even, odd = transformed(z[::2]), transformed(z[1::2])
        first, second = [], []
        for k, ((a, b), (c, d)) in enumerate(zip(even, odd)):
            w = cmath.exp(-2j * cmath.pi * k / len(z))
            re, im = c * w.real - d * w.imag, c * w.imag + d * w.real
            first.append((a + re, b + im))
            second.append((a - re, b - im))
        return first + second

    total: Any = 0.0
    for k, (re, im) in enumerate(transformed([(p, 0.0) for p in x])):
        total = total + (k + 1.0) * (re * re + im * im)
    return total


def arm(x: Numbers, m: Any) -> Any:
    """The squared torques of an arm of 6 joints, by Newton's and Euler's recursion."""
    angle, speed, push = x[:6], x[6:12], x[12:18]
    turns, frames = [], []
    w: list[Any] = [0.0, 0.0, 0.0]
    wd: list[Any] = [0.0, 0.0, 0.0]
    acc: list[Any] = [0.0, 0.0, 9.81]
    for j in range(6):
        c, s = m.cos(angle[j]), m.sin(angle[j])
        rows = [[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]]
        if j % 2:
            rows = [[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]]
        axis = [0.0, 1.0, 0.0] if j % 2 else [0.0, 0.0, 1.0]
        w, wd, acc = _times(rows, w), _times(rows, wd), _times(rows, acc)
        spin = [a * speed[j] for a in axis]
        wd = _sum(wd, [a * push[j] for a in axis], _cross(w, spin))
        w = _sum(w, spin)
        arm_ = [0.4, 0.1 * j, 0.2]
        acc = _sum(acc, _cross(wd, arm_), _cross(w, _cross(w, arm_)))
        turns.append((rows, axis, arm_))
        frames.append((acc, _sum(wd, _cross(w, [0.1 * a for a in w]))))
    force: list[Any] = [0.0, 0.0, 0.0]
    moment: list[Any] = [0.0, 0.0, 0.0]
    total: Any = 0.0
    for (rows, axis, arm_), (a, e) in zip(reversed(turns), reversed(frames)):
        force = _sum(force, [2.0 * p for p in a])
        moment = _sum(moment, e, _cross(arm_, force))
        torque = sum(p * q for p, q in zip(axis, moment))
        total = total + torque * torque
        back = [list(column) for column in zip(*rows)]
        force, moment = _times(back, force), _times(back, moment)
    return total


def _times(rows: Any, v: Any) -> list[Any]:
    return [r[0] * v[0] + r[1] * v[1] + r[2] * v[2] for r in rows]


def _cross(a: Any, b: Any) -> list[Any]:
    return [a[k - 2] * b[k - 1] - a[k - 1] * b[k - 2] for k in range(3)]


def _sum(*vectors: Any) -> list[Any]:
    return [sum(numbers[1:], numbers[0]) for numbers in zip(*vectors)]


def pendulum(x: Numbers, m: Any) -> Any:
    """Where a double pendulum is after 100 steps of Runge and Kutta's method."""

    def slope(y: list[Any]) -> list[Any]:
        a, b, p, q = y
        c, s = m.cos(a - b), m.sin(a - b)
        below = 2.0 - c * c
        pull = -2.0 * 9.81 * m.sin(a) - s * (q * q + p * p * c) + 9.81 * m.sin(b) * c
        swing = 2.0 * s * (p * p + 9.81 * m.cos(a)) + s * c * q * q
        return [p, q, pull / below, swing / below]

    y, h = list(x), 0.01
    for _ in range(100):
        k1 = slope(y)
        k2 = slope([u + 0.5 * h * k for u, k in zip(y, k1)])
        k3 = slope([u + 0.5 * h * k for u, k in zip(y, k2)])
        k4 = slope([u + h * k for u, k in zip(y, k3)])
        y = [u + h / 6.0 * (a + 2.0 * b + 2.0 * c + d) for u, a, b, c, d in zip(y, k1, k2, k3, k4)]
    return m.sin(y[0]) + m.sin(y[1])


PROGRAMS: dict[str, tuple[Callable[[Numbers, Any], Any], list[float]]] = {
    "soft_dtw": (soft_dtw, [0.05 * k * (-1) ** (k % 3) for k in range(32)]),
    "mesh": (mesh, [c + 0.02 * k for k in range(16) for c in (float(k % 4), float(k // 4))]),
    "cholesky": (cholesky, [0.7 * k for k in range(40)]),
    "fft": (fft, [0.1 * k - 1.0 / (k + 1) for k in range(32)]),
    "arm": (arm, [0.1 * k - 0.7 for k in range(18)]),
    "pendulum": (pendulum, [1.0, 0.5, 0.0, 0.1]),
}
