"""A curve through noisy points, with the band in which it is to be expected.

Levenberg–Marquardt on a sum of two decays. The Jacobian of the residuals is exact; from it come
the covariance of the parameters and, point by point, that of the curve.
"""

import numpy as np

from micrograd import exp, jit, value_and_grad, vmap

TRUE = np.array([2.0, 1.5, 1.0, 0.2])
NOISE = 0.15


def curve(p, t):
    """Return two decays at the time t, for amplitudes and rates p."""
    return p[0] * exp(-p[1] * t) + p[2] * exp(-p[3] * t)


curves = jit(vmap(value_and_grad(curve), in_axes=(None, 0)))


def fitted(t, y, p, iterations=30):
    """Return the parameters of least squares, and their covariance."""
    damping = 1e-3
    values, J = curves(p, t)
    for _ in range(iterations):
        normal = J.T @ J
        step = np.linalg.solve(normal + damping * np.diag(np.diag(normal)), J.T @ (y - values))
        tried, slopes = curves(p + step, t)
        if sum((y - tried) ** 2) < sum((y - values) ** 2):
            p, values, J, damping = p + step, tried, slopes, damping / 10
        else:
            damping *= 10
    variance = sum((y - values) ** 2) / (len(t) - len(p))
    return p, variance * np.linalg.inv(J.T @ J)


def measured(points):
    """Make up measurements."""
    t = np.linspace(0.0, 6.0, points)
    noise = np.random.default_rng(1).normal(0.0, NOISE, points)
    return t, TRUE[0] * np.exp(-TRUE[1] * t) + TRUE[2] * np.exp(-TRUE[3] * t) + noise


def solve(points=100):
    """Return times, measurements, parameters and their covariance."""
    t, y = measured(points)
    return t, y, *fitted(t, y, np.array([1.0, 2.0, 0.5, 0.1]))


def draw(ax, result):
    """Draw the points, the curve, and the band of two standard deviations."""
    t, y, p, covariance = result
    values, J = curves(p, t)
    width = 2 * np.sqrt(np.einsum("ij,jk,ik->i", J, covariance, J))
    ax.plot(t, y, ".", color="grey", markersize=3)
    ax.plot(t, values)
    ax.fill_between(t, values - width, values + width, alpha=0.3)
    ax.set(xlabel="time", ylabel="signal")


if __name__ == "__main__":
    _, _, p, covariance = solve()
    for name, x, s, true in zip("abcd", p, np.sqrt(np.diag(covariance)), TRUE, strict=True):
        print(f"{name} = {x:.3f} ± {s:.3f}   ({true} is true)")
