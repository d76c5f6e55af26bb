"""Do the steps of a compiled training run: by C, many at a time, or by NumPy, one by one."""

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine import Value
from ...value import buffers
from ..c import build
from ..c.source import FLAGS, tables
from ..calls.kernel import allocate, warn_of_numpy
from ..calls.memory import Span
from ..errors import JitError
from ..ir.sizes import evaluate
from ..numpy.loops import NumpyKernel
from ..passes.schedules import width
from .columns import Column
from .driver import source
from .objective import Objective, whole_vectors
from .update import Rule

_Update = Callable[[Any, Any, tuple, Any, Any], tuple[Any, tuple]]


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
        firsts = [evaluate(p.start, env) for k, p in steps.fills if k is not None and steps.batch]
        dtype = np.dtype(steps.dtype)
        # so that rows start on a line of the cache
        shift = -min(firsts, default=0) % width(steps.dtype)
        self.v = allocate(size + shift, dtype)[shift:]
        self.g = allocate(size + shift, dtype)[shift:]
        self.total = allocate(steps.captured, dtype)
        rows = allocate(states * steps.count, dtype)[: states * steps.count]
        self.states = rows.reshape(states, steps.count)
        self.captured = np.empty(steps.captured)  # float64, on their way from and to Values
        start, constants = program.constants
        self.constants = np.array(constants, dtype)
        if isinstance(start, int):
            self.v[start : start + len(constants)] = constants

    def read(self, values: Sequence[Value]) -> None:
        """Take the data of the Values that the program reads."""
        buffers.read_data(values, self.captured)
        self.v[: len(values)] = self.captured

    def write(self, values: Sequence[Value], count: int) -> None:
        """Give the Values their gradients, and the first ``count``, the parameters, their data."""
        self.captured[:] = self.v[: len(values)]
        buffers.write_data(values[:count], self.captured[:count])
        self.captured[:] = self.g[: len(values)]
        buffers.write_grad(values, self.captured)


class CLoop:
    """Steps by C; ``train`` is what ``compiled`` returned."""

    def __init__(
        self, train: Any, objective: Objective, columns: Sequence[Column], memory: RunMemory
    ) -> None:
        self._train = train
        self._examples = len(columns[0].starts) - 1
        self._batched = bool(objective.steps.batch)
        offsets = [np.array(t.values, np.int64) for t in tables(objective.steps.program)]
        lengths = np.zeros(1, np.int64) if objective.lengths is None else objective.lengths
        self._best = np.empty(objective.steps.count, memory.v.dtype)
        self._alive = [
            memory.v,
            memory.g,
            memory.states,
            memory.total,
            self._best,
            _pointers([*[column.numbers for column in columns], np.zeros(1)]),
            _pointers([column.starts for column in columns]),
            lengths,
            _pointers(offsets),
        ]
        self._keep = columns, offsets
        self._run = _pointers(self._alive)
        self._same: Any = None

    def run(
        self,
        batches: Sequence[np.ndarray],
        rates: np.ndarray,
        done: int,
        epoch: int,
        best: Best,
        drawn: np.ndarray | None = None,
    ) -> np.ndarray:
        """Do a step for each batch; return the losses, of fewer where one could not be done.

        Args:
            batches: indices of examples.
            rates: learning rates.
            done: how many steps the optimiser has done.
            epoch: how many steps make one; 0 where nobody asks for the best epoch.
            best: takes the parameters after it.
            drawn: random numbers, a row for each example of each batch.
        """
        count = len(batches)
        if drawn is not None:
            drawn = drawn.astype(self._best.dtype, copy=False)
            self._alive[5][-1] = drawn.ctypes.data
        order, bounds, gathers = self._ordered(batches)
        losses, lowest, at = np.empty(count), np.array([best.loss]), np.array([-1])
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
        )
        if at[0] >= 0:
            best.loss, best.step = float(lowest[0]), int(at[0])
            best.parameters[:] = self._best
        return losses[:finished]

    def _ordered(self, batches: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray, int]:
        """The examples of all batches, where each batch begins, and how many are to be gathered."""
        everything = batches[0] if self._batched and len(set(map(id, batches))) == 1 else None
        if everything is not None:  # the same at each step: it is already in its place
            gathers = int(everything is not self._same)
            order, bounds = everything, np.arange(len(batches) + 1) * len(everything)
        else:
            gathers = len(batches)
            order = np.concatenate(batches)
            bounds = np.concatenate([[0], np.cumsum([len(b) for b in batches])])
        self._same = everything
        return (
            np.ascontiguousarray(order, np.int64),
            np.ascontiguousarray(bounds, np.int64),
            gathers,
        )


def _address(array: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


def _pointers(arrays: Sequence[np.ndarray]) -> np.ndarray:
    return np.array([a.ctypes.data for a in arrays], np.uintp)


class NumpyLoop:
    """The same steps by NumPy."""

    def __init__(
        self,
        objective: Objective,
        columns: Sequence[Column],
        memory: RunMemory,
        update: _Update,
        shrink: Callable[[np.ndarray], np.ndarray],
    ) -> None:
        self._objective, self._columns, self._memory = objective, columns, memory
        self._kernel = NumpyKernel(objective.steps.program, objective.steps.dtype)
        self._update, self._shrink = update, shrink
        self._drawn: np.ndarray | None = None  # for the examples of the present step

    def run(
        self,
        batches: Sequence[np.ndarray],
        rates: np.ndarray,
        done: int,
        epoch: int,
        best: Best,
        drawn: np.ndarray | None = None,
    ) -> np.ndarray:
        """Do a step for each batch; see ``CLoop.run``."""
        memory, count = self._memory, self._objective.steps.count
        p, losses, examples = memory.v[:count], [], len(self._columns[0].starts) - 1
        step_by_step = self._batch if self._objective.steps.batch else self._examples
        epoch_loss, first = 0.0, 0
        with np.errstate(all="ignore"):
            for k, (batch, rate) in enumerate(zip(batches, rates.tolist())):
                self._drawn = None if drawn is None else drawn[first : first + len(batch)]
                first += len(batch)
                loss = step_by_step(batch)
                if loss is None:
                    break
                losses.append(loss)
                states = tuple(memory.states)
                memory.g[:count] = self._shrink(memory.g[:count])
                p[:], new = self._update(p.copy(), memory.g[:count], states, done + k + 1, rate)
                for old, state in zip(memory.states, new):
                    old[:] = state
                epoch_loss += loss * (len(batch) / examples)
                if epoch and (k + 1) % epoch == 0:
                    if epoch_loss < best.loss:
                        best.loss, best.step = epoch_loss, k
                        best.parameters[:] = p
                    epoch_loss = 0.0
        return np.array(losses)

    def _batch(self, batch: np.ndarray) -> float | None:
        steps, v = self._objective.steps, self._memory.v
        size = len(batch)
        env = {"B": size, "P": whole_vectors(size, steps.dtype)}
        for k, place in steps.fills:
            span = Span.of(place, True, env)
            if k is None:
                v[span.start] = 1.0 / size
                continue
            v[span.start : span.start + span.length * span.row] = 0.0
            if k < steps.columns:
                span.put(v, self._columns[k].numbers.reshape(-1, span.length)[batch])
            elif self._drawn is not None:
                span.put(v, self._drawn)
        if not self._computed(env, [1.0]):
            return None
        return float(v[evaluate(steps.outputs[0], env)])

    def _examples(self, batch: np.ndarray) -> float | None:
        steps, memory = self._objective.steps, self._memory
        losses, penalty = 0.0, 0.0
        memory.total[:] = 0.0
        for e, i in enumerate(batch.tolist()):
            env = self._objective.env(i)
            if env and env["n"] < steps.least:
                return None
            for k, place in steps.fills:
                assert k is not None  # there is no mean over a batch
                if k < steps.columns:
                    numbers = self._columns[k].example(i).value
                elif self._drawn is not None:
                    numbers = self._drawn[e]
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
        steps, memory = self._objective.steps, self._memory
        sizes = [env[name] for name in steps.program.sizes]
        lines = [line.at(env["n"]) for line in steps.coefficients]
        scalars = [0.0] * len(steps.guards) + seeds + lines
        try:
            self._kernel.forward(memory.v, sizes, scalars)
        except IndexError:
            return False
        if any(bool(memory.v[evaluate(a, env)]) != holds for a, holds in steps.guards):
            return False
        self._kernel.backward(memory.v, memory.g, sizes, scalars)
        return True


def compiled(objective: Objective, rule: Rule) -> Any:
    """Return the C function that does the steps; None, with a warning, where no C compiler works.

    Raises:
        JitError: the compiler refused the program.
    """
    try:
        train = build.load(source(objective.steps, rule), FLAGS, ["train"]).train
    except build.CompilerNotFound as refusal:
        warn_of_numpy(refusal)
        return None
    except build.CompileError as error:
        raise JitError(str(error)) from None
    train.restype = ctypes.c_int64
    return train
