"""Losses have PyTorch's values and gradients, and are exact at any logit; labels are checked."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd import jit, losses
from micrograd.engine import Value

GOLDEN = json.loads((Path(__file__).parent / "golden" / "losses.json").read_text())
CASES = GOLDEN["cases"]
NAMES = sorted({case[0] for case in CASES})
ONE_OUTPUT = {"mse", "hinge", "binary_cross_entropy_with_logits"}


def floats(numbers):
    return [float.fromhex(x) for x in numbers]


@pytest.mark.parametrize("name", NAMES)
def test_values_and_gradients_are_those_of_pytorch(name):
    for _, inputs, target, value, gradient in [case for case in CASES if case[0] == name]:
        xs = [Value(x) for x in floats(inputs)]
        loss = getattr(losses, name)(xs[0] if name in ONE_OUTPUT else xs, target)
        loss.backward()
        assert loss.data == pytest.approx(float.fromhex(value), rel=1e-12, abs=1e-16)
        assert [x.grad for x in xs] == pytest.approx(floats(gradient), rel=1e-12, abs=1e-16)


def test_losses_do_not_round_away_what_is_small():
    assert losses.cross_entropy([Value(50.0), Value(0.0)], 0).data == math.exp(-50)
    assert losses.binary_cross_entropy_with_logits(Value(50.0), 1).data == math.exp(-50)
    assert losses.binary_cross_entropy_with_logits(Value(-50.0), 0).data == math.exp(-50)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6), st.data())
def test_cross_entropy_is_positive_and_its_gradient_sums_to_zero(logits, data):
    label = data.draw(st.integers(0, len(logits) - 1))
    xs = [Value(x) for x in logits]
    loss = losses.cross_entropy(xs, label)
    loss.backward()
    assert 0 <= loss.data < math.inf
    assert sum(x.grad for x in xs) == pytest.approx(0, abs=1e-9)


def test_lists_give_the_mean():
    assert losses.mse([Value(1.0), Value(2.0)], [0.0, 0.0]).data == 2.5
    assert losses.hinge([Value(0.5), Value(2.0)], np.array([1, -1])).data == 1.75
    one = losses.cross_entropy([Value(1.0), Value(2.0)], 1).data
    many = losses.cross_entropy([[Value(1.0), Value(2.0)]] * 3, [1, 1, 1]).data
    assert many == pytest.approx(one)
    assert losses.accuracy([Value(3.0), Value(-1.0)], [1, 1]) == 0.5


def test_lists_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="mse got 2 outputs and 1 targets"):
        losses.mse([Value(1.0), Value(2.0)], 0.0)


def test_a_label_may_be_a_value():
    logits = [Value(1.0), Value(2.0), Value(0.5)]
    given_value, given_int = losses.cross_entropy(logits, Value(1)), losses.cross_entropy(logits, 1)
    assert given_value.data == given_int.data
    assert losses.hinge(Value(0.3), Value(-1)).data == 1.3


@pytest.mark.parametrize("label", [3, -1, 0.5, "1", None, math.nan])
def test_a_label_out_of_range_is_named(label):
    with pytest.raises(IndexError, match=r"whole label from 0 to 2, got"):
        losses.cross_entropy([Value(1.0)] * 3, label)


@pytest.mark.parametrize("many", [[[0, 1, 0]], np.eye(3)[:1], [0, 1, 0]])
def test_one_hot_labels_are_told_how_they_become_numbers(many):
    logits = [Value(1.0)] * 3
    with pytest.raises(ValueError, match=r"number of a class, got .*is y.argmax\(-1\); of prob"):
        losses.cross_entropy(logits if np.ndim(many) == 1 else [logits], many)


def test_a_value_as_label_out_of_range_is_named():
    with pytest.raises(IndexError, match=r"whole index .* got 3.0"):
        losses.cross_entropy([Value(1.0)] * 3, Value(3))


@pytest.mark.parametrize("label", [0, 2, "1", None])
def test_hinge_wants_a_sign(label):
    with pytest.raises(
        ValueError,
        match=r"hinge expects a label of -1 or 1, which 2 \* y - 1 makes of 0 and 1, got",
    ):
        losses.hinge(Value(0.3), label)


@pytest.mark.parametrize(
    ("loss", "output"),
    [
        (losses.mse, Value(0.3)),
        (losses.hinge, Value(0.3)),
        (losses.binary_cross_entropy_with_logits, Value(0.3)),
        (losses.cross_entropy, [Value(0.3), Value(0.5)]),
        (losses.nll, [Value(-0.3), Value(-0.5)]),
    ],
)
def test_a_column_of_labels_is_to_be_flattened(loss, output):
    with pytest.raises(ValueError, match=r"one output, got array\(\[1\]\): flatten it, as y.ravel"):
        loss(output, np.array([1]))


def test_a_probability_beyond_one_is_named():
    with pytest.raises(ValueError, match=r"between 0 and 1, got 1.5"):
        losses.binary_cross_entropy_with_logits(Value(0.3), 1.5)


def test_cross_entropy_of_one_output_says_what_is_missing():
    for loss in (losses.cross_entropy, losses.nll):
        for wrong in (Value(1.0), []):
            with pytest.raises(TypeError, match=r"a list of numbers, one per class"):
                loss(wrong, 0)


def test_penalties_sum_absolute_values_and_squares():
    params = [Value(3.0), Value(-4.0)]
    absolute, square = losses.l1(params), losses.l2(params)
    (absolute + square).backward()
    assert (absolute.data, square.data) == (7.0, 25.0)
    assert [p.grad for p in params] == [7.0, -9.0]


def test_accuracy_is_one_for_the_right_answer():
    assert losses.accuracy([Value(0.1), Value(0.7), Value(0.2)], 1) == 1
    assert losses.accuracy([Value(0.1), Value(0.7), Value(0.2)], 0) == 0
    assert losses.accuracy(Value(-0.1), -1) == 1
    assert losses.accuracy(Value(-0.1), 1) == 0
    for label in (-1, 0, 1):  # as a last layer of one neuron gives it
        assert losses.accuracy([Value(-0.1)], label) == (label < 1)
    assert losses.accuracy([[Value(-0.1)], [Value(2.0)]], [0, 0]) == 0.5


WITH_SETTINGS = GOLDEN["with_settings"]


def nested(f, x):
    return [nested(f, part) for part in x] if isinstance(x, list) else f(x)


def flat(x):
    return [item for part in x for item in flat(part)] if isinstance(x, list) else [x]


@pytest.mark.parametrize("case", WITH_SETTINGS, ids=lambda case: f"{case[0]} {list(case[3])}")
def test_means_and_gradients_with_settings_are_those_of_pytorch(case):
    name, inputs, target, settings, value, gradient = case
    xs = nested(Value, inputs)
    loss = getattr(losses, name)(xs, target, **settings)
    loss.backward()
    assert loss.data == pytest.approx(value, rel=1e-12)
    assert [x.grad for x in flat(xs)] == pytest.approx(flat(gradient), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("settings", [{"weight": [0.5, 2.0, 1.0]}, {"ignore_index": -1}, {}])
def test_compiled_losses_take_labels_as_they_come(settings):
    rows = [Value(x) for x in (0.1, -0.2, 0.3)]

    def loss(x, label):
        out = [w * x for w in rows]
        return losses.cross_entropy(out, label, label_smoothing=0.1, **settings)

    compiled = jit(loss, backend="numpy")
    for label in (2, 0, 1, *([-1] if "ignore_index" in settings else [])) * 2:
        assert compiled(0.5, label).data == pytest.approx(loss(0.5, label).data, rel=1e-12)
    assert compiled.cache_info().made == 1


def test_a_label_that_is_ignored_adds_nothing_and_passes_no_gradient():
    logits = [Value(1.0), Value(2.0)]
    loss = losses.cross_entropy(logits, -100, ignore_index=-100)
    loss.backward()
    assert (loss.data, logits[0].grad, logits[1].grad) == (0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match=r"no label of \[-100, -100\] counts"):
        losses.cross_entropy([logits, logits], [-100, -100], ignore_index=-100)
    with pytest.raises(IndexError, match="whole label from 0 to 1, or -100, got -1"):
        losses.cross_entropy(logits, -1, ignore_index=-100)


def test_settings_of_losses_are_checked():
    with pytest.raises(ValueError, match=r"got 2 weights for 3 classes: \[1.0, 2.0\]"):
        losses.cross_entropy([Value(1.0)] * 3, 0, weight=[1.0, 2.0])
    with pytest.raises(ValueError, match=r"a share from 0 to 1, got 1.5"):
        losses.cross_entropy([Value(1.0)] * 3, 0, label_smoothing=1.5)
    with pytest.raises(ValueError, match="got 2 logits and 1 weights"):
        losses.binary_cross_entropy_with_logits([Value(1.0)] * 2, [1, 0], pos_weight=[2.0])
    with pytest.raises(ValueError, match="delta above 0, got 0"):
        losses.huber(Value(1.0), 0.0, delta=0)


def test_a_score_answers_for_zero_and_one_as_for_minus_one_and_one():
    scores = [2.0, -1.0, -3.0, 0.5]
    assert losses.accuracy(scores, [1, 0, 1, 1]) == 0.75
    assert losses.accuracy(scores, [1, -1, 1, 1]) == 0.75


def test_answers_of_zero_and_one_are_scores_as_well_and_nan_is_never_right():
    answers, labels = np.array([1, 0, 1, 0]), [1, 0, 0, 1]
    for scores in (answers, answers == 1, answers.tolist()):
        assert losses.accuracy(scores, labels) == 0.5
    assert [losses.accuracy(math.nan, label) for label in (-1, 0, 1)] == [0, 0, 0]
