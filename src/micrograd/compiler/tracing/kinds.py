"""Of what kind a traced number is to code that asks: what the number is that it stands for.

``isinstance``, ``type``, ``hasattr``, ``getattr`` and ``print`` are ours in the globals of the
functions that are traced, and nowhere else. What C asks, for a class pattern or for a table of
classes, it finds in ``__class__``.
"""

import builtins
import os
import sys
from typing import Any

import numpy as np

from ...engine import Value
from ...value.modes import mode
from ...value.number import Number
from ..errors import PACKAGE
from .arrays import TracedArray
from .clocks import DATES
from .integers import Integer
from .output import traced_print
from .patches import REPLACEMENTS
from .predicates import Predicate

_NUMPY: dict[Any, Any] = {int: np.int64, float: np.float64}
_OURS = PACKAGE + os.sep
_NOTHING = object()


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


class _Pattern(type):
    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, Value) and _kind_of(x) is None

    def __subclasscheck__(cls, c: Any) -> bool:
        return issubclass(c, Value)

    def __call__(cls, *args: Any, **options: Any) -> Any:
        return Value(*args, **options)


class ValuePattern(Value, metaclass=_Pattern):
    """``Value`` where a class pattern asks for it: a traced number is none."""

    __slots__ = ()


def class_of(x: Any) -> type:
    """Return ``x.__class__``: to our own code what x is, to all other what it stands for."""
    asking = sys._getframe(2).f_code.co_filename
    return type(x) if asking.startswith(_OURS) else _exact_kind_of(x) or type(x)


def has_attribute(x: Any, name: str) -> bool:
    """``hasattr``, of what x stands for."""
    kind = _exact_kind_of(x) if isinstance(x, Number) else None
    return hasattr(x, name) if kind is None else hasattr(kind, name)


def attribute_of(x: Any, name: str, default: Any = _NOTHING) -> Any:
    """``getattr``, of what x stands for."""
    if default is _NOTHING:
        return getattr(x, name)
    return getattr(x, name, default) if has_attribute(x, name) else default


def _kind_of(x: Any) -> Any:
    """Return the class of what a traced thing stands for, or Python's like it; None for others."""
    if mode.tracer is None:
        return None
    if isinstance(x, TracedArray):
        return np.ndarray
    if isinstance(x, Predicate):
        return bool
    if not isinstance(x, Number) or mode.tracer.are_objects([x]):
        return None
    return int if isinstance(x, Integer) else float


def _exact_kind_of(x: Any) -> Any:
    kind = _kind_of(x)
    if kind is None or mode.tracer is None or not isinstance(x, Number):
        return kind
    return _NUMPY[kind] if mode.tracer.is_of_numpy(x) else kind


IN_GLOBALS: dict[str, Any] = {
    "isinstance": is_instance,
    "type": Type,
    "hasattr": has_attribute,
    "getattr": attribute_of,
    "print": traced_print,
}
REPLACED = REPLACEMENTS | DATES | {id(getattr(builtins, k)): new for k, new in IN_GLOBALS.items()}
