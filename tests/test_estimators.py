"""Estimators are what scikit-learn asks of them, and work in its pipelines and searches."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.utils.estimator_checks import check_estimator

from micrograd import estimators
from micrograd.data import moons
from micrograd.estimators import MLPClassifier, MLPRegressor

X, y = moons(60)


@pytest.mark.deep
@pytest.mark.parametrize("estimator", [MLPClassifier(), MLPRegressor()], ids=type)
def test_they_pass_scikit_learns_own_checks(estimator):
    results = check_estimator(estimator, on_fail=None, on_skip=None)
    assert [r["check_name"] for r in results if r["status"] == "failed"] == []
    assert len(results) > 40


def test_classes_of_any_kind_are_told_apart_with_probabilities():
    names = np.where(y > 0, "up", "down")
    estimator = MLPClassifier(epochs=20, lr=0.05, random_state=1).fit(X, names)
    assert estimator.classes_.tolist() == ["down", "up"]
    assert estimator.score(X, names) > 0.9
    likely = estimator.predict_proba(X)
    assert likely.sum(axis=1) == pytest.approx(np.ones(60))
    assert (estimator.classes_[likely.argmax(axis=1)] == estimator.predict(X)).all()


def test_a_random_state_repeats_a_training_and_a_clone_is_not_fitted():
    first = MLPRegressor(epochs=3, random_state=1).fit(X, X[:, 0])
    again = clone(first)
    assert not hasattr(again, "model_")
    assert (again.fit(X, X[:, 0]).predict(X) == first.predict(X)).all()


@pytest.mark.deep
def test_a_search_goes_through_pipelines():
    pipeline = make_pipeline(PolynomialFeatures(2), MLPClassifier(epochs=3, random_state=1))
    search = GridSearchCV(pipeline, {"mlpclassifier__hidden": [(2,), (4,)]}, cv=2).fit(X, y)
    assert search.best_params_["mlpclassifier__hidden"] in [(2,), (4,)]


def test_settings_are_checked_when_the_training_begins():
    with pytest.raises(ValueError, match="activation 'step' is unknown"):
        MLPClassifier(activation="step").fit(X, y)
    with pytest.raises(ValueError, match="got one class"):
        MLPClassifier().fit(X, np.ones(60))
    for hidden in ("8", 8.5, None, (0,)):
        with pytest.raises(ValueError, match=r"hidden is how many neurons|neurons in hidden is a"):
            MLPClassifier(hidden=hidden).fit(X, y)
    with pytest.raises(TypeError, match="early_stopping is True or False, got 5"):
        MLPClassifier(early_stopping=5).fit(X, y)
    with pytest.raises(ValueError, match=r"validation_fraction expects .* got 1.5"):
        MLPClassifier(early_stopping=True, validation_fraction=1.5).fit(X, y)


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_an_unknown_argument_names_the_estimator(kind):
    with pytest.raises(TypeError, match=rf"^{kind.__name__}.__init__\(\) got .* 'max_iter'"):
        kind(max_iter=20)


def test_one_number_is_one_hidden_layer():
    model = MLPClassifier(hidden=3, epochs=0).fit(X, y).model_
    assert [len(layer.neurons) for layer in model.layers] == [3, 2]


NOISE = np.random.default_rng(1).integers(0, 2, 60)  # there is nothing to be learnt
STOPPING = {"early_stopping": True, "validation_fraction": 0.2, "n_iter_no_change": 2}


@pytest.mark.parametrize(
    "kind", [MLPClassifier, pytest.param(MLPRegressor, marks=pytest.mark.deep)]
)
def test_training_stops_early_by_a_share_that_is_held_out(kind):
    estimator = kind(epochs=100, lr=0.1, random_state=1, **STOPPING).fit(X, NOISE)
    history = estimator.history_
    assert (history.stopped, history.epochs) == ("early stopping", history.best_epoch + 3)
    assert len(history.validation_loss) == history.epochs
    assert estimator.mean_ != pytest.approx(X.mean(axis=0))  # that of the 48 others


def test_an_interrupt_ends_a_search_and_leaves_the_estimator_as_it_was(monkeypatch):
    model = MLPClassifier(epochs=3, random_state=1).fit(*moons(40))
    before = model.predict_proba(moons(40)[0])
    whole = estimators.fit

    def cut(*args, **options):
        history = whole(*args, **options)
        history.stopped = "interrupted"
        return history

    monkeypatch.setattr(estimators, "fit", cut)
    with pytest.raises(KeyboardInterrupt, match="after 3 of 3 epochs"):
        model.fit(*moons(60))
    assert (model.predict_proba(moons(40)[0]) == before).all()
    with pytest.raises(KeyboardInterrupt):
        GridSearchCV(model, {"lr": [0.01, 0.02]}).fit(*moons(40))
