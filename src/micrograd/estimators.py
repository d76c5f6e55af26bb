"""Networks as estimators of scikit-learn, for its pipelines, searches and cross-validation.

The inputs are scaled to mean 0 and variance 1 of each feature; then an ``MLP`` is trained by
``fit``. This module needs scikit-learn, which the extra ``train`` installs.
"""

from collections.abc import Iterable, Sequence
from functools import update_wrapper
from types import FunctionType
from typing import Any

from .arguments import finite, flag, shown, whole
from .data import split
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
        hidden: the number of neurons of each hidden layer; one number is one layer.
        activation: of these layers; see ``MLP``.
        lr: the learning rate of Adam.
        epochs: how often to go through the data.
        batch_size: examples per step.
        weight_decay: the penalty is so much times the sum of all squares.
        random_state: of the first parameters and of the order; None draws it.
        early_stopping, validation_fraction, n_iter_no_change: when to stop; as scikit-learn has it.
    """

    def __init__(
        self,
        hidden: int | Sequence[int] = (16,),
        activation: str = "tanh",
        lr: float = 0.02,
        epochs: int = 50,
        batch_size: int = 32,
        weight_decay: float = 1e-4,
        random_state: Any = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
    ) -> None:
        self.hidden, self.activation, self.lr = hidden, activation, lr
        self.epochs, self.batch_size, self.weight_decay = epochs, batch_size, weight_decay
        self.random_state, self.early_stopping = random_state, early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Give an estimator an ``__init__`` of its own, so that errors name it, not this class."""
        super().__init_subclass__(**kwargs)
        if _Network in cls.__bases__:
            made = cls.__init__
            own: Any = FunctionType(made.__code__, made.__globals__, "__init__", made.__defaults__)
            cls.__init__ = update_wrapper(own, made)  # type: ignore[method-assign]
            own.__qualname__ = f"{cls.__qualname__}.__init__"
            del own.__wrapped__

    def _train(self, X: Any, y: Any, outputs: int, loss: Any) -> None:
        seed = int(_utils.check_random_state(self.random_state).randint(2**31 - 1))
        sizes = _sizes(self.hidden)
        training, held_out = self._parts(X, y, seed)
        mean, scale = training[0].mean(axis=0), training[0].std(axis=0)
        scale = scale + (scale == 0)
        model = MLP(
            X.shape[1],
            [*sizes, outputs],
            activation=self.activation,
            init="xavier_uniform",
            seed=seed,
        )
        history = fit(
            lambda x, target: loss(model(x), target),
            ((training[0] - mean) / scale, training[1]),
            model=model,
            optimizer=Adam(model.parameters(), lr=self.lr),
            epochs=self.epochs,
            batch_size=self.batch_size,
            penalty=lambda: self.weight_decay * l2(model.parameters()),
            validation=held_out and ((held_out[0] - mean) / scale, held_out[1]),
            early_stopping=self.n_iter_no_change if held_out else None,
            seed=seed,
            progress=False,
        )
        if history.stopped == "interrupted":  # else a search would score what is half trained
            raise KeyboardInterrupt(
                f"{type(self).__name__} was interrupted after {history.epochs} of {self.epochs} "
                "epochs, and is as it was before"
            )
        self.mean_, self.scale_, self.model_, self.history_ = mean, scale, model, history

    def _parts(self, X: Any, y: Any, seed: int) -> tuple[Any, Any]:
        """Return what to train on, and what to watch where the training may stop early."""
        if not flag("early_stopping", self.early_stopping):
            return (X, y), None
        share = finite("validation_fraction", self.validation_fraction, least=0, below=1)
        stratify = _base.is_classifier(self)
        return split((X, y), max(1, round(share * len(X))), seed=seed, stratify=stratify)

    def _checked(self, X: Any) -> Any:
        _validation.check_is_fitted(self, "model_")
        X = _validation.validate_data(self, X, reset=False, dtype=float)
        return (X - self.mean_) / self.scale_


def _sizes(hidden: Any) -> list[int]:
    sizes = [hidden] if hasattr(hidden, "__index__") else hidden
    if not isinstance(sizes, Iterable) or isinstance(sizes, (str, bytes, dict)):
        raise ValueError(
            f"hidden is how many neurons each layer has, as (16,), got {shown(hidden)}"
        )
    return [whole("the number of neurons in hidden", n, 1) for n in sizes]


class MLPClassifier(_Classifier, _Network):
    """A multi-layer perceptron that tells classes apart, by cross entropy.

    Args:
        hidden: the number of neurons of each hidden layer; one number is one layer.
        activation: of these layers; see ``MLP``.
        lr, epochs, batch_size: of the training by Adam.
        weight_decay: the penalty is so much times the sum of all squares.
        random_state: of the first parameters and of the order; None draws it.
        early_stopping: True holds out some examples, stops when their loss has not become lower for
            ``n_iter_no_change`` epochs, and goes back to the best parameters.
        validation_fraction: which share of the examples that is.

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
        classes, labels = np.unique(y, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(
                f"{type(self).__name__} needs examples of two classes or more, got one class: "
                f"{classes[0]!r}"
            )
        self._train(X, labels, len(classes), cross_entropy)
        self.classes_ = classes
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
        hidden: the number of neurons of each hidden layer; one number is one layer.
        activation: of these layers; see ``MLP``.
        lr, epochs, batch_size: of the training by Adam.
        weight_decay: the penalty is so much times the sum of all squares.
        random_state: of the first parameters and of the order; None draws it.
        early_stopping: True holds out some examples, stops when their loss has not become lower for
            ``n_iter_no_change`` epochs, and goes back to the best parameters.
        validation_fraction: which share of the examples that is.

    The targets are scaled to mean 0 and variance 1 while it is trained.
    """

    def fit(self, X: Any, y: Any) -> "MLPRegressor":
        """Train on X, (examples, features), and the target of each."""
        X, y = _validation.validate_data(self, X, y, dtype=float, y_numeric=True)
        mean, scale = float(y.mean()), float(y.std()) or 1.0
        self._train(X, (y - mean) / scale, 1, mse)
        self.target_mean_, self.target_scale_ = mean, scale
        return self

    def predict(self, X: Any) -> Any:
        """Return a number for each row."""
        rows = self._checked(X)
        return self.model_.predict(rows) * self.target_scale_ + self.target_mean_
