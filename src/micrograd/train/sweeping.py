"""sweep: many models of one shape, trained side by side by one compiled program.

The program is made for the first of them and tried on each; what differs from model to model is
numbers, parameters and rates. The order of the examples is drawn once for all of one seed. So a
hundred small models take little more than their arithmetic.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any, TypeVar

from ..arguments import function, shown
from ..engine import Value
from ..nn import Module
from ..optim import Optimizer
from ..schedules import Plateau, Schedule
from .history import History
from .loop import TrainingLoop
from .progress import Progress
from .run import Arguments, run_of
from .settings import check_functions
from .signals import termination_interrupts

_T = TypeVar("_T")
_KEPT = 1 << 22  # numbers, of the order of as many epochs as that makes


def sweep(
    loss: Callable[..., Value],
    data: Any,
    *,
    models: Sequence[Module],
    optimizers: Sequence[Optimizer],
    epochs: int,
    batch_size: int | None = None,
    penalty: Callable[[Any], Any] | None = None,
    schedule: Schedule | Plateau | None = None,
    validation: Any = None,
    metrics: Mapping[str, Callable[..., Any]] | None = None,
    early_stopping: int | None = None,
    seed: int | None = None,
    clip_grad_norm: float | None = None,
    compile: bool | str = "auto",
    dtype: str = "float64",
) -> list[History]:
    """Train many models of one shape on the same data, to the numbers of ``fit`` on each.

    One compiled program serves for all, and those that draw no random numbers are trained on all
    cores at a time. After Ctrl-C those whose turn had not come are as they were.

    Args:
        loss: ``loss(model, *example)`` returns a Value for one example.
        data: as for ``fit``.
        models: they differ in numbers only: what their parameters are drawn as.
        optimizers: one for each model, over its parameters; of any rates.
        penalty: ``penalty(model)`` is added to each step's loss.
        metrics: by name, ``metric(model, *example)`` returns a number, a bool or a Value.
        epochs, batch_size, schedule, validation, early_stopping, clip_grad_norm, compile, dtype:
            as for ``fit``.
        seed: of the order of the examples, the same for all models; None draws one for each.

    Returns:
        What ``fit`` returns, for each model.

    Raises:
        TypeError: what stands among the models is no model, or no optimiser among theirs.
        ValueError: there are not as many optimisers as models, or two models share a parameter.
    """
    models = _listed("models", models, Module)
    optimizers = _listed("optimizers", optimizers, Optimizer)
    function("loss", loss)
    metrics = check_functions(metrics, loss=loss, penalty=penalty, schedule=schedule)
    _check(models, optimizers)
    runs: list[tuple[TrainingLoop, Progress]] = []
    order: Callable[[int], Sequence[Any]] | None = None
    for model, optimizer in zip(models, optimizers, strict=True):
        arguments = Arguments(
            loss=partial(loss, model),
            data=data,
            model=model,
            optimizer=optimizer,
            epochs=epochs,
            batch_size=batch_size,
            penalty=penalty and partial(penalty, model),
            schedule=schedule,
            validation=validation,
            metrics={name: partial(metric, model) for name, metric in metrics.items()},
            early_stopping=early_stopping,
            seed=seed,
            clip_grad_norm=clip_grad_norm,
            progress=False,
            compile=compile,
            dtype=dtype,
        )
        run = run_of(History(), arguments, runs[0][0].runner if runs else None)
        runs.append(run)
        if seed is not None:
            loop = run[0]
            order = loop.order = order or lru_cache(max(1, _KEPT // loop.size))(loop.order)
        if not _alone(run[0]):
            run[0].go(run[1])
    _side_by_side([run for run in runs if _alone(run[0])])
    return [loop.history for loop, _ in runs]


def _listed(name: str, given: Any, kind: type[_T]) -> list[_T]:
    try:
        found = list(given)
    except TypeError:
        raise TypeError(f"{name} expects a list of them, got {shown(given)}") from None
    for x in found:
        if not isinstance(x, kind):
            raise TypeError(f"{name} expects a {kind.__name__} in each place, got {shown(x)}")
    return found


def _check(models: list[Module], optimizers: list[Optimizer]) -> None:
    if len(models) != len(optimizers):
        raise ValueError(
            f"each model needs an optimiser of its own: got {len(models)} models and "
            f"{len(optimizers)} optimizers"
        )
    seen: set[int] = set()
    for k, model in enumerate(models):
        ids = {id(p) for p in model.parameters()}
        if not seen.isdisjoint(ids):
            raise ValueError(f"model {k} shares parameters with one before it")
        seen |= ids


def _alone(loop: TrainingLoop) -> bool:
    """Tell whether a run touches nothing that another one does."""
    from .compiled import CompiledRunner  # with NumPy, which an eager run does without

    runner = loop.runner
    return isinstance(runner, CompiledRunner) and runner.steps.objective.drawn is None


def _side_by_side(runs: list[tuple[TrainingLoop, Progress]]) -> None:
    """Train on all cores; Ctrl-C lets what has begun come to its end."""
    from ..compiler.calls.cores import count

    with termination_interrupts(), ThreadPoolExecutor(count(), "micrograd sweep") as pool:
        futures = [pool.submit(loop.go, silent) for loop, silent in runs]
        try:
            for future in futures:
                future.result()
        except KeyboardInterrupt:
            for future, (loop, _) in zip(futures, runs, strict=True):
                if future.cancel():
                    loop.history.stopped = "interrupted"
