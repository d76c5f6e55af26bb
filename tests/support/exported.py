"""What is exported in the tests, an example of its input's shape, and what it gives plainly."""

import numpy as np

from micrograd import Value, exp, maximum, nn, where

rng = np.random.default_rng(1)
LSTM, EMBEDDING = nn.LSTM(2, 3, seed=1), nn.Embedding(5, 3, seed=1)
LINEAR = nn.Linear(3, 2, seed=1)
SCALE = [Value(0.5), Value(-2.0)]


def own(x):
    """A function of one's own: ties, a choice, a power, an extreme."""
    a, b = x[0] * SCALE[0], x[1] - SCALE[1]
    return [where(a < b, a.exp(), b), maximum(a, b, 0.25), a * a + (b * b + 0.1) ** -0.5]


def words(x):
    return LINEAR(EMBEDDING(x[0]))


def letters(x):
    return LSTM(x)[0]


CASES = {
    "mlp": (nn.MLP(2, [16, 16, 1], seed=1), (2,)),
    "classes": (nn.MLP(2, [4, 3], activation="tanh", seed=1), (2,)),
    "convolution": (
        nn.Sequential(
            nn.Conv2d(1, 2, 3, seed=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(0),
            nn.Linear(8, 3, seed=1),
        ),
        (1, 6, 6),
    ),
    "transformer": (nn.TransformerEncoderLayer(4, 2, 8, seed=1), (3, 4)),
    "recurrent": (letters, (4, 2)),
    "normalised": (
        nn.Sequential(nn.Linear(2, 3, seed=1), nn.BatchNorm1d(3), nn.Dropout(0.5), nn.GELU()),
        (2,),
    ),
    "own": (own, (2,)),
    "one number": (lambda x: exp(x * SCALE[0]) - x, ()),
}  # fmt: skip


def rows(shape, count):
    return rng.normal(size=(count, *shape))


def plainly(m, xs):
    """What the plain run gives for each of a batch."""
    if isinstance(m, nn.Module):
        m.eval()
    return np.array([_numbers(m(x.tolist())) for x in xs])


def _numbers(x):
    return list(map(_numbers, x)) if isinstance(x, list) else getattr(x, "data", x)
