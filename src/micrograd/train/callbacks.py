"""Callbacks: what looks at a run from outside while it goes on, and may end it."""

import csv
from collections.abc import Callable, Iterable
from os import PathLike
from typing import Any

from ..arguments import file_name, shown
from .history import History

MOMENTS = ("on_step", "on_epoch")


class Stopped(Exception):
    """A callback has ended the run."""


def checked(callbacks: Any) -> list[Any]:
    """Return callbacks as a list; refuse what has neither of the two methods."""
    if callbacks is None:
        return []
    if not isinstance(callbacks, Iterable) or isinstance(callbacks, (str, bytes, dict)):
        raise TypeError(f"callbacks are a list, got {shown(callbacks)}")
    found = list(callbacks)
    for each in found:
        if not any(callable(getattr(each, name, None)) for name in MOMENTS):
            raise TypeError(
                f"a callback has on_step(history) or on_epoch(history), got {shown(each)}"
            )
    return found


def of_moment(name: str, callbacks: list[Any]) -> list[Callable[[History], Any]]:
    """Return the methods for one of the two moments."""
    return [getattr(each, name) for each in callbacks if hasattr(each, name)]


def tell(methods: list[Callable[[History], Any]], history: History) -> bool:
    """Call all of them; tell whether one has returned True, to end the run."""
    answers = [method(history) for method in methods]
    return any(answer is True for answer in answers)


class CSVLog:
    """A callback of ``fit`` that writes a line for each epoch to a file of comma-separated values.

    Args:
        path: of the file. Of a run that goes on from a checkpoint all epochs are written.

    >>> from micrograd.train.history import History
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "run.csv")
    >>> log = CSVLog(path)
    >>> log.on_epoch(History(loss=[0.5], step_loss=[0.5], learning_rate=[0.1]))
    >>> print(open(path).read())
    epoch,learning_rate,loss
    1,0.1,0.5
    <BLANKLINE>
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = file_name("path", path)
        self._written = 0

    def on_epoch(self, history: History) -> None:
        """Write the epochs that the file has not got yet."""
        curves = history.to_dict()
        rows = list(zip(*curves.values(), strict=True))
        with open(self.path, "a" if self._written else "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if not self._written:
                writer.writerow(curves)
            writer.writerows(rows[self._written :])
        self._written = len(rows)

    def __repr__(self) -> str:
        return f"CSVLog({self.path!r})"
