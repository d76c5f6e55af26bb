"""The README expression in JAX: jit of value and gradient, called with Python floats."""

import jax
import jax.numpy as jnp

from serve import seconds, serve

jax.config.update("jax_enable_x64", True)


def expression(a, b):
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + jnp.maximum(b + a, 0)
    d += 3 * d + jnp.maximum(b - a, 0)
    f = (c - d) ** 2
    return f / 2.0 + 10.0 / f


function = jax.jit(jax.value_and_grad(expression, argnums=(0, 1)))


def call():
    value, (da, db) = function(-4.0, 2.0)
    return [float(value), float(da), float(db)]


def calls():
    for _ in range(1000):
        call()


serve(call=lambda: seconds(calls, 1000), losses=call)
