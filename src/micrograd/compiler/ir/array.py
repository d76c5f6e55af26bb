"""Arrays: what lies together in memory, and where the numbers of an argument go."""

from dataclasses import dataclass, field

from .sizes import Poly, Size, known


@dataclass(frozen=True, slots=True)
class Array:
    """What lies together in memory: ``count`` numbers, or rows of P numbers if it is batched.

    ``name`` and ``shape`` are what people call it, of arguments.
    ``kind``: parameter, variable (an input whose gradient is wanted), input, constant, computed.
    ``parts``: the arrays that it was joined of, because an operand goes through all of them.
    """

    start: Size
    count: Size
    batched: bool
    needs_gradient: bool
    kind: str
    parts: tuple["Array", ...] = field(default=(), hash=False)
    name: str = ""
    shape: tuple[Size, ...] = field(default=(), hash=False)

    @property
    def size(self) -> Size:
        """How many addresses it takes."""
        return self.count * Poly.var("P") if self.batched else self.count

    @property
    def leaves(self) -> tuple["Array", ...]:
        """The arrays that it was joined of, or itself alone."""
        return self.parts or (self,)


MEMORY = Array(0, 0, False, False, "memory")  # as a whole: there an offset is an address


@dataclass(slots=True)
class Place:
    """Where an array lies: ``old``, ``count`` before; from ``new`` on now.

    ``outer`` and ``row`` are 0 where the order stays; else element q·(count/outer) + r has moved to
    r·row + q, with q < outer <= row.
    """

    old: int
    count: Size
    new: Size
    outer: int = 0
    row: int = 0

    @property
    def inner(self) -> int:
        """How many rows there are once it is turned over."""
        return known(self.count) // self.outer

    @property
    def size(self) -> int:
        """How many addresses it takes now."""
        return self.inner * self.row if self.outer else known(self.count)

    def moved(self, address: int) -> int:
        """Return where an element has gone."""
        offset = address - self.old
        if self.outer:
            offset = offset % self.inner * self.row + offset // self.inner
        return known(self.new) + offset
