"""The random numbers of a compiled training run."""

from dataclasses import dataclass

import numpy as np

from ...random import Generator
from ..errors import JitError
from ..tracing.recording import Trace


@dataclass(frozen=True, slots=True)
class Drawn:
    """The random numbers that the loss draws for an example."""

    generator: Generator
    kinds: tuple[int, ...]

    def numbers(self, examples: int) -> np.ndarray:
        """Draw for so many examples: an array (examples, numbers)."""
        return self.generator.numbers(self.kinds, examples)

    def give_back(self, examples: int) -> None:
        """Let the generator go on from where it was so many examples ago."""
        state = self.generator.state()
        state["position"] -= examples * sum(self.kinds)
        self.generator.set_state(state)


def drawn_by(recording: Trace) -> Drawn | None:
    """Return what is drawn for each example; what was drawn for the recording is given back."""
    if recording.updated:
        raise JitError("the loss keeps a running state")
    segments = recording.draws.segments
    found = [Drawn(s.generator, tuple(s.kinds)) for s in segments]
    for drawn, segment in zip(found, segments):
        drawn.give_back(recording.batch or 1 if segment.batched else 1)
    if len(found) > 1 or any(s.batched != (recording.batch is not None) for s in segments):
        raise JitError("the objective draws random numbers by several generators or in its penalty")
    return found[0] if found else None
