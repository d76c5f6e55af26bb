"""Prices of 100,000 options and their Greeks, compiled, as one batch of the gallery's program."""

import black_scholes as options
import numpy as np

from serve import serve, typical

COUNT = 100_000
spots = np.linspace(50.0, 150.0, COUNT)
market = [np.full(COUNT, x) for x in (options.VOLATILITY, options.YEARS, options.RATE)]


def batch():
    options.greeks(spots, *market)


serve(
    batch=lambda: typical(batch, COUNT),
    losses=lambda: [float(row.mean()) for row in options.greeks(spots, *market)],
)
