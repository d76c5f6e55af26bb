"""An operation of one's own, and a value made by hand."""

import math
from typing import Any

from micrograd import Value, check_grads
from micrograd.ops import Op


def slope(x: Any, out: Any) -> tuple[Any]:
    return (1.0 - out * out,)


squash = Op("squash", "squash", 1, math.tanh, slope, r"\tanh {0}", "tanh({0})")


def activation(x: Value) -> Value:
    out: Value = squash(x)
    return out * 2 + x


x = Value(0.5)
y = activation(x)
y.backward()
check_grads(activation)(x)


def cube(x: Value) -> Value:
    out = Value(x.data**3, (x,), "cube")

    def _backward() -> None:
        x.grad += 3 * x.data**2 * out.grad

    out._backward = _backward
    return out


z = cube(Value(2.0, label="z"))
z.backward()
(leaf,) = z._prev
print(y.data, x.grad, z._op, leaf.label, leaf.grad)
