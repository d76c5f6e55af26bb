"""What is true of layers besides their numbers: draws, shapes, messages, training."""

import math
import random

import numpy as np
import pytest

from micrograd import Value
from micrograd import random as draws
from micrograd.losses import cross_entropy
from micrograd.nn import (
    GRU,
    LSTM,
    RNN,
    BatchNorm2d,
    Conv1d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    LayerNorm,
    Linear,
    MaxPool2d,
    Module,
    ModuleList,
    MultiheadAttention,
    ReLU,
    Residual,
    Sequential,
    Softmax,
    Tanh,
    TransformerEncoderLayer,
    causal_mask,
    positional_encoding,
    summary,
)
from micrograd.optim import Adam
from micrograd.train import fit


def numbers(model):
    return [p.data for p in model.parameters()]


# Draws


@pytest.mark.parametrize(
    ("layer", "inputs"), [(Linear(9, 50, seed=1), 9), (Conv2d(3, 20, 3, seed=1), 27)]
)
def test_weights_and_biases_are_drawn_within_one_over_the_root_of_the_inputs(layer, inputs):
    drawn = np.array(numbers(layer)) * inputs**0.5
    assert -1 <= drawn.min() < -0.9
    assert 0.9 < drawn.max() <= 1


def test_recurrent_layers_draw_by_the_length_of_their_state():
    drawn = np.array(numbers(LSTM(100, 4, seed=1))) * 2
    assert (-1 <= drawn.min() < -0.98, 0.98 < drawn.max() <= 1) == (True, True)


def test_embeddings_are_drawn_normally():
    drawn = np.array(numbers(Embedding(100, 20, seed=1)))
    assert (drawn.mean(), drawn.std()) == pytest.approx((0.0, 1.0), abs=0.05)


def test_attention_begins_without_biases():
    state = MultiheadAttention(4, 2, seed=1).state_dict()
    assert not state["in_proj_bias"].any()
    assert not state["out_proj.bias"].any()
    assert 0.5 < np.abs(state["in_proj_weight"]).max() <= (6 / 16) ** 0.5


def test_a_seed_repeats_a_layer_and_without_one_pythons_own_counts():
    assert numbers(LSTM(2, 3, seed=5)) == numbers(LSTM(2, 3, seed=5))
    random.seed(5)
    assert numbers(LSTM(2, 3)) == numbers(LSTM(2, 3, seed=5))
    rng = random.Random(5)
    assert numbers(Linear(2, 2, seed=rng)) != numbers(Linear(2, 2, seed=rng))


# Containers


def test_sequential_hands_on_what_each_gave():
    model = Sequential(Linear(2, 3, seed=1), Tanh(), Linear(3, 1, seed=2))
    inner = model[0]([0.5, -1.0])
    assert [y.data for y in model([0.5, -1.0])] == [
        y.data for y in model[2]([x.tanh() for x in inner])
    ]
    assert [type(module) for module in model] == [Linear, Tanh, Linear]


def test_a_repr_is_what_one_types():
    text = "Sequential(Conv2d(1, 2, (3, 3), (1, 1), (1, 1)), ReLU(), Flatten(0, -1), Linear(8, 1))"
    assert repr(eval(text, {k: x for k, x in globals().items() if isinstance(x, type)})) == text


def test_modules_of_a_list_are_found_also_those_that_come_later():
    blocks = ModuleList([Linear(1, 1)])
    assert [name for name, _ in blocks.named_parameters()] == ["0.weight.0.0", "0.bias.0"]
    blocks.append(Linear(1, 1))
    assert list(blocks.state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias"]
    assert len(list(blocks.modules())) == 3


def test_a_slice_of_modules_is_such_modules_again():
    model = Sequential(Linear(2, 3), Tanh(), Linear(3, 1))
    assert repr(model[:2]) == "Sequential(Linear(2, 3), Tanh())"
    assert all(a is b for a, b in zip(model[:2].parameters(), model[0].parameters(), strict=True))
    blocks = ModuleList([Tanh()]).extend(model[1:])
    assert repr(blocks[1:]) == "ModuleList([Tanh(), Linear(3, 1)])"


def test_modules_have_the_paths_of_their_parameters():
    model = Sequential(Linear(1, 1), Sequential(Tanh()))
    assert [path for path, _ in model.named_modules()] == ["", "0", "1", "1.0"]


def test_only_modules_go_into_a_list_of_modules():
    with pytest.raises(TypeError, match=r"Sequential holds modules of micrograd.nn, got <built-in"):
        Sequential(Linear(1, 1), len)


# Embedding


def test_an_embedding_gives_rows_and_passes_gradients_to_them_alone():
    table = Embedding(4, 2, seed=1)
    rows = table([2, 0, 2])
    assert rows[0] == table.weight[2]
    sum(x for row in rows for x in row).backward()
    assert [w.grad for row in table.weight for w in row] == [1, 1, 0, 0, 2, 2, 0, 0]
    with pytest.raises(IndexError, match=r"Embedding\(4, 2\): .* below the 4 rows, got 4"):
        table([1, 4])
    with pytest.raises(IndexError, match=r"Embedding\(4, 2, sparse=True\): .* got -1"):
        Embedding(4, 2, sparse=True)(-1)


# Attention


def test_a_causal_mask_hides_what_comes_later():
    layer = TransformerEncoderLayer(4, 2, 8, seed=1).eval()
    x = [[0.1, 0.2, 0.3, 0.4], [0.5, -0.6, 0.7, 0.8], [0.9, 1.0, -1.1, 1.2]]
    changed = [*x[:2], [9.0, 9.0, 9.0, 9.0]]
    before, after = (layer(rows, causal_mask(3)) for rows in (x, changed))
    assert [v.data for row in before[:2] for v in row] == [v.data for row in after[:2] for v in row]
    assert before[2][0].data != after[2][0].data


def test_numbers_in_a_mask_are_added_to_the_scores_and_minus_infinity_hides():
    attention = MultiheadAttention(2, 1, seed=1)
    x = [[0.1, 0.2], [0.3, 0.4]]
    hidden = [[False, True], [False, False]]
    for mask in ([[0.0, -np.inf], [0.0, 0.0]], np.array(hidden)):
        out, weights = attention(x, x, x, attn_mask=mask)
        expected, _ = attention(x, x, x, attn_mask=hidden)
        assert [v.data for row in out for v in row] == [v.data for row in expected for v in row]
    assert weights[0][1] == 0.0
    _, moved = attention(x, x, x, attn_mask=[[0.0, 0.0], [5.0, 0.0]])
    _, still = attention(x, x, x)
    assert moved[1][0].data > still[1][0].data
    assert moved[0][0].data == still[0][0].data


def test_padding_is_hidden_from_all_places_as_by_a_mask():
    attention = MultiheadAttention(2, 1, seed=1)
    x, padding = [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]], [False, False, True]
    for mask in (None, causal_mask(3)):
        hidden = [[a or b for a, b in zip(row, padding)] for row in mask or [[False] * 3] * 3]
        found, weights = attention(x, x, x, key_padding_mask=np.array(padding), attn_mask=mask)
        expected, _ = attention(x, x, x, attn_mask=hidden)
        assert [v.data for row in found for v in row] == [v.data for r in expected for v in r]
        assert [row[2] for row in weights] == [0.0] * 3
    layer = TransformerEncoderLayer(2, 1, 4, dropout=0.0, seed=1)
    short, long = layer(x[:2]), layer(x, src_key_padding_mask=padding)
    assert [v.data for row in long[:2] for v in row] == [v.data for row in short for v in row]
    with pytest.raises(ValueError, match=r"lets place 0 look at nothing: \[True, True, True\]"):
        attention(x, x, x, key_padding_mask=[True] * 3)
    with pytest.raises(ValueError, match=r"MultiheadAttention\(.* expects the shape \(3,\)"):
        attention(x, x, x, key_padding_mask=padding[:2])


def test_a_mask_of_whole_numbers_is_refused_since_it_says_neither():
    attention = MultiheadAttention(2, 1, seed=1)
    x = [[0.1, 0.2], [0.3, 0.4]]
    with pytest.raises(TypeError, match="a mask holds True, False or floats, got the int 0"):
        attention(x, x, x, attn_mask=[[0, 1], [0, 0]])
    _, weights = attention(x, x, x, attn_mask=[list(row) for row in np.array(causal_mask(2))])
    assert (weights[0][0].data, weights[0][1]) == (1.0, 0.0)


def test_a_place_that_may_look_at_nothing_is_an_error():
    attention = MultiheadAttention(2, 1, seed=1)
    with pytest.raises(ValueError, match=r"lets place 1 look at nothing: \[True, True\]"):
        attention([[1, 2]] * 2, [[1, 2]] * 2, [[1, 2]] * 2, attn_mask=[[False, True], [True] * 2])


def test_attention_forgets_weights_while_training_alone():
    attention = MultiheadAttention(2, 1, dropout=0.5, seed=1)
    x = [[0.1, 0.2], [0.3, 0.4]]
    draws.seed(3)
    outs = [[v.data for row in attention(x, x, x)[0] for v in row] for _ in range(4)]
    assert len(set(map(tuple, outs))) > 1
    attention.eval()
    outs = [[v.data for row in attention(x, x, x)[0] for v in row] for _ in range(2)]
    assert outs[0] == outs[1]


@pytest.mark.parametrize("kind", [RNN, GRU, LSTM])
def test_recurrent_layers_forget_between_two_of_them_while_training(kind):
    x = [[0.1, 0.2], [0.3, 0.4]]
    one, two = kind(2, 3, 1, dropout=0.5, seed=1), kind(2, 3, 2, dropout=0.5, seed=1)

    def outs(layer):
        return {tuple(v.data for row in layer(x)[0] for v in row) for _ in range(4)}

    assert len(outs(one)) == 1
    assert len(outs(two)) > 1
    assert outs(two.eval()) == outs(kind(2, 3, 2, seed=1))
    with pytest.raises(ValueError, match="got 1"):
        kind(2, 3, 2, dropout=1)


def test_examples_of_a_batch_that_attention_gets_have_to_be_as_many():
    attention = MultiheadAttention(2, 1, batch_first=True)
    x = [[[0.1, 0.2]]]
    with pytest.raises(ValueError, match=r"as many examples of each, got \[1, 1, 2\]"):
        attention(x, x, x * 2)
    with pytest.raises(ValueError, match=r"as many examples of each, got \[1, 1, 1, 2\]"):
        attention(x, x, x, [[False]] * 2)


def test_padding_of_a_batch_is_each_examples_own():
    layer = TransformerEncoderLayer(2, 1, 3, 0.0, batch_first=True, seed=1)
    x = [[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.6], [0.7, 0.8]]]
    padding = [[False, True], [False, False]]
    found = layer(x, None, padding)
    expected = [layer(row, None, hidden) for row, hidden in zip(x, padding)]
    assert [v.data for rows in found for row in rows for v in row] == [
        v.data for rows in expected for row in rows for v in row
    ]


def test_positions_are_encoded_by_sines_and_cosines():
    at = np.arange(5)[:, None] / 10000 ** (np.array([0, 0, 2, 2, 4]) / 5)
    expected = np.where(np.arange(5) % 2, np.cos(at), np.sin(at))
    assert np.array(positional_encoding(5, 5)) == pytest.approx(expected, abs=1e-15)


# Messages


@pytest.mark.parametrize(
    ("layer", "x", "message"),
    [
        (Linear(3, 2), [1.0, 2.0], r"Linear\(3, 2\) expects the shape \(\.\.\., 3\), got a list of "
         r"the shape \(2,\)"),
        (Linear(2, 2), [[1.0, 2.0], [1.0]], r"Linear\(2, 2\) .* got a list of lists of different"),
        (Conv2d(3, 8, 3), np.zeros((1, 28, 28)), r"\(3, height, width\) or \(batch, 3, height, "
         r"width\), got a ndarray of the shape \(1, 28, 28\)"),
        (Conv1d(1, 1, 5), [[1.0, 2.0]], "windows of 5, and what it got is 2 long"),
        (MaxPool2d(3), [[1.0, 2.0]], "windows of 3, and what it got is 1 long"),
        (LayerNorm((2, 3)), [1.0, 2.0, 3.0], r"expects the shape \(\.\.\., 2, 3\), got a list of"),
        (BatchNorm2d(2), [[[[1.0]]] * 2], "got one number for each feature: give it two"),
        (LSTM(2, 3), [1.0, 2.0], r"LSTM\(2, 3, 1\) expects the shape \(length, 2\) or .*"),
        (Flatten(), [1.0, 2.0], r"Flatten\(1, -1\) of what has 1 axes"),
        (Softmax(0), [[1.0, 2.0]], r"Softmax\(0\) works along the last axis, 1 here"),
        (Tanh(), [1.0, "a"], r"Tanh\(\) expects a Value or a number, got str 'a'"),
    ],
)  # fmt: skip
def test_a_wrong_shape_is_said_with_the_layer_and_what_it_wants(layer, x, message):
    with pytest.raises((ValueError, TypeError), match=message):
        layer(x)


def test_other_sizes_that_do_not_go_together_are_refused():
    with pytest.raises(ValueError, match="got 3 heads for 4 numbers"):
        MultiheadAttention(4, 3)
    with pytest.raises(ValueError, match=r"at most half of the kernel_size \(2, 2\), got 2"):
        MaxPool2d(2, padding=2)
    with pytest.raises(ValueError, match=r"groups divide .*, got 2 for 3 and 2"):
        Conv1d(3, 2, 2, groups=2)
    with pytest.raises(ValueError, match=r"keeps the length, which a stride of \(2, 1\) does not"):
        Conv2d(1, 1, 3, stride=(2, 1), padding="same")
    with pytest.raises(ValueError, match='a whole number, "same" or "valid", got \'full\''):
        Conv2d(1, 1, 3, padding="full")
    with pytest.raises(TypeError, match=r"two for height and width, got \[1, 2, 3\]"):
        Conv2d(1, 1, [1, 2, 3])


@pytest.mark.parametrize(("kind", "shape"), [(Conv1d, (1, 4)), (Conv2d, (1, 3, 4))])
def test_valid_padding_is_none(kind, shape):
    x = np.arange(np.prod(shape), dtype=float).reshape(1, *shape)
    valid, none = kind(1, 1, 2, padding="valid", seed=1), kind(1, 1, 2, padding=0, seed=1)
    np.testing.assert_array_equal(valid.predict(x), none.predict(x))


# Training


def trained(make, loss, data, compiled):
    """The losses of three epochs."""
    model = make()
    return fit(
        lambda *example: loss(model, *example),
        data,
        model=model,
        optimizer=Adam(model.parameters(), lr=0.05),
        epochs=3,
        batch_size=5,
        seed=1,
        progress=False,
        compile=compiled,
    ).loss


def test_a_convolutional_network_is_trained_as_loops():
    X = np.random.default_rng(0).random((12, 1, 4, 4))
    data = X, (X[:, 0, 0, 0] > 0.5).astype(int)

    def make():
        conv, linear = Conv2d(1, 2, 3, padding=1, seed=1), Linear(8, 2, seed=2)
        return Sequential(conv, ReLU(), MaxPool2d(2), Flatten(0), linear)

    def loss(model, x, label):
        return cross_entropy(model(x), label)

    losses = trained(make, loss, data, compiled=True)
    assert losses == pytest.approx(trained(make, loss, data, compiled=False), rel=1e-9)
    assert losses[-1] < losses[0]


class Letters(Module):
    def __init__(self):
        self.embedding = Embedding(4, 2, seed=1)
        self.lstm = LSTM(2, 3, seed=2)
        self.head = Linear(3, 4, seed=3)

    def __call__(self, letters):
        seen, _ = self.lstm(self.embedding(letters))
        return self.head(seen)


@pytest.mark.deep
def test_an_lstm_is_trained_as_loops_on_words_of_different_lengths():
    words = [[0, 1, 2, 0], [0, 3, 3, 1, 2, 0], [0, 2, 0], [0, 1, 1, 2, 3, 0], [0, 3, 2, 1, 0]]

    def loss(model, word):
        return cross_entropy(model(word[:-1]), word[1:])

    losses = trained(Letters, loss, words, compiled=True)
    assert losses == pytest.approx(trained(Letters, loss, words, compiled=False), rel=1e-9)


# summary


def test_a_summary_counts_parameters_and_operations_and_changes_nothing():
    model = Sequential(Linear(2, 3, seed=1), Dropout(0.5), Linear(3, 1, seed=2))
    rows = summary(model, [1.0, 2.0]).rows
    assert [(row.path, row.kind, row.shape, row.parameters) for row in rows] == [
        ("", "Sequential", (1,), 13),
        ("0", "Linear", (3,), 9),
        ("1", "Dropout", (3,), 0),
        ("2", "Linear", (1,), 4),
    ]
    assert [row.operations for row in rows] == [12 + 5, 12, 0, 5]
    assert type(model[1]) is Dropout
    assert model[1].training


def test_a_summary_counts_a_module_that_is_called_twice_and_shows_one_that_is_not():
    class Twice(Module):
        def __init__(self):
            self.inner, self.unused = Tanh(), Tanh()

        def __call__(self, x):
            return self.inner(self.inner(x))

    lines = str(summary(Twice(), [Value(1.0)] * 3)).splitlines()
    assert lines[2:] == [
        "  inner Tanh   (3,)             0           6",
        "  unused Tanh  -                0           0",
    ]


def test_what_goes_around_a_residual_is_added_to_what_goes_through():
    body, around = Linear(2, 3, seed=1), Linear(2, 3, bias=False, seed=2)
    x = [0.5, -1.0]
    sums = [a + b for a, b in zip(body(x), around(x), strict=True)]
    assert [y.data for y in Residual(body, around)(x)] == [y.data for y in sums]
    assert [y.data for y in Residual(Tanh())([Value(1.0)])] == [1.0 + math.tanh(1.0)]
    with pytest.raises(ValueError, match=r"of the shape \(3,\), to \(2,\): a shortcut, such as"):
        Residual(body)(x)
    with pytest.raises(TypeError, match=r"made of modules of micrograd\.nn, got 5"):
        Residual(Tanh(), 5)


@pytest.mark.parametrize("kind", [RNN, GRU, LSTM])
def test_a_batch_of_sequences_of_another_shape_is_named(kind):
    layer = kind(2, 3, batch_first=True)
    assert "batch_first=True" in repr(layer)
    with pytest.raises(ValueError, match=r"shape \(length, 2\) or \(batch, length, 2\), got .*4\)"):
        layer([[[0.0] * 4] * 3] * 2)
    first = [[0.0] * 3]
    if kind is LSTM:
        with pytest.raises(ValueError, match=r"expects a state of two, \(h0, c0\), got \[\[0"):
            layer([[[0.0] * 2] * 3] * 2, first)
    with pytest.raises(ValueError, match=r"expects the shape \(1, 2, 3\), got .*\(1, 3\)"):
        layer([[[0.0] * 2] * 3] * 2, (first, first) if kind is LSTM else first)
