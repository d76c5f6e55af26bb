"""Do the steps of a compiled training run one by one: by NumPy, where there is no C compiler."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..arrays.in_memory import NumpyKernel
from ..calls.memory import Span
from ..ir.sizes import evaluate
from .columns import Column
from .objective import Objective, whole_vectors
from .steps import Best, Reduction, RunMemory

Update = Callable[[Any, Any, tuple, Any, Any], tuple[Any, tuple]]


class StepByStep:
    """The loop over steps in Python; what a step consists of is a subclass's affair."""

    def __init__(self, columns: Sequence[Column], memory: RunMemory) -> None:
        self.columns, self.memory = columns, memory

    @abstractmethod
    def objective(self, batch: np.ndarray, drawn: np.ndarray | None) -> float | None:
        """Fill values and gradients for a batch; None where the program cannot take it."""

    @abstractmethod
    def move(self, step: int, rate: float) -> None:
        """Move the parameters and the optimiser's states along the gradients."""

    def run(
        self,
        batches: Sequence[np.ndarray],
        rates: np.ndarray,
        done: int,
        epoch: int,
        best: Best,
        drawn: np.ndarray | None = None,
        reduce: Reduction | None = None,
    ) -> np.ndarray:
        """Do a step for each batch; see ``CLoop.run``."""
        losses: list[float] = []
        examples = len(self.columns[0].starts) - 1
        epoch_loss, first = 0.0, 0
        for k, (batch, rate) in enumerate(zip(batches, rates.tolist())):
            numbers = None if drawn is None else drawn[first : first + len(batch)]
            first += len(batch)
            with np.errstate(all="ignore"):
                loss = self.objective(batch, numbers) if len(batch) else 0.0
                if loss is None:
                    break
                loss = reduce(k, loss) if reduce else loss
                losses.append(loss)
                self.move(done + k + 1, rate)
            epoch_loss += loss * (len(batch) / examples)
            if epoch and (k + 1) % epoch == 0:
                if epoch_loss < best.loss:
                    best.loss, best.step = epoch_loss, k
                    best.parameters[:] = self.memory.v[: len(best.parameters)]
                epoch_loss = 0.0
        return np.array(losses)


class NumpyLoop(StepByStep):
    """Steps by NumPy.

    Args:
        objective: what is computed.
        columns, memory: the data, and the numbers of the run.
        update: the optimiser's rule.
        shrink: what becomes of gradients before it.
    """

    def __init__(
        self,
        objective: Objective,
        columns: Sequence[Column],
        memory: RunMemory,
        update: Update,
        shrink: Callable[[np.ndarray], np.ndarray],
    ) -> None:
        super().__init__(columns, memory)
        self._objective = objective
        self._kernel = NumpyKernel(objective.steps.program, objective.steps.dtype)
        self._update, self._shrink = update, shrink

    def objective(self, batch: np.ndarray, drawn: np.ndarray | None) -> float | None:
        """Compute a batch at once, or one example after the other."""
        return (self._batch if self._objective.steps.batch else self._examples)(batch, drawn)

    def move(self, step: int, rate: float) -> None:
        """Apply the rule to arrays."""
        memory, count = self.memory, self._objective.steps.count
        p, states = memory.v[:count], tuple(memory.states)
        memory.g[:count] = self._shrink(memory.g[:count])
        p[:], new = self._update(p.copy(), memory.g[:count], states, step, rate)
        for old, state in zip(memory.states, new):
            old[:] = state

    def _batch(self, batch: np.ndarray, drawn: np.ndarray | None) -> float | None:
        steps, v = self._objective.steps, self.memory.v
        size = len(batch)
        env = {"B": size, "P": whole_vectors(size, steps.dtype)}
        for k, place in steps.fills:
            span = Span.of(place, True, env)
            if k is None:
                v[span.start] = 1.0 / size
                continue
            v[span.start : span.start + span.length * span.row] = 0.0
            if k < steps.columns:
                span.put(v, self.columns[k].numbers.reshape(-1, span.length)[batch])
            elif drawn is not None:
                span.put(v, drawn)
        if not self._computed(env, [1.0]):
            return None
        return float(v[evaluate(steps.outputs[0], env)])

    def _examples(self, batch: np.ndarray, drawn: np.ndarray | None) -> float | None:
        steps, memory = self._objective.steps, self.memory
        losses, penalty = 0.0, 0.0
        memory.total[:] = 0.0
        for e, i in enumerate(batch.tolist()):
            env = self._objective.env(i)
            if env and env["n"] < steps.least:
                return None
            for k, place in steps.fills:
                assert k is not None  # there is no mean over a batch
                if k < steps.columns:
                    numbers = self.columns[k].example(i).value
                elif drawn is not None:
                    numbers = drawn[e]
                Span.of(place, False, env).put(memory.v, np.asarray(numbers))
            start = evaluate(steps.program.constants[0], env)
            memory.v[start : start + len(memory.constants)] = memory.constants
            if not self._computed(env, [1.0 / len(batch), float(e == 0)][: len(steps.outputs)]):
                return None
            values = [float(memory.v[evaluate(o, env)]) for o in steps.outputs]
            losses, penalty = losses + values[0], (values[1:] or [0.0])[0]
            memory.total += memory.g[: steps.captured]
        memory.g[: steps.captured] = memory.total
        return losses / len(batch) + penalty

    def _computed(self, env: dict[str, int], seeds: list[float]) -> bool:
        """Fill values and gradients; False where an index or a branch does not fit the program."""
        steps, memory = self._objective.steps, self.memory
        sizes = [env[name] for name in steps.program.sizes]
        lines = [line.at(env["n"]) for line in steps.coefficients]
        scalars = [0.0] * len(steps.guards) + seeds + lines
        try:
            made = self._kernel.forward(memory.v, sizes, scalars)
        except IndexError:
            return False
        if any(bool(memory.v[evaluate(a, env)]) != holds for a, holds in steps.guards):
            return False
        self._kernel.backward(memory.v, memory.g, sizes, scalars, made)
        return True
