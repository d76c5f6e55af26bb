"""Prices of 100,000 options and their Greeks in JAX: one compiled function of the batch."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import grad, value_and_grad
from jax.scipy.special import erfc

from serve import serve, typical

jax.config.update("jax_enable_x64", True)
COUNT = 100_000
market = [np.linspace(50.0, 150.0, COUNT), *(np.full(COUNT, x) for x in (0.25, 0.5, 0.03))]


def normal(x):
    return erfc(-x / jnp.sqrt(2.0)) / 2


def price(spot, volatility, years, rate):
    spread = volatility * jnp.sqrt(years)
    d = (jnp.log(spot / 100.0) + (rate + volatility**2 / 2) * years) / spread
    return spot * normal(d) - 100.0 * jnp.exp(-rate * years) * normal(d - spread)


@jax.jit
@jax.vmap
def greeks(*market):
    value, (delta, vega, ageing, rho) = value_and_grad(price, argnums=(0, 1, 2, 3))(*market)
    return value, delta, grad(grad(price))(*market), vega, -ageing, rho


def batch():
    [np.asarray(row) for row in greeks(*market)]


serve(
    batch=lambda: typical(batch, COUNT),
    losses=lambda: [float(row.mean()) for row in greeks(*market)],
)
