"""The data types of array programs: statements and expressions over whole arrays, dialect-free.

The batch is the last axis of what has one, and its length is ``BATCH``. Nothing here knows
addresses: an array is a variable with a name and a shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ops import Op

BATCH = "B"
PARAMETERS = -1  # in place of an argument's number
Dim = int | str  # a number, or BATCH
Shape = tuple[Dim, ...]


@dataclass(frozen=True, slots=True)
class StepIndex:
    """One place, another one in each step of a loop: offset + Σ factor·variable."""

    offset: int
    factors: tuple[tuple[str, int], ...]

    @property
    def shape(self) -> Shape:
        """It is a number."""
        return ()

    def at(self, step: Mapping[str, int]) -> "StepIndex | int":
        """Return it where some variables are known."""
        left = tuple([(name, k) for name, k in self.factors if name not in step])
        offset = self.offset + sum([k * step[name] for name, k in self.factors if name in step])
        return StepIndex(offset, left) if left else offset


Item = int | slice | StepIndex | None  # of an index: one place, some in equal steps, a new axis


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """The same number everywhere."""

    value: float
    shape: Shape = ()


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """An array, or a number, that has a name."""

    name: str
    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """An array that is known: ``numbers``, or places in another array."""

    numbers: NDArray[Any]

    @property
    def shape(self) -> Shape:
        """Its lengths."""
        return self.numbers.shape


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """x[items]: a part of x."""

    x: "Node"
    items: tuple[Item, ...]
    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Reshaped:
    """The numbers of x, in their order, as another shape."""

    x: "Node"
    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Transposed:
    """x with its axes in another order."""

    x: "Node"
    order: tuple[int, ...]
    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Expanded:
    """x, repeated to a larger shape by the rules of broadcasting."""

    x: "Node"
    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Padded:
    """x with one more element, of zeros, behind those of its first axis."""

    x: "Node"
    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """Arrays one behind the other, along their first axis."""

    parts: tuple["Node", ...]
    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """An op, element by element; arguments broadcast."""

    op: Op
    args: tuple["Node", ...]
    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Contracted:
    """A sum of products, by einsum's rules: ``ij,jb->ib``."""

    letters: str
    args: tuple["Node", ...]
    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """The sum, product, largest or smallest over some axes."""

    op: Op
    x: "Node"
    axes: tuple[int, ...]
    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Accumulated:
    """The sum or product along the first axis, one element after the other."""

    op: Op
    x: "Node"
    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class First:
    """1 at the first place along the last ``axes`` axes where x equals result, 0 elsewhere."""

    x: "Node"
    result: "Node"
    axes: int
    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """x as whole numbers from 0 to rows - 1; what is none is noted, and becomes one."""

    x: "Node"
    rows: int

    @property
    def shape(self) -> Shape:
        """That of x."""
        return self.x.shape


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """0, 1, ..., count - 1, along the first of ``axes`` axes."""

    count: Dim
    axes: int

    @property
    def shape(self) -> Shape:
        """As broadcasting wants it."""
        return (self.count, *(1,) * (self.axes - 1))


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """x[places, ...]: the elements at places of the first axes; places broadcast."""

    x: "Node"
    places: tuple["Node", ...]
    shape: Shape


Node = (
    Fill
    | Variable
    | Constant
    | Indexed
    | Reshaped
    | Transposed
    | Expanded
    | Padded
    | Joined
    | Applied
    | Contracted
    | Reduced
    | Accumulated
    | First
    | Whole
    | Range
    | Gathered
    | StepIndex
)


@dataclass(frozen=True, slots=True)
class Let:
    """name = value; ``fresh``: in memory of its own, because parts of it are written later."""

    target: Variable
    value: Node
    formula: str = ""  # what it computes, as people read it
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Put:
    """A part of a variable is given other numbers, or has them added.

    ``part`` is indices and shapes of the variable. With ``places`` the numbers go to these places
    of the part's first axes, and where places repeat, all are added.
    """

    part: Node
    value: Node
    add: bool
    places: tuple[Node, ...] = ()
    formula: str = ""

    @property
    def target(self) -> Variable:
        """The variable."""
        return root(self.part)


@dataclass(frozen=True, slots=True)
class RowLoop:
    """The body for var = 0, 1, ..., count - 1, or backwards.

    ``carried``: what a step changes and has from before the loop, or from the step before. Any
    other variable that the body defines is none outside.
    """

    var: str
    count: int
    backwards: bool
    body: tuple["Statement", ...]
    carried: tuple[Variable, ...] = ()


Statement = Let | Put | RowLoop


@dataclass(slots=True)
class Given:
    """An array that is given, in the user's shape; the first statements give it the variable's.

    ``argument`` is which one, ``PARAMETERS``, or None for 1/B, which is not given but computed.
    """

    variable: Variable
    argument: int | None
    batched: bool
    shape: tuple[int, ...]  # of one example where it is batched
    gradient: Variable | None = None  # where it is wanted


@dataclass(slots=True)
class ArrayProgram:
    """What computes values, and what computes gradients from them.

    ``outputs`` has, for each run of neighbours among the outputs, the first of them and the array
    of all. ``seeds`` are the variables that the outputs' gradients come in by.
    """

    inputs: list[Given]
    forward: list[Statement]
    outputs: list[tuple[int, Node]]
    backward: list[Statement] = field(default_factory=list)
    seeds: list[tuple[int, Variable]] = field(default_factory=list)
    batched: bool = False


def root(node: Node) -> Variable:
    """Return the variable that a part is one of."""
    while not isinstance(node, Variable):
        assert isinstance(node, Indexed | Reshaped)
        node = node.x
    return node


def of_numbers(numbers: Any) -> Constant:
    """Return places or numbers as a constant."""
    return Constant(np.asarray(numbers))
