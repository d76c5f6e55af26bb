"""Hamiltonian Monte Carlo: samples of a bent density, by rolling over it like a ball.

Each sample is a path of 40 leapfrog steps along the gradient of the logarithm of the density
(Neal 2011); the whole path, gradients and all, is one compiled function.
"""

import numpy as np

from micrograd import grad, jit

WIDTH, THICKNESS, STEPS, DT = 1.5, 0.5, 40, 0.09


def energy(q):
    """Return minus the logarithm of the density: a normal x, and y normal around x²."""
    x, y = q
    along, across = x / WIDTH, (y - x * x) / THICKNESS
    return (along * along + across * across) / 2


@jit
def rolled(q, p):
    """Return where the ball is after the path, and by how much its energy has grown."""
    before = energy(q) + (p[0] * p[0] + p[1] * p[1]) / 2
    for _ in range(STEPS):
        p = [a - DT / 2 * g for a, g in zip(p, grad(energy)(q), strict=True)]
        q = [x + DT * a for x, a in zip(q, p, strict=True)]
        p = [a - DT / 2 * g for a, g in zip(p, grad(energy)(q), strict=True)]
    return q, energy(q) + (p[0] * p[0] + p[1] * p[1]) / 2 - before


def solve(samples=20_000, seed=1):
    """Return samples, and how many of the paths were accepted."""
    draw, q, accepted, chain = np.random.default_rng(seed), [0.0, 0.0], 0, []
    pushes, luck = draw.normal(size=(samples, 2)).tolist(), np.log(draw.random(samples)).tolist()
    for p, limit in zip(pushes, luck, strict=True):
        there, growth = rolled(q, p)
        if limit < -growth:
            q, accepted = there, accepted + 1
        chain.append(q)
    return np.array(chain), accepted / samples


def draw(ax, result):
    """Draw the samples, and the line that they lie around."""
    chain = result[0][::20]
    ax.plot(*chain.T, ".", markersize=3, alpha=0.5)
    x = np.linspace(-4.0, 4.0, 100)
    ax.plot(x, x * x, color="grey", linewidth=0.8)
    ax.set(xlabel="x", ylabel="y", xlim=(-4.5, 4.5), ylim=(-2.5, 14))


if __name__ == "__main__":
    chain, accepted = solve()
    print(f"{accepted:.0%} accepted; means {chain.mean(axis=0)}, true 0 and {WIDTH**2}")
    print(f"deviation of x {chain[:, 0].std():.3f}, true {WIDTH}")
