"""Do the steps of a compiled training run by C, many at a time."""

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...batching import Repeated, flattened
from ...engine import Value
from ...value import buffers
from ..c.source import tables
from ..calls.columns import address
from ..calls.kernel import allocate
from ..ir.sizes import evaluate
from .columns import Column
from .objective import Objective, whole_vectors
from .rows import TableRows

Reduction = Callable[[int, float], float]  # of a step and this process's loss: that of all
_REDUCTION = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int64)


@dataclass(slots=True)
class Best:
    """The epoch of the lowest loss: its last step, and the parameters after it."""

    loss: float
    parameters: np.ndarray
    step: int | None = None


class RunMemory:
    """The numbers of a run: values, gradients and the optimiser's states."""

    def __init__(self, objective: Objective, states: int, largest: int) -> None:
        steps = objective.steps
        program = steps.program
        env = {"B": largest, "P": whole_vectors(largest, steps.dtype)}
        if objective.lengths is not None:
            env |= objective.env(int(objective.lengths.argmax()))
        size = evaluate(program.size, env)
        dtype = np.dtype(steps.dtype)
        self.v, self.g = allocate(size, dtype), allocate(size, dtype)
        self.total = allocate(steps.captured, dtype)
        rows = allocate(states * steps.count, dtype)[: states * steps.count]
        self.states = rows.reshape(states, steps.count)
        self.each_state = pointers([*self.states, np.zeros(1)])
        self.moving = np.empty((2, steps.captured))  # data and gradients, from and to Values
        start, constants = program.constants
        self.constants = np.array(constants, dtype)
        if isinstance(start, int):
            self.v[start : start + len(constants)] = constants

    def read(self, values: Sequence[Value]) -> None:
        """Take the data of the Values that the program reads."""
        buffers.read_data(values, self.moving[0])
        self.v[: len(values)] = self.moving[0]

    def take_down(self) -> None:
        """Keep data and gradients as they are now, to be written later."""
        count = self.moving.shape[1]
        self.moving[0], self.moving[1] = self.v[:count], self.g[:count]

    def write(self, values: Sequence[Value], count: int) -> None:
        """Give the Values these gradients, and the first ``count``, the parameters, their data."""
        parameters, others = values[:count], values[count:]
        buffers.write_both(parameters, np.ascontiguousarray(self.moving[:, :count]))
        buffers.write_grad(others, self.moving[1, count:])


class CLoop:
    """Steps by C; ``train`` is the function that ``driver.source`` prints."""

    def __init__(
        self,
        train: Any,
        objective: Objective,
        columns: Sequence[Column],
        memory: RunMemory,
        rows: TableRows,
    ) -> None:
        self._train, self.memory, self.rows = train, memory, rows
        self._examples = len(columns[0].starts) - 1
        self._batched = bool(objective.steps.batch)
        offsets = [np.array(t.values, np.int64) for t in tables(objective.steps.program)]
        lengths = np.zeros(1, np.int64) if objective.lengths is None else objective.lengths
        self._best = np.empty(objective.steps.count, memory.v.dtype)
        self._alive = [
            memory.v,
            memory.g,
            memory.each_state,
            memory.total,
            self._best,
            pointers([*[column.numbers for column in columns], np.zeros(1)]),
            pointers([column.starts for column in columns]),
            lengths,
            pointers(offsets),
            self.rows.words,
        ]
        self._keep = columns, offsets
        self._run = pointers(self._alive)
        self._same: Any = None

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
        """Do a step for each batch; return the losses, of fewer where one could not be done.

        Args:
            batches: indices of examples.
            rates: learning rates.
            done: how many steps the optimiser has done.
            epoch: how many steps make one; 0 where nobody asks for the best epoch.
            best: takes the parameters after it.
            drawn: random numbers, a row for each example of each batch.
            reduce: makes a step's gradient and loss, of this process's share, those of all.
        """
        count = len(batches)
        if drawn is not None:
            drawn = drawn.astype(self._best.dtype, copy=False)
            self._alive[5][-1] = address(drawn)
        order, bounds, gathers = self._ordered(batches)
        losses, lowest, at = np.empty(count), np.array([best.loss]), np.array([-1])
        raised: list[BaseException] = []

        def reduced(step: int) -> int:
            try:
                assert reduce is not None
                losses[step] = reduce(step, float(losses[step]))
            except BaseException as error:  # none passes through C; Ctrl-C comes here too
                raised.append(error)
            return len(raised)

        finished = self._train(
            _address(self._run),
            _address(order),
            _address(bounds),
            ctypes.c_int64(count),
            ctypes.c_int64(done),
            ctypes.c_int64(gathers),
            _address(rates),
            _address(losses),
            ctypes.c_int64(epoch),
            ctypes.c_double(self._examples),
            _address(lowest),
            _address(at),
            _REDUCTION(reduced) if reduce else _REDUCTION(),
        )
        if at[0] >= 0:
            best.loss, best.step = float(lowest[0]), int(at[0])
            best.parameters[:] = self._best
        if raised:  # the parameters in the Values are those of before all of these steps
            raise raised[0]
        return losses[:finished]

    def _ordered(self, batches: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray, int]:
        """The examples of all batches, where each batch begins, and how many are to be gathered."""
        everything = batches.batch if self._batched and isinstance(batches, Repeated) else None
        if everything is not None:  # the same at each step: it is already in its place
            gathers = int(everything is not self._same)
            order, bounds = everything, np.arange(len(batches) + 1) * len(everything)
        else:
            gathers = len(batches)
            order, bounds = flattened(batches)
        self._same = everything
        return (
            np.ascontiguousarray(order, np.int64),
            np.ascontiguousarray(bounds, np.int64),
            gathers,
        )


def _address(array: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(address(array))


def pointers(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Return the addresses of arrays, as an array that C reads."""
    return np.array([address(a) for a in arrays], np.uintp)
