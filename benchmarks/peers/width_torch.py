"""MLP 1024-H-27, tanh, cross-entropy, SGD, batch 64, float32, one thread, in PyTorch. argv: H."""

import sys

import torch
import torch.nn.functional as F
from torch import nn

from serve import seconds, serve

torch.set_num_threads(1)
torch.manual_seed(1)
hidden = int(sys.argv[1])
X, y = torch.randn(64, 1024), torch.randint(27, (64,))
net = nn.Sequential(nn.Linear(1024, hidden), nn.Tanh(), nn.Linear(hidden, 27))
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)


def steps():
    for _ in range(20):
        loss = F.cross_entropy(net(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


serve(step=lambda: seconds(steps, 20))
