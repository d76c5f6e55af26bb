"""The moons objective as one CasADi SX scalar graph; value and gradient as generated C, gcc -O1.

(-O3 takes seven times as long to compile 3 MB of straight-line code, for the same speed.)
"""

import subprocess
import time

import casadi as ca
import numpy as np
from moons_data import P0, X, y

from serve import seconds, serve

P = ca.SX.sym("P", 337)


def objective():
    layers, start = [], 0
    for n_in, n_out in ((2, 16), (16, 16), (16, 1)):
        neurons = []
        for _ in range(n_out):
            neurons.append(([P[start + i] for i in range(n_in)], P[start + n_in]))
            start += n_in + 1
        layers.append(neurons)
    losses = 0
    for row, target in zip(X, y, strict=True):
        h = [float(x) for x in row]
        for depth, neurons in enumerate(layers):
            sums = [b + sum(w * x for w, x in zip(ws, h, strict=True)) for ws, b in neurons]
            h = [ca.fmax(z, 0) for z in sums] if depth < 2 else sums
        losses = losses + ca.fmax(1 - float(target) * h[0], 0)
    return losses * (1 / 100) + 1e-4 * ca.sumsqr(P)


MOST = 60  # seconds of the compiler: on some machines it takes minutes


def compile_():
    """From the formula to a callable; returns seconds, and whether the compiler came to its end."""
    start = time.perf_counter()
    total = objective()
    ca.Function("F", [P], [total, ca.gradient(total, P)]).generate("casadi_moons.c")
    command = "cc -O1 -march=native -shared -fPIC casadi_moons.c -o casadi_moons.so"
    done = subprocess.run(["sh", "-c", f"ulimit -t {MOST}; exec {command}"], capture_output=True)
    seconds = time.perf_counter() - start
    if done.returncode and seconds < MOST:
        raise RuntimeError(done.stderr.decode())
    return [seconds, done.returncode == 0]


value, gradient, parameters = np.zeros(1), np.zeros(337), P0.copy()
loaded = []


def evaluation():
    if not loaded:
        function = ca.external("F", "./casadi_moons.so")
        buffer, run = function.buffer()
        buffer.set_arg(0, memoryview(parameters))
        buffer.set_res(0, memoryview(value))
        buffer.set_res(1, memoryview(gradient))
        loaded.extend([run, buffer, function])
    return loaded[0]


def repeat():
    run = evaluation()
    for _ in range(100):
        run()


def ends():
    run = evaluation()
    parameters[:] = P0
    losses = []
    for k in range(100):
        run()
        losses.append(float(value[0]))
        parameters[:] -= (1.0 - 0.9 * k / 100) * gradient
    return [losses[0], losses[-1]]


serve(compile=compile_, evaluation=lambda: seconds(repeat, 100), losses=ends)
