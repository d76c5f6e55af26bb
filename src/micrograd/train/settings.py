"""What ``fit`` finds out before its first step: whether the run it was asked for can be one."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from ..arguments import shown, whole
from ..dataframes import check_feature_names
from ..engine import Value
from ..examples import Examples
from ..nn import Module
from ..optim import Optimizer
from ..value.columns import ValueSet, extent
from ..value.modes import mode
from ..value.tables import Parameters, others
from .eager import evaluating, measured, of_example

TRIED_VALUES = 1 << 21  # that examples to try something on may make, of which there are two or more


def check_model(model: Module, optimizer: Optimizer) -> None:
    """Refuse what is no model or optimiser, and an optimiser of another model."""
    if not isinstance(model, Module):
        raise TypeError(f"fit expects a micrograd.nn.Module as model, got {model!r}")
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"fit expects one of micrograd.optim as optimizer, got {optimizer!r}")
    moved, in_model = optimizer.parameters, model.parameters()
    strangers: list[Any] = ValueSet(list(others(in_model))).added(list(others(moved)))
    if isinstance(moved, Parameters):
        tables = in_model.tables if isinstance(in_model, Parameters) else []
        strangers += [table for table in moved.tables if table not in tables]
    if strangers:
        raise ValueError(
            f"the optimizer moves {len(strangers)} values that are no parameters of the model: "
            "make it from model.parameters()"
        )


def check_held_out(held_out: Examples, examples: Examples) -> None:
    """Refuse validation data that has not the columns of the training data."""
    now, then = held_out.feature_names, examples.feature_names
    if len(now) != len(then):
        raise ValueError(
            f"what the loss is called with are {len(then)} arguments in the training data, and "
            f"{len(now)} in the validation data: pass both in one form, as (X, y) is"
        )
    for names, trained_on in zip(now, then, strict=True):
        check_feature_names("the validation data", names, trained_on)


def check_functions(metrics: Any, **functions: Any) -> dict[str, Callable[..., Any]]:
    """Return the metrics as a dict; refuse what is no function, by name. None is left out."""
    if metrics is not None and not isinstance(metrics, Mapping):
        raise TypeError(f"metrics are functions by name: {{'accuracy': f}}; got {metrics!r}")
    metrics = dict(metrics or {})
    for name, function in (functions | metrics).items():
        if function is not None and not callable(function):
            raise TypeError(f"{name} is a function, got {function!r}")
    return metrics


def check_is_loss(loss: Any, model: Module) -> None:
    """Refuse data or a model where the loss belongs, with the right call; one may be both."""
    if callable(loss) and (loss is model or not isinstance(loss, Module)):
        return
    raise TypeError(
        "fit(loss, (X, y), model=model, ...) takes the loss first, a function of one example such "
        f"as lambda x, y: (model(x) - y) ** 2, and the model by name; got {shown(loss)} as the loss"
    )


def check_loss(loss: Callable[..., Value], examples: Examples, optimizer: Optimizer) -> int:
    """Refuse a loss that returns no Value, or one without the optimiser's parameters in it.

    Returns:
        Of how many Values its graph consists.
    """
    if not mode.grad:
        raise RuntimeError("fit needs gradients: call it outside of no_grad()")
    value = of_example("loss", loss, examples, 0)
    if isinstance(value, (list, tuple)):
        raise TypeError(
            f"loss has to return one Value for one example, got a {type(value).__name__} of "
            f"{len(value)}: make one of them, as losses.mse(outputs, targets), "
            "losses.cross_entropy(outputs, label) and mean(...) do"
        )
    if not isinstance(value, Value):
        raise TypeError(
            f"loss has to return a Value for one example, got {str(value)[:60]!r}: "
            "compute it from the model's output itself, not from its .data"
        )
    return check_reaches(value, optimizer)


def check_reaches(value: Value, optimizer: Optimizer) -> int:
    """Refuse a loss that was computed from none of the parameters; return its graph's size."""
    parameters = optimizer.parameters
    made = list(parameters.made()) if isinstance(parameters, Parameters) else parameters
    size, reached = extent(value, made)
    if not reached:
        raise ValueError(
            "loss does not depend on any parameter that the optimizer moves: it should call the "
            "same model, and use its output, not its .data"
        )
    return size


def try_out(
    measures: Mapping[str, Callable[..., Any]],
    model: Module,
    examples: Examples,
    size: int,
    done: Collection[tuple[str, int]] = (),
) -> None:
    """Let wrong shapes and labels be found by the functions that know what is right.

    Args:
        measures: the functions, by name.
        model: what they measure.
        examples: of which one for each label is tried, or as many as a moment is enough for.
        size: how many Values an example takes.
        done: functions and examples of which it is known.
    """
    with evaluating(model):
        for i in examples.representatives()[: max(2, TRIED_VALUES // size)]:
            for name, function in measures.items():
                if (name, i) not in done:
                    measured(name, function, examples, i)


def count(name: str, n: Any, least: int = 1) -> int:
    """Return a setting as an int; True is none: who writes it means something else than 1."""
    if isinstance(n, bool):
        raise ValueError(f"{name} is a whole number of {least} or more, got {n}")
    return whole(name, n, least)


def count_or_none(name: str, n: Any) -> int | None:
    """Return a setting that may be left out."""
    return None if n is None else count(name, n)
