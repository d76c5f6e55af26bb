"""fit by JAX and PyTorch over lists of different lengths comes to what the plain run comes to."""

import pytest

from micrograd import JitError, Value, mean
from micrograd.losses import cross_entropy
from micrograd.nn import (
    GRU,
    LSTM,
    RNN,
    Dropout,
    Embedding,
    Linear,
    Module,
    TransformerEncoderLayer,
    causal_mask,
)
from micrograd.optim import SGD
from micrograd.train import fit

BACKENDS = pytest.mark.parametrize("backend", ["torch", "jax"])
NAMES = [[(7 * i + j * j) % 5 for j in range(n)] for i, n in enumerate([6, 4, 8, 2, 5, 6, 3, 2])]
PATHS = [[[0.1 * x - 0.2, 0.3 - 0.1 * x] for x in name] for name in NAMES]
LABELS = [0, 1, 1, 0, 1, 0, 0, 1]


class Recurrent(Module):
    def __init__(self, cell):
        self.embed, self.cell = Embedding(5, 3, seed=1), cell(3, 4, seed=2)
        self.head = Linear(4, 5, seed=3)

    def __call__(self, name):
        outputs, _ = self.cell([self.embed(x) for x in name])
        return [self.head(h) for h in outputs]


class OfVectors(Module):
    def __init__(self):
        self.cell, self.head = GRU(2, 4, seed=2), Linear(4, 5, seed=3)

    def __call__(self, path):
        return [self.head(h) for h in self.cell(path)[0]]


class Attentive(Module):
    def __init__(self, causal):
        self.embed = Embedding(5, 4, seed=1)
        self.layer = TransformerEncoderLayer(4, 2, 8, dropout=0.0, seed=2)
        self.head, self.causal = Linear(4, 5, seed=3), causal

    def __call__(self, name):
        mask = causal_mask(len(name)) if self.causal else None
        return [self.head(h) for h in self.layer([self.embed(x) for x in name], mask)]


def last(model):
    return lambda name, label: cross_entropy(model(name)[-1], label)


def following(model):
    return lambda name: cross_entropy(model(name[:-1]), name[1:])


def both(model):
    return lambda a, b: mean([(x - y) ** 2 for x, y in zip(model(a)[-1], model(b)[-1])])


CASES = {
    "last step of an RNN": (lambda: Recurrent(RNN), last, (NAMES, LABELS)),
    "last step of a GRU": (lambda: Recurrent(GRU), last, (NAMES, LABELS)),
    "every step of an LSTM": (lambda: Recurrent(LSTM), following, (NAMES,)),
    "last step of a GRU over vectors": (OfVectors, last, (PATHS, LABELS)),
    "causal attention": (lambda: Attentive(True), following, (NAMES,)),
    "attention to all": (lambda: Attentive(False), following, (NAMES,)),
    "two lists, of lengths of their own": (lambda: Recurrent(RNN), both, (NAMES, NAMES[::-1])),
}


def trained(case, backend, **options):
    make, loss_of, data = CASES[case]
    model = make()
    history = fit(
        loss_of(model), data, model=model, optimizer=SGD(model.parameters(), lr=0.1), epochs=2,
        batch_size=3, seed=0, progress=False, backend=backend, compile=bool(backend), **options,
    )  # fmt: skip
    return [*history.step_loss, *[p.data for p in model.parameters()]]


@pytest.mark.parametrize(
    ("case", "backend"),
    [
        *[(case, "torch") for case in CASES],
        *[(case, "jax") for case in ("last step of a GRU", "causal attention")],
    ],
)
def test_lists_of_different_lengths_are_trained_as_they_are(case, backend):
    assert trained(case, backend) == pytest.approx(trained(case, None), rel=1e-12, abs=1e-12)


def test_another_run_may_have_other_lengths():
    model = Recurrent(RNN)
    loss, optimizer = last(model), SGD(model.parameters(), lr=0.1)
    options = {"model": model, "optimizer": optimizer, "epochs": 1, "progress": False}
    for names in (NAMES, [[1, 2], [3, 1, 4]]):
        data = names, LABELS[: len(names)]
        expected = mean([loss(*example) for example in zip(*data)]).data
        assert fit(loss, data, **options, backend="torch").loss[0] == pytest.approx(expected)


@BACKENDS
def test_what_a_loss_does_at_one_length_only_is_done_at_that_length(backend):
    class Weight(Module):
        def __init__(self):
            self.w = Value(1.0)

    def weight_after(where):
        model = Weight()
        fit(
            lambda xs: model.w * xs[-1] * (3.0 if len(xs) == 2 else 1.0), (NAMES,), model=model,
            optimizer=SGD([model.w], lr=0.1), epochs=1, progress=False, backend=where,
        )  # fmt: skip
        return model.w.data

    assert weight_after(backend) == pytest.approx(weight_after(None), rel=1e-14)


def test_random_numbers_for_lists_of_different_lengths_are_refused():
    model, drop = Recurrent(RNN), Dropout(0.5)
    with pytest.raises(JitError, match="draws random numbers for lists of different lengths"):
        fit(
            lambda name, y: cross_entropy([drop(x) for x in model(name)[-1]], y), (NAMES, LABELS),
            model=model, optimizer=SGD(model.parameters(), lr=0.1), epochs=1, progress=False,
            backend="torch",
        )  # fmt: skip
