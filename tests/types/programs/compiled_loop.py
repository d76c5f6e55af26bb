"""The training step that people have, under jit."""

from micrograd import Value, jit
from micrograd.nn import MLP, Module

model = MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh", seed=3)
xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
ys = [1.0, -1.0, -1.0, 1.0]


@jit
def step(rate: float) -> float:
    predictions: list[Value] = [model(x) for x in xs]
    loss = sum(((p - y) ** 2 for p, y in zip(predictions, ys, strict=True)), Value(0.0))
    for p in model.parameters():
        p.grad = 0.0
    loss.backward()
    for p in model.parameters():
        p.data -= rate * p.grad
    return loss.data


class Trainer(Module):
    def __init__(self, rate: float) -> None:
        self.rate = rate

    @jit
    def square(self, x: float) -> float:
        return self.rate * x * x


@jit(dtype="float32", backend="numpy")
def half(x: float) -> float:
    return x / 2


losses = [step(0.05) for _ in range(4)]
print(losses[-1] < losses[0], step.report(), Trainer(0.1).square(3.0) + half(2.0))
