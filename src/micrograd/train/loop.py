"""fit: the training loop, with all that one writes around it again and again.

The objective of a step is the mean of ``loss(*example)`` over a batch, plus ``penalty()``. A runner
does the steps; the loop here decides which, and looks after everything between them. What a run
computes depends on its arguments and on ``seed`` alone.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import inf, isfinite
from os import PathLike, path
from time import perf_counter
from typing import Any

from ..arguments import file_name, flag, function
from ..arguments import seed as whole_seed
from ..data import batch_indices
from ..engine import Value
from ..examples import Examples
from ..nn import Module
from ..optim import Optimizer
from ..schedules import Schedule, rates
from ..value import buffers
from .checkpoints import Checkpoint
from .choice import runner_for
from .eager import EagerRunner, Runner
from .fingerprints import of_run
from .history import History, Recording, warn_of_divergence
from .progress import Progress
from .settings import check_functions, check_loss, check_model, try_out, whole, whole_or_none
from .signals import termination_interrupts

_VALIDATION = "validation loss"


def fit(
    loss: Callable[..., Value],
    data: Any,
    *,
    model: Module,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None = None,
    penalty: Callable[[], Any] | None = None,
    schedule: Schedule | None = None,
    validation: Any = None,
    metrics: Mapping[str, Callable[..., Any]] | None = None,
    early_stopping: int | None = None,
    seed: int | None = None,
    checkpoint: str | PathLike[str] | None = None,
    new_rate: bool = False,
    record: int | None = None,
    progress: bool = True,
    compile: bool | str = "auto",
    dtype: str = "float64",
) -> History:
    """Train a model: move its parameters so that the loss gets small.

    Ctrl-C or SIGTERM ends a run early: the best parameters so far are kept.

    Args:
        loss: ``loss(*example)`` returns a Value for one example.
        data: a tuple of columns ``(X, y)``, or a list of examples, which are tuples.
        model: what is trained.
        optimizer: over the model's parameters, or some of them.
        epochs: how often to go through the data.
        batch_size: examples per step, shuffled anew in each epoch; None takes all, in their order.
        penalty: ``penalty()`` is added to each step's loss: ``lambda: 1e-4 * l2(parameters)``.
        schedule: see ``micrograd.schedules``.
        validation: data to measure on after each epoch.
        metrics: by name, ``metric(*example)`` returns a number, a bool or a Value; averaged after
            each epoch, over the validation data or, if there is none, the training data.
        early_stopping: stop after so many epochs without a lower validation loss (training loss, if
            there is no validation data), and go back to the best parameters.
        seed: of the order of the examples; None draws one from Python's ``random``.
        checkpoint: a file. If it exists, the run goes on from it, to the very numbers that it would
            have come to without a break, if it is of the same run: data, loss, penalty, rates and
            settings. It is kept up to date, about once a second.
        new_rate: True lets a checkpoint go on with other learning rates than those it has so far.
        record: keep the parameters every so many steps, in ``history.recorded``.
        progress: False shows nothing.
        compile: "auto" runs the steps as compiled loops where that is possible, and says so in a
            warning where it is not; True makes that an error; False computes eagerly. Python
            numbers that the loss uses besides its arguments are then constants.
        dtype: "float64", or "float32": of the numbers inside the compiled steps, which are then
            faster and less exact. Parameters and losses are given as float64 all the same, metrics
            are measured in it, and so is a step that has to be done eagerly.

    Raises:
        JitError: with compile=True, something that cannot be compiled.
        TypeError: loss does not return a Value, or the data holds something else than numbers.
        ValueError: the data is empty, ragged or not finite; a setting is out of range; or the
            checkpoint is of another run. All this is found before the first step.
    """
    epochs, seed = whole("epochs", epochs, 0), None if seed is None else whole_seed("seed", seed)
    batch_size = whole_or_none("batch_size", batch_size, 1)
    early_stopping = whole_or_none("early_stopping", early_stopping, 1)
    record = whole_or_none("record", record, 1)
    flag("progress", progress), flag("new_rate", new_rate)
    function("loss", loss)
    metrics = check_functions(metrics, loss=loss, penalty=penalty, schedule=schedule)
    examples = Examples(data)
    held_out = None if validation is None else Examples(validation)
    steps = epochs * len(batch_indices(len(examples), batch_size, seed=0, epoch=0))
    check_model(model, optimizer)
    check_loss(loss, examples, optimizer)
    for tried in (examples, held_out) if held_out else (examples,):
        try_out({"loss": loss, **metrics}, model, tried)

    eager = EagerRunner(loss, penalty, examples, model, optimizer)
    runner = runner_for(eager, batch_size, compile, dtype)
    history = History(seed=seed)
    if record:
        history.recorded = Recording([name for name, _ in model.named_parameters()])
    file, best = None, None
    if checkpoint is not None:
        file_name("checkpoint", checkpoint)
    learning_rates = rates(schedule, optimizer.lr, steps)
    if checkpoint is not None:
        settings: dict[str, Any] = {"batch_size": batch_size, "record": record, "dtype": dtype}
        settings |= {} if seed is None else {"seed": seed}
        settings |= of_run(examples, held_out, loss=loss, penalty=penalty)
        file = Checkpoint(checkpoint, model, optimizer, history, settings, learning_rates)
        best = file.resume(new_rate) if path.exists(checkpoint) else None
    if history.seed is None:
        history.seed = random.getrandbits(32)
    run = _Run(
        model=model,
        runner=runner,
        size=len(examples),
        batch_size=batch_size,
        epochs=epochs,
        rates=learning_rates,
        measures={_VALIDATION: loss} | metrics if held_out else metrics,
        measured=held_out or examples,
        patience=early_stopping,
        record=record,
        checkpoint=file,
        history=history,
        best=best,
    )
    run.go(Progress(epochs, steps, progress))
    return history


@dataclass
class _Run:
    """One call of fit, after its arguments were checked."""

    model: Module
    runner: Runner
    size: int  # examples
    batch_size: int | None
    epochs: int
    rates: Any  # the learning rate of every step, as an array
    measures: dict[str, Callable[..., Any]]
    measured: Examples
    patience: int | None
    record: int | None
    checkpoint: Checkpoint | None
    history: History
    best: Any  # all parameters at the end of the best epoch, as an array

    def go(self, progress: Progress) -> None:
        started = perf_counter()
        training = self.model.training
        self.model.train()
        try:
            with termination_interrupts(), progress:
                self._train(progress)
        finally:
            self.model.train(training)
            self.history.seconds = perf_counter() - started
            if self.checkpoint:
                self.checkpoint.write()
        if self.best is not None and (self.patience or self.history.stopped == "interrupted"):
            buffers.write_data(self.model.parameters(), self.best)

    def _train(self, progress: Progress) -> None:
        history = self.history
        history.stopped = "finished"
        if history.epochs:
            progress.say(f"going on after epoch {history.epochs} of {self.epochs}")
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
                if finite and not all(map(isfinite, history.loss[done:])):
                    finite = False
                    warn_of_divergence(history)
        except KeyboardInterrupt:
            history.stopped = "interrupted"
            progress.say(f"interrupted in epoch {history.epochs + 1}")
            if history.best_epoch is not None:
                progress.say(f"the parameters are those after epoch {history.best_epoch + 1}")

    def _stretch(self, progress: Progress) -> None:
        """Do as many epochs as nobody has to look into: one, if anything is measured or kept."""
        history = self.history
        watched = self.measures or self.patience or self.checkpoint or self.record
        steps = -(-self.size // (self.batch_size or self.size))
        count = max(1, self.runner.steps_at_once // steps)
        count = min(count, self.epochs - history.epochs)
        if progress.shown:  # something is to be seen now and then
            count = min(count, max(1, self.epochs // 10))
        if count > 1 and not watched:
            self._epochs_at_once(count)
        else:
            batches = self._batches(history.epochs)
            self._steps(batches, progress)
            measured = self.runner.measure(self.measures, self.measured) if self.measures else {}
            self._close_epochs(1, len(batches))
            if _VALIDATION in measured:
                history.validation_loss.append(measured.pop(_VALIDATION))
            for name, x in measured.items():
                history.metrics.setdefault(name, []).append(x)
            curve, best = self._followed(), self.history.best_epoch
            if curve[-1] < (inf if best is None else curve[best]):  # never true of nan
                self.history.best_epoch, self.best = len(curve) - 1, self._parameters()
        if self.checkpoint:
            self.checkpoint.keep(self.best)
        progress.epoch(history)

    def _epochs_at_once(self, count: int) -> None:
        """Do several epochs as one; the runner keeps the parameters after the best of them."""
        history, first = self.history, self.history.epochs
        batches = self._batches(first)
        steps = len(batches)
        if steps == 1:
            batches *= count
        else:
            batches += [b for e in range(first + 1, first + count) for b in self._batches(e)]
        done = len(history.step_loss)
        rates = self.rates[done : done + len(batches)].tolist()
        best = self.runner.best
        best.loss = inf if history.best_epoch is None else history.loss[history.best_epoch]
        for losses in self.runner.run(batches, rates, steps):
            history.step_loss += losses
            history.learning_rate += rates[: len(losses)]
        self._close_epochs(count, steps)
        if best.step is not None:
            history.best_epoch = first + best.step // steps
            self.best = best.parameters.copy()

    def _batches(self, epoch: int) -> list[Any]:
        return batch_indices(self.size, self.batch_size, self.history.seed or 0, epoch)

    def _close_epochs(self, count: int, steps: int) -> None:
        """Enter the mean loss of each of the last epochs, which had so many steps."""
        losses = self.history.step_loss[-count * steps :]
        if steps == 1:
            self.history.loss += losses
            return
        size = self.batch_size or self.size
        shares = [min(size, self.size - k * size) / self.size for k in range(steps)]
        for start in range(0, len(losses), steps):
            epoch = losses[start : start + steps]
            self.history.loss.append(sum([x * share for x, share in zip(epoch, shares)]))

    def _steps(self, batches: list[Any], progress: Progress) -> None:
        history = self.history
        first = len(history.step_loss)
        for start, stop in self._pieces(first, len(batches)):
            rates = self.rates[first + start : first + stop].tolist()
            try:
                for losses in self.runner.run(batches[start:stop], rates):
                    history.step_loss += losses
                    progress.step(history)
            finally:
                history.learning_rate += rates[: len(history.step_loss) - first - start]
            if self.record and len(history.step_loss) % self.record == 0:
                self._take_down()

    def _pieces(self, first: int, count: int) -> Iterator[tuple[int, int]]:
        """Cut the steps where the parameters are to be recorded."""
        start = 0
        while start < count:
            every = self.record or count
            stop = min(count, start + every - (first + start) % every)
            yield start, stop
            start = stop

    def _take_down(self) -> None:
        assert self.history.recorded
        self.history.recorded.steps.append(len(self.history.step_loss))
        self.history.recorded.parameters.append(self._parameters())

    def _has_waited_enough(self) -> bool:
        best = -1 if self.history.best_epoch is None else self.history.best_epoch
        return self.patience is not None and self.history.epochs - 1 - best >= self.patience

    def _followed(self) -> list[float]:
        """The curve that says which epoch was the best."""
        return self.history.validation_loss or self.history.loss

    def _parameters(self) -> Any:
        import numpy as np

        values = self.model.parameters()
        array = np.empty(len(values))
        buffers.read_data(values, array)
        return array
