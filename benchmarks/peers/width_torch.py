"""An MLP, tanh, cross-entropy, SGD, batch 64, one thread, in PyTorch.

argv: inputs hidden outputs dtype.
"""

import sys

import torch
import torch.nn.functional as F
from torch import nn

from serve import seconds, serve

torch.set_num_threads(1)
torch.manual_seed(1)
torch.set_default_dtype(getattr(torch, sys.argv[4]))
inputs, hidden, outputs = map(int, sys.argv[1:4])
X, y = torch.randn(64, inputs), torch.randint(outputs, (64,))
net = nn.Sequential(nn.Linear(inputs, hidden), nn.Tanh(), nn.Linear(hidden, outputs))
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)


def steps():
    for _ in range(20):
        loss = F.cross_entropy(net(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


serve(step=lambda: seconds(steps, 20))
