"""The README expression in CasADi SX, value and gradient as generated C: as a batch, and called."""

import subprocess

import casadi as ca
import numpy as np

from programs.expression import COUNT, A, B
from serve import seconds, serve, typical

a, b = ca.SX.sym("a"), ca.SX.sym("b")


def relu(x):
    return ca.fmax(x, 0)


def expression(a, b):
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + relu(b + a)
    d += 3 * d + relu(b - a)
    f = (c - d) ** 2
    return f / 2.0 + 10.0 / f


g = expression(a, b)
ca.Function("G", [a, b], [g, ca.gradient(g, a), ca.gradient(g, b)]).generate("casadi_expression.c")
command = "cc -O3 -march=native -shared -fPIC casadi_expression.c -o casadi_expression.so"
subprocess.run(command.split(), check=True)
function = ca.external("G", "./casadi_expression.so")

batched = function.map(COUNT)
buffer, run_batch = batched.buffer()
arguments = [np.array(A), np.array(B)]
results = [np.zeros(COUNT) for _ in range(3)]
for i, array in enumerate(arguments):
    buffer.set_arg(i, memoryview(array))
for i, array in enumerate(results):
    buffer.set_res(i, memoryview(array))


def calls():
    for _ in range(1000):
        value, da, db = function(-4.0, 2.0)
        float(value), float(da), float(db)


def values():
    run_batch()
    return [float(r[0]) for r in results]


serve(
    batch=lambda: typical(run_batch, COUNT),
    call=lambda: seconds(calls, 1000),
    losses=values,
)
