"""The statements of an array program as they are made, and which variables they have defined."""

from ..ir.array import Array
from ..ir.sizes import known
from .program import (
    BATCH,
    Expanded,
    Fill,
    Let,
    Node,
    Put,
    Reshaped,
    RowLoop,
    Shape,
    Statement,
    Variable,
)


class Statements:
    """Takes statements in their order; ``defined`` are the names of variables that have numbers.

    What holds in all steps of loops is put before the outermost.
    """

    def __init__(self) -> None:
        self.made: list[Statement] = []
        self.defined: set[str] = set()
        self.around: list[list[Statement]] = []  # what was made before each loop that is open

    def taken(self) -> list[Statement]:
        """Return what was made since the last time."""
        made, self.made = self.made, []
        return made

    @property
    def before(self) -> list[Statement]:
        """What stands before all loops that are open."""
        return self.around[0] if self.around else self.made

    def begin(self) -> None:
        """Open a loop: what is made from now on is its body."""
        self.around.append(self.made)
        self.made = []

    def end(self, var: str, count: int, backwards: bool) -> None:
        """Close the loop."""
        body = tuple(self.made)
        self.made = self.around.pop()
        if body:
            self.made.append(RowLoop(var, count, backwards, body))

    def let(self, target: Variable, value: Node, formula: str = "") -> None:
        """Give all of a variable its numbers."""
        if isinstance(value, Fill) or value.shape != target.shape:
            value = Expanded(value, target.shape)
        self.made.append(Let(target, value, formula))
        self.defined.add(target.name)

    def let_zero(self, target: Variable) -> None:
        """Let a variable be 0 if it has no numbers."""
        if target.name not in self.defined:
            self.before.append(Let(target, zeros(target.shape)))
            self.defined.add(target.name)

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


def zeros(shape: Shape) -> Node:
    """Return an array of zeros."""
    return Expanded(Fill(0.0), shape)


def flat(variable: Variable, array: Array) -> Node:
    """Return a variable with one axis, and the batch behind it."""
    more: Shape = (BATCH,) if array.batched else ()
    shape = (known(array.count), *more)
    return variable if variable.shape == shape else Reshaped(variable, shape)
