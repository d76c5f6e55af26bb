"""First calls, value and gradient, of programs in which few loops are found. argv: which."""

import sys

import numpy  # noqa: F401  (CasADi has imported it as well)

import micrograd
from micrograd import jit, value_and_grad
from programs.straight_programs import PROGRAMS
from serve import seconds, serve

f, numbers = PROGRAMS[sys.argv[1]]
compiled = jit(value_and_grad(lambda x: f(x, micrograd)))

serve(
    first_call=lambda: seconds(lambda: compiled(numbers)),
    losses=lambda: [compiled(numbers)[0]],
)
