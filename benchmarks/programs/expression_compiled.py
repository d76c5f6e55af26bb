"""The README expression, compiled, value and gradient: 100,000 as one batch, and one at a time."""

import numpy as np

from micrograd import jit, value_and_grad, vmap
from programs.expression import COUNT, A, B, expression
from serve import seconds, serve, typical

both = value_and_grad(expression, argnums=(0, 1))
batched, single = jit(vmap(both)), jit(both)
a, b = np.array(A), np.array(B)


def call():
    value, (da, db) = single(-4.0, 2.0)
    return [value, da, db]


def calls():
    for _ in range(1000):
        call()


def batch():
    batched(a, b)


def values():
    value, (da, db) = batched(a, b)
    return [float(value[0]), float(da[0]), float(db[0])]


serve(
    batch=lambda: typical(batch, COUNT),
    call=lambda: seconds(calls, 1000),
    losses=call,
    batch_losses=values,
)
