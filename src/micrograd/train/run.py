"""A run of ``fit`` with all its arguments checked, before its first step."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from os import PathLike, path
from typing import Any

from ..arguments import file_name, finite, flag
from ..arguments import seed as whole_seed
from ..batching import batches_of_epoch, epoch_of
from ..distributed import Ranks
from ..engine import Value
from ..examples import Examples
from ..nn import Module
from ..nn.prediction import in_features
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
from .settings import (
    check_functions,
    check_held_out,
    check_is_loss,
    check_loss,
    check_model,
    count,
    count_or_none,
    try_out,
)
from .sharing import Sharing, sharing_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What ``fit`` is called with; these are its names and defaults."""

    loss: Callable[..., Value]
    data: Any
    model: Module
    optimizer: Optimizer
    epochs: int
    batch_size: int | None = None
    buffer: int | None = None
    penalty: Callable[[], Any] | None = None
    schedule: Schedule | Plateau | None = None
    validation: Any = None
    metrics: Mapping[str, Callable[..., Any]] | None = None
    early_stopping: int | None = None
    seed: int | None = None
    checkpoint: str | PathLike[str] | None = None
    new_rate: bool = False
    record: int | None = None
    clip_grad_norm: float | None = None
    accumulate: int = 1
    batched: bool = False
    callbacks: Iterable[Any] = ()
    progress: bool = True
    compile: bool | str = "auto"
    dtype: str = "float64"
    backend: str | None = None
    device: str | None = None
    reduce: Ranks | None = None

    def checked(self) -> "Arguments":
        """Return them with ints for whole numbers; an error names what is none, or no function."""
        longest = self.clip_grad_norm
        numbers = replace(
            self,
            epochs=count("epochs", self.epochs, 0),
            seed=None if self.seed is None else whole_seed("seed", self.seed),
            batch_size=count_or_none("batch_size", self.batch_size),
            buffer=count_or_none("buffer", self.buffer),
            early_stopping=count_or_none("early_stopping", self.early_stopping),
            record=count_or_none("record", self.record),
            accumulate=count("accumulate", self.accumulate),
            clip_grad_norm=None if longest is None else finite("clip_grad_norm", longest, least=0),
        )
        for name in ("progress", "new_rate", "batched"):
            flag(name, getattr(self, name))
        callbacks = checked(self.callbacks)
        if numbers.accumulate > 1 and self.batch_size is None:
            raise ValueError(f"accumulate={self.accumulate} of which batches? pass a batch_size")
        check_is_loss(self.loss, self.model)
        functions = {name: getattr(self, name) for name in ("loss", "penalty", "schedule")}
        return replace(
            numbers, callbacks=callbacks, metrics=check_functions(self.metrics, **functions)
        )

    @property
    def size(self) -> int | None:
        """How many examples a step of the optimiser has; None: all."""
        return self.batch_size and self.batch_size * self.accumulate

    @property
    def measures(self) -> dict[str, Callable[..., Any]]:
        """The metrics as functions by name."""
        return dict(self.metrics or {})


def run_of(
    history: History, arguments: Arguments, like: Runner | None = None
) -> tuple[TrainingLoop, Progress]:
    """Check the arguments of ``fit``, and return all that is left to do.

    Args:
        history: is to have the numbers of the run.
        like: the runner of another such run, of a model of the same shape: its program will do.
    """
    a = arguments.checked()
    examples = Examples(a.data)
    held_out = None if a.validation is None else Examples(a.validation)
    if held_out:
        check_held_out(held_out, examples)
    steps = a.epochs * batches_of_epoch(len(examples), a.size)
    check_model(a.model, a.optimizer)
    sharing = sharing_of(a.reduce)
    runner = _runner(a, examples, held_out, sharing, like)
    history.seed = a.seed
    if a.record:
        history.recorded = Recording([name for name, _ in a.model.named_parameters()])
    plateau = a.schedule if isinstance(a.schedule, Plateau) else None
    by_step = None if isinstance(a.schedule, Plateau) else a.schedule
    learning_rates = rates(by_step, a.optimizer.lr, steps)
    file, best = _beginning(a, examples, held_out, learning_rates, sharing, history)
    if history.seed is None:
        history.seed = random.getrandbits(32)
        if sharing:
            history.seed = int(sharing.told(str(history.seed).encode()))
    a.model._feature_names = _names_for(a.model, examples)
    measured = held_out or examples
    loop = TrainingLoop(
        model=a.model,
        optimizer=a.optimizer,
        runner=runner,
        size=len(examples),
        batch_size=a.size,
        order=partial(epoch_of, len(examples), a.size, history.seed or 0, buffer=a.buffer),
        epochs=a.epochs,
        rates=learning_rates,
        plateau=plateau,
        measures={VALIDATION: a.loss, **a.measures} if held_out else a.measures,
        measured=sharing.examples(measured) if sharing else measured,
        count=len(measured),
        patience=a.early_stopping,
        record=a.record,
        checkpoint=file,
        callbacks=list(a.callbacks),
        history=history,
        best=best,
        sharing=sharing,
    )
    return loop, Progress(a.epochs, steps, a.progress and not (sharing and sharing.rank))


def _names_for(model: Module, examples: Examples) -> list[str]:
    """The columns of X, of (X, y), where the model may take them all, as far as can be told."""
    names = examples.feature_names[0] if len(examples.feature_names) > 1 else []
    return names if in_features(model) in (None, len(names)) else []


def _runner(
    a: Arguments,
    examples: Examples,
    held_out: Examples | None,
    sharing: Sharing | None,
    like: Runner | None,
) -> Runner:
    """Try the loss and the metrics on some examples, and return what does the steps."""
    if sharing and a.batched:
        raise ValueError(
            "batched=True hands the loss a whole batch, and each process would see a part of it "
            "only: leave out reduce, or take a loss of one example"
        )
    kind = BatchRunner if a.batched else EagerRunner
    loss = {} if a.batched else {"loss": a.loss}
    model, optimizer = a.model, a.optimizer
    eager = kind(
        a.loss, a.penalty, examples, model, optimizer, a.clip_grad_norm, a.batch_size, sharing
    )
    if a.batched:
        values = check_batch_loss(a.loss, examples, model, optimizer, a.batch_size)
    else:
        values = check_loss(a.loss, examples, optimizer)
    library = library_of(eager, a.compile, a.dtype, a.backend, a.device)
    if like:  # whose model was tried on the same data
        return runner_for(eager, a.size, a.compile, a.dtype, like, library)
    try_out(a.measures, model, examples, values)
    if held_out:
        try_out(loss | a.measures, model, held_out, values)
    try_loss = partial(try_out, loss, model, examples, values, [("loss", 0)])
    return runner_for(eager, a.size, a.compile, a.dtype, None, library, try_loss)


def _beginning(
    a: Arguments,
    examples: Examples,
    held_out: Examples | None,
    learning_rates: Any,
    sharing: Sharing | None,
    history: History,
) -> tuple[Checkpoint | None, Any]:
    """Let all processes begin alike, and go on where a checkpoint ends; return it and the best."""
    if a.checkpoint is None and not sharing:
        return None, None
    if a.checkpoint is not None:
        file_name("checkpoint", a.checkpoint)
    plateau = isinstance(a.schedule, Plateau)
    settings: dict[str, Any] = {"batch_size": a.size, "record": a.record, "dtype": a.dtype}
    settings |= _unusual(
        seed=(a.seed, None),
        buffer=(a.buffer, None),
        plateau=(repr(a.schedule) if plateau else None, None),
        clip_grad_norm=(a.clip_grad_norm, None),
        accumulate=(a.accumulate, 1),
        backend=(a.backend, None),
        batched=(a.batched, False),
    )
    settings |= of_run(examples, held_out, loss=a.loss, penalty=a.penalty)
    if sharing:
        rest = {"epochs": a.epochs, "early_stopping": a.early_stopping, "metrics": [*a.measures]}
        rest |= {"rates": learning_rates.tolist(), "checkpoint": a.checkpoint is not None}
        sharing.start_alike(
            settings | rest | settings_of(a.model, a.optimizer), a.model, a.optimizer
        )
    if a.checkpoint is None:
        return None, None
    expected = learning_rates[:0] if plateau else learning_rates
    file = Checkpoint(a.checkpoint, a.model, a.optimizer, history, settings, expected)
    if sharing:
        return sharing.resumed(file, a.new_rate)
    return file, file.resume(a.new_rate) if path.exists(a.checkpoint) else None


def _unusual(**settings: tuple[Any, Any]) -> dict[str, Any]:
    """The settings that are not what they are by default, which comes second."""
    return {name: x for name, (x, default) in settings.items() if x != default}
