"""What kind each thing is, and what a checker refuses."""

import math
from collections.abc import Callable
from typing import Any, assert_type

import numpy as np

from micrograd import (
    Value,
    dot,
    exp,
    grad,
    hypot,
    jit,
    jvp,
    maximum,
    mean,
    take,
    value_and_grad,
    vmap,
    where,
)
from micrograd import sum as total
from micrograd.losses import cross_entropy, l2, mse
from micrograd.nn import MLP, Layer
from micrograd.saving import load
from micrograd.value.arrays import ValueArray

a, b, rows = Value(1.0), Value(2.0), [Value(0.5), Value(1.5)]
X = np.ones((3, 2))

assert_type(a * b + 2 - b / 3, Value)
assert_type(2**a % 3.0 // b, Value)
assert_type(-abs(a).tan().clip(0.0), Value)
assert_type(a < b, bool)
assert_type(a.label + a._op, str)
assert_type(a._prev, set[Value])
assert_type(exp(a), Value)
assert_type(exp(1.0), float)
assert_type(hypot(3.0, 4), float)
assert_type(hypot(a, 4), Value)
assert_type(total(rows), Value)
assert_type(total([1.0, 2.0]), float)
assert_type(mean(a, 2.0), Value)
assert_type(maximum(1, 2.0), float)
assert_type(where(a > 0, a, 0.0), Value)
assert_type(dot(rows, [1.0, 2.0]), Value)
assert_type(take(rows, 1), Value)
assert_type(mse(a, 1.0), Value)
assert_type(cross_entropy(rows, 1), Value)
assert_type(l2(rows), Value)

model = MLP(2, [3, 1])
assert_type(model, MLP)
assert_type(model.eval(), MLP)
assert_type(model.layers, list[Layer])
loader: Callable[[MLP, str], MLP] = load


def area(width: float, height: float = 1.0) -> float:
    return width * height


def score(x: list[float]) -> Value:
    return dot(rows, x)


assert_type(grad(area)(2.0), float)
assert_type(value_and_grad(area)(2.0, 3.0), tuple[float, float])
assert_type(jvp(area, (2.0, 3.0), (1.0, 0.0)), tuple[float, float])
assert_type(jit(area)(2.0, height=3.0), float)
assert_type(jit(dtype="float32")(area)(2.0), float)
assert_type(vmap(score)([[1.0, 2.0]]), list[Value])
assert_type(vmap(score)(X), ValueArray)
assert_type(vmap(score)(X).grad, np.ndarray[tuple[Any, ...], np.dtype[Any]])


def refused() -> None:
    math.exp(a)  # type: ignore[arg-type]
    rows[a]  # type: ignore[call-overload]
    a + "1"  # type: ignore[operator]
    jit(area)("wide")  # type: ignore[arg-type]
    jit(area)(depth=1.0)  # type: ignore[call-arg]
    grad(area)()  # type: ignore[call-arg]
    a.backwards()  # type: ignore[attr-defined]
    print(model.layer)  # type: ignore[attr-defined]
