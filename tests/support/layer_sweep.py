"""Every layer on batches of 3, 1 and 0 examples, of ties, nan and infinities, by one back end.

What a compiled layer gives is compared with what the layer gives one example after the other.
"""

import numpy as np

from micrograd import Value, jit, nn, random, vmap
from micrograd import sum as total


def _cell(cell, **settings):
    return lambda: nn.Sequential(cell(2, 3, seed=1, **settings), _Outputs())


class _Outputs(nn.Module):
    """The outputs of a recurrent cell, without its last state."""

    def __call__(self, pair):
        return pair[0]


class _Attention(nn.Module):
    def __init__(self):
        self.attention = nn.MultiheadAttention(4, 2, seed=1)

    def __call__(self, x):
        return self.attention(x, x, x, attn_mask=nn.causal_mask(len(x)))[0]


class _List(nn.Module):
    def __init__(self):
        self.layers = nn.ModuleList([nn.Linear(3, 3, seed=1), nn.Tanh()])

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


LAYERS = {  # a layer, and the shape of an example
    "AvgPool2d": (lambda: nn.AvgPool2d(2), (1, 4, 2)),
    "BatchNorm": (lambda: nn.BatchNorm(3).eval(), (3,)),
    "BatchNorm1d": (lambda: nn.BatchNorm1d(3).eval(), (2, 3)),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(2).eval(), (2, 2, 2)),
    "Conv1d": (lambda: nn.Conv1d(2, 3, 2, padding=1, seed=1), (2, 4)),
    "Conv2d": (lambda: nn.Conv2d(1, 2, 2, stride=2, padding=1, seed=1), (1, 3, 3)),
    "Dropout": (lambda: nn.Dropout(0.5, random.Generator(1)).eval(), (2, 3)),
    "ELU": (lambda: nn.ELU(), (3,)),
    "Embedding": (lambda: nn.Embedding(4, 3, seed=1), ()),
    "Flatten": (lambda: nn.Flatten(), (2, 3)),
    "GELU": (lambda: nn.GELU(), (3,)),
    "GRU": (_cell(nn.GRU), (4, 2)),
    "LSTM": (_cell(nn.LSTM), (4, 2)),
    "Layer": (lambda: nn.Layer(3, 2, seed=1), (3,)),
    "LayerNorm": (lambda: nn.LayerNorm(3), (2, 3)),
    "LeakyReLU": (lambda: nn.LeakyReLU(0.1), (3,)),
    "Linear": (lambda: nn.Linear(3, 2, seed=1), (2, 3)),
    "LogSoftmax": (lambda: nn.LogSoftmax(), (2, 3)),
    "MLP": (lambda: nn.MLP(3, [4, 2], seed=1), (3,)),
    "MaxPool2d": (lambda: nn.MaxPool2d(2, 1), (1, 3, 3)),
    "ModuleList": (_List, (3,)),
    "MultiheadAttention": (_Attention, (3, 4)),
    "Neuron": (lambda: nn.Neuron(3, seed=1), (3,)),
    "RMSNorm": (lambda: nn.RMSNorm(3), (2, 3)),
    "RNN": (_cell(nn.RNN, nonlinearity="relu", num_layers=2, bidirectional=True), (4, 2)),
    "ReLU": (lambda: nn.ReLU(), (3,)),
    "Residual": (lambda: nn.Residual(nn.Linear(3, 3, seed=1)), (3,)),
    "Sequential": (lambda: nn.Sequential(nn.Linear(3, 2, seed=1), nn.SiLU()), (3,)),
    "SiLU": (lambda: nn.SiLU(), (3,)),
    "Sigmoid": (lambda: nn.Sigmoid(), (3,)),
    "Softmax": (lambda: nn.Softmax(), (2, 3)),
    "Softplus": (lambda: nn.Softplus(), (3,)),
    "Tanh": (lambda: nn.Tanh(), (3,)),
    "TransformerEncoderLayer": (
        lambda: nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0, seed=1),
        (3, 4),
    ),
}


def batches(name):
    """Batches of a layer's examples by what is special about them."""
    shape = LAYERS[name][1]
    if not shape:  # indices
        return {"3": np.array([2.0, 0.0, 2.0]), "1": np.array([3.0]), "0": np.empty(0)}
    plain = np.random.default_rng(0).normal(size=(3, *shape))
    return {
        "3": plain,
        "1": plain[:1],
        "0": plain[:0],
        "ties": np.ones((3, *shape)),
        "zeros": np.zeros((3, *shape)),
        **{str(x): _with(plain, x) for x in (np.nan, np.inf, -np.inf)},
    }


def _with(plain, x):
    """The same numbers, with another one first in the second example."""
    special = plain.copy()
    special[1].reshape(-1)[0] = x
    return special


class Sweep:
    """A layer, plain and by a back end.

    To each number of an example a Value is added, whose gradient says what is passed on.
    """

    def __init__(self, name, backend):
        make, self.shape = LAYERS[name]
        self.layer = make()
        size = int(np.prod(self.shape)) if self.shape else 0
        self.moves = [Value(0.0) for _ in range(size)]
        self.compiled = jit(self._computed, backend=backend, when="now")
        self.compiled(batches(name)["3"])  # the first call is a plain run

    def _computed(self, X):
        sums = vmap(self.sums)(X)
        return sums, Value(0.0) + total(sums)

    def sums(self, x):
        """A sum of an example's outputs, each with a weight of its own."""
        if self.moves:
            x = _moved(x, iter(self.moves))
        outputs = flat(self.layer(x))
        return total([(k + 1) * 0.5 * y for k, y in enumerate(outputs)])

    def plain(self, X):
        """The numbers of all examples, and the gradients of their sum."""
        values = [self.sums(x) for x in X.tolist()]
        return [v.data for v in values], self._gradients(Value(0.0) + total(values))

    def by_back_end(self, X):
        """The same, compiled."""
        values, out = self.compiled(X)
        return [v.data for v in values], self._gradients(out)

    def _gradients(self, out):
        leaves = [*self.layer.parameters(), *self.moves]
        for v in leaves:
            v.grad = 0.0
        out.backward()
        return [v.grad for v in leaves]


def _moved(x, moves):
    return [_moved(part, moves) for part in x] if hasattr(x, "__len__") else x + next(moves)


def flat(x):
    """The numbers of nested lists, in order."""
    return [y for part in x for y in flat(part)] if hasattr(x, "__len__") else [x]


def same(found, expected, rel=1e-12):
    """Whether numbers are equal up to rounding; nan and infinities in the same places."""
    return np.allclose(found, expected, rtol=rel, atol=rel, equal_nan=True)


def assert_plain(name, backend):
    """Check a layer's values and gradients by a back end against the plain ones."""
    sweep = Sweep(name, backend)
    for kind, X in batches(name).items():
        (values, slopes), (found, slopes_found) = sweep.plain(X), sweep.by_back_end(X)
        assert same(found, values), kind
        assert same(slopes_found, slopes), kind
