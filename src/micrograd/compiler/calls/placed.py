"""A stage of a call that goes straight to the loops: where it lies in the memory of the call."""

from collections.abc import Iterator
from typing import NamedTuple

from .compiled import Compiled
from .memory import Addresses


class PlacedStage(NamedTuple):
    """A stage in the memory of a call: where its numbers and its gradients begin."""

    compiled: Compiled
    at: Addresses
    v: int
    g: int
    seeds: dict[int, float] | None  # of the outputs that are differentiated, if any are
    narrow: tuple[int, int] | None  # of float32: where these begin in it

    def output(self, k: int, base: int) -> int | range:
        """Return where output k lies, of a batch all numbers, if the stage begins at base."""
        start = base + self.at.outputs[k]
        return start if self.compiled.is_number(k) else range(start, start + self.at.env["B"])

    def results(self) -> Iterator[int]:
        """Yield where the numbers lie that come out."""
        for k in range(len(self.at.outputs)):
            output = self.output(k, 0)
            yield from output if isinstance(output, range) else (output,)

    def end_of_leaves(self) -> int:
        """Return where the last of what the stage is given ends."""
        return max(len(self.compiled.layout.captured), self.at.end_of_leaves())
