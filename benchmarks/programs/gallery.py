"""A program of the gallery, and the numbers of its result that the peer's are compared with.

argv: the name of the program.
"""

import importlib
import sys

import numpy as np

from serve import seconds, serve

NUMBERS = {
    "black_scholes": lambda result: [float(row.mean()) for row in result[1]],
    "curve_fit": lambda result: result[2].tolist(),
    "hmc": lambda result: result[0].mean(axis=0).tolist(),
    "kalman": lambda result: result[2].tolist(),
    "logistic": lambda result: result[2].tolist(),
    "neural_ode": lambda result: result[1][20::20].ravel().tolist(),
    "pendulum": lambda result: [result[1][-1]],
    "pinn": lambda result: result[1][::20].tolist(),
    "robot_arm": lambda result: result[1][-1],
    "spring_mesh": lambda result: np.delete(result[0], [0, 11], axis=0).ravel().tolist(),
}

if __name__ == "__main__":
    name = sys.argv[1]
    program = importlib.import_module(name)
    results = []
    serve(
        time=lambda: seconds(lambda: results.append(program.solve())),
        answer=lambda: NUMBERS[name](results[0]),
    )
