"""fit: training, with all that one writes around the loop again and again.

The objective of a step is the mean of ``loss(*example)`` over a batch, plus ``penalty()``. All
arguments are checked before the first step. What a run computes depends on them and on ``seed``
alone.
"""

from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from typing import Any

from ..distributed import Ranks
from ..engine import Value
from ..nn import Module
from ..optim import Optimizer
from ..schedules import Plateau, Schedule
from .choice import import_compiler
from .history import History
from .run import Arguments, run_of
from .signals import interruptible


def fit(
    loss: Callable[..., Value],
    data: Any,
    *,
    model: Module,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None = None,
    buffer: int | None = None,
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
    backend: str | None = None,
    device: str | None = None,
    reduce: Ranks | None = None,
) -> History:
    """Train a model: move its parameters so that the loss gets small.

    Ctrl-C or SIGTERM ends a run early, from the start of ``fit`` on: the best parameters so far are
    kept, those that the model had where no epoch was done. It ends this run alone, and nothing is
    raised: a loop over several asks whether ``history.stopped`` is "interrupted".

    Args:
        loss: ``loss(*example)`` returns a Value for one example.
        data: a tuple of columns ``(X, y)``, or a list of examples, which are tuples.
        model: what is trained.
        optimizer: over the model's parameters, or some of them.
        epochs: how often to go through the data.
        batch_size: examples per step, shuffled anew in each epoch; None takes all, in their order.
        buffer: shuffle stretches of so many neighbours, each for itself, as data larger than the
            memory asks; None shuffles all examples.
        penalty: ``penalty()`` is added to each step's loss: ``lambda: 1e-4 * l2(parameters)``.
        schedule: see ``micrograd.schedules``.
        validation: data to measure on after each epoch; a table has the columns of the training's.
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
            faster and less exact; with backend also "bfloat16", of losses and gradients alone,
            while parameters and the optimiser's states are float32. Parameters and losses are
            given as float64 all the same, metrics are measured in it, and so is a step that has to
            be done eagerly.
        backend: "jax" or "torch" computes the steps as array operations of that library, where
            parameters and the optimiser's states stay between steps; what it cannot is an error.
        device: where that library computes, by its own name for it: "cpu", "cuda"; None is the
            first GPU, or the CPU where there is none.
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
    arguments, history = Arguments(**locals()), History()
    import_compiler(compile)
    with interruptible(history, progress):
        loop, bar = run_of(history, arguments)
        loop.go(bar)
    return history
