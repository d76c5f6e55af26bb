"""Batches in compiled code: one example is traced, whatever the size of the batch."""

import numpy as np
import pytest

from micrograd import jit, losses, mean, nn, random, vmap
from micrograd.engine import Value
from micrograd.transforms.batches import as_batch, each


class States(nn.Module):
    """The outputs of a recurrent layer, and the last state of its last layer."""

    def __init__(self, layer):
        self.layer = layer

    def __call__(self, xs):
        outputs, last = self.layer(xs)
        h = last[0] if isinstance(last, tuple) else last
        return each(lambda out, last: [*out[-1], *last], outputs, h[-1])


RANDOM = np.random.default_rng(0)
LAYERS = {
    "Linear": (lambda: nn.Linear(3, 2, seed=1), (3,)),
    "Linear of rows": (lambda: nn.Linear(3, 2, seed=1), (2, 3)),
    "Conv1d": (lambda: nn.Conv1d(2, 3, 2, padding=1, seed=1), (2, 4)),
    "Conv2d": (lambda: nn.Conv2d(1, 2, 2, seed=1), (1, 3, 3)),
    "MaxPool2d": (lambda: nn.MaxPool2d(2), (1, 4, 2)),
    "Flatten": (lambda: nn.Flatten(), (2, 3)),
    "Flatten of two": (lambda: nn.Flatten(2), (2, 3, 2)),
    "LayerNorm": (lambda: nn.LayerNorm(3), (2, 3)),
    "RMSNorm": (lambda: nn.RMSNorm(3), (3,)),
    "BatchNorm": (lambda: nn.BatchNorm(3), (3,)),
    "BatchNorm1d": (lambda: nn.BatchNorm1d(2), (2, 3)),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(2), (2, 2, 2)),
    "Dropout": (lambda: nn.Dropout(0.5, random.Generator(1)), (2, 3)),
    "GRU": (lambda: States(nn.GRU(2, 3, 2, bidirectional=True, batch_first=True, seed=1)), (3, 2)),
    "LSTM": (lambda: States(nn.LSTM(2, 3, batch_first=True, seed=1)), (3, 2)),
    "TransformerEncoderLayer": (
        lambda: nn.TransformerEncoderLayer(2, 1, 3, 0.0, batch_first=True, seed=1),
        (3, 2),
    ),
    "ELU": (lambda: nn.ELU(), (3,)),
    "GELU": (lambda: nn.GELU(), (2, 2)),
    "Softmax": (lambda: nn.Softmax(), (2, 3)),
}


def drawn(count, shape):
    return RANDOM.normal(size=(count, *shape))


def close(a, b):
    return a == pytest.approx(b, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("form", ["array", "lists"])
def test_a_layer_is_one_program_for_batches_of_any_size(name, form):
    make, shape = LAYERS[name]

    def squares(layer, examples):
        return mean(vmap(lambda out: losses.l2(nn.Flatten(0)([out])))(layer(examples)))

    plain, compiled = make(), make()
    run = jit(lambda xs: squares(compiled, as_batch(xs)))
    for count in (6, 6, 6, 4, 4):
        xs = drawn(count, shape)
        xs = xs.tolist() if form == "lists" else xs
        expected, found = squares(plain, xs), run(xs)
        for layer, value in ((plain, expected), (compiled, found)):
            layer.zero_grad()
            if isinstance(value, Value):
                value.backward()
        assert close(*[v.data if isinstance(v, Value) else v for v in (found, expected)])
        slopes = [[p.grad for p in layer.parameters()] for layer in (compiled, plain)]
        assert close(*slopes)
    for key, array in plain.state_dict().items():
        assert close(compiled.state_dict()[key], array)
    if (name, form) != ("Dropout", "lists"):  # whose numbers of draws go by the lengths of lists
        assert run.cache_info().programs == 1


SCORES = {
    "mse": (lambda z, y: losses.mse(z, y), (1,)),
    "huber": (lambda z, y: losses.huber(z, y, delta=0.5), ()),
    "weighted bce": (
        lambda z, y: losses.binary_cross_entropy_with_logits(z, y, pos_weight=2.0),
        (1,),
    ),
    "cross_entropy": (lambda z, y: losses.cross_entropy(z, y, label_smoothing=0.1), (3,)),
    "cross_entropy by weights": (lambda z, y: losses.cross_entropy(z, y, weight=[1, 2, 3]), (3,)),
}


@pytest.mark.parametrize("name", SCORES)
def test_a_loss_of_a_batch_is_compiled_from_one_example(name):
    loss, shape = SCORES[name]
    scale = Value(0.7)

    def total(Z, y):
        return loss(vmap(lambda row: [scale * z for z in row] if shape else scale * row)(Z), y)

    run = jit(lambda Z, y: total(as_batch(Z), as_batch(y)))
    for count in (5, 5, 3):
        Z, y = drawn(count, shape), RANDOM.integers(0, 2, count).astype(float)
        expected, found = total(Z, y), run(Z, y)
        assert close(found.data, expected.data)


def test_what_is_asked_of_all_examples_is_traced_for_each():
    layer = nn.Linear(2, 1, seed=1)

    def first(xs):
        hidden = layer(nn.Tanh()(xs))
        return hidden[0][0] * 2 + hidden[-1][0] + len(hidden + hidden)

    run = jit(lambda xs: first(as_batch(xs)))
    for xs in (drawn(4, (2,)), drawn(4, (2,)), drawn(3, (2,))):
        assert close(run(xs).data, first(xs).data)
        assert close(run(xs.tolist()).data, first(xs.tolist()).data)


def test_another_shape_of_a_batch_is_named_in_compiled_code_too():
    layer = nn.Conv2d(1, 2, 2)
    run = jit(lambda xs: mean(nn.Flatten(0)(layer(as_batch(xs)))))
    with pytest.raises(ValueError, match=r"Conv2d\(1, 2.*expects the shape .*\(5, 2, 3, 3\)"):
        run(drawn(5, (2, 3, 3)))
