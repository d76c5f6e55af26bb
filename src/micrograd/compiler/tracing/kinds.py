"""Of what kind a traced number is to code that asks: what the number is that it stands for.

``isinstance``, ``type`` and ``print`` are ours in the globals of the functions that are traced, and
nowhere else.
"""

import builtins
from typing import Any

import numpy as np

from ...value.modes import mode
from ...value.number import Number
from .arrays import TracedArray
from .clocks import DATES
from .integers import Integer
from .output import traced_print
from .patches import REPLACEMENTS
from .predicates import Predicate

_NUMPY: dict[Any, Any] = {int: np.int64, float: np.float64}


def is_instance(x: Any, classes: Any) -> bool:
    """``isinstance``, of what x stands for."""
    kind = _kind_of(x)
    if kind is None:
        return isinstance(x, classes)
    other = _NUMPY.get(kind, kind)
    if issubclass(kind, classes) != issubclass(other, classes):
        kind = _exact_kind_of(x)
    return issubclass(kind, classes)


class _OneCall(type):
    def __call__(cls, *args: Any, **options: Any) -> Any:
        if cls is not Type:
            return super().__call__(*args, **options)
        kind = _exact_kind_of(args[0]) if len(args) == 1 else None
        return type(*args, **options) if kind is None else kind

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, type)

    def __subclasscheck__(cls, c: Any) -> bool:
        return issubclass(c, type)


class Type(type, metaclass=_OneCall):
    """``type``, of what its argument stands for."""


def _kind_of(x: Any) -> Any:
    """Return the class of what a traced thing stands for, or Python's like it; None for others."""
    if mode.tracer is None:
        return None
    if isinstance(x, TracedArray):
        return np.ndarray
    if isinstance(x, Predicate):
        return bool
    return (int if isinstance(x, Integer) else float) if isinstance(x, Number) else None


def _exact_kind_of(x: Any) -> Any:
    kind = _kind_of(x)
    if mode.tracer is None or not isinstance(x, Number):
        return kind
    return _NUMPY[kind] if mode.tracer.is_of_numpy(x) else kind


IN_GLOBALS: dict[str, Any] = {"isinstance": is_instance, "type": Type, "print": traced_print}
REPLACED = REPLACEMENTS | DATES | {id(getattr(builtins, k)): new for k, new in IN_GLOBALS.items()}
