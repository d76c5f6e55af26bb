"""Search for settings: a thin page over Optuna, which proposes them, keeps the books and prunes."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from math import isfinite
from typing import Any

from .arguments import choice, file_name, finite, function, shown, whole
from .arguments import seed as whole_seed
from .drawing.appearance import CLASSES
from .extras import require
from .plots import axes
from .train.history import History
from .value.numeric import number

__all__ = ["Log", "Trial", "Tuning", "tune"]

_FEWEST = 10  # trials, for shares that mean anything


@dataclass(frozen=True)
class Log:
    """Numbers from ``low`` to ``high`` by their logarithm, as learning rates are tried.

    Two ints ask for whole numbers.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 < finite("low", self.low) < finite("high", self.high):
            raise ValueError(f"Log expects 0 < low < high, got {self.low!r} and {self.high!r}")


class Trial(Mapping[str, Any]):
    """The settings of one trial by name, and a callback of ``fit`` that ends a hopeless one.

    With ``callbacks=[trial]`` the validation loss of each epoch, or else the training loss, is
    compared with those of other trials.
    """

    def __init__(self, settings: Mapping[str, Any], trial: Any) -> None:
        self._settings, self._trial = dict(settings), trial
        self.number: int = trial.number
        self.pruned = False

    def __getitem__(self, name: str) -> Any:
        if name not in self._settings:
            raise KeyError(f"{name!r} is not in the space, which has {', '.join(self._settings)}")
        return self._settings[name]

    def __iter__(self) -> Any:
        return iter(self._settings)

    def __len__(self) -> int:
        return len(self._settings)

    def on_epoch(self, history: History) -> bool:
        """Report the epochs that were done; True ends the run, if it is behind the others."""
        curve = history.validation_loss or history.loss
        self._trial.report(curve[-1], len(curve))
        self.pruned = bool(self._trial.should_prune())
        return self.pruned

    def __repr__(self) -> str:
        return f"Trial({self.number}, {self._settings})"


@dataclass
class Tuning:
    """What a search came to.

    ``best`` has the settings of the lowest (or highest) ``value``; ``values`` has one for each
    trial, None where it was pruned or failed, and ``settings`` what was tried. ``study`` is
    Optuna's own.
    """

    study: Any = field(repr=False)
    best: dict[str, Any]
    value: float
    settings: list[dict[str, Any]] = field(repr=False)
    values: list[float | None] = field(repr=False)
    pruned: int

    def importances(self) -> dict[str, float]:
        """Return how much of the differences between values each setting explains (PED-ANOVA).

        Raises:
            ValueError: fewer than ten trials came to a number.
        """
        optuna = require("optuna", "tune", "tuning")
        count = len(self.values) - self.values.count(None)
        if count < _FEWEST:
            raise ValueError(
                f"importances need {_FEWEST} trials that came to a number, got {count}: try more"
            )
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        return dict(optuna.importance.get_param_importances(self.study, evaluator=evaluator))

    def plot_history(self, *, ax: Any = None) -> Any:
        """Draw the value of each trial, and the best so far; return the Axes."""
        ax = axes(ax)
        better = min if self.study.direction.name == "MINIMIZE" else max
        tried = [(k, x) for k, x in enumerate(self.values) if x is not None]
        best = list(accumulate([x for _, x in tried], better))
        ax.plot([k for k, _ in tried], [x for _, x in tried], "o", color=CLASSES[0], label="trial")
        ax.plot([k for k, _ in tried], best, color=CLASSES[1], label="best so far")
        ax.set(xlabel="trial", ylabel="value")
        ax.legend(frameon=False)
        return ax

    def plot_importances(self, *, ax: Any = None) -> Any:
        """Draw the importance of each setting as a bar; return the Axes."""
        shares = self.importances()
        ax = axes(ax)
        ax.barh(list(shares)[::-1], list(shares.values())[::-1], color=CLASSES[0])
        ax.set(xlabel="importance", xlim=(0.0, 1.0))
        return ax


def tune(
    objective: Callable[[Trial], Any],
    space: Mapping[str, Any],
    trials: int,
    *,
    sampler: str = "tpe",
    pruner: str | None = "median",
    direction: str = "minimize",
    seed: int | None = None,
    storage: str | os.PathLike[str] | None = None,
    name: str = "tune",
    timeout: float | None = None,
) -> Tuning:
    """Try settings, and return the best.

    Args:
        objective: ``objective(trial)`` returns a number; ``trial["lr"]`` is a setting.
        space: for each name ``(low, high)``, whole numbers if both are ints; ``Log(low, high)``;
            or a list of choices.
        trials: how many there are to be in all, those of other processes and of earlier calls
            with the same storage included.
        sampler: "tpe" proposes what is near to what was good; "random"; or "grid", for which each
            entry of the space is a list, or two ints.
        pruner: "median" ends a trial whose report is behind the median of the others; "halving" is
            more eager (asynchronous successive halving); None ends none.
        direction: "minimize" or "maximize".
        seed: makes a search repeatable; None draws one. Of a search with a storage there is none.
        storage: a file, or a database's URL (``sqlite:///tune.db``, ``postgresql://…``), where
            several processes and machines share the trials of one ``name``.
        timeout: seconds after which no new trial begins.

    Raises:
        ImportError: Optuna is not installed.
        TypeError: objective is no function, or returns no number.
        ValueError: the space is empty or wrong; or no trial came to a finite number.
    """
    function("objective", objective)
    trials = whole("trials", trials, 1)
    choice("sampler", sampler, ("tpe", "random", "grid"))
    choice("pruner", pruner, ("median", "halving", None))
    choice("direction", direction, ("minimize", "maximize"))
    seed = None if seed is None else whole_seed("seed", seed) % 2**32
    timeout = None if timeout is None else finite("timeout", timeout, least=0)
    if storage is not None and seed is not None:
        raise ValueError(
            f"seed={seed} with a storage would let each process try the same: leave out seed"
        )
    _check_space(space, sampler)
    optuna = require("optuna", "tune", "tuning")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=_storage(optuna, storage),
        sampler=_sampler(optuna, sampler, space, seed),
        pruner=_pruner(optuna, pruner),
        direction=direction,
        study_name=name,
        load_if_exists=True,
    )
    states = optuna.trial.TrialState

    def tried(trial: Any) -> float:
        ours = Trial({key: _asked(trial, key, entry) for key, entry in space.items()}, trial)
        found = objective(ours)
        if ours.pruned:
            raise optuna.TrialPruned
        return number(getattr(found, "data", found), "objective has to return")

    done = (states.COMPLETE, states.PRUNED, states.FAIL)
    enough = optuna.study.MaxTrialsCallback(trials, states=done)
    if len(study.get_trials(deepcopy=False, states=done)) < trials:
        study.optimize(tried, n_trials=trials, timeout=timeout, callbacks=[enough])
    return _result(study, states)


def _result(study: Any, states: Any) -> Tuning:
    every = study.get_trials(deepcopy=False)
    values = [trial.value if trial.state == states.COMPLETE else None for trial in every]
    if not any(value is not None and isfinite(value) for value in values):
        raise ValueError(
            f"none of {len(every)} trials came to a finite number: try a narrower space, with "
            "smaller learning rates"
        )
    pruned = sum([trial.state == states.PRUNED for trial in every])
    settings = [dict(trial.params) for trial in every]
    return Tuning(study, dict(study.best_params), study.best_value, settings, values, pruned)


def _check_space(space: Any, sampler: str) -> None:
    if not isinstance(space, Mapping) or not space:
        raise ValueError(
            'space has an entry for each setting, as {"lr": Log(1e-3, 1.0)}; got ' + shown(space)
        )
    for name, entry in space.items():
        if not isinstance(name, str):
            raise TypeError(f"a setting's name is text, got {shown(name)}")
        if isinstance(entry, Log) or (isinstance(entry, list) and entry):
            pass
        elif not (isinstance(entry, tuple) and len(entry) == 2):
            raise ValueError(
                f"{name} is (low, high), Log(low, high) or a list of choices; got {shown(entry)}"
            )
        elif not finite(f"{name}'s low", entry[0]) < finite(f"{name}'s high", entry[1]):
            raise ValueError(f"{name} expects low below high, got {shown(entry)}")
        if sampler == "grid" and not isinstance(entry, list) and not _is_whole(entry):
            raise ValueError(
                f"a grid needs a list of what to try for {name}, got {shown(entry)}: "
                f"[0.01, 0.1, 1.0], say"
            )


def _is_whole(entry: Any) -> bool:
    ends = (entry.low, entry.high) if isinstance(entry, Log) else entry
    return all(type(end) is int for end in ends)


def _asked(trial: Any, name: str, entry: Any) -> Any:
    """Ask Optuna for a setting."""
    if isinstance(entry, list):
        return trial.suggest_categorical(name, entry)
    by_log = isinstance(entry, Log)
    low, high = (entry.low, entry.high) if by_log else entry
    ask = trial.suggest_int if _is_whole(entry) else trial.suggest_float
    return ask(name, low, high, log=by_log)


def _sampler(optuna: Any, sampler: str, space: Mapping[str, Any], seed: int | None) -> Any:
    if sampler == "grid":
        grid = {
            name: entry if isinstance(entry, list) else list(range(entry[0], entry[1] + 1))
            for name, entry in space.items()
        }
        return optuna.samplers.GridSampler(grid, seed=seed)
    kinds = {"tpe": optuna.samplers.TPESampler, "random": optuna.samplers.RandomSampler}
    return kinds[sampler](seed=seed)


def _pruner(optuna: Any, pruner: str | None) -> Any:
    kinds = {"median": "MedianPruner", "halving": "SuccessiveHalvingPruner", None: "NopPruner"}
    return getattr(optuna.pruners, kinds[pruner])()


def _storage(optuna: Any, storage: Any) -> Any:
    if storage is None or (isinstance(storage, str) and "://" in storage):
        return storage
    backend = optuna.storages.journal.JournalFileBackend(file_name("storage", storage))
    return optuna.storages.JournalStorage(backend)
