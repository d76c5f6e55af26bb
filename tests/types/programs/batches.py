"""vmap over lists, arrays, tuples and dicts."""

import numpy as np

from micrograd import Value, jit, mean, vmap

weights = [Value(0.5), Value(-1.0)]


def score(x: list[float], y: float) -> Value:
    return (weights[0] * x[0] + weights[1] * x[1] - y) ** 2


def both(x: float) -> tuple[float, float]:
    return x + 1.0, x * 2.0


@jit
def objective(X: np.ndarray, Y: np.ndarray) -> Value:
    return mean(vmap(score)(X, Y))


X, Y = np.ones((4, 2)), np.arange(4.0)
loss = objective(X, Y)
loss.backward()
listed = vmap(score)([[1.0, 2.0], [3.0, 4.0]], [0.0, 1.0])
more, doubled = vmap(both)([1.0, 2.0])
scaled = vmap(lambda x, y: x * y, in_axes=(0, None))([1.0, 2.0], 3.0)
print(loss.data, listed[0].data, more, doubled, scaled, weights[0].grad)
print(vmap(score)(X, Y).grad.shape, mean(listed).data, np.ones(2) * weights[0])
