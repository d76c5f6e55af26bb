"""scikit-learn's 1,797 digits in PyTorch: MLP 64-32-10, SGD, batches of 64, float64, one thread."""

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

from serve import seconds, serve

torch.set_num_threads(1)
torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
X, y = (torch.tensor(array) for array in load_digits(return_X_y=True))
X = X / 16
net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)


def epoch():
    for batch in torch.randperm(len(X)).split(64):
        loss = F.cross_entropy(net(X[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


serve(epoch=lambda: seconds(epoch))
