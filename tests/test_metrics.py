"""Metrics are scikit-learn's, for scores and for classes, of Values and of plain numbers."""

import math

import numpy as np
import pytest
from sklearn import metrics as theirs

from micrograd import Value, metrics

RNG = np.random.default_rng(1)
LOGITS = RNG.normal(size=(40, 3))
CLASSES = RNG.integers(0, 3, 40)
SCORES = RNG.normal(size=40)


@pytest.mark.parametrize("low", [0, -1])
def test_measures_of_two_classes_are_scikit_learns(low):
    labels = np.where(RNG.normal(size=40) > 0, 1, low)
    answers = np.where(SCORES > 0, 1, low)
    assert metrics.classes(SCORES, labels) == answers.tolist()
    assert metrics.confusion(SCORES, labels) == theirs.confusion_matrix(labels, answers).tolist()
    assert metrics.accuracy(SCORES, labels) == pytest.approx(theirs.accuracy_score(labels, answers))
    for ours, name in ((metrics.precision, "precision"), (metrics.recall, "recall")):
        expected = getattr(theirs, f"{name}_score")(labels, answers)
        assert ours(SCORES, labels) == pytest.approx(expected)
    assert metrics.f1(SCORES, labels, low) == pytest.approx(
        theirs.f1_score(labels, answers, pos_label=low)
    )


def test_measures_of_many_classes_are_scikit_learns():
    answers = LOGITS.argmax(axis=1)
    assert metrics.confusion(LOGITS, CLASSES) == theirs.confusion_matrix(CLASSES, answers).tolist()
    assert metrics.f1(LOGITS, CLASSES, None) == pytest.approx(
        theirs.f1_score(CLASSES, answers, average="macro")
    )
    assert metrics.recall(LOGITS, CLASSES, 2) == pytest.approx(
        theirs.recall_score(CLASSES, answers, labels=[2], average="macro")
    )


def test_r2_is_scikit_learns():
    targets = SCORES + 0.1 * RNG.normal(size=40)
    assert metrics.r2(SCORES, targets) == pytest.approx(theirs.r2_score(targets, SCORES))
    with pytest.raises(ValueError, match=r"targets that are all 1.0: there is nothing to explain"):
        metrics.r2([1.0, 2.0], [1.0, 1.0])


@pytest.mark.parametrize("name", ["mean_absolute_error", "root_mean_squared_error"])
def test_errors_in_the_targets_unit_are_scikit_learns(name):
    measure, targets = getattr(metrics, name), SCORES + 0.1 * RNG.normal(size=40)
    expected = pytest.approx(getattr(theirs, name)(targets, SCORES))
    assert measure(SCORES, targets) == expected
    assert measure(SCORES.reshape(40, 1), targets.tolist()) == expected
    with pytest.raises(ValueError, match=f"{name} got 40 predictions and 3 targets: pass as many"):
        measure(SCORES, targets[:3])


def test_perplexity_is_that_of_the_right_symbols():
    logits = np.log([[0.5, 0.5], [0.25, 0.75]])
    assert metrics.perplexity(logits, [0, 1]) == pytest.approx((0.5 * 0.75) ** -0.5)
    assert metrics.perplexity([logits.tolist()] * 2, [[0, 1]] * 2) == pytest.approx(
        (0.5 * 0.75) ** -0.5
    )


def test_values_and_outputs_of_length_one_are_scores_too():
    assert metrics.classes([Value(1.0), Value(-1.0)]) == [1, 0]
    assert metrics.classes([[Value(1.0)], [Value(-1.0)]], [1, -1]) == [1, -1]
    assert metrics.confusion(np.array([[1.5], [0.25]]), np.array([1.0, 0.0])) == [[0, 1], [0, 1]]


def test_labels_may_be_truth_values():
    right = np.array([1, 0, 1]) == 1  # NumPy's own, which are no whole numbers
    assert metrics.confusion([1.0, -1.0, -1.0], right) == [[1, 0], [1, 1]]
    assert metrics.f1([1.0, -1.0], [True, False]) == 1.0


def test_a_share_of_nothing_is_nan():
    assert math.isnan(metrics.precision([-1.0, -2.0], [1, 0]))
    assert math.isnan(metrics.recall([-1.0, -2.0], [0, 0]))


def test_as_many_labels_as_outputs_are_wanted():
    with pytest.raises(ValueError, match="confusion got 2 outputs and 1 labels: pass as many"):
        metrics.confusion([1.0, 2.0], [1])


@pytest.mark.parametrize("name", ["classes", "confusion", "precision", "recall", "f1", "accuracy"])
def test_probabilities_in_place_of_scores_are_warned_of(name, recwarn):
    measure, p, labels = getattr(metrics, name), np.array([0.9, 0.2, 0.4]), [1, 0, 0]
    with pytest.warns(
        RuntimeWarning, match=f"{name} .* all 3 are from 0 to 1: .* pass p > 0.5"
    ) as w:
        measure(p, labels)
    assert w[0].filename == __file__
    for scores in (p > 0.5, (p > 0.5).astype(int), p - 0.5, np.stack([1 - p, p], axis=1)):
        assert measure(scores, labels) == measure([1.0, -1.0, -1.0], labels)
    assert not recwarn


OF_ALL = ["confusion", "precision", "recall", "f1", "r2", "mean_absolute_error", "perplexity"]


@pytest.mark.parametrize("name", OF_ALL)
def test_what_is_measured_on_all_examples_is_refused_of_one(name):
    with pytest.raises(
        TypeError, match=f"{name} is of all examples, after .* fit's metrics take one"
    ):
        getattr(metrics, name)([0.5, 0.25], 1)


def test_errors_of_one_example_are_told_so_also_as_a_loss():
    with pytest.raises(TypeError, match="r2 is of all examples, after training"):
        metrics.r2(Value(0.5), 1.0)
