"""Checkpoints: all that a run needs to go on as if it had never been interrupted, in one file."""

import os
import random
import warnings
from math import inf
from time import monotonic
from typing import Any

from . import saving
from .extras import require
from .history import History
from .nn import Module
from .optim import Optimizer
from .random import default


class Checkpoint:
    """A file that follows a run.

    Args:
        path: of the file.
        model, optimizer, history: of the run.
        settings: what has to be the same when the run goes on.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        model: Module,
        optimizer: Optimizer,
        history: History,
        settings: dict[str, Any],
    ) -> None:
        require("safetensors", "train", "a checkpoint")  # rather now than after training
        self.path, self.settings = path, settings
        self.model, self.optimizer, self.history = model, optimizer, history
        self._unsaved: tuple[dict[str, Any], dict[str, Any]] | None = None
        self._saved_at = -inf

    def keep(self, best: Any) -> None:
        """Take down the run as it is between two epochs; write it if it is a second since."""
        self._unsaved = self._snapshot(best)
        if monotonic() - self._saved_at > 1:
            self.write()

    def write(self) -> None:
        """Write what was taken down last, unless the file has it.

        A first file that cannot be written is an error; a later one (the disk is full now) is a
        warning, since what the run has learnt is worth more.
        """
        if not self._unsaved:
            return
        try:
            saving.write(self.path, *self._unsaved)
            self._unsaved = None
        except OSError as error:
            if self._saved_at == -inf:
                raise
            warnings.warn(f"the checkpoint is out of date: {error}", RuntimeWarning, stacklevel=2)
        self._saved_at = monotonic()

    def _snapshot(self, best: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        optimizer = self.optimizer.state_dict()
        names = self.optimizer.state_names
        parts = {
            "model": self.model.state_dict(),
            "optimizer": {name: optimizer.pop(name) for name in names},
            "history": self.history.arrays(),
            "random": _random_arrays(),
            "best": {} if best is None else {"parameters": best.copy()},
        }
        arrays = {f"{part}.{k}": v for part, entries in parts.items() for k, v in entries.items()}
        about = {
            "settings": self.settings | {"seed": self.history.seed},
            "optimizer": optimizer,
            "best_epoch": self.history.best_epoch,
            "random": [random.getstate()[0], random.getstate()[2]],
            "draws": default.state(),
        }
        return arrays, about

    def resume(self) -> Any:
        """Put the run where the file left it; return the best parameters so far, or None.

        Raises:
            ValueError: the file is no checkpoint, or one of another run; nothing is changed.
        """
        arrays, about = saving.read(self.path)
        path = os.fspath(self.path)
        if "settings" not in about:
            raise ValueError(f"{path} is no checkpoint of fit: choose another name, or remove it")
        for name, mine in self.settings.items():
            theirs = about["settings"].get(name)
            if theirs != mine:
                raise ValueError(
                    f"{path} is of a run with {name}={theirs!r}, this one has {mine!r}: "
                    "choose another name, or remove the file"
                )
        parts: dict[str, dict[str, Any]] = {}
        for key, array in arrays.items():
            part, _, name = key.partition(".")
            parts.setdefault(part, {})[name] = array
        former = self.optimizer.state_dict()
        try:
            self.optimizer.load_state_dict(about["optimizer"] | parts.get("optimizer", {}))
            self.model.load_state_dict(parts.get("model", {}))
        except ValueError as error:
            self.optimizer.load_state_dict(former)
            raise ValueError(f"{path} is of another run: {error}") from None
        self.history.take_arrays(parts["history"])
        self.history.best_epoch = about["best_epoch"]
        self.history.seed = about["settings"]["seed"]
        _set_random(parts["random"], about["random"])
        default.set_state(about["draws"])
        return parts.get("best", {}).get("parameters")


def _random_arrays() -> dict[str, Any]:
    """Python's and NumPy's own generators: a loss may draw from them."""
    import numpy as np

    _, keys, position, has_gauss, gauss = np.random.get_state()
    return {
        "python": np.array(random.getstate()[1], dtype=np.uint32),
        "numpy": keys,
        "numpy_rest": np.array([position, has_gauss, gauss], dtype=np.float64),
    }


def _set_random(arrays: dict[str, Any], rest: list[Any]) -> None:
    import numpy as np

    random.setstate((rest[0], tuple(arrays["python"].tolist()), rest[1]))
    position, has_gauss, gauss = arrays["numpy_rest"].tolist()
    np.random.set_state(("MT19937", arrays["numpy"], int(position), int(has_gauss), gauss))
