"""Networks as estimators of scikit-learn, for its pipelines, searches and cross-validation.

The inputs are scaled to mean 0 and variance 1 of each feature; then an ``MLP`` is trained by
``fit``. This module needs scikit-learn, which the extra ``train`` installs.
"""

from collections.abc import Sequence
from typing import Any

from .extras import require
from .losses import cross_entropy, l2, mse
from .nn import MLP
from .optim import Adam
from .train import fit

_base = require("sklearn.base", "estimators", "an estimator")
_Estimator: Any = _base.BaseEstimator
_Classifier: Any = _base.ClassifierMixin
_Regressor: Any = _base.RegressorMixin
_multiclass = require("sklearn.utils.multiclass", "estimators", "an estimator")
_validation = require("sklearn.utils.validation", "estimators", "an estimator")
_utils = require("sklearn.utils", "estimators", "an estimator")

__all__ = ["MLPClassifier", "MLPRegressor"]


class _Network(_Estimator):
    """What both have in common.

    Args:
        hidden: the number of neurons of each hidden layer.
        activation: of these layers; see ``MLP``.
        lr: the learning rate of Adam.
        epochs: how often to go through the data.
        batch_size: examples per step.
        weight_decay: the penalty is so much times the sum of all squares.
        random_state: of the first parameters and of the order; None draws it.
    """

    def __init__(
        self,
        hidden: Sequence[int] = (16,),
        activation: str = "tanh",
        lr: float = 0.02,
        epochs: int = 50,
        batch_size: int = 32,
        weight_decay: float = 1e-4,
        random_state: Any = None,
    ) -> None:
        self.hidden, self.activation, self.lr = hidden, activation, lr
        self.epochs, self.batch_size, self.weight_decay = epochs, batch_size, weight_decay
        self.random_state = random_state

    def _train(self, X: Any, y: Any, outputs: int, loss: Any) -> None:
        self.mean_, scale = X.mean(axis=0), X.std(axis=0)
        self.scale_ = scale + (scale == 0)
        seed = int(_utils.check_random_state(self.random_state).randint(2**31 - 1))
        self.model_ = model = MLP(
            X.shape[1],
            [*self.hidden, outputs],
            activation=self.activation,
            init="xavier_uniform",
            seed=seed,
        )
        self.history_ = fit(
            lambda x, target: loss(model(x), target),
            (self._scaled(X), y),
            model=model,
            optimizer=Adam(model.parameters(), lr=self.lr),
            epochs=self.epochs,
            batch_size=self.batch_size,
            penalty=lambda: self.weight_decay * l2(model.parameters()),
            seed=seed,
            progress=False,
        )

    def _checked(self, X: Any) -> Any:
        _validation.check_is_fitted(self, "model_")
        return self._scaled(_validation.validate_data(self, X, reset=False, dtype=float))

    def _scaled(self, X: Any) -> Any:
        return (X - self.mean_) / self.scale_


class MLPClassifier(_Classifier, _Network):
    """A multi-layer perceptron that tells classes apart, by cross entropy.

    Args:
        hidden: the number of neurons of each hidden layer.
        activation: of these layers; see ``MLP``.
        lr, epochs, batch_size: of the training by Adam.
        weight_decay: the penalty is so much times the sum of all squares.
        random_state: of the first parameters and of the order; None draws it.

    >>> from micrograd.data import moons
    >>> X, y = moons(60)
    >>> MLPClassifier(epochs=30, random_state=1).fit(X, y).score(X, y) > 0.8
    True
    """

    def fit(self, X: Any, y: Any) -> "MLPClassifier":
        """Train on X, (examples, features), and the class of each, of any kind."""
        import numpy as np

        X, y = _validation.validate_data(self, X, y, dtype=float)
        _multiclass.check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"{type(self).__name__} needs examples of two classes or more, got one class: "
                f"{self.classes_[0]!r}"
            )
        self._train(X, labels, len(self.classes_), cross_entropy)
        return self

    def predict(self, X: Any) -> Any:
        """Return the class of each row."""
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X: Any) -> Any:
        """Return the probability of each class, in the order of ``classes_``."""
        rows = self._checked(X)
        return self.model_.predict_proba(rows)


class MLPRegressor(_Regressor, _Network):
    """A multi-layer perceptron that gives a number for each example, by squared errors.

    Args:
        hidden: the number of neurons of each hidden layer.
        activation: of these layers; see ``MLP``.
        lr, epochs, batch_size: of the training by Adam.
        weight_decay: the penalty is so much times the sum of all squares.
        random_state: of the first parameters and of the order; None draws it.

    The targets are scaled to mean 0 and variance 1 while it is trained.
    """

    def fit(self, X: Any, y: Any) -> "MLPRegressor":
        """Train on X, (examples, features), and the target of each."""
        X, y = _validation.validate_data(self, X, y, dtype=float, y_numeric=True)
        self.target_mean_, self.target_scale_ = float(y.mean()), float(y.std()) or 1.0
        self._train(X, (y - self.target_mean_) / self.target_scale_, 1, mse)
        return self

    def predict(self, X: Any) -> Any:
        """Return a number for each row."""
        rows = self._checked(X)
        return self.model_.predict(rows) * self.target_scale_ + self.target_mean_
