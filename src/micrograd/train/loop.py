"""The training loop: epochs, and within them steps; what is kept, measured and shown in between.

A runner does the steps; the loop decides which, and looks after everything between them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from time import perf_counter
from typing import Any

from ..batching import Repeated, joined
from ..examples import Examples
from ..nn import Module
from ..nn.phase import phase
from ..optim import Optimizer
from ..schedules import Plateau
from ..value import tables
from .callbacks import Stopped, of_moment, tell
from .checkpoints import Checkpoint
from .eager import Runner
from .history import History, warn_of_divergence
from .progress import Progress
from .sharing import Sharing

VALIDATION = "validation loss"


@dataclass
class TrainingLoop:
    """One call of ``fit``, after its arguments were checked."""

    model: Module
    optimizer: Optimizer
    runner: Runner
    size: int  # examples
    batch_size: int | None
    order: Callable[[int], Sequence[Any]]  # the batches of an epoch
    epochs: int
    rates: Any  # the learning rate of every step, as an array; a plateau multiplies it
    plateau: Plateau | None
    measures: dict[str, Callable[..., Any]]
    measured: Examples | None  # this rank's part, if there are several
    count: int  # of examples that all ranks measure on
    patience: int | None
    record: int | None
    checkpoint: Checkpoint | None
    callbacks: list[Any]
    history: History
    best: Any  # the optimiser's parameters at the end of the best epoch, as an array
    sharing: Sharing | None = None

    def go(self, progress: Progress) -> None:
        """Train until the last epoch, an early stop or an interrupt; say so in the history."""
        started = perf_counter()
        try:
            with phase(self.model, training=True), progress:
                self._train(progress)
        finally:
            self.runner.settle()
            self.history.seconds = perf_counter() - started
            if self.checkpoint:
                self.checkpoint.write()
        if self.best is not None and (self.patience or self.history.stopped == "interrupted"):
            tables.write(self.optimizer.parameters, self.best)

    def _train(self, progress: Progress) -> None:
        history = self.history
        history.stopped = "finished"
        if history.epochs:
            progress.say(self._found())
        if history.recorded and not history.recorded.steps:
            self._take_down()
        if self.checkpoint:
            self.checkpoint.keep(self.best)
        finite = True
        try:
            while history.epochs < self.epochs:
                if self._has_waited_enough():
                    history.stopped = "early stopping"
                    break
                done = history.epochs
                self._stretch(progress)
                losses = history.loss[done:]  # whose sum is finite, unless they are huge
                if finite and not isfinite(sum(losses)) and not all(map(isfinite, losses)):
                    finite = False
                    warn_of_divergence(history)
        except Stopped:
            history.stopped = "callback"
            progress.say(f"stopped by a callback after {len(history.step_loss)} steps")
        except KeyboardInterrupt:
            history.stopped = "interrupted"
            progress.say(f"interrupted in epoch {history.epochs + 1}")
            if history.best_epoch is not None:
                progress.say(f"the parameters are those after epoch {history.best_epoch + 1}")

    def _found(self) -> str:
        """Say how far a run was that the checkpoint has."""
        done = f"epoch {self.history.epochs} of {self.epochs}"
        if self._has_waited_enough():
            return f"it had stopped early after {done}: a larger early_stopping goes on"
        if self.history.epochs >= self.epochs:
            return f"it had finished {done}: more epochs go on"
        return f"going on after {done}"

    def _stretch(self, progress: Progress) -> None:
        """Do as many epochs as nobody has to look into: one, if anything is measured or kept."""
        history = self.history
        watched: Any = self.measures or self.patience or self.checkpoint or self.record
        watched = watched or self.plateau or self.callbacks or self.sharing
        steps = -(-self.size // (self.batch_size or self.size))
        at_once = self.runner.steps_at_once
        count = min(at_once // steps, self.epochs - history.epochs)
        if progress.shown:  # something is to be seen now and then
            count = min(count, self.epochs // 10)
        alone = progress.shown or at_once == 1  # the bar moves within an epoch; steps may be eager
        if count > alone and not watched:
            self._epochs_at_once(count, steps)
        else:
            batches = self.order(history.epochs)
            self._steps(batches, progress)
            measured = self._measure() if self.measures else {}
            self._close_epochs(1, len(batches))
            if VALIDATION in measured:
                history.validation_loss.append(measured.pop(VALIDATION))
            for name, x in measured.items():
                history.metrics.setdefault(name, []).append(x)
            curve, best = self._followed(), self.history.best_epoch
            if curve[-1] < (inf if best is None else curve[best]):  # never true of nan
                self.history.best_epoch = len(curve) - 1
                self.best = _array(self.optimizer.parameters)
        if self.checkpoint:
            self.checkpoint.keep(self.best)
        progress.epoch(history)
        self._tell(of_moment("on_epoch", self.callbacks))

    def _epochs_at_once(self, count: int, steps: int) -> None:
        """Do epochs of so many steps as one; the runner keeps the parameters after the best."""
        import numpy as np

        history, first = self.history, self.history.epochs
        if steps == 1:
            batches: Sequence[Any] = Repeated(self.order(first)[0], count)
        else:
            batches = joined(map(self.order, range(first, first + count)))
        done = len(history.step_loss)
        rates = self.rates[done : done + len(batches)]
        best = self.runner.best
        best.loss = inf if history.best_epoch is None else history.loss[history.best_epoch]
        try:
            for losses in self.runner.run(batches, rates, steps):
                history.step_loss += losses
        finally:
            history.learning_rate += rates[: len(history.step_loss) - done].tolist()
        self._close_epochs(count, steps)
        if best.step is not None:
            history.best_epoch = first + best.step // steps
            other = np.empty_like(best.parameters) if self.best is None else self.best
            self.best, best.parameters = best.parameters, other

    def _measure(self) -> dict[str, float]:
        means = self.runner.measure(self.measures, self.measured) if self.measured else {}
        if self.sharing:
            return self.sharing.means(list(self.measures), means, self.count)
        return means

    def _tell(self, methods: list[Callable[[History], Any]]) -> None:
        """Call the callbacks; where one ends the run, on whichever rank, it ends on all."""
        ended = tell(methods, self.history)
        if self.sharing.any(ended) if self.sharing else ended:
            raise Stopped

    def _close_epochs(self, count: int, steps: int) -> None:
        """Enter the mean loss of each of the last epochs, which had so many steps."""
        losses = self.history.step_loss[-count * steps :]
        if steps == 1:
            self.history.loss += losses
            return
        import numpy as np

        size = self.batch_size or self.size
        shares = np.minimum(size, self.size - size * np.arange(steps)) / self.size
        # the last of the partial sums, which are made in order as the compiled steps make them
        means = np.cumsum(np.reshape(losses, (count, steps)) * shares, axis=1)[:, -1]
        self.history.loss += means.tolist()

    def _steps(self, batches: Sequence[Any], progress: Progress) -> None:
        history = self.history
        first = len(history.step_loss)
        factor = self.plateau(self._followed()) if self.plateau else 1.0
        told = of_moment("on_step", self.callbacks)
        telling = self.sharing.any(bool(told)) if self.sharing else bool(told)
        for start, stop in self._pieces(first, len(batches), 1 if telling else self.record):
            rates = (factor * self.rates[first + start : first + stop]).tolist()
            try:
                for losses in self.runner.run(batches[start:stop], rates):
                    history.step_loss += losses
                    progress.step(history)
            finally:
                history.learning_rate += rates[: len(history.step_loss) - first - start]
            if telling:
                self._tell(told)
            if self.record and len(history.step_loss) % self.record == 0:
                self._take_down()

    def _pieces(self, first: int, count: int, often: int | None) -> Iterator[tuple[int, int]]:
        """Cut the steps where somebody is to look at the parameters."""
        start = 0
        while start < count:
            every = often or count
            stop = min(count, start + every - (first + start) % every)
            yield start, stop
            start = stop

    def _take_down(self) -> None:
        assert self.history.recorded
        self.history.recorded.steps.append(len(self.history.step_loss))
        self.history.recorded.parameters.append(_array(self.model.parameters()))

    def _has_waited_enough(self) -> bool:
        best = -1 if self.history.best_epoch is None else self.history.best_epoch
        return self.patience is not None and self.history.epochs - 1 - best >= self.patience

    def _followed(self) -> list[float]:
        """The curve that says which epoch was the best."""
        return self.history.validation_loss or self.history.loss


def _array(values: Any) -> Any:
    """Return the data of parameters."""
    import numpy as np

    array = np.empty(len(values))
    tables.read(values, array)
    return array
