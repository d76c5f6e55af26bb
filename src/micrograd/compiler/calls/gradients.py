"""``jit(value_and_grad(f))`` of arrays: f's own loops and their gradient, instead of a traced one.

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
from ..tracing.recording import Trace
from ..tracing.signature import Argument
from .places import Lifted


@dataclass(frozen=True, slots=True)
class Slopes:
    """What ``grad`` or ``value_and_grad`` was asked for: see ``transforms``."""

    function: Callable
    argnums: int | Sequence[int]
    with_value: bool

    def numbers(self) -> tuple[int, ...]:
        """The arguments to differentiate by."""
        return (self.argnums,) if isinstance(self.argnums, int) else tuple(self.argnums)

    def suit(self, args: Sequence[Argument]) -> bool:
        """Tell whether these are numbers only, and of those to differentiate by some are arrays."""
        known = all(0 <= k < len(args) for k in self.numbers())
        many = known and any(args[k].shape or args[k].kind == "nest" for k in self.numbers())
        return many and all(map(_is_plain, args))

    def suit_recording(self, recording: Trace) -> bool:
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
    who, *asked = getattr(made, "_slopes_of", (None,))  # a wrapper copies it, and is not meant
    if who is not made or (isinstance(f, Lifted) and f.takes_more):
        return None
    function, *rest = asked
    return Slopes(f.around(function) if isinstance(f, Lifted) else function, *rest)


def _is_plain(a: Argument) -> bool:
    """Tell whether an argument holds numbers and no Values."""
    if a.kind == "nest":
        return not any(isinstance(x, Value) for x in a.values())
    return a.kind == "array"


def _like(a: Argument, slopes: np.ndarray | None) -> Any:
    """Return the gradient in the shape of its argument; zeros where it was not used."""
    if a.kind == "nest":
        numbers = [0.0] * len(a.values()) if slopes is None else slopes.tolist()
        return rebuild(a.value, iter(numbers))
    made = np.zeros(a.shape) if slopes is None else slopes.reshape(a.shape)
    return made if a.shape and a.form == "array" else made.tolist()
