"""What a model predicts: plain numbers, in evaluation mode, without a trace in the model."""

import io
import math
import pickle

import numpy as np
import pytest

from micrograd import Value
from micrograd.nn import MLP, Dropout, Linear, Module, Sequential

X = np.array([[0.1, 0.2], [0.3, -0.4], [1.0, 2.0]])


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("rows", [X, X.tolist()])
def test_predictions_are_an_array_with_a_row_for_each(outputs, rows):
    model = MLP(2, [4, outputs], seed=1)
    made = model.predict(rows)
    assert made.dtype == float
    assert made.shape == ((3,) if outputs == 1 else (3, 3))
    one = model(X[1])
    assert np.all(made[1] == np.array([v.data for v in (one if outputs > 1 else [one])]))


def test_predicting_is_in_evaluation_mode_and_leaves_the_mode_as_it_was():
    class Noisy(Module):
        def __init__(self):
            self.drop, self.w = Dropout(0.5), Value(2.0)

        def __call__(self, x):
            return self.drop(self.w * x[0])

    model = Noisy()
    assert model.predict(X).tolist() == [0.2, 0.6, 2.0]
    assert model.training
    assert model.drop.training
    model.drop.eval()
    model.predict(X)
    assert (model.training, model.drop.training) == (True, False)


def test_what_is_no_batch_is_refused():
    with pytest.raises(TypeError, match="predict expects numbers"):
        MLP(2, [1]).predict("rows")


@pytest.mark.parametrize("model", [MLP(2, [1]), Sequential(Linear(2, 1))], ids=repr)
def test_one_row_is_to_be_put_into_a_list(model):
    with pytest.raises(TypeError, match=r"predict takes rows: pass \[row\] for one"):
        model.predict([0.1, 0.2])


@pytest.mark.parametrize("rows", [[], np.zeros((0, 2))], ids=["list", "array"])
@pytest.mark.parametrize(
    ("model", "shape", "classes"),
    [
        (MLP(2, [3, 1]), (0,), 2),
        (MLP(2, [3, 4]), (0, 4), 4),
        (Sequential(Linear(2, 1)), (0, 1), 2),
    ],
    ids=["score", "logits", "layers"],
)
def test_of_no_rows_no_rows_are_predicted(model, shape, classes, rows):
    assert model.predict(rows).shape == shape
    assert model.predict_proba(rows).shape == (0, classes)


def test_how_long_no_rows_are_is_asked_for_where_the_model_does_not_say():
    class Product(Module):
        def __init__(self):
            self.w = Value(2.0)

        def __call__(self, x):
            return self.w * x[0] * x[1]

    assert Product().predict(np.zeros((0, 2))).shape == (0,)
    with pytest.raises(ValueError, match=r"predict of no rows .* pass np.zeros\(\(0, n\)\)"):
        Product().predict([])


def test_probabilities_are_the_softmax_of_logits_and_the_sigmoid_of_a_score():
    model = MLP(2, [4, 3], seed=1)
    powers = np.exp(model.predict(X))
    assert model.predict_proba(X) == pytest.approx(powers / powers.sum(axis=1, keepdims=True))
    for scored in (MLP(2, [4, 1], seed=1), Sequential(Linear(2, 1, seed=1))):
        score = scored.predict(X).reshape(-1)
        expected = np.stack([1 / (1 + np.exp(score)), 1 / (1 + np.exp(-score))], axis=1)
        assert scored.predict_proba(X) == pytest.approx(expected)


def test_probabilities_do_not_overflow_and_need_one_row_for_each_example():
    model = Linear(1, 2, seed=1)
    assert model.predict_proba([[1e6]]).sum() == pytest.approx(1.0)
    with pytest.raises(ValueError, match=r"got outputs of the shape \(2, 2\)"):
        model.predict_proba([[[1.0], [2.0]]])


class Line(Module):
    def __init__(self, curve=lambda x: x):
        self.w, self.curve, self.runs = Value(2.0), curve, io.StringIO()

    def __call__(self, x):
        print(end=".", file=self.runs)
        return self.curve(x[0]) * self.w + x[1]


def test_many_rows_are_predicted_by_loops_that_follow_the_model():
    model, X = Line(), np.random.default_rng(0).normal(size=(100_000, 2))
    assert model.predict(X) == pytest.approx(2 * X[:, 0] + X[:, 1], rel=1e-12)
    model.w.data = 3.0
    assert model.predict(X[:7]) == pytest.approx(3 * X[:7, 0] + X[:7, 1], rel=1e-12)
    assert len(model.runs.getvalue()) < 20
    model.curve = lambda x: x * x
    assert model.predict(X[:7]) == pytest.approx(3 * X[:7, 0] ** 2 + X[:7, 1], rel=1e-12)
    again = pickle.loads(pickle.dumps(MLP(2, [3, 1], seed=1)))
    assert again.predict(X[:3]) == pytest.approx(MLP(2, [3, 1], seed=1).predict(X[:3]), rel=1e-12)


def test_what_cannot_be_compiled_is_predicted_row_by_row():
    model, X = Line(lambda x: math.lgamma(x + 3)), np.array([[0.5, 1.0], [1.5, 2.0]])
    for _ in range(3):
        assert model.predict(X).tolist() == [math.lgamma(x + 3) * 2.0 + y for x, y in X]
