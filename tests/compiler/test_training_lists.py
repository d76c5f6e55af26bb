"""fit by compiled loops over lists of different lengths."""

import io

import numpy as np
import pytest
from training_runs import Attentive, assert_same_run, train

from micrograd import JitError, mean, nn, optim
from micrograd import sum as total
from micrograd.losses import cross_entropy
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.train import fit

WORDS = [[(7 * i + j * j) % 5 for j in range(n)] for i, n in enumerate([6, 4, 8, 2, 5, 6, 11, 3])]


def reader(optimizer=optim.Adam):
    model = Attentive()
    return model, optimizer(model.parameters(), lr=0.05)


def loss_of_words():
    def of_model(model):
        return model.loss

    return of_model


@pytest.mark.parametrize("batch_size", [1, 3])
def test_one_program_takes_lists_of_all_lengths(batch_size):
    assert_same_run(reader, loss=loss_of_words(), data=WORDS, batch_size=batch_size)


@pytest.mark.usefixtures("without_compiler")
def test_numpy_takes_lists_of_all_lengths_too():
    assert_same_run(reader, loss=loss_of_words(), data=WORDS, batch_size=3, epochs=2)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("form", [list, np.array])
def test_one_program_takes_sequences_of_vectors_of_all_lengths(form, whole):
    vectors = [form([[c / 5, c % 2.0] for c in word]) for word in WORDS]
    labels = [len(word) % 2 for word in WORDS]

    def make():
        model = nn.Sequential(nn.LSTM(2, 3, seed=1), nn.Linear(3, 2, seed=2))
        return model, optim.Adam(model.parameters(), lr=0.05)

    def of_model(model):
        if whole:
            return lambda xs, y: cross_entropy(model[1](model[0](xs)[0][-1]), y)

        def loss(xs, y):
            state = None
            for x in xs:
                out, state = model[0]([x], state)
            return cross_entropy(model[1](out[0]), y)

        return loss

    assert_same_run(make, loss=of_model, data=(vectors, labels), batch_size=3, epochs=2)


@pytest.mark.parametrize(
    "middle",
    [
        lambda: nn.Residual(nn.Tanh()),
        lambda: nn.TransformerEncoderLayer(4, 2, 3, dropout=0.0, seed=3),
    ],
    ids=["each token by itself", "attention"],
)
def test_one_program_takes_all_lengths_without_a_recurrence(middle):
    def make():
        model = nn.Sequential(nn.Embedding(5, 4, seed=1), middle(), nn.Linear(4, 5, seed=2))
        return model, optim.Adam(model.parameters(), lr=0.05)

    def of_model(model):
        def loss(word):
            return mean([cross_entropy(y, to) for y, to in zip(model(word), word[1:])])

        return loss

    assert_same_run(make, loss=of_model, data=WORDS, batch_size=4, epochs=2)


def test_arrays_of_whole_numbers_are_tokens_as_lists_of_them_are():
    data = [np.array(word) for word in WORDS]
    assert_same_run(reader, loss=loss_of_words(), data=data, batch_size=3, epochs=2)


def test_a_penalty_counts_once_for_a_batch_of_lists():
    def of_model(model):
        return lambda: 0.1 * total([p * p for row in model.guess for p in row])

    assert_same_run(reader, loss=loss_of_words(), penalty=of_model, data=WORDS, batch_size=3)


def test_what_a_loss_does_at_one_length_only_is_done_at_that_length():
    def of_model(model):
        return lambda word: model.loss(word) * (3.0 if len(word) == 6 else 1.0)

    assert_same_run(reader, loss=of_model, data=WORDS, batch_size=1)


def test_metrics_of_lists_are_the_same():
    def of_model(model):
        return {"loss again": model.loss}

    eager, compiled = assert_same_run(
        reader, loss=loss_of_words(), data=WORDS, batch_size=1, metrics=of_model, epochs=2
    )
    again = [history.metrics["loss again"] for history in (eager, compiled)]
    assert np.allclose(*again, rtol=1e-9)


def test_lists_shorter_than_those_that_were_traced_are_compiled_too():
    """Attention at two and three words: its loops have one step or none."""
    model, optimizer = reader()
    runs = io.StringIO()  # what is written to a file stays outside of what fit watches

    def loss(word):
        print(end=".", file=runs)
        return model.loss(word)

    def calls_of(epochs):
        before = len(runs.getvalue())
        fit(loss, [(w,) for w in WORDS], model=model, optimizer=optimizer, epochs=epochs,
            batch_size=1, progress=False, compile=True)  # fmt: skip
        return len(runs.getvalue()) - before

    calls_of(1)
    assert calls_of(9) == calls_of(1)


def test_other_lengths_need_no_other_program():
    found = []
    for compile in (False, True):
        model, optimizer = reader()
        for words in (WORDS[:4], WORDS[3:], WORDS):
            history = train(model, optimizer, compile, loss=model.loss, data=words)
        found.append(history.step_loss)
    assert found[1] == pytest.approx(found[0], rel=1e-9)


@pytest.fixture
def without_compiler(monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler")


ROWS = [[0.1, 0.2], [0.3, 0.4], [-0.5, 0.6]]


@pytest.mark.parametrize("batch_size", [None, 1])
@pytest.mark.parametrize("is_list", [True, False])
def test_rows_are_what_they_were_given_as(is_list, batch_size):
    rows = ROWS if is_list else np.array(ROWS)

    def trained(compile):
        model = MLP(2, [2, 1], seed=1)

        def loss(x, y):  # of a list, x + x is twice as long; of an array, it is the sum
            assert isinstance(x + x, list) is is_list
            return (model((x + x)[:2]) - y) ** 2 * len(x + x)

        data, optimizer = (rows, [1.0, 2.0, 3.0]), SGD(model.parameters(), lr=0.1)
        return fit(loss, data, model=model, optimizer=optimizer, epochs=2, compile=compile,
                   batch_size=batch_size, progress=False, seed=1).loss  # fmt: skip

    assert trained(True) == pytest.approx(trained(False), rel=1e-12)


def test_a_loss_with_numbers_of_each_place_says_what_it_asks_of_the_lists():
    layer, head = nn.TransformerEncoderLayer(2, 1, 4, dropout=0.0, seed=1), nn.Linear(2, 5, seed=2)
    model = nn.Sequential(nn.Embedding(5, 2, seed=3), layer, head)

    def loss(letters, following):
        x = layer(model[0](letters), nn.causal_mask(len(letters)))
        return cross_entropy(head(x), following, ignore_index=-1)

    def run(data):
        options = {"batch_size": 2, "compile": True, "progress": False}
        adam = optim.Adam(model.parameters(), lr=0.01)
        return fit(loss, data, model=model, optimizer=adam, epochs=1, **options)

    with pytest.raises(JitError, match=r"fill the lists up .* ignore_index(.|\n)*lists.py:\d+"):
        run([(word[:-1], word[1:]) for word in WORDS])
    filled = [(word + [0] * (11 - len(word)), word[1:] + [-1] * (12 - len(word))) for word in WORDS]
    assert len(run(filled).step_loss) == 4
