"""Arrays: what lies together in memory, and where the numbers of an argument go."""

from dataclasses import dataclass, field

from .sizes import Poly, Size, known


@dataclass(frozen=True, slots=True)
class Array:
    """What lies together in memory: ``count`` numbers, or rows of P numbers if it is batched.

    ``start`` is its place in the order of making, where each array begins behind the one before,
    until ``allocate`` gives addresses. ``name`` and ``shape`` are what people call an argument.
    ``kind``: parameter, variable (an input whose gradient is wanted), input, constant, computed.
    ``parts``: the arrays that it was joined of, because an operand goes through all of them.
    ``outer`` and ``row`` are 0 where the order stays; else it is transposed: element
    q·(count/outer) + r lies at r·row + q, with q < outer <= row.
    """

    start: Size
    count: Size
    batched: bool
    needs_gradient: bool
    kind: str
    parts: tuple["Array", ...] = field(default=(), hash=False)
    name: str = ""
    shape: tuple[Size, ...] = field(default=(), hash=False)
    outer: int = 0
    row: int = 0

    @property
    def inner(self) -> int:
        """How many rows there are once it is transposed."""
        return known(self.count) // self.outer

    @property
    def size(self) -> Size:
        """How many addresses it takes."""
        if self.outer:
            return self.inner * self.row
        return self.count * Poly.var("P") if self.batched else self.count

    @property
    def leaves(self) -> tuple["Array", ...]:
        """The arrays that it was joined of, or itself alone."""
        return self.parts or (self,)

    def moved(self, offset: Size) -> Size:
        """Return where an element lies that was at an offset before the array was transposed."""
        if not self.outer:
            return offset
        return known(offset) % self.inner * self.row + known(offset) // self.inner


MEMORY = Array(0, 0, False, False, "memory")  # as a whole: there an offset is an address


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the ``count`` numbers of an argument lie; ``outer`` and ``row`` are its array's."""

    start: Size
    count: Size
    outer: int = 0
    row: int = 0

    @property
    def inner(self) -> int:
        """How many rows there are once it is transposed."""
        return known(self.count) // self.outer
