"""An RNN over 200 steps and an ODE over 2,000 with lax.scan: first call of value and gradient.

The formulas are those of programs/recurrences.py, from the same numbers.
"""

import jax
import jax.numpy as jnp

from programs.recurrences_data import ODE_PARAMETERS, ODE_STEPS, inputs, rnn_parameters, targets
from serve import seconds, serve

jax.config.update("jax_enable_x64", True)


def rnn(P, xs, ys):
    w, u, b, v = P

    def step(h, x):
        h = jnp.tanh(w * x + u @ h + b)
        return h, v @ h

    _, outputs = jax.lax.scan(step, jnp.zeros(8), xs)
    return ((outputs - ys) ** 2).mean()


def ode(P):
    def step(state, _):
        prey, predators = state
        growth = prey * (P[0] - P[1] * predators)
        decline = predators * (P[2] - P[3] * prey)
        return (prey + 0.01 * growth, predators - 0.01 * decline), None

    (prey, predators), _ = jax.lax.scan(step, (1.0, 1.0), None, length=ODE_STEPS)
    return (prey - 1.0) ** 2 + (predators - 1.0) ** 2


arrays = [jnp.asarray(p) for p in rnn_parameters()]
xs, ys = jnp.asarray(inputs()), jnp.asarray(targets())
parameters = jnp.asarray(ODE_PARAMETERS)


def call(f, *args):
    jax.jit(lambda x: x + 1)(jnp.zeros(3)).block_until_ready()  # JAX itself is warm
    return seconds(lambda: jax.block_until_ready(jax.jit(jax.value_and_grad(f))(*args)))


serve(
    rnn=lambda: call(rnn, arrays, xs, ys),
    ode=lambda: call(ode, parameters),
    rnn_losses=lambda: [float(rnn(arrays, xs, ys))],
    ode_losses=lambda: [float(ode(parameters))],
)
