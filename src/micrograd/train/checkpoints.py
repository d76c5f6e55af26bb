"""Checkpoints: all that a run needs to go on as if it had never been interrupted, in one file."""

import hashlib
import os
import random
import warnings
from math import inf
from time import monotonic
from typing import Any

from .. import saving
from ..extras import require
from ..nn import Module
from ..optim import Optimizer
from ..random import default
from . import fingerprints
from .history import History


class Checkpoint:
    """A file that follows a run.

    Args:
        path: of the file.
        model, optimizer, history: of the run.
        settings: what has to be the same when the run goes on, by name.
        rates: the learning rate of every step.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        model: Module,
        optimizer: Optimizer,
        history: History,
        settings: dict[str, Any],
        rates: Any,
    ) -> None:
        require("safetensors", "train", "a checkpoint")  # rather now than after training
        self.path, self.rates = path, rates
        self.settings = settings | settings_of(model, optimizer)
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

    def resume(self, new_rate: bool) -> Any:
        """Put the run where the file left it; return the best parameters so far, or None.

        Args:
            new_rate: the learning rates may be others from here on.

        Raises:
            ValueError: the file is no checkpoint, or damaged, or one of another run; nothing is
                changed.
        """
        arrays, about = saving.read(self.path)
        path, before = os.fspath(self.path), self._snapshot(None)
        if not isinstance(about, dict) or "settings" not in about:
            raise ValueError(f"{path} is no checkpoint of fit: choose another name, or remove it")
        lr = self.optimizer.lr
        try:
            self._check_settings(about["settings"])
            if not new_rate:
                self._check_rates(arrays, about["optimizer"]["lr"])
            best = self._take(arrays, about)
            self._check_history(best)
        except BaseException as error:  # whatever comes of a file that fit has not written; Ctrl-C
            self._take(*before)
            if not isinstance(error, Exception):
                raise
            if isinstance(error, ValueError) and str(error).startswith(path):
                raise
            raise ValueError(
                f"{path} was not written by fit, or by another version of it "
                f"({type(error).__name__}: {error}): choose another name, or remove the file"
            ) from None
        self.optimizer.lr = lr
        return best

    def _take(self, arrays: dict[str, Any], about: dict[str, Any]) -> Any:
        """Put the run where a snapshot was taken; return the best parameters then."""
        parts: dict[str, dict[str, Any]] = {}
        for key, array in arrays.items():
            part, _, name = key.partition(".")
            parts.setdefault(part, {})[name] = array
        try:
            self.optimizer.load_state_dict(about["optimizer"] | parts.get("optimizer", {}))
            self.model.load_state_dict(parts.get("model", {}))
        except ValueError as error:
            raise ValueError(f"{os.fspath(self.path)} is of another run: {error}") from None
        self.history.take_arrays(parts["history"])
        self.history.best_epoch = about["best_epoch"]
        self.history.seed = about["settings"]["seed"]
        _set_random(parts["random"], about["random"])
        default.set_state(about["draws"])
        return parts.get("best", {}).get("parameters")

    def _check_history(self, best: Any) -> None:
        """Raise if a history is none, or the best parameters are not those of this model."""
        history = self.history
        curves = [history.loss, history.step_loss, history.learning_rate, *history.metrics.values()]
        if any(isinstance(x, list) for curve in curves for x in curve):
            raise ValueError("a curve of the history is no list of numbers")
        if len(history.step_loss) != len(history.learning_rate):
            raise ValueError("the history has not one learning rate for each step")
        epoch, epochs = history.best_epoch, range(history.epochs)
        if epoch is not None and (type(epoch) is not int or epoch not in epochs):
            raise ValueError(f"the best epoch is {epoch!r} of {history.epochs}")
        if best is not None and best.shape != (len(self.optimizer.parameters),):
            raise ValueError(f"the best parameters have the shape {best.shape}")

    def _check_settings(self, theirs: dict[str, Any]) -> None:
        path, seed = os.fspath(self.path), {"seed"} - set(self.settings)
        for name in [*self.settings, *sorted(theirs.keys() - self.settings.keys() - seed)]:
            x, y = theirs.get(name), self.settings.get(name)
            if fingerprints.same(x, y):
                continue
            if fingerprints.is_digest(x) or fingerprints.is_digest(y):
                difference = f"another run: the {name} is not the same"
            else:
                difference = f"a run with {name}={x!r}, this one has {y!r}"
            raise ValueError(f"{path} is of {difference}: choose another name, or remove the file")

    def _check_rates(self, arrays: dict[str, Any], lr: float) -> None:
        done = arrays["history.learning_rate"].tolist()
        pairs = [("lr", lr, self.optimizer.lr)]
        pairs += [
            (f"learning rate in step {k}", *pair) for k, pair in enumerate(zip(done, self.rates))
        ]
        for name, theirs, mine in pairs:
            if theirs != mine:
                raise ValueError(
                    f"{os.fspath(self.path)} is of a run with {name}={theirs!r}, this one has "
                    f"{float(mine)!r}: new_rate=True goes on with the new one; or choose another "
                    "name, or remove the file"
                )


def settings_of(model: Module, optimizer: Optimizer) -> dict[str, Any]:
    """Say what model and optimizer are besides their numbers."""
    shown = repr(model)
    if len(shown) > 200:
        shown = f"{shown[:200]}… {hashlib.sha256(shown.encode()).hexdigest()[:8]}"
    plain = {k: x for k, x in optimizer.settings().items() if fingerprints.is_plain(x)}
    return {
        "model": shown if " at 0x" not in shown else type(model).__name__,
        "optimizer": type(optimizer).__name__,
        **{k: list(x) if isinstance(x, tuple) else x for k, x in plain.items() if k != "lr"},
    }


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
