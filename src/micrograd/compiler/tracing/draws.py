"""Random numbers in a trace: inputs that are drawn anew at each call, in the order of an eager run.

Eagerly a mapped function draws all numbers of one example, then those of the next. So the draws of
one generator within one vmap are a segment: an array with a row for each example.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...engine import Value
from ...random import Generator
from .signature import Argument


@dataclass(slots=True, eq=False)
class Segment:
    """Draws that follow each other: of which kinds, and the inputs that stand for them."""

    generator: Generator
    batched: bool
    kinds: list[int] = field(default_factory=list)
    leaves: list[Value] = field(default_factory=list)
    numbers: Any = None  # those of the call that was traced


class Draws:
    """The random numbers of one trace."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self._open: dict[Generator, Segment] = {}
        self._batched = False
        self._before: dict[Generator, dict[str, int]] = {}

    def draw(self, generator: Generator, kind: int) -> Value:
        """Return the input that stands for a new random number."""
        self._before.setdefault(generator, generator.state())
        segment = self._open.get(generator)
        if segment is None:
            segment = self._open[generator] = Segment(generator, self._batched)
            self.segments.append(segment)
        segment.kinds.append(kind)
        segment.leaves.append(Value(generator.number(kind)))
        return segment.leaves[-1]

    def enter(self) -> tuple[dict[Generator, Segment], bool]:
        """Begin a vmap; return what ``leave`` wants back."""
        former, self._open = (self._open, self._batched), {}
        self._batched = True
        return former

    def leave(self, former: tuple[dict[Generator, Segment], bool], size: int) -> None:
        """End a vmap: draw the numbers of all examples but the first, which is the one traced."""
        for segment in self._open.values():
            first = [[leaf._data for leaf in segment.leaves]]
            rest = segment.generator.numbers(segment.kinds, size - 1)
            segment.numbers = np.concatenate([first, rest])
        self._open, self._batched = {}, former[1]

    def first(self) -> list[Argument]:
        """Return the numbers of the traced call, as further arguments."""
        numbers = [
            np.array([leaf._data for leaf in s.leaves]) if s.numbers is None else s.numbers
            for s in self.segments
        ]
        return [Argument("array", x, x.shape, x.shape) for x in numbers]

    def again(self, size: int) -> list[Argument]:
        """Return new numbers, for a batch of this size."""
        numbers = [
            s.generator.numbers(s.kinds, size) if s.batched else s.generator.numbers(s.kinds, 1)[0]
            for s in self.segments
        ]
        return [Argument("array", x, x.shape, x.shape) for x in numbers]

    def undo(self) -> None:
        """Put the generators back to before the trace: it was made to be looked at."""
        put_back(list(self._before.items()))

    def states(self) -> list[tuple[Generator, dict[str, int]]]:
        """Return how far the generators have got."""
        return [(s.generator, s.generator.state()) for s in self.segments]


def put_back(states: Sequence[tuple[Generator, dict[str, int]]]) -> None:
    """Let generators go on from where they were."""
    for generator, state in reversed(states):
        generator.set_state(state)
