import numpy as np

from micrograd import Value
from micrograd.nn import MLP
from micrograd.optim import SGD

# --- a neuron
x1, x2 = Value(2.0), Value(0.0)
w1 = Value(-3.0)
w2 = Value(1.0)
b = Value(6.8813735870195432)
n = x1 * w1 + x2 * w2 + b
out = n.tanh()
out.backward()
slopes = [p.grad for p in (w1, w2, b)]
answers = [out.item(), *slopes]
# --- a network
model = MLP(
    3,
    [4, 4, 1],
    activation="tanh", output_activation="tanh",
)  # fmt: skip
state = model.state_dict()
for number, (name, p) in enumerate(state.items()):
    row = np.sin(number + np.arange(1.0, p.size + 1))
    state[name] = row.reshape(p.shape)
model.load_state_dict(state)
# --- training
xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5],
      [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]  # fmt: skip
ys = [1.0, -1.0, -1.0, 1.0]
examples = list(zip(xs, ys))
optimizer = SGD(model.parameters(), lr=0.05)
losses = []
for _ in range(50):
    loss = sum((model(x) - y) ** 2 for x, y in examples)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
