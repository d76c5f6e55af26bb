"""Tables around compiled steps: their states, and the trial of a step on some of their rows."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..compiler.calls.closeness import close
from ..compiler.training.rows import TableRows
from ..optim import Optimizer
from ..value import buffers
from ..value.tables import LookupTable, Parameters


def elsewhere(optimizer: Optimizer) -> Any:
    """Return where an optimiser's states are those of Values that are of no table."""
    parameters = optimizer.parameters
    if not isinstance(parameters, Parameters):
        return slice(None)
    pieces = parameters.pieces(np.arange(len(parameters)))
    places = [piece for part, piece in pieces if not isinstance(part, LookupTable)]
    return np.concatenate([np.empty(0, np.int64), *places])


def states_of(table: LookupTable, optimizer: Optimizer) -> list[np.ndarray]:
    """Return the parts of an optimiser's states that are of a table, in its shape."""
    parameters: Any = optimizer.parameters
    return [
        piece.reshape(table.shape)
        for state in optimizer.state
        for part, piece in parameters.pieces(state)
        if part is table
    ]


class TableTrial:
    """The rows of a table that a step is tried on, and what they were before."""

    def __init__(self, table: LookupTable, rows: np.ndarray, optimizer: Optimizer) -> None:
        self._table, self._rows, self._optimizer = table, rows, optimizer
        table.clear()
        table.moved()
        self._arrays = [table.settled(), *states_of(table, optimizer)]
        self._before = [array[rows] for array in self._arrays]
        for state in self._arrays[1:]:
            state[rows] = 0.0
        self.slopes = np.empty(self._before[0].shape)

    def read_slopes(self) -> None:
        """Take the gradients of an eager step, and clear them."""
        self._moving = self._table.moving()
        buffers.read_grad([v for i in self._rows.tolist() for v in self._table[i]], self.slopes)
        self._table.moved()
        self._table.clear()

    def is_right(self, touched: np.ndarray, slopes: np.ndarray) -> bool:
        """Tell whether a compiled step did the same to the rows that it has touched."""
        order = np.argsort(touched)
        if not touched[order].tolist() == self._rows.tolist() == self._moving:
            return False
        slopes, states = slopes[order], [np.zeros(slopes.shape) for _ in self._arrays[1:]]
        before, lr = self._before[0], self._optimizer.lr
        with np.errstate(all="ignore"):
            moved, _ = self._optimizer.update(before, slopes, tuple(states), 1, lr)
        return close(slopes, self.slopes) and close(self._arrays[0][self._rows], moved)

    def put_back(self) -> None:
        """Let the table and the states be as they were."""
        for array, before in zip(self._arrays, self._before, strict=True):
            array[self._rows] = before


@contextmanager
def trials_of(
    rows: TableRows | None, optimizer: Optimizer, examples: Sequence[int]
) -> Iterator[list[TableTrial]]:
    """Let a step over some examples leave no trace in tables; give what is to be compared."""
    if rows is None:
        yield []
        return
    pairs = zip(rows.tables, rows.looked_up(examples), strict=True)
    trials = [TableTrial(table, some, optimizer) for table, some in pairs]
    try:
        yield trials
    finally:
        for trial in trials:
            trial.put_back()


def are_right(trials: Sequence[TableTrial], rows: TableRows) -> bool:
    """Tell whether a compiled step did what an eager one does to all tables."""
    left = zip(trials, rows.touched(), strict=True)
    return all(trial.is_right(*touched) for trial, touched in left)


def shrink_together(arrays: Sequence[np.ndarray], shrunk: Callable[[Any], Any]) -> None:
    """Let a function of one long gradient change the arrays that it consists of."""
    whole = shrunk(np.concatenate([array.reshape(-1) for array in arrays]))
    ends = np.cumsum([array.size for array in arrays])
    for array, part in zip(arrays, np.split(whole, ends[:-1]), strict=True):
        array[...] = part.reshape(array.shape)
