"""The steps of ``fit`` by compiled loops, many at a time, without an object for each parameter."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cached_property, partial
from math import inf
from threading import Lock
from time import perf_counter
from typing import Any

import numpy as np

from .. import functions
from ..compiler.calls.closeness import close
from ..compiler.errors import JitError
from ..compiler.jit import jit
from ..compiler.training.columns import Column, columns_of
from ..compiler.training.objective import Objective
from ..compiler.training.steps import Best
from ..engine import Value
from ..examples import Examples
from ..nn import Module
from ..nn.phase import phase
from ..nn.states import entries_of
from ..random import refused
from ..transforms import vmap
from ..value import buffers, tables
from ..value.columns import ValueSet
from ..value.tables import Parameters, gathered, others
from .comparison import few_of
from .eager import EagerRunner
from .tables import elsewhere
from .trial import Steps, no_random_numbers

_STRETCH, _LONGEST = 0.2, 1.0  # seconds: how long Ctrl-C may have to wait
_SHARE = 50  # times as long as the numbers of a large model are copied, so that this hardly counts


class Mean:
    """The mean of a function over examples, as loops."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._whole = jit(lambda *batch: functions.mean(vmap(function)(*batch)), when="now")
        self._single = jit(lambda *example: function(*example), when="now")
        self._known: tuple[Any, list[Column]] = (None, [])

    def __call__(self, examples: Any) -> float:
        """Return the mean over ``examples.columns``.

        Raises:
            JitError: the function cannot be compiled.
        """
        if self._known[0] is not examples:
            self._known = examples, columns_of(examples.columns)
        columns = self._known[1]
        if all(c.shape is not None for c in columns):
            return _number(self._whole(*[c.batch().value for c in columns]))
        rows = [[c.example(i).value for c in columns] for i in range(len(examples))]
        return sum([_number(self._single(*row)) for row in rows]) / len(rows)


def _number(x: Any) -> float:
    return float(x.data if isinstance(x, Value) else x)


class StandIn:
    """A copy of a model, by which what is measured of all models of its shape is compiled once.

    Args:
        model: the first of them.
    """

    def __init__(self, model: Module) -> None:
        self._model = deepcopy(model).eval()
        self._values = _numbers_of(self._model)
        self._buffer = np.empty(len(self._values))
        self._means: dict[str, Mean] = {}
        self._examples: dict[Any, Any] = {}  # those of the first model, by their columns
        self._lock = Lock()

    def mean(self, name: str, function: Callable[..., Any], values: Any, examples: Any) -> float:
        """Return the mean of ``function(model, *example)`` for one of the models.

        Args:
            name: of the function.
            values: of the model.
        """
        if len(values) != len(self._values):
            raise JitError("a model of another shape")
        key = tuple(map(id, examples.columns))
        with self._lock:
            buffers.read_data(values, self._buffer)
            buffers.write_data(self._values, self._buffer)
            if name not in self._means:
                self._means[name] = Mean(partial(function, self._model))
            return self._means[name](self._examples.setdefault(key, examples))


def _numbers_of(model: Module) -> list[Any]:
    """The Values of a model's state: parameters, and what follows the data."""
    return [v for _, values, _ in entries_of(model) for v in values]


class Means:
    """The means of several functions over examples, as loops where that is possible.

    Args:
        eager: computes those of which it is not.
        like: the means of a model of the same shape, on the same data.
    """

    def __init__(self, eager: EagerRunner, like: "Means | None" = None) -> None:
        self._eager = eager
        self._known: dict[str, Callable[[Any], float] | None] = {}
        self._like = like

    @cached_property
    def stand_in(self) -> StandIn:
        """What the models of its shape in a sweep are measured by."""
        return StandIn(self._eager.model)

    def of(
        self, measures: Mapping[str, Callable[..., Any]], examples: Examples
    ) -> dict[str, float]:
        """Return the mean of each function over examples, in evaluation mode."""
        found: dict[str, float] = {}
        for name, function in measures.items():
            if name not in self._known:
                self._known[name] = self._compiled(name, function, examples)
            mean = self._known[name]
            if mean is None:
                found |= EagerRunner.measure(self._eager, {name: function}, examples)
            else:
                with phase(self._eager.model, training=False):
                    found[name] = mean(examples)
        return found

    def _compiled(
        self, name: str, function: Callable[..., Any], examples: Examples
    ) -> Callable[[Any], float] | None:
        """Return what computes a mean as loops; None if it cannot, or computes something else."""
        like, model = self._like, self._eager.model
        if isinstance(model.parameters(), Parameters):  # jit runs plainly what looks up
            return None
        if like and isinstance(function, partial) and function.args == (model,):
            values, of_model = _numbers_of(model), function.func

            def found(some: Any) -> float:
                return like.stand_in.mean(name, of_model, values, some)

            if not function.keywords and self._agrees(found, name, function, examples):
                return found
        mean = Mean(function)
        return mean if self._agrees(mean, name, function, examples) else None

    def _agrees(
        self,
        mean: Callable[[Any], float],
        name: str,
        function: Callable[..., Any],
        examples: Examples,
    ) -> bool:
        """Tell whether a compiled mean of a few examples is the plain one."""
        few = examples.some(few_of(examples))
        try:
            refusal = refused(JitError("a metric that draws random numbers is computed eagerly"))
            with phase(self._eager.model, training=False), no_random_numbers(), refusal:
                found = mean(few)
        except Exception:  # whatever a function raises that was not written for tracing
            return False
        expected = EagerRunner.measure(self._eager, {name: function}, few)[name]
        return close(np.array([found]), np.array([expected]))


def _unused(model: Module, objective: Objective) -> Any:
    """Return the parameters that an objective does not compute with."""
    parameters = model.parameters()
    unused: list[Any] = ValueSet(objective.captured).added(list(others(parameters)))
    if isinstance(parameters, Parameters):
        read = set(map(id, objective.tables))
        unused += [table for table in parameters.tables if id(table) not in read]
    return gathered(unused)


class CompiledRunner:
    """Compute steps as loops over arrays; what the one program cannot take is done eagerly.

    Args:
        eager: does the same one Value at a time.
        batch_sizes: how many examples a step may have.
        dtype: of the numbers inside, float64 or float32.
        like: the runner of a model of the same shape, whose programs are taken.

    Raises:
        JitError: as for ``Steps``.
    """

    steps: Steps
    _means: Means

    def __init__(
        self,
        eager: EagerRunner,
        batch_sizes: set[int],
        dtype: str,
        like: "CompiledRunner | None" = None,
        library: Any = None,
    ) -> None:
        self._eager, self._optimizer = eager, eager.optimizer
        self.steps = Steps(eager, batch_sizes, dtype, like.steps if like else None, library)
        self._seconds = self.steps.seconds  # of one step
        started = perf_counter()
        self.steps.memory.take_down()
        self._copying = perf_counter() - started  # as after a stretch of steps
        self._unwritten = False  # numbers that the Values are to have
        self._unused = _unused(eager.model, self.steps.objective)
        self._places = elsewhere(self._optimizer)  # of states that are of no table
        self._has_tables = isinstance(self._optimizer.parameters, Parameters)
        alike = like and self.steps.program.functions is like.steps.program.functions
        self._means = Means(eager, like._means if like and alike else None)
        self.best = Best(inf, np.empty(len(self._optimizer.parameters)))

    @property
    def steps_at_once(self) -> int:
        """How many steps Ctrl-C may have to wait for; 1 if some may be done eagerly."""
        return 1 if self.steps.objective.partial or self._has_tables else self._at_once()

    def _at_once(self) -> int:
        stretch = max(_STRETCH, min(_LONGEST, _SHARE * self._copying))
        return max(1, min(self.steps.most_at_once, int(stretch / self._seconds)))

    def run(
        self, batches: Sequence[Any], learning_rates: Sequence[float], epoch: int = 0
    ) -> Iterator[list[float]]:
        """Do one step for each batch; see ``EagerRunner.run``.

        Args:
            batches, learning_rates: of the steps.
            epoch: how many steps make one; ``best`` then keeps the parameters after the one of the
                lowest loss. 0: nobody asks.
        """
        rates, done = np.array(learning_rates, dtype=np.float64), 0
        self.best.step = None
        while done < len(batches):
            stop = len(batches) if epoch else min(len(batches), done + self._at_once())
            if self.steps.holds():
                losses = self._stretch(batches[done:stop], rates[done:stop], epoch)
                done += len(losses)
                yield losses
            if not epoch or done < stop:
                self.settle()
            if done < stop:  # another branch, or too short a list
                rate = rates[done : done + 1].tolist()
                yield from self._eager.run(batches[done : done + 1], rate)
                done += 1

    def _stretch(self, batches: Sequence[Any], rates: Any, epoch: int) -> list[float]:
        """Do as many steps as the program can, and take down what the Values are to have."""
        memory, optimizer = self.steps.memory, self._optimizer
        if not self._unwritten:  # else they are there already
            memory.read(self.steps.objective.captured)
        for mine, given in zip(memory.states, optimizer.state, strict=True):
            mine[:] = given[self._places]
        started = perf_counter()
        losses = self.steps.run(batches, rates, optimizer.steps, epoch, self.best).tolist()
        if losses:
            ended = perf_counter()
            if self._has_tables:  # whose states C has moved in their places
                for mine, given in zip(memory.states, optimizer.state, strict=True):
                    given[self._places] = mine
            else:
                optimizer.state = tuple([state.astype(np.float64) for state in memory.states])
            optimizer.steps += len(losses)
            memory.take_down()
            self._unwritten = True
            self._seconds = (ended - started) / len(losses)
            self._copying = perf_counter() - ended
        return losses

    def settle(self) -> None:
        """Let the Values have what the steps have made of them."""
        if self._unwritten:
            self._unwritten = False
            objective = self.steps.objective
            tables.clear(self._unused)
            self.steps.memory.write(objective.captured, objective.steps.count)

    def measure(
        self, measures: Mapping[str, Callable[..., Any]], examples: Examples
    ) -> dict[str, float]:
        """Return the mean of each function over examples; compiled where that is possible."""
        return self._means.of(measures, examples)
