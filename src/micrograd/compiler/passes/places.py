"""The places of arrays in memory: where each begins, and in which order its numbers lie."""

from bisect import bisect_left, bisect_right

from ..ir.array import Place
from ..ir.sizes import Size

VECTOR = 8  # numbers


class Places:
    """The places of all plain arrays, in order of their old addresses."""

    def __init__(self, spans: list[tuple[int, int]], turned: dict[int, int]) -> None:
        self.all: list[Place] = []
        self.end = 0
        for start, count in spans:
            place = Place(start, count, self.end)
            if start in turned:
                place.outer = turned[start]
                place.row = -(-place.outer // VECTOR) * VECTOR
                place.new = self.end = -(-self.end // VECTOR) * VECTOR
            self.all.append(place)
            self.end += place.size
        self._starts = [p.old for p in self.all]

    def at(self, address: int) -> Place:
        """Return the place of the array that holds an old address."""
        return self.all[bisect_right(self._starts, address) - 1]

    def within(self, start: int, stop: int) -> list[Place]:
        """Return the places of the arrays that begin in a range of old addresses."""
        return self.all[bisect_left(self._starts, start) : bisect_left(self._starts, stop)]


def is_plain(address: Size, plain: int) -> bool:
    """Tell whether an address is before the batched rows."""
    return isinstance(address, int) and address < plain
