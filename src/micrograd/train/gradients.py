"""What the steps of a compiled program are compared with: the gradients of a few eager ones."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import numpy as np

from ..compiler.training.objective import Objective
from ..value import buffers
from .eager import EagerRunner, of_example

_MOST_NUMBERS = 1 << 22  # kept of what was computed ahead


class EagerGradients:
    """Losses and their gradients, one Value at a time.

    Args:
        eager: does it.
        objective: says which Values count, and draws the random numbers.
    """

    def __init__(self, eager: EagerRunner, objective: Objective) -> None:
        self._eager, self._objective = eager, objective
        self._ahead: dict[tuple[int, ...], tuple[float, np.ndarray]] = {}

    def compute_ahead(self, parts: Sequence[list[int]], size: int, library: "Future[Any]") -> None:
        """Compute what will be asked for first, while a compiler works."""
        most = _MOST_NUMBERS // max(1, len(self._objective.captured))
        try:
            for part in parts[: max(1, most)]:
                if library.done():
                    break
                self._ahead[tuple(part)] = self._computed(part, size)
        except Exception:
            library.result()  # what the compiler has to say comes first
            raise

    def of(self, examples: list[int], size: int) -> tuple[float, np.ndarray]:
        """Return the objective of a batch in which examples are repeated, and its gradient."""
        return self._ahead.pop(tuple(examples), None) or self._computed(examples, size)

    def largest(self, examples: list[int], size: int) -> tuple[float, float]:
        """Return the largest loss of some examples, and the largest number of their gradients."""
        losses, slopes = [0.0], [0.0]
        for i in examples:
            loss, gradient = self._computed([i], size)
            losses.append(abs(loss))
            slopes.append(float(np.abs(self._eager.shrunk(gradient)).max(initial=0.0)))
        return max(losses), max(slopes)

    def _computed(self, examples: list[int], size: int) -> tuple[float, np.ndarray]:
        """Differentiate one example after the other: there is only the graph of one."""
        eager, captured = self._eager, self._objective.captured
        kept, gradient = np.empty((2, len(captured)))
        buffers.read_grad(captured, kept)
        buffers.zero_grad(captured)
        total = 0.0
        for k, i in enumerate(examples):
            times = len(range(k, size, len(examples)))
            share = of_example("loss", eager.loss, eager.examples, i) * (times / size)
            share.backward()
            total += share.data
            del share  # or its graph would stand beside the next one's
        if eager.penalty:
            penalty = eager.penalty() * 1.0
            penalty.backward()
            total += penalty.data
        buffers.read_grad(captured, gradient)
        buffers.write_grad(captured, kept)
        if self._objective.drawn:
            self._objective.drawn.give_back(len(examples))  # the same again
        return total, gradient
