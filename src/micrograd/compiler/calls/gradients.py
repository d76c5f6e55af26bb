"""``jit(value_and_grad(f))`` of arrays, or of many steps: f's own loops and their gradient.

A traced gradient is one more graph, in which a parameter's share of every step of a recurrence is a
term of another kind. The loops' own backward keeps the steps together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine import Value
from ...value.nested import rebuild
from ...value.number import Number
from ..errors import JitError
from ..tracing.recording import Trace
from ..tracing.signature import Argument
from ..tracing.trace import trace
from .places import Lifted

_LONG = 300  # values that a function of single numbers makes, so that its steps are worth finding


@dataclass(frozen=True, slots=True)
class Slopes:
    """What ``grad`` or ``value_and_grad`` was asked for: see ``transforms``."""

    function: Callable
    argnums: int | Sequence[int]
    with_value: bool

    def numbers(self) -> tuple[int, ...]:
        """The arguments to differentiate by."""
        return (self.argnums,) if isinstance(self.argnums, int) else tuple(self.argnums)

    def trace(self, args: Sequence[Argument]) -> Trace:
        """Trace the function itself."""
        return trace(self.function, args, variables=self.numbers())

    def recorded(self, args: Sequence[Argument]) -> Trace | None:
        """Trace the function itself, where its loops' own gradient is to be had of it."""
        numbers, plain = self.numbers(), all(map(_is_plain, args))
        if not plain or not all(0 <= k < len(args) and _is_real(args[k]) for k in numbers):
            return None
        try:
            recording = self.trace(args)
        except JitError:  # the gradient may still be traced
            return None
        many = any(args[k].shape or args[k].kind == "nest" for k in numbers)
        if (many or len(recording.tape) > _LONG) and self._suits(recording):
            return recording
        recording.draws.undo()
        return None

    def _suits(self, recording: Trace) -> bool:
        """Tell whether the function made one number, of its arguments alone."""
        batched = {i.argument for i in recording.inputs if i.batched}
        alone = not recording.captured and not recording.draws.segments
        return alone and isinstance(recording.result, Number) and batched.isdisjoint(self.numbers())

    def result(self, value: float, slopes: dict[int, np.ndarray], args: Sequence[Argument]) -> Any:
        """Put value and gradients together as the transform does."""
        found = [_like(args[k], slopes.get(k)) for k in self.numbers()]
        gradient = found[0] if isinstance(self.argnums, int) else tuple(found)
        return (value, gradient) if self.with_value else gradient


def slopes_of(f: Callable) -> Slopes | None:
    """Return what ``grad`` or ``value_and_grad`` was asked for, where f is what they have made."""
    made = f.__wrapped__ if isinstance(f, Lifted) else f
    who, *asked = getattr(made, "_slopes_of", None) or (None,)  # a wrapper copies it: not meant
    if who is not made or (isinstance(f, Lifted) and f.takes_more):
        return None
    function, *rest = asked
    return Slopes(f.around(function) if isinstance(f, Lifted) else function, *rest)


def _is_plain(a: Argument) -> bool:
    """Tell whether an argument holds numbers and no Values."""
    if a.kind == "nest":
        return not any(isinstance(x, Value) for x in a.values())
    return a.kind == "array"


def _is_real(a: Argument) -> bool:
    """Tell whether it is not a single int."""
    return a.kind == "nest" or bool(a.shape) or type(a.value) is float


def _like(a: Argument, slopes: np.ndarray | None) -> Any:
    """Return the gradient in the shape of its argument; zeros where it was not used."""
    if a.kind == "nest":
        numbers = [0.0] * len(a.values()) if slopes is None else slopes.tolist()
        return rebuild(a.value, iter(numbers))
    made = np.zeros(a.shape) if slopes is None else slopes.reshape(a.shape)
    return made if a.shape and a.form == "array" else made.tolist()
