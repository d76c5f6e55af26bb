"""The README expression as people evaluate it: Values, backward. Runs on any micrograd."""

from micrograd.engine import Value
from programs.expression import expression
from serve import seconds, serve


def call():
    a, b = Value(-4.0), Value(2.0)
    g = expression(a, b)
    g.backward()
    return [g.data, a.grad, b.grad]


def calls():
    for _ in range(1000):
        call()


serve(call=lambda: seconds(calls, 1000), losses=call)
