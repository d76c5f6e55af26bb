"""What is made of functions: its names, and pickles, by name where a module has it or made anew.

Python pickles a function as its name, and finds another object there when a decorator has replaced
it, or none when it is a lambda.
"""

import pickle
import sys
from collections.abc import Callable
from functools import update_wrapper
from types import FunctionType
from typing import Any


def take_names(made: Any, f: Callable) -> None:
    """Give something made of a function its name, signature and attributes, but no private ones.

    f may be of the same class, and must not bring its own works along.
    """
    update_wrapper(made, f, updated=())
    public = {k: x for k, x in getattr(f, "__dict__", {}).items() if not k.startswith("_")}
    vars(made).update(public)
    made.__name__ = getattr(f, "__name__", type(f).__name__)


def reduced(made: Any, f: Callable, again: tuple[Any, ...]) -> str | tuple[Any, ...]:
    """Return what ``__reduce__`` is to return of something made of a function.

    Args:
        made: what was made, with the names of f.
        f: the function.
        again: what makes it anew, as ``__reduce__`` has it.

    Raises:
        PicklingError: neither is found by its name.
    """
    if _taken_along():
        return again
    if name := _name(made):
        return name
    if isinstance(f, FunctionType) and not _name(f):
        raise pickle.PicklingError(
            f"{f.__module__}.{f.__qualname__} is not found by that name in another process: define "
            "it by def at the top level of a module, and give what is made of it a name of its "
            "own; or pickle with cloudpickle, which takes functions along"
        )
    return again


def _name(x: Any) -> str | None:
    """Return the name by which a module has this very object, if one does."""
    found: Any = sys.modules.get(x.__module__ or "")
    for part in x.__qualname__.split(".") if hasattr(x, "__qualname__") else ():
        found = getattr(found, part, None)
    return x.__qualname__ if found is x else None


def _taken_along() -> bool:
    """Tell whether it is copy, cloudpickle or dill that asks: these take functions along."""
    frame = sys._getframe(2)
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        if "cloudpickle" in module or module.partition(".")[0] in ("copy", "dill"):
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False
