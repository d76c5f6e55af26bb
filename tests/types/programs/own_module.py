"""A model of one's own."""

from collections.abc import Sequence

from micrograd import Value, dot, mean
from micrograd.nn import MLP, Module
from micrograd.optim import Adam


class Gated(Module):
    def __init__(self, inputs: int) -> None:
        self.body = MLP(inputs, [4, 1], activation="tanh", seed=1)
        self.gate = [Value(0.1) for _ in range(inputs)]
        self.bias = Value(0.0, label="bias")

    def __call__(self, x: Sequence[float]) -> Value:
        open_by = (dot(self.gate, x) + self.bias).sigmoid()
        out: Value = self.body(x)
        return open_by * out


class Ensemble(Module):
    def __init__(self, members: int) -> None:
        self.members = [Gated(2) for _ in range(members)]

    def __call__(self, x: Sequence[float]) -> Value:
        return mean([member(x) for member in self.members])


model = Ensemble(3).train()
widths = [len(member.gate) for member in model.members]
optimizer = Adam(model.parameters(), lr=0.05)
loss = (model([1.0, 2.0]) - 0.5) ** 2
optimizer.zero_grad()
loss.backward()
optimizer.step()
state = model.state_dict()
model.eval().load_state_dict(state)
print(widths, sorted(state)[:2], model.members[0].bias.label)
