"""How arguments are passed: those given by name come to stand behind those given by place."""

import inspect
from collections.abc import Callable
from math import inf
from typing import Any


def bound(
    f: Callable, name: str, args: tuple, kwargs: dict[str, Any]
) -> tuple[tuple, tuple[str, ...]]:
    """Return all arguments in order; the last ones have the names that are returned besides.

    Raises:
        TypeError: f, which is called by this name, does not take them.
    """
    try:
        taken = inspect.signature(f).bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None
    if taken.kwargs:
        taken.apply_defaults()  # of what comes before them
    return (*taken.args, *taken.kwargs.values()), tuple(taken.kwargs)


def by_name(f: Callable, names: tuple[str, ...]) -> Callable:
    """Return the function of which the last arguments are passed by these names."""

    def called(*args: Any) -> Any:
        count = len(args) - len(names)
        return f(*args[:count], **dict(zip(names, args[count:], strict=True)))

    called.__name__ = getattr(f, "__name__", type(f).__name__)
    return called


def most_arguments(f: Callable) -> float:
    """How many arguments f takes by position; any number where its signature is not known."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return inf
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return inf
    return len([p for p in parameters if p.kind is not p.KEYWORD_ONLY])
