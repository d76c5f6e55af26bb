"""Train a network of real size by fit.

argv: which, a file for what the peer is to start from, dtype.

Prints losses of steps, seconds to the first step, milliseconds a step, megabytes at most.
"""

import json
import random
import resource
import sys
import time

import numpy as np

from micrograd import data, dot, exp, mean, nn
from micrograd import sum as total
from micrograd.losses import binary_cross_entropy_with_logits, cross_entropy
from micrograd.optim import Adam, SparseAdam
from micrograd.train import fit

STARS = """
sirius canopus arcturus vega capella rigel procyon achernar betelgeuse hadar altair acrux aldebaran
antares spica pollux fomalhaut deneb mimosa regulus adhara castor shaula gacrux bellatrix elnath
miaplacidus alnilam alnair alioth mirfak dubhe alkaid sargas avior menkalinan atria alhena peacock
polaris mirzam alphard hamal diphda nunki mirach alpheratz rasalhague algol almach denebola tiaki
"""


class LeNet(nn.Module):
    """LeNet-5 of 28 by 28 pixels."""

    def __init__(self):
        rng = random.Random(1)
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2, seed=rng)
        self.conv2 = nn.Conv2d(6, 16, 5, seed=rng)
        self.fc1, self.fc2 = nn.Linear(400, 120, seed=rng), nn.Linear(120, 84, seed=rng)
        self.fc3 = nn.Linear(84, 10, seed=rng)
        self.tanh, self.pool, self.flat = nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(0)

    def loss(self, image, label):
        x = self.pool(self.tanh(self.conv1(image)))
        x = self.flat(self.pool(self.tanh(self.conv2(x))))
        return cross_entropy(self.fc3(self.tanh(self.fc2(self.tanh(self.fc1(x))))), label)

    def data(self):
        X, y = data.digits()
        zoom = np.arange(28) * 8 // 28
        return X.reshape(-1, 8, 8)[:256, zoom][:, :, zoom].reshape(-1, 1, 28, 28), y[:256]


class Gru(nn.Module):
    """The next letter of names of all lengths, by a GRU."""

    def __init__(self):
        rng = random.Random(1)
        self.embedding = nn.Embedding(27, 16, seed=rng)
        self.gru, self.head = nn.GRU(16, 64, seed=rng), nn.Linear(64, 27, seed=rng)

    def loss(self, tokens):
        seen, _ = self.gru(self.embedding(tokens[:-1]))
        return cross_entropy(self.head(seen), tokens[1:])

    def data(self):
        return [[0, *[ord(c) - 96 for c in name], 0] for name in STARS.split()]


class Lstm(nn.Module):
    """The next letter of the same names, by an LSTM."""

    def __init__(self):
        rng = random.Random(1)
        self.embedding = nn.Embedding(27, 16, seed=rng)
        self.lstm, self.head = nn.LSTM(16, 64, seed=rng), nn.Linear(64, 27, seed=rng)

    def loss(self, tokens):
        seen, _ = self.lstm(self.embedding(tokens[:-1]))
        return cross_entropy(self.head(seen), tokens[1:])

    data = Gru.data


class Vae(nn.Module):
    """Digits through eight normal numbers and back; the noise is part of the data."""

    def __init__(self):
        rng = random.Random(1)
        self.fc, self.tanh = nn.Linear(64, 128, seed=rng), nn.Tanh()
        self.mean, self.log_var = nn.Linear(128, 8, seed=rng), nn.Linear(128, 8, seed=rng)
        self.up, self.out = nn.Linear(8, 128, seed=rng), nn.Linear(128, 64, seed=rng)

    def loss(self, pixels, noise):
        h = self.tanh(self.fc(pixels))
        means, logs = self.mean(h), self.log_var(h)
        code = [m + exp(0.5 * s) * e for m, s, e in zip(means, logs, noise)]
        logits = self.out(self.tanh(self.up(code)))
        error = total([binary_cross_entropy_with_logits(z, p) for z, p in zip(logits, pixels)])
        return error - 0.5 * total([1 + s - m * m - exp(s) for m, s in zip(means, logs)])

    def data(self):
        X = data.digits()[0][:1280]
        return X, np.random.default_rng(1).standard_normal((len(X), 8))


class Transformer(nn.Module):
    """Two layers, width 64, on 64 letters at a time."""

    def __init__(self):
        rng = random.Random(1)
        self.embedding = nn.Embedding(27, 64, seed=rng)
        self.first = nn.TransformerEncoderLayer(64, 4, 256, dropout=0.0, seed=rng)
        self.second = nn.TransformerEncoderLayer(64, 4, 256, dropout=0.0, seed=rng)
        self.head = nn.Linear(64, 27, seed=rng)
        self.places, self.mask = nn.positional_encoding(64, 64), nn.causal_mask(64)

    def loss(self, tokens):
        x = self.embedding(tokens[:-1])
        x = [[a + b for a, b in zip(*rows)] for rows in zip(x, self.places)]
        x = self.second(self.first(x, self.mask), self.mask)
        return cross_entropy(self.head(x), tokens[1:])

    def data(self):
        text = [0 if c.isspace() else ord(c) - 96 for c in " ".join(STARS.split()) * 4]
        return [[text[i : i + 65] for i in range(0, 1024, 32)]][0]


class Residual(nn.Module):
    """A residual network with batch normalisation, 8 and 16 channels, on digits of 16 by 16."""

    batched = True

    def __init__(self):
        rng = random.Random(1)

        def conv(inputs, outputs, kernel, stride=1):
            return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False, seed=rng)

        def block(inputs, outputs, stride):
            body = nn.Sequential(
                conv(inputs, outputs, 3, stride),
                nn.BatchNorm2d(outputs),
                nn.ReLU(),
                conv(outputs, outputs, 3),
                nn.BatchNorm2d(outputs),
            )
            around = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))
            return nn.Residual(body, None if inputs == outputs else around)

        self.layers = nn.Sequential(
            conv(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), block(8, 8, 1), nn.ReLU(),
            block(8, 16, 2), nn.ReLU(), nn.AvgPool2d(8), nn.Flatten(), nn.Linear(16, 10, seed=rng),
        )  # fmt: skip

    def loss(self, images, labels):
        return cross_entropy(self.layers(images), labels)

    def data(self):
        X, y = data.digits()
        zoom = np.arange(16) // 2
        return X.reshape(-1, 8, 8)[:256, zoom][:, :, zoom].reshape(-1, 1, 16, 16), y[:256]


class Words(nn.Module):
    """Word vectors of 10,000 words by negative sampling: a centre, a neighbour, five others."""

    def __init__(self):
        self.centres = nn.Embedding(10_000, 64, sparse=True, seed=1)
        self.others = nn.Embedding(10_000, 64, sparse=True, seed=2)

    def loss(self, words):
        centre = self.centres(words[0])
        scores = [dot(centre, other) * 0.1 for other in self.others(words[1:])]
        return mean(
            [binary_cross_entropy_with_logits(z, float(k == 0)) for k, z in enumerate(scores)]
        )

    def data(self):
        drawn = np.random.default_rng(1).zipf(1.2, (640, 7))
        return [[int(w) % 10_000 for w in row] for row in drawn]


# network, size of batches, its optimiser, epochs that are timed after the first
NETWORKS = {
    "lenet": (LeNet, 32, Adam, 1),
    "gru": (Gru, 16, Adam, 5),
    "lstm": (Lstm, 16, Adam, 5),
    "vae": (Vae, 64, Adam, 5),
    "residual": (Residual, 32, Adam, 1),
    "transformer": (Transformer, 8, Adam, 1),
    "words": (Words, 64, SparseAdam, 5),
}


def main(name, file, dtype):
    network, size, kind, epochs = NETWORKS[name]
    model = network()
    examples = model.data()
    columns = examples if isinstance(examples, tuple) else (examples,)
    padded = [_padded(column) for column in columns]
    start = {f"start.{key}": array for key, array in model.state_dict().items()}
    np.savez(file, **start, **{f"data.{k}": column for k, column in enumerate(padded)})
    optimizer = kind(model.parameters(), lr=0.001)
    began = time.perf_counter()
    settings = {"model": model, "optimizer": optimizer, "batch_size": size, "progress": False}
    settings |= {"seed": 1, "compile": True, "dtype": dtype}
    settings |= {"batched": getattr(model, "batched", False)}
    first = fit(model.loss, examples, epochs=1, **settings)
    until = time.perf_counter() - began - first.seconds
    history = fit(model.loss, examples, epochs=epochs, **settings)
    mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    steps = len(history.step_loss)
    answer = {"losses": first.step_loss + history.step_loss, "first": until, "mb": mb}
    answer |= {"ms": 1e3 * history.seconds / steps, "parameters": len(model.parameters())}
    print(json.dumps(answer))


def _padded(column):
    """One array of rows that may differ in length, with -1 behind the shorter ones."""
    longest = max(np.shape(row)[:1] or (0,) for row in column)
    if not isinstance(column, list) or not longest[0]:
        return np.asarray(column)
    return np.array([[*row, *[-1] * (longest[0] - len(row))] for row in column])


if __name__ == "__main__":
    main(*sys.argv[1:])
