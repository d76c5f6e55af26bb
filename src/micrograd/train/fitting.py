"""fit: training, with all that one writes around the loop again and again.

The objective of a step is the mean of ``loss(*example)`` over a batch, plus ``penalty()``. All
arguments are checked before the first step. What a run computes depends on them and on ``seed``
alone.
"""

import random
from collections.abc import Callable, Iterable, Mapping
from os import PathLike, path
from typing import Any

from ..arguments import file_name, finite, flag, function
from ..arguments import seed as whole_seed
from ..data import batch_indices
from ..distributed import Ranks
from ..engine import Value
from ..examples import Examples
from ..nn import Module
from ..optim import Optimizer
from ..schedules import Plateau, Schedule, rates
from .batched import BatchRunner, check_batch_loss
from .callbacks import checked
from .checkpoints import Checkpoint, settings_of
from .choice import runner_for
from .eager import EagerRunner
from .fingerprints import of_run
from .history import History, Recording
from .loop import VALIDATION, TrainingLoop
from .progress import Progress
from .settings import check_functions, check_loss, check_model, try_out, whole, whole_or_none
from .sharing import sharing_of
from .signals import interruptible


def fit(
    loss: Callable[..., Value],
    data: Any,
    *,
    model: Module,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None = None,
    penalty: Callable[[], Any] | None = None,
    schedule: Schedule | Plateau | None = None,
    validation: Any = None,
    metrics: Mapping[str, Callable[..., Any]] | None = None,
    early_stopping: int | None = None,
    seed: int | None = None,
    checkpoint: str | PathLike[str] | None = None,
    new_rate: bool = False,
    record: int | None = None,
    clip_grad_norm: float | None = None,
    accumulate: int = 1,
    batched: bool = False,
    callbacks: Iterable[Any] = (),
    progress: bool = True,
    compile: bool | str = "auto",
    dtype: str = "float64",
    reduce: Ranks | None = None,
) -> History:
    """Train a model: move its parameters so that the loss gets small.

    Ctrl-C or SIGTERM ends a run early, from the start of ``fit`` on: the best parameters so far are
    kept, those that the model had where no epoch was done.

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
        clip_grad_norm: the norm that a step's gradient is shrunk to where it is longer.
        accumulate: how many batches make a step, whose gradients are those of all their examples;
            computed eagerly, only one of them has a graph at a time.
        batched: True hands the loss a whole batch, as columns: ``loss(X, y)``. Its mean over the
            examples is its own affair, and so is normalising over them.
        callbacks: objects with ``on_step(history)`` or ``on_epoch(history)``, called when a step or
            an epoch was done; one that returns True ends the run. ``CSVLog(path)`` is one.
        progress: False shows nothing.
        compile: "auto" runs the steps as compiled loops where that is possible, and says so in a
            warning where it is not; True makes that an error; False computes eagerly.
        dtype: "float64", or "float32": of the numbers inside the compiled steps, which are then
            faster and less exact. Parameters and losses are given as float64 all the same, metrics
            are measured in it, and so is a step that has to be done eagerly.
        reduce: adds up over several processes, each of which calls ``fit`` with the same data and
            settings and computes its share of each batch; see ``micrograd.distributed``. Rank 0
            shows the progress and writes the checkpoint; its parameters are those that all begin
            with.

    Raises:
        JitError: with compile=True, something that cannot be compiled.
        TypeError: loss does not return a Value, or the data holds something else than numbers.
        ValueError: the data is empty, ragged or not finite; a setting is out of range; or the
            checkpoint is of another run. All this is found before the first step.
        RankLost: another process has ended.
    """
    epochs, seed = whole("epochs", epochs, 0), None if seed is None else whole_seed("seed", seed)
    batch_size = whole_or_none("batch_size", batch_size, 1)
    early_stopping = whole_or_none("early_stopping", early_stopping, 1)
    record = whole_or_none("record", record, 1)
    accumulate = whole("accumulate", accumulate, 1)
    longest = None if clip_grad_norm is None else finite("clip_grad_norm", clip_grad_norm, least=0)
    flag("progress", progress), flag("new_rate", new_rate), flag("batched", batched)
    watching = checked(callbacks)
    if accumulate > 1 and batch_size is None:
        raise ValueError(f"accumulate={accumulate} of which batches? pass a batch_size")
    part, batch_size = batch_size, batch_size and batch_size * accumulate
    history = History(seed=seed)
    with interruptible(history, progress):
        function("loss", loss)
        metrics = check_functions(metrics, loss=loss, penalty=penalty, schedule=schedule)
        examples = Examples(data)
        held_out = None if validation is None else Examples(validation)
        steps = epochs * len(batch_indices(len(examples), batch_size, seed=0, epoch=0))
        check_model(model, optimizer)
        kind = BatchRunner if batched else EagerRunner
        sharing = sharing_of(reduce)
        if sharing and batched:
            raise ValueError(
                "batched=True hands the loss a whole batch, and each process would see a part of "
                "it only: leave out reduce, or take a loss of one example"
            )
        eager = kind(loss, penalty, examples, model, optimizer, longest, part, sharing)
        if batched:
            values = check_batch_loss(loss, examples, model, optimizer, part)
        else:
            values = check_loss(loss, examples, optimizer)
        for tried in (examples, held_out) if held_out else (examples,):
            try_out(metrics if batched else {"loss": loss, **metrics}, model, tried, values)
        runner = runner_for(eager, batch_size, compile, dtype)
        if record:
            history.recorded = Recording([name for name, _ in model.named_parameters()])
        file, best = None, None
        if checkpoint is not None:
            file_name("checkpoint", checkpoint)
        plateau = schedule if isinstance(schedule, Plateau) else None
        measured = held_out or examples
        by_step = None if isinstance(schedule, Plateau) else schedule
        learning_rates = rates(by_step, optimizer.lr, steps)
        if checkpoint is not None or sharing:
            settings: dict[str, Any] = {"batch_size": batch_size, "record": record, "dtype": dtype}
            settings |= _unusual(
                seed=(seed, None),
                plateau=(plateau and repr(plateau), None),
                clip_grad_norm=(longest, None),
                accumulate=(accumulate, 1),
                batched=(batched, False),
            )
            settings |= of_run(examples, held_out, loss=loss, penalty=penalty)
        if sharing:
            rest = {"epochs": epochs, "early_stopping": early_stopping, "metrics": list(metrics)}
            rest |= {"rates": learning_rates.tolist(), "checkpoint": checkpoint is not None}
            sharing.start_alike(settings | rest | settings_of(model, optimizer), model, optimizer)
        if checkpoint is not None:
            known = learning_rates[:0] if plateau else learning_rates
            file = Checkpoint(checkpoint, model, optimizer, history, settings, known)
            if sharing:
                file, best = sharing.resumed(file, new_rate)
            elif path.exists(checkpoint):
                best = file.resume(new_rate)
        if history.seed is None:
            history.seed = random.getrandbits(32)
            if sharing:
                history.seed = int(sharing.told(str(history.seed).encode()))
        loop = TrainingLoop(
            model=model,
            runner=runner,
            size=len(examples),
            batch_size=batch_size,
            epochs=epochs,
            rates=learning_rates,
            plateau=plateau,
            measures={VALIDATION: loss} | metrics if held_out else metrics,
            measured=sharing.examples(measured) if sharing else measured,
            count=len(measured),
            patience=early_stopping,
            record=record,
            checkpoint=file,
            callbacks=watching,
            history=history,
            best=best,
            sharing=sharing,
        )
        loop.go(Progress(epochs, steps, progress and not (sharing and sharing.rank)))
    return history


def _unusual(**settings: tuple[Any, Any]) -> dict[str, Any]:
    """The settings that are not what they are by default, which comes second."""
    return {name: x for name, (x, default) in settings.items() if x != default}
