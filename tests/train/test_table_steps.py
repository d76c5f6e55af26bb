"""Compiled steps over tables: loops look rows up and move them, to the numbers of eager steps."""

import numpy as np
import pytest

from micrograd import JitError, Value, dot, mean
from micrograd.losses import binary_cross_entropy_with_logits
from micrograd.nn import Embedding, Linear, Module
from micrograd.optim import SGD, Adagrad, SparseAdam
from micrograd.train import fit

OPTIMIZERS = {
    "SGD": lambda p: SGD(p, lr=0.1),
    "Adagrad": lambda p: Adagrad(p, lr=0.1, lr_decay=0.01),
    "SparseAdam": lambda p: SparseAdam(p, lr=0.1),
}
WORDS = np.random.default_rng(1).integers(0, 30, (50, 4))  # rows meet in a batch, and in an example


class Words(Module):
    """Values between two tables, a row that every example looks up, and what the penalty sees."""

    def __init__(self):
        self.centres = Embedding(30, 5, sparse=True, seed=1)
        self.bias = Linear(5, 1, seed=2)
        self.others = Embedding(30, 5, sparse=True, seed=3)
        self.one = Value(1.0)

    def loss(self, words):
        centre = self.centres(words[0])
        scores = [dot(centre, other) for other in self.others(words[1:])]
        start = self.bias([a * b for a, b in zip(self.centres(0), self.others(words[0]))])[0]
        losses = [binary_cross_entropy_with_logits(z, k == 0) for k, z in enumerate(scores)]
        return mean(losses) + start**2

    def penalty(self):
        return 0.1 * self.bias.bias[0] ** 2


def train(compile, make=OPTIMIZERS["SparseAdam"], model=None, loss=None, data=(WORDS,), **settings):
    model = model or Words()
    optimizer = make(model.parameters())
    settings = {"epochs": 2, "batch_size": 16, "seed": 1} | settings
    loss, settings["compile"] = loss or model.loss, compile
    history = fit(loss, data, model=model, optimizer=optimizer, progress=False, **settings)
    return history, model, optimizer


def assert_alike(one, other):
    (history, model, optimizer), (expected, twin, theirs) = one, other
    np.testing.assert_allclose(history.step_loss, expected.step_loss, rtol=1e-12)
    for name, array in twin.state_dict().items():
        np.testing.assert_allclose(model.state_dict()[name], array, rtol=1e-9, atol=1e-12)
    for state, wanted in zip(optimizer.state, theirs.state, strict=True):
        np.testing.assert_allclose(state, wanted, rtol=1e-9, atol=1e-12)
    grads = [[p.grad for p in m.parameters()] for m in (model, twin)]
    np.testing.assert_allclose(*grads, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("settings", [{}, {"clip_grad_norm": 0.1}, {"batch_size": 1, "epochs": 1}])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_compiled_steps_over_tables_are_eager_ones(name, settings):
    both = [train(compile, OPTIMIZERS[name], **settings) for compile in (True, False)]
    assert_alike(*both)


class Fields(Module):
    """One table for three columns of words, each in a part of its own."""

    def __init__(self):
        self.table = Embedding(90, 4, sparse=True, seed=1)
        self.out = Linear(4, 1, seed=2)

    def loss(self, words, y):
        rows = self.table([30 * k + word for k, word in enumerate(words)])
        return (self.out([mean(column) for column in zip(*rows)])[0] - y) ** 2


@pytest.mark.parametrize("words", [WORDS[:, :3], WORDS[:, :3].tolist()])
def test_an_index_can_be_a_number_of_the_data_with_a_constant_added(words):
    data = words, WORDS[:, 3]
    runs = [train(compile, model=m, data=data) for compile in (True, False) if (m := Fields())]
    assert_alike(*runs)


def test_a_second_run_goes_on_from_the_states_and_the_values_of_the_first():
    runs = []
    for compile in (True, False):
        model = Words()
        held = model.others.weight[int(WORDS[0, 1])][2]
        optimizer = SparseAdam(model.parameters(), lr=0.1)
        for _ in range(2):
            run = train(compile, lambda _, kept=optimizer: kept, model, penalty=model.penalty)
            assert held.data == model.state_dict()["others.weight"][WORDS[0, 1], 2]
            held.data += 1.0
        runs.append(run)
    assert_alike(*runs)


def test_no_value_is_made_of_rows_that_loops_look_up():
    model = Embedding(100_000, 8, sparse=True, seed=1)
    train(True, model=model, loss=lambda i, y: (dot(model(i), model(99_999)) - y) ** 2,
          data=(np.arange(64) * 1000, np.ones(64)))  # fmt: skip
    assert len(list(model.weight.made())) == 0
    assert model.weight[99_999][0].grad != 0


def test_what_is_measured_between_steps_is_computed_one_value_at_a_time(recwarn):
    def measured(compile):
        model = Words()
        settings = {
            "validation": (WORDS[:20],),
            "metrics": {"size": lambda w: model.others(w[1])[0]},
        }
        return train(compile, model=model, **settings)

    (history, *_), (expected, *_) = measured(True), measured(False)
    np.testing.assert_allclose(history.validation_loss, expected.validation_loss, rtol=1e-12)
    np.testing.assert_allclose(history.metrics["size"], expected.metrics["size"], rtol=1e-12)
    assert not recwarn.list  # of jit, which would run plainly, and remember a graph


def test_a_table_that_the_loss_does_not_look_up_stays_as_it_is():
    runs = []
    for compile in (True, False):
        model = Words()
        loss = lambda w, m=model: m.bias([*w, 1.0])[0] ** 2  # noqa: E731
        runs.append(train(compile, model=model, loss=loss, data=(WORDS / 30,)))
    assert_alike(*runs)


def test_steps_that_loops_cannot_do_are_done_one_value_at_a_time_in_between():
    runs = []
    for compile in (True, False):
        model = Words()
        bias = model.bias.bias[0]
        limit = bias.data - 0.05  # which the bias passes after some steps

        def loss(words, model=model, bias=bias, limit=limit):
            return model.loss(words) * (2.0 if bias > limit else 1.0)

        runs.append(train(compile, model=model, loss=loss, epochs=3))
        assert bias.data < limit
    assert_alike(*runs)


def test_an_index_out_of_range_is_named_with_its_example():
    words = WORDS.copy()
    words[40, 2] = 30
    with pytest.raises(IndexError, match="below the 30 rows, got 30") as raised:
        train(True, data=(words,))
    assert "example 40" in raised.value.__notes__[0]


@pytest.mark.parametrize(
    ("loss", "settings"),
    [
        (lambda m, w: dot(m.centres(w[0] + 0 * w[1]), m.others(w[1])), {}),  # computed
        (
            lambda m, w: dot(m.centres(w[0] * m.one), m.others(w[1])),
            {},
        ),  # by a number that may move
        (lambda m, w: dot(m.centres(w[0] + 0.5 - 0.5), m.others(w[0] % 30)), {}),
        (lambda m, w: dot(m.centres(w[0]), m.others.weight[3]), {}),  # not looked up
        (lambda m, w: dot(m.centres(w[0]), m.others(w[1])), {"dtype": "float32"}),
        (lambda m, w: dot(m.centres(w[0]), m.others(w[-1])), {"data": [[1, 2], [3, 4, 5]]}),
    ],
)
def test_what_loops_do_not_look_up_is_refused_or_done_one_value_at_a_time(loss, settings):
    model = Words()
    settings |= {"model": model, "loss": lambda w: loss(model, w), "batch_size": 2, "epochs": 1}
    before = model.state_dict()["centres.weight"].copy()
    with pytest.raises(JitError, match=r"sparse=True|of a table"):
        train(True, **settings)
    assert (model.state_dict()["centres.weight"] == before).all()
    with pytest.warns(RuntimeWarning, match="training eagerly"):
        history, *_ = train("auto", **settings)
    assert history.epochs == 1
