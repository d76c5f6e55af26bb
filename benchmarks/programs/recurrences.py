"""An RNN of 8 over 200 steps and an ODE of two variables over 2,000, unrolled.

argv: rnn or ode.
"""

import sys

from micrograd import dot, jit, value_and_grad
from programs.recurrences_data import ODE_PARAMETERS, ODE_STEPS, inputs, rnn_parameters, targets
from serve import seconds, serve


def rnn(P, xs, ys):
    w, u, b, v = P
    h, errors = [0.0] * 8, []
    for x, y in zip(xs, ys, strict=True):
        h = [(w[i] * x + dot(u[i], h) + b[i]).tanh() for i in range(8)]
        errors.append((dot(v, h) - y) ** 2)
    return sum(errors) / len(errors)


def ode(P):
    prey, predators = P[0] * 0 + 1.0, P[0] * 0 + 1.0
    for _ in range(ODE_STEPS):
        growth = prey * (P[0] - P[1] * predators)
        decline = predators * (P[2] - P[3] * prey)
        prey, predators = prey + 0.01 * growth, predators - 0.01 * decline
    return (prey - 1.0) ** 2 + (predators - 1.0) ** 2


f, arguments = {
    "rnn": (rnn, (rnn_parameters(), inputs(), targets())),
    "ode": (ode, (ODE_PARAMETERS,)),
}[sys.argv[1]]
compiled = jit(value_and_grad(f))

serve(
    first_call=lambda: seconds(lambda: compiled(*arguments)),
    losses=lambda: [float(compiled(*arguments)[0])],
    source=lambda: len(compiled.source(*arguments)),
)
