"""The networks of programs/real_size.py by PyTorch, from the parameters and data in a file.

argv: which, the file, dtype. Prints losses of steps and milliseconds a step.
"""

import json
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def loss(self, image, label):
        x = F.avg_pool2d(torch.tanh(self.conv1(image)), 2)
        x = F.avg_pool2d(torch.tanh(self.conv2(x)), 2).flatten(1)
        x = torch.tanh(self.fc2(torch.tanh(self.fc1(x))))
        return F.cross_entropy(self.fc3(x), label)


class Recurrent(nn.Module):
    def losses(self, seen, tokens):
        targets = tokens[:, 1:]
        losses = F.cross_entropy(
            self.head(seen).transpose(1, 2), targets, ignore_index=-1, reduction="none"
        )
        return (losses.sum(1) / (targets >= 0).sum(1)).mean()


class Gru(Recurrent):
    def __init__(self):
        super().__init__()
        self.embedding, self.gru = nn.Embedding(27, 16), nn.GRU(16, 64, batch_first=True)
        self.head = nn.Linear(64, 27)

    def loss(self, tokens):
        return self.losses(self.gru(self.embedding(tokens[:, :-1].clamp(min=0)))[0], tokens)


class Lstm(Recurrent):
    def __init__(self):
        super().__init__()
        self.embedding, self.lstm = nn.Embedding(27, 16), nn.LSTM(16, 64, batch_first=True)
        self.head = nn.Linear(64, 27)

    def loss(self, tokens):
        return self.losses(self.lstm(self.embedding(tokens[:, :-1].clamp(min=0)))[0], tokens)


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.mean, self.log_var = nn.Linear(64, 128), nn.Linear(128, 8), nn.Linear(128, 8)
        self.up, self.out = nn.Linear(8, 128), nn.Linear(128, 64)

    def loss(self, pixels, noise):
        h = torch.tanh(self.fc(pixels))
        means, logs = self.mean(h), self.log_var(h)
        logits = self.out(torch.tanh(self.up(means + torch.exp(0.5 * logs) * noise)))
        error = F.binary_cross_entropy_with_logits(logits, pixels, reduction="none").sum(1)
        return (error - 0.5 * (1 + logs - means**2 - torch.exp(logs)).sum(1)).mean()


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        layer = {"dim_feedforward": 256, "dropout": 0.0, "batch_first": True}
        self.embedding, self.head = nn.Embedding(27, 64), nn.Linear(64, 27)
        self.first = nn.TransformerEncoderLayer(64, 4, **layer)
        self.second = nn.TransformerEncoderLayer(64, 4, **layer)
        place = torch.arange(64.0)[:, None]
        turn = place / 10_000 ** (torch.arange(0, 64, 2.0) / 64)
        self.places = torch.stack([turn.sin(), turn.cos()], 2).reshape(64, 64)
        self.mask = torch.triu(torch.ones(64, 64, dtype=torch.bool), 1)

    def loss(self, tokens):
        x = self.embedding(tokens[:, :-1]) + self.places
        x = self.second(self.first(x, self.mask), self.mask)
        return F.cross_entropy(self.head(x).transpose(1, 2), tokens[:, 1:])


class Around(nn.Module):
    def __init__(self, body, shortcut):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        return self.body(x) + (x if self.shortcut is None else self.shortcut(x))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()

        def conv(inputs, outputs, kernel, stride=1):
            return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)

        def block(inputs, outputs, stride):
            body = nn.Sequential(
                conv(inputs, outputs, 3, stride),
                nn.BatchNorm2d(outputs),
                nn.ReLU(),
                conv(outputs, outputs, 3),
                nn.BatchNorm2d(outputs),
            )
            around = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))
            return Around(body, None if inputs == outputs else around)

        self.layers = nn.Sequential(
            conv(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), block(8, 8, 1), nn.ReLU(),
            block(8, 16, 2), nn.ReLU(), nn.AvgPool2d(8), nn.Flatten(), nn.Linear(16, 10),
        )  # fmt: skip

    def loss(self, images, labels):
        return F.cross_entropy(self.layers(images), labels)


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.centres = nn.Embedding(10_000, 64, sparse=True)
        self.others = nn.Embedding(10_000, 64, sparse=True)

    def loss(self, words):
        scores = 0.1 * (self.centres(words[:, :1]) * self.others(words[:, 1:])).sum(2)
        targets = torch.zeros_like(scores)
        targets[:, 0] = 1
        return F.binary_cross_entropy_with_logits(scores, targets)


NETWORKS = {
    "lenet": (LeNet, 32, torch.optim.Adam, 1),
    "gru": (Gru, 16, torch.optim.Adam, 5),
    "lstm": (Lstm, 16, torch.optim.Adam, 5),
    "vae": (Vae, 64, torch.optim.Adam, 5),
    "residual": (Residual, 32, torch.optim.Adam, 1),
    "transformer": (Transformer, 8, torch.optim.Adam, 1),
    "words": (Words, 64, torch.optim.SparseAdam, 5),
}


def batches(count, size, epoch):
    """The batches of an epoch of fit with seed=1."""
    order = np.argsort(np.random.PCG64([1, False, epoch]).random_raw(count))
    return [order[i : i + size] for i in range(0, count, size)]


def main(name, file, dtype):
    torch.set_default_dtype(getattr(torch, dtype))
    network, size, kind, epochs = NETWORKS[name]
    arrays = np.load(file)
    model = network()
    model.load_state_dict(
        {k[6:]: torch.tensor(arrays[k]) for k in arrays.files if k.startswith("start.")}
    )
    columns = [_column(arrays[k]) for k in sorted(arrays.files) if k.startswith("data.")]
    losses, seconds = [], 0.0
    optimizer = kind(list(model.parameters()), lr=0.001)
    for epoch in [0, *range(epochs)]:
        for batch in batches(len(columns[0]), size, epoch):
            chosen = [column[batch] for column in columns]
            began = time.perf_counter()
            optimizer.zero_grad()
            loss = model.loss(*chosen)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            seconds = seconds + time.perf_counter() - began
    print(json.dumps({"losses": losses, "ms": 1e3 * seconds / len(losses)}))


def _column(array):
    """Numbers are of the default dtype, labels and tokens are indices."""
    column = torch.tensor(array)
    return column.to(torch.get_default_dtype()) if column.is_floating_point() else column


if __name__ == "__main__":
    main(*sys.argv[1:])
