"""Estimators are what scikit-learn asks of them, and work in its pipelines and searches."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.utils.estimator_checks import check_estimator

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
