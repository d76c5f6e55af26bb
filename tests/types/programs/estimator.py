"""An estimator in the style of scikit-learn."""

from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from micrograd import Value
from micrograd.data import moons, split
from micrograd.losses import hinge
from micrograd.nn import MLP
from micrograd.optim import Adam
from micrograd.saving import load, save
from micrograd.schedules import Cosine
from micrograd.train import fit


class Classifier:
    def __init__(self, hidden: int = 8, epochs: int = 3, seed: int = 0) -> None:
        self.hidden, self.epochs, self.seed = hidden, epochs, seed

    def fit(self, X: NDArray[np.float64], y: NDArray[np.int64]) -> Self:
        self.model_ = MLP(X.shape[1], [self.hidden, 1], seed=self.seed)

        def loss(x: list[float], label: float) -> Value:
            score: Value = self.model_(x)
            return hinge(score, label)

        history = fit(
            loss,
            (X, y),
            model=self.model_,
            optimizer=Adam(self.model_.parameters(), lr=0.05),
            epochs=self.epochs,
            batch_size=10,
            schedule=Cosine(),
            metrics={"right": lambda x, label: self.model_(x) * label > 0},
            progress=False,
        )
        self.loss_ = history.loss[-1]
        return self

    def predict(self, X: NDArray[np.float64]) -> NDArray[Any]:
        scores: NDArray[np.float64] = self.model_.predict(X)
        return np.sign(scores)


train, held_out = split(moons(60, seed=2))
classifier = Classifier().fit(*train)
score = float((classifier.predict(held_out[0]).reshape(-1) == held_out[1]).mean())
file = Path(mkdtemp()) / "model.safetensors"
save(classifier.model_, file)
copy = load(MLP(2, [8, 1]), file)
print(classifier.loss_.is_integer(), score, len(copy.layers))
