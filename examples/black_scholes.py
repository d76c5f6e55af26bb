"""Black–Scholes: the price of an option in a formula, and its Greeks as derivatives of it.

The Greeks say how the price moves with the share (delta), with that again (gamma), with the
volatility (vega), the time that is left (theta) and the interest rate (rho).
"""

import numpy as np

from micrograd import erfc, exp, grad, jit, log, sqrt, value_and_grad, vmap

STRIKE, VOLATILITY, YEARS, RATE = 100.0, 0.25, 0.5, 0.03


def normal(x):
    """Return how likely a standard normal number is below x."""
    return erfc(-x / sqrt(2.0)) / 2


def price(spot, volatility, years, rate):
    """Return what a European call is worth (Black and Scholes 1973)."""
    spread = volatility * sqrt(years)
    d = (log(spot / STRIKE) + (rate + volatility**2 / 2) * years) / spread
    return spot * normal(d) - STRIKE * exp(-rate * years) * normal(d - spread)


@jit
@vmap
def greeks(spot, volatility, years, rate):
    """Return price, delta, gamma, vega, theta and rho of one option."""
    market = spot, volatility, years, rate
    value, (delta, vega, ageing, rho) = value_and_grad(price, argnums=(0, 1, 2, 3))(*market)
    gamma = grad(grad(price))(*market)
    return value, delta, gamma, vega, -ageing, rho


def solve(options=10_000):
    """Return the prices of the share, and the six numbers for each of as many options."""
    spots = np.linspace(50.0, 150.0, options)
    market = (np.full(options, x) for x in (VOLATILITY, YEARS, RATE))
    return spots, greeks(spots, *market)


def draw(ax, result):
    """Draw each Greek over the price of the share, scaled to its largest."""
    spots, (_, *rows) = result
    for name, row in zip(("delta", "gamma", "vega", "theta", "rho"), rows, strict=True):
        ax.plot(spots[::10], (row / abs(row).max())[::10], label=name)
    ax.axvline(STRIKE, color="grey", linewidth=0.8)
    ax.set(xlabel="price of the share", ylabel="of its largest")
    ax.legend(frameon=False)


if __name__ == "__main__":
    spots, rows = solve()
    middle = len(spots) // 2
    for name, row in zip(("price", "delta", "gamma", "vega", "theta", "rho"), rows, strict=True):
        print(f"{name:6} {row[middle]:9.4f} at {spots[middle]:.2f}")
