"""A notebook: the moons, learnt in a loop of one's own."""

from micrograd import Value
from micrograd.data import moons
from micrograd.nn import MLP
from micrograd.optim import SGD

X, y = moons(50, seed=1)
model = MLP(2, [8, 8, 1], seed=0)
optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)


def total_loss() -> tuple[Value, float]:
    scores: list[Value] = [model(row) for row in X]
    losses = [(1 + -label * score).relu() for label, score in zip(y, scores, strict=True)]
    data_loss = sum(losses, Value(0.0)) / len(losses)
    penalty = 1e-4 * sum((p * p for p in model.parameters()), Value(0.0))
    right = [(label > 0) == (score.data > 0) for label, score in zip(y, scores, strict=True)]
    return data_loss + penalty, sum(right) / len(right)


history: list[float] = []
for step in range(5):
    loss, accuracy = total_loss()
    model.zero_grad()
    loss.backward()
    optimizer.step()
    history.append(loss.data)
    print(f"step {step} loss {loss.data:.4f} accuracy {accuracy:.0%}")
assert history[-1] < history[0]
for name, p in model.named_parameters():
    print(name.upper(), round(p.data, 2), p.grad + 1.0)
