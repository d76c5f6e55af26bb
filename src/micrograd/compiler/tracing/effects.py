"""What a call of a traced function leaves behind besides its result: see ``writing``."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ...engine import Value
from .markers import Mark
from .trees import values_in

Share = Any  # a traced number, a Value of which that is the data, or a float
Versions = dict[int, list[tuple[int, Value]]]  # by identity: since which place on the tape


@dataclass(slots=True)
class Effects:
    """What a call leaves behind: numbers and, behind them, what is in places that were changed.

    ``contents`` are the trees that places hold at the end, by the number of the place. Values are
    captured ones, or stand for some in the arguments.
    """

    data: list[tuple[Value, Share]] = field(default_factory=list)
    grad: list[tuple[Value, Share]] = field(default_factory=list)
    contents: dict[int, Any] = field(default_factory=dict)
    new: dict[int, Share] = field(default_factory=dict)  # gradients of what is returned
    versions: Versions = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    read: list[Value] = field(default_factory=list)  # whose gradients are an input

    def __bool__(self) -> bool:
        return bool(self.data or self.grad or self.contents)

    def numbers(self) -> Iterator[Value]:
        """Yield all that a program has to compute of this, in the order in which it is kept."""
        for _, share in (*self.data, *self.grad):
            if not isinstance(share, float):
                yield share
        for share in self.new.values():
            if not isinstance(share, float):
                yield share
        for tree in self.contents.values():
            yield from values_in(tree)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a function returned, and what it has left in places that are watched, by number."""

    result: Any
    contents: dict[int, Any]

    def __iter__(self) -> Iterator[Any]:
        return iter((self.result, self.contents))
