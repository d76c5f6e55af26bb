"""A compiled step beside an eager one on the same examples: loss, gradient, and what has moved."""

from math import inf
from time import perf_counter
from typing import Any

import numpy as np

from ..compiler.calls.closeness import close
from ..compiler.training.objective import Objective
from ..compiler.training.steps import Best
from ..examples import Examples
from .eager import EagerRunner
from .gradients import EagerGradients
from .tables import TableTrial, are_right, shrink_together, states_of, trials_of

TRIED = 16  # examples that a step is compared on, if there are not more labels
_OTHERS = 4  # examples that are asked where one does not tell


class Comparison:
    """Steps that leave no trace, to compare a loop with the eager runner.

    Args:
        eager: does the same one Value at a time.
        gradients: of the eager steps.
        objective: what the loop computes.
        loop: the steps.
        rows: of the loop's tables; None where it has none.
        dtype: of the numbers inside.
    """

    seconds = inf  # that the last compiled step took

    def __init__(
        self,
        eager: EagerRunner,
        gradients: EagerGradients,
        objective: Objective,
        loop: Any,
        rows: Any,
        dtype: str,
    ) -> None:
        self._eager, self._gradients, self._objective = eager, gradients, objective
        self._loop, self._rows, self._dtype = loop, rows, dtype

    def is_right(self, examples: list[int], size: int) -> bool:
        """Do a step that leaves no trace; tell whether it is what an eager step does.

        Args:
            examples: each of which is computed eagerly once, with random numbers of its own.
            size: of the batch, in which they are repeated, numbers and all.
        """
        if self._agrees(examples, size):
            return True
        # Losses and gradients are differences, such as 1 - p: where a model is sure of an example,
        # little is left of them but what rounding makes of 1. Then another one has to tell.
        others = [i for i in few_of(self._eager.examples) if i not in examples][:_OTHERS]
        sure = self._agrees(examples, size, self._gradients.largest(others, size))
        return sure and any(self._agrees([i], size) for i in others)

    def _agrees(
        self, examples: list[int], size: int, largest: tuple[float, float] = (0.0, 0.0)
    ) -> bool:
        with trials_of(self._rows, self._eager.optimizer, examples) as tables:
            return self._compared(examples, size, tables, largest)

    def _compared(
        self, examples: list[int], size: int, tables: list[TableTrial], largest: tuple[float, float]
    ) -> bool:
        """Compare with room beside the largest of other losses, and of other gradients."""
        memory, optimizer, drawn = self._loop.memory, self._eager.optimizer, self._objective.drawn
        captured, count = self._objective.captured, self._objective.steps.count
        loss, gradient = self._gradients.of(examples, size)
        for table in tables:
            table.read_slopes()
        slopes = [table.slopes for table in tables]
        shrink_together([gradient[:count], *slopes], self._eager.shrunk)
        numbers = None
        if drawn:
            numbers = drawn.numbers(len(examples))
            drawn.give_back(len(examples))
            numbers = np.resize(numbers, (size, numbers.shape[1]))
        memory.read(captured)
        before = memory.v[:count].copy()
        memory.states[:] = 0.0
        batch, rates = np.resize(examples, size), np.array([optimizer.lr])
        started = perf_counter()
        if self._rows:
            self._rows.begin([states_of(table, optimizer) for table in self._rows.tables])
        losses = self._loop.run([batch], rates, 0, 0, Best(inf, before), numbers)
        self.seconds = perf_counter() - started
        states = tuple(np.zeros((len(memory.states), count)))
        with np.errstate(all="ignore"):
            moved, _ = optimizer.update(before, memory.g[:count], states, 1, optimizer.lr)
        return (
            len(losses) == 1
            and close(losses, np.array([loss]), self._dtype, largest=largest[0])
            and close(memory.g[: len(captured)], gradient, self._dtype, largest=largest[1])
            and close(memory.v[:count], moved, self._dtype)
            and (not self._rows or are_right(tables, self._rows))
        )


def few_of(examples: Examples, count: int = TRIED) -> list[int]:
    """Return the indices of a few examples to compare on: one of each label, and the first ones."""
    found = examples.representatives()
    return found + [i for i in range(min(count, len(examples))) if i not in found]
