"""The first call of the moons objective with all 100 samples unrolled: 66,014 scalars."""

from micrograd import jit
from micrograd.nn import MLP
from programs.moons_data import X, restart, y
from serve import seconds, serve

model = MLP(2, [16, 16, 1])
restart(model)


@jit
def objective(X, y):
    losses = [(1 + -yi * model(x)).relu() for x, yi in zip(X, y, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    return data_loss + 1e-4 * sum(p * p for p in model.parameters())


def value_and_gradient():
    total = objective(X, y)
    total.backward()
    return [total.data]


serve(first_call=lambda: seconds(value_and_gradient), losses=value_and_gradient)
