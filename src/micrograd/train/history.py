"""History: what ``fit`` returns, the numbers of a run in plain lists."""

import warnings
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from ..extras import require


@dataclass
class Recording:
    """Parameters as they were during a run, for looking back step by step."""

    names: list[str] = field(default_factory=list)  # dotted paths, in the model's order
    steps: list[int] = field(default_factory=list)  # how many steps had been done
    parameters: list[Any] = field(default_factory=list)  # an array of float64 for each of steps


@dataclass
class History:
    """The numbers of a run, as ``fit`` returns them.

    ``loss`` and ``validation_loss`` have one entry for each epoch, and so has each list in
    ``metrics``. ``step_loss`` and ``learning_rate`` have one for each step. A training loss is the
    objective, penalty included, before the step; an epoch's is the mean over its examples.

    ``epochs`` is how many were done, in ``seconds``. ``best_epoch`` counts from 0: that of the
    lowest validation loss, or else training loss, to whose parameters early stopping goes back.
    ``stopped`` says why the run ended: "finished", "early stopping", "callback" or "interrupted".
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    step_loss: list[float] = field(default_factory=list)
    learning_rate: list[float] = field(default_factory=list)
    recorded: Recording | None = None
    best_epoch: int | None = None  # from 0: of the lowest validation loss, or else training loss
    seed: int | None = None  # of the order of the batches
    stopped: str = "not started"  # then: "finished", "early stopping", "callback", "interrupted"
    seconds: float = 0.0

    @property
    def epochs(self) -> int:
        """The number of epochs done."""
        return len(self.loss)

    def plot(self, **options: Any) -> Any:
        """Draw the curves; see ``micrograd.plots.plot_history``."""
        from ..plots import plot_history

        return plot_history(self, **options)

    def latest(self) -> dict[str, float]:
        """Return the last epoch's loss, validation loss and metrics, by name."""
        curves = {"loss": self.loss, "validation loss": self.validation_loss, **self.metrics}
        return {name: curve[-1] for name, curve in curves.items() if curve}

    def to_dict(self) -> dict[str, list[float]]:
        """Return one list for each column of a table of epochs, as ``pandas.DataFrame`` takes it.

        The learning rate is that of an epoch's last step. Epochs count from 1, as they are printed:
        ``best_epoch``, which counts from 0, is the index of a row.
        """
        each = len(self.step_loss) // self.epochs if self.epochs else 1
        curves = {"loss": self.loss, "validation_loss": self.validation_loss, **self.metrics}
        return {
            "epoch": list(range(1, self.epochs + 1)),
            "learning_rate": self.learning_rate[each - 1 :: each][: self.epochs],
            **{name: list(curve) for name, curve in curves.items() if curve},
        }

    def to_pandas(self) -> Any:
        """Return ``to_dict()`` as a ``pandas.DataFrame``, with a row for each epoch.

        Raises:
            ImportError: pandas is not installed.
        """
        return require("pandas", "pandas", "a history as a table").DataFrame(self.to_dict())

    def __repr__(self) -> str:
        numbers = "".join(f", {name} {x:.4g}" for name, x in self.latest().items())
        return f"History({self.epochs} epochs{numbers}, {self.stopped}, {self.seconds:.1f} s)"

    def arrays(self) -> dict[str, Any]:
        """Return the lists as arrays by name, for a file."""
        import numpy as np

        lists = {
            "loss": self.loss,
            "validation_loss": self.validation_loss,
            "step_loss": self.step_loss,
            "learning_rate": self.learning_rate,
            **{f"metrics.{name}": curve for name, curve in self.metrics.items()},
        }
        found = {name: np.array(numbers, dtype=np.float64) for name, numbers in lists.items()}
        if self.recorded:
            found["recorded.steps"] = np.array(self.recorded.steps)
            found["recorded.parameters"] = np.array(self.recorded.parameters)
        return found

    def take_arrays(self, arrays: dict[str, Any]) -> None:
        """Set the lists from what ``arrays`` returned."""
        for name, array in arrays.items():
            kind, _, rest = name.partition(".")
            if kind == "metrics":
                self.metrics[rest] = array.tolist()
            elif kind == "recorded":
                if self.recorded:
                    setattr(self.recorded, rest, list(array) if array.ndim > 1 else array.tolist())
            else:
                setattr(self, name, array.tolist())


def warn_of_divergence(history: History) -> None:
    """Say in a warning which epoch was the first whose loss is no finite number."""
    k, x = next((k, x) for k, x in enumerate(history.loss) if not isfinite(x))
    warnings.warn(
        f"the loss became {x} in epoch {k + 1}: try a smaller learning rate; and with a step in "
        "detect_anomaly() the operation that does it is named",
        RuntimeWarning,
        stacklevel=5,  # who called fit
    )
