"""The statements of an array program as they are made, and which variables they have defined."""

from collections.abc import Sequence
from dataclasses import replace

from ..ir.array import Array
from ..ir.sizes import known
from .aliases import viewed
from .program import (
    BATCH,
    Expanded,
    Fill,
    Let,
    Node,
    Put,
    Reshaped,
    Shape,
    Statement,
    Variable,
)


class Statements:
    """Takes statements in their order; ``defined`` are the names of variables that have numbers."""

    def __init__(self) -> None:
        self.made: list[Statement] = []
        self.defined: set[str] = set()

    def taken(self) -> list[Statement]:
        """Return what was made since the last time."""
        made, self.made = self.made, []
        return with_copies(made)

    def let(self, target: Variable, value: Node, formula: str = "") -> None:
        """Give all of a variable its numbers."""
        if isinstance(value, Fill) or value.shape != target.shape:
            value = Expanded(value, target.shape)
        self.made.append(Let(target, value, formula))
        self.defined.add(target.name)

    def let_zero(self, target: Variable) -> None:
        """Let a variable be 0 if it has no numbers."""
        if target.name not in self.defined:
            self.let(target, zeros(target.shape))

    def put(
        self,
        target: Variable,
        part: Node,
        value: Node,
        add: bool = False,
        places: tuple[Node, ...] = (),
        formula: str = "",
    ) -> None:
        """Give a part of a variable its numbers, or add to it."""
        if isinstance(part, Variable) and not places:
            self.let(target, value, formula)
        else:
            self.made.append(Put(part, value, add, places, formula))


def with_copies(statements: Sequence[Statement]) -> list[Statement]:
    """Mark what has to be in memory of its own: what is changed in part, and what it came from."""
    changed = {s.target.name for s in statements if isinstance(s, Put)}

    def marked(s: Statement) -> Statement:
        if not isinstance(s, Let):
            return s
        return replace(s, fresh=s.target.name in changed or viewed(s.value) in changed)

    return [marked(s) for s in statements]


def zeros(shape: Shape) -> Node:
    """Return an array of zeros."""
    return Expanded(Fill(0.0), shape)


def flat(variable: Variable, array: Array) -> Node:
    """Return a variable with one axis, and the batch behind it."""
    more: Shape = (BATCH,) if array.batched else ()
    shape = (known(array.count), *more)
    return variable if variable.shape == shape else Reshaped(variable, shape)
