"""Prices of 100,000 options and their Greeks, compiled, as one batch of the gallery's program."""

import black_scholes as options
import numpy as np

from serve import seconds, serve

COUNT = 100_000
spots = np.linspace(50.0, 150.0, COUNT)
market = [np.full(COUNT, x) for x in (options.VOLATILITY, options.YEARS, options.RATE)]


def batches():
    for _ in range(5):
        options.greeks(spots, *market)


serve(
    batch=lambda: seconds(batches, 5 * COUNT),
    losses=lambda: [float(row.mean()) for row in options.greeks(spots, *market)],
)
