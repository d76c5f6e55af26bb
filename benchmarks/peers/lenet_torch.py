"""LeNet on 28 by 28 pixels, Adam, batches of 32, one thread, in PyTorch. argv: dtype."""

import sys

import torch
from real_size_torch import LeNet

from serve import seconds, serve

torch.set_default_dtype(getattr(torch, sys.argv[1]))
X, y = torch.randn(256, 1, 28, 28), torch.randint(10, (256,))
net = LeNet()
optimizer = torch.optim.Adam(net.parameters(), lr=0.001)


def epoch():
    for k in range(0, 256, 32):
        optimizer.zero_grad()
        net.loss(X[k : k + 32], y[k : k + 32]).backward()
        optimizer.step()


serve(step=lambda: seconds(epoch, 8))
