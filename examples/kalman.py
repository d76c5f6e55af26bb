"""A Kalman filter that learns its own noise: how much a river changes, how badly it is measured.

The level wanders, and is seen with an error. The filter gives the likelihood of all measurements;
its gradient by the two variances goes back through every step, and climbs it.
"""

from math import pi

import numpy as np

from micrograd import exp, jit, log, value_and_grad

FIRST_VARIANCE = 100.0


def filtered(noises, measured):
    """Return the negative log-likelihood, and each level and its variance (Kalman 1960)."""
    wander, error = exp(noises[0]), exp(noises[1])
    level, variance, surprise, levels = 0.0, FIRST_VARIANCE, 0.0, []
    for z in measured:
        variance = variance + wander
        spread = variance + error
        miss = z - level
        surprise = surprise + (log(2 * pi * spread) + miss * miss / spread) / 2
        gain = variance / spread
        level = level + gain * miss
        variance = (1 - gain) * variance
        levels.append((level, variance))
    return surprise, levels


slope = jit(value_and_grad(lambda noises, measured: filtered(noises, measured)[0]))


def river(days):
    """Make up a river: its true levels, and what is measured."""
    draw = np.random.default_rng(7)
    levels = np.cumsum(draw.normal(0.0, 0.5, days))
    return levels, levels + draw.normal(0.0, 1.5, days)


def solve(days=200, updates=400):
    """Return the true levels, the measurements, and the logarithms of the two variances."""
    levels, measured = river(days)
    noises = np.zeros(2)
    for _ in range(updates):
        noises = noises - 0.01 * slope(noises, measured)[1]
    return levels, measured, noises


def draw(ax, result):
    """Draw what is measured, what is true, and what the filter takes it for."""
    levels, measured, noises = result
    rows = np.array(filtered(noises, measured)[1])
    days, width = np.arange(len(rows)), 2 * np.sqrt(rows[:, 1])
    ax.plot(days, measured, ".", color="grey", markersize=3, label="measured")
    ax.plot(days, levels, label="true")
    ax.plot(days, rows[:, 0], label="filtered")
    ax.fill_between(days, rows[:, 0] - width, rows[:, 0] + width, alpha=0.2)
    ax.set(xlabel="day", ylabel="level")
    ax.legend(frameon=False)


if __name__ == "__main__":
    wander, error = np.exp(solve()[2] / 2)
    print(f"changes by {wander:.2f} a day (0.50 is true), measured to {error:.2f} (1.50 is true)")
