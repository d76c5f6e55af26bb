"""How far rounding alone moves the numbers of a program.

Sums made in another order differ by as much: so a result that is nothing but what large terms leave
when they cancel is not mistaken for a wrong one.
"""

from functools import cached_property
from typing import Any

import numpy as np

from ...engine import Value
from ..graph import Graph
from ..tracing.batches import Batch
from ..tracing.predicates import truth
from ..tracing.trees import rebuilt
from .noise import noise_of
from .variant import Variant


class Rounding:
    """The rounding of one program; it is tried when it is first asked for.

    Args:
        variant: the program.
        graph: what it was compiled from.
        dtype: of the numbers inside.
        gradients: of how many outputs the gradients count.
    """

    def __init__(self, variant: Variant, graph: Graph, dtype: str, gradients: int) -> None:
        self._variant, self._graph, self.dtype = variant, graph, dtype
        self._gradients = gradients

    def most(self) -> float:
        """Return how far any number of the program is moved."""
        values, slopes = self._noise
        return max(values.max(initial=0.0), slopes)

    def of_gradients(self) -> float:
        """Return how far a gradient is moved at most."""
        return self._noise[1]

    def of_values(self, numbers: int) -> Any:
        """Return how far each number of a result is moved; the most of any where it is unclear.

        Args:
            numbers: how many the result has.
        """
        values, _ = self._noise
        recording, batch = self._variant.recording, self._variant.recording.batch
        if self._variant.gives_slopes:
            return self.most()
        outputs = iter(values[len(recording.guards) :].tolist())
        noise: list[float] = []

        def leaf(x: Any) -> None:
            noise.append(next(outputs) if isinstance(truth(x), Value) else 0.0)

        def vector(x: Any, made: list) -> None:
            if isinstance(x, Batch):
                of_value = [isinstance(truth(y), Value) for y in x.elements()]
                noise.extend(
                    [next(outputs) if is_value else 0.0 for is_value in of_value] * (batch or 1)
                )

        rebuilt(recording.result, leaf, vector)
        return np.array(noise) if len(noise) == numbers else values.max(initial=0.0)

    @cached_property
    def _noise(self) -> tuple[np.ndarray, float]:
        """How far a few random roundings of every operation move each output, and any gradient."""
        roots = self._graph.outputs[len(self._variant.recording.guards) :][: self._gradients]
        values, slopes = noise_of(self._graph, roots, self.dtype)
        batch = self._variant.recording.batch or 1
        return values * batch, slopes * batch
