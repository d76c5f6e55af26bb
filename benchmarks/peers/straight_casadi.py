"""The same programs in CasADi: SX, its gradient, a function of both, and one call. argv: which."""

import sys

import casadi as ca

from programs.straight_programs import PROGRAMS
from serve import seconds, serve

f, numbers = PROGRAMS[sys.argv[1]]


def called():
    x = ca.SX.sym("x", len(numbers))
    y = f(ca.vertsplit(x), ca)
    return float(ca.Function("f", [x], [y, ca.gradient(y, x)])(numbers)[0])


serve(first_call=lambda: seconds(called), losses=lambda: [called()])
