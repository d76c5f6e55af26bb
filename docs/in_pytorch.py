import torch

torch.set_default_dtype(torch.float64)
# --- a neuron
x1, x2 = torch.tensor(2.0), torch.tensor(0.0)
w1 = torch.tensor(-3.0, requires_grad=True)
w2 = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(6.8813735870195432, requires_grad=True)
n = x1 * w1 + x2 * w2 + b
out = n.tanh()
out.backward()
slopes = [p.grad.item() for p in (w1, w2, b)]
answers = [out.item(), *slopes]
# --- a network
model = torch.nn.Sequential(
    torch.nn.Linear(3, 4), torch.nn.Tanh(),
    torch.nn.Linear(4, 4), torch.nn.Tanh(),
    torch.nn.Linear(4, 1), torch.nn.Tanh(),
)  # fmt: skip
state = model.state_dict()
for number, (name, p) in enumerate(state.items()):
    row = torch.sin(number + torch.arange(1.0, p.numel() + 1))
    state[name] = row.reshape(p.shape)
model.load_state_dict(state)
# --- training
xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5],
      [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]  # fmt: skip
ys = [1.0, -1.0, -1.0, 1.0]
xs, ys = torch.tensor(xs), torch.tensor(ys)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
losses = []
for _ in range(50):
    loss = sum((model(xs)[:, 0] - ys) ** 2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
