"""The character GPT in PyTorch, vectorised by hand, float64, one thread, Adam(fused=True)."""

import statistics
import time

import torch
import torch.nn.functional as F
from gpt_data import documents, init, split

from serve import serve

torch.set_num_threads(1)
masks = [None]
masks += [torch.full((n, n), float("-inf"), dtype=torch.float64).triu(1) for n in range(1, 17)]
data = [
    (torch.tensor(tokens, dtype=torch.long), torch.tensor(targets, dtype=torch.long), n)
    for tokens, targets, n in documents
]


def rmsnorm(x):
    return x * (x.pow(2).mean(-1, keepdim=True) + 1e-5).rsqrt()


def objective(P, tokens, targets, n):
    def heads(x, w):
        return F.linear(x, w).view(n, 4, 4).transpose(0, 1)

    x = rmsnorm(P["wte"][tokens] + P["wpe"][:n])
    residual, x = x, rmsnorm(x)
    q, k, v = heads(x, P["wq"]), heads(x, P["wk"]), heads(x, P["wv"])
    attention = torch.softmax(q @ k.transpose(1, 2) * 0.5 + masks[n], -1)
    x = F.linear((attention @ v).transpose(0, 1).reshape(n, 16), P["wo"]) + residual
    x = F.linear(F.relu(F.linear(rmsnorm(x), P["fc1"])), P["fc2"]) + x
    return F.cross_entropy(F.linear(x, P["lm"]), targets)


def train():
    P = {name: torch.tensor(matrix, requires_grad=True) for name, matrix in split(init).items()}
    optimizer = torch.optim.Adam(P.values(), lr=0.01, betas=(0.85, 0.99), eps=1e-8, fused=True)
    losses, times = [], []
    for s, document in enumerate(data):
        start = time.perf_counter()
        loss = objective(P, *document)
        loss.backward()
        optimizer.param_groups[0]["lr"] = 0.01 * (1 - s / 1000)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        times.append(time.perf_counter() - start)
        losses.append(loss.item())
    return losses, statistics.median(times)


def ends():
    losses, _ = train()
    return [losses[0], losses[19], losses[-1]]


serve(step=lambda: train()[1], losses=ends)
