"""A run of ``fit`` with all its arguments checked, before its first step."""

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
from .choice import library_of, runner_for
from .eager import EagerRunner, Runner
from .fingerprints import of_run
from .history import History, Recording
from .loop import VALIDATION, TrainingLoop
from .progress import Progress
from .settings import check_functions, check_loss, check_model, try_out, whole, whole_or_none
from .sharing import sharing_of


def run_of(
    history: History,
    loss: Callable[..., Value],
    data: Any,
    *,
    model: Module,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None,
    buffer: int | None,
    penalty: Callable[[], Any] | None,
    schedule: Schedule | Plateau | None,
    validation: Any,
    metrics: Mapping[str, Callable[..., Any]] | None,
    early_stopping: int | None,
    seed: int | None,
    checkpoint: str | PathLike[str] | None,
    new_rate: bool,
    record: int | None,
    clip_grad_norm: float | None,
    accumulate: int,
    batched: bool,
    callbacks: Iterable[Any],
    progress: bool,
    compile: bool | str,
    dtype: str,
    backend: str | None,
    device: str | None,
    reduce: Ranks | None,
    like: Runner | None = None,
) -> tuple[TrainingLoop, Progress]:
    """Check the arguments of ``fit``, and return all that is left to do.

    Args:
        history: is to have the numbers of the run.
        like: the runner of another such run, of a model of the same shape: its program will do.
    """
    epochs, seed = whole("epochs", epochs, 0), None if seed is None else whole_seed("seed", seed)
    batch_size = whole_or_none("batch_size", batch_size, 1)
    buffer = whole_or_none("buffer", buffer, 1)
    early_stopping = whole_or_none("early_stopping", early_stopping, 1)
    record = whole_or_none("record", record, 1)
    accumulate = whole("accumulate", accumulate, 1)
    longest = None if clip_grad_norm is None else finite("clip_grad_norm", clip_grad_norm, least=0)
    flag("progress", progress), flag("new_rate", new_rate), flag("batched", batched)
    watching = checked(callbacks)
    if accumulate > 1 and batch_size is None:
        raise ValueError(f"accumulate={accumulate} of which batches? pass a batch_size")
    part, batch_size = batch_size, batch_size and batch_size * accumulate
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
            "batched=True hands the loss a whole batch, and each process would see a part of it "
            "only: leave out reduce, or take a loss of one example"
        )
    eager = kind(loss, penalty, examples, model, optimizer, longest, part, sharing)
    if batched:
        values = check_batch_loss(loss, examples, model, optimizer, part)
    else:
        values = check_loss(loss, examples, optimizer)
    for tried in (examples, held_out) if held_out else (examples,):
        try_out(metrics if batched else {"loss": loss, **metrics}, model, tried, values)
    library = library_of(eager, compile, dtype, backend, device)
    runner = runner_for(eager, batch_size, compile, dtype, like, library)
    history.seed = seed
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
            buffer=(buffer, None),
            plateau=(plateau and repr(plateau), None),
            clip_grad_norm=(longest, None),
            accumulate=(accumulate, 1),
            backend=(backend, None),
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
        buffer=buffer,
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
    return loop, Progress(epochs, steps, progress and not (sharing and sharing.rank))


def _unusual(**settings: tuple[Any, Any]) -> dict[str, Any]:
    """The settings that are not what they are by default, which comes second."""
    return {name: x for name, (x, default) in settings.items() if x != default}
