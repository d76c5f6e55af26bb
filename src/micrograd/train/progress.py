"""What ``fit`` shows while it runs: a bar in a terminal, a few lines anywhere else."""

import sys
from time import monotonic
from typing import Any

from .history import History


class Progress:
    """Show a run of ``steps`` steps in ``epochs`` epochs; a context manager.

    Args:
        epochs, steps: of the whole run.
        shown: False shows nothing.
    """

    def __init__(self, epochs: int, steps: int, shown: bool = True) -> None:
        self.epochs, self.steps, self.shown = epochs, steps, shown
        self._bar: Any = None
        self._drawn = 0.0
        self._tenth = 0

    def __enter__(self) -> "Progress":
        if self.shown and sys.stderr.isatty():
            self._bar = _bar(self.steps, self.epochs)
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *exception: Any) -> None:
        if self._bar:
            self._bar.stop()

    def step(self, history: History) -> None:
        """Tell that a step was done; the bar is redrawn at most twenty times a second."""
        if self._bar and monotonic() - self._drawn > 0.05:
            self._draw(history)

    def epoch(self, history: History) -> None:
        """Tell that one or more epochs were done; at most ten lines are printed in a run."""
        tenth = 10 * history.epochs // self.epochs
        if self._bar and history.epochs == self.epochs:
            self._draw(history)
        elif self.shown and not self._bar and tenth > self._tenth:
            print(f"epoch {history.epochs}/{self.epochs}  {_numbers(history)}", flush=True)
        self._tenth = tenth

    def say(self, line: str) -> None:
        """Print a line, above the bar if there is one."""
        if self._bar:
            self._bar.console.print(line, highlight=False)
        elif self.shown:
            print(line, flush=True)

    def _draw(self, history: History) -> None:
        self._drawn = monotonic()
        rate = f"rate {_short(history.learning_rate[-1])}  " if history.learning_rate else ""
        self._bar.update(
            0,
            completed=len(history.step_loss),
            epoch=f"{min(history.epochs + 1, self.epochs)}/{self.epochs}",
            numbers=rate + _numbers(history),
        )


def _bar(steps: int, epochs: int) -> Any:
    try:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )
    except ImportError:  # lines will do
        return None
    columns = (
        TextColumn("epoch {task.fields[epoch]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[numbers]}"),
    )
    bar = Progress(*columns, console=Console(stderr=True))
    bar.add_task("training", total=steps, epoch=f"1/{epochs}", numbers="")
    return bar


def _numbers(history: History) -> str:
    numbers = history.latest() or {"loss": history.step_loss[-1]}
    return "  ".join(f"{name} {_short(x)}" for name, x in numbers.items())


def _short(x: float) -> str:
    return f"{x:.4f}" if x == 0 or 1e-3 <= abs(x) < 1e4 else f"{x:.4g}"
