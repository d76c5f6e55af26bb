"""The moons problem in PyTorch, vectorised by hand, float64, one thread, 100 steps.

Two ways to update are measured, because which one is faster depends on the version:
``torch.optim.SGD``, and the four lines that people write themselves.
"""

import torch
from moons_data import P0, X, split, y
from torch import nn

from serve import seconds, serve

torch.set_num_threads(1)
Xt, yt = torch.tensor(X), torch.tensor(y).view(-1, 1)


def network():
    net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))
    net.double()
    with torch.no_grad():
        for layer, (W, b) in zip(net[::2], split(P0), strict=True):
            layer.weight.copy_(torch.tensor(W))
            layer.bias.copy_(torch.tensor(b))
    return net


def objective(net):
    scores = net(Xt)
    penalty = 1e-4 * sum((p * p).sum() for p in net.parameters())
    return torch.relu(1 - yt * scores).mean() + penalty


def by_hand(net):
    parameters = list(net.parameters())
    losses = []
    for k in range(100):
        loss = objective(net)
        for p in parameters:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in parameters:
                p -= (1.0 - 0.9 * k / 100) * p.grad
        losses.append(loss.detach())
    return losses


def by_sgd(net):
    optimizer = torch.optim.SGD(net.parameters(), lr=1.0)
    losses = []
    for k in range(100):
        loss = objective(net)
        optimizer.param_groups[0]["lr"] = 1.0 - 0.9 * k / 100
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return losses


def timed(train):
    net = network()
    return seconds(lambda: train(net), 100)


def ends(train):
    losses = train(network())
    return [losses[0].item(), losses[-1].item()]


serve(
    by_hand=lambda: timed(by_hand),
    by_sgd=lambda: timed(by_sgd),
    losses=lambda: ends(by_hand),
)
