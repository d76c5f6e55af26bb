"""From a loss to compiled steps that were seen to do what eager ones do."""

import pickle
import random
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from ..compiler.calls.guards import Guards
from ..compiler.calls.reach import Reach
from ..compiler.calls.state import State
from ..compiler.collector import paused
from ..compiler.errors import JitError
from ..compiler.training.columns import columns_of, lengths_of
from ..compiler.training.filled import filled_up
from ..compiler.training.loops import compiled, compiling, loop_of
from ..compiler.training.objective import Objective, objective_of
from ..compiler.training.steps import Best, CLoop
from ..compiler.training.update import rule_of
from ..nn.phase import phase
from ..optim import Optimizer
from ..value.tables import Parameters, others
from .comparison import TRIED, Comparison, few_of
from .eager import EagerRunner
from .gradients import EagerGradients
from .programs import TriedProgram, adapted, keep, kept
from .settings import TRIED_VALUES
from .tables import states_of

_TRIED_AGAIN = 4  # examples that a step of a known program is compared on
_MOST_STEPS, _MOST_NUMBERS = 4096, 1 << 22  # at once


class Steps:
    """Compiled steps over the data of a run.

    Args:
        eager: does the same one Value at a time.
        batch_sizes: how many examples a step may have.
        dtype: of the numbers inside, float64 or float32.
        like: the steps of a model of the same shape, whose program is taken.
        library: of arrays, that computes them; None takes loops.

    Raises:
        JitError: the loss, the penalty or the optimiser's rule cannot be compiled, or the compiled
            step does not give what the eager one gives.
    """

    program: TriedProgram

    def __init__(
        self,
        eager: EagerRunner,
        batch_sizes: set[int],
        dtype: str,
        like: "Steps | None" = None,
        library: Any = None,
    ) -> None:
        self.eager, self.optimizer = eager, eager.optimizer
        self.seconds = inf  # that one step took, once one was tried
        self._batch_sizes, self._dtype, self._library = batch_sizes, dtype, library
        has_tables = isinstance(self.optimizer.parameters, Parameters)
        if has_tables and eager.sharing:
            raise JitError("rows of tables are not shared among processes")
        if type(self.optimizer).step is not Optimizer.step:
            raise JitError(f"{type(self.optimizer).__name__} has a step of its own")
        columns = columns_of(eager.examples.columns, dtype)
        self._columns, self._lengths = filled_up(columns) if library else (columns, None)
        self._rule = rule_of(self.optimizer.update, len(self.optimizer.state_names), eager.longest)
        with phase(eager.model, training=True), no_random_numbers(), paused():
            twin = None
            if like and not has_tables:
                twin = adapted(like.program, parts_of(like.eager), parts_of(eager))
            if twin and self._prepare(twin, _TRIED_AGAIN):  # what the loss does beside is known
                self.program = twin
            else:
                self.program = self._tried()

    def _tried(self) -> TriedProgram:
        """Return a program that was seen to be right, of a loss that changes nothing outside."""
        reach = self._reach()
        before = State(reach)
        try:
            key = self._key()
            program = kept.pop(key, None)
            if not (program and program.holds() and self._prepare(program, _TRIED_AGAIN)):
                program = TriedProgram(self._objective())
                right = self._prepare(program, TRIED)
                before.refuse_unwatched()
                if not right:
                    raise JitError(
                        "a compiled step does not give what an eager one gives: the loss may "
                        "branch on its data, or change from call to call"
                    )
            program.guards = program.guards or Guards(reach, ())
            if moved := before.moved():
                raise JitError(
                    f"the loss changes {before.described(moved)}, which a compiled step "
                    "cannot do: leave that to a callback"
                )
        finally:
            before.put_back()
        keep(key, program)
        return program

    def run(
        self, batches: Sequence[Any], rates: np.ndarray, done: int, epoch: int, best: Best
    ) -> np.ndarray:
        """Do a step for each batch, as many as possible; see ``CLoop.run``."""
        if not self.rows:
            return self._losses(batches, rates, done, epoch, best)
        self.rows.begin([states_of(table, self.optimizer) for table in self.rows.tables])
        losses = self._losses(batches, rates, done, epoch, best)
        self.rows.end()
        return losses

    def _losses(
        self, batches: Sequence[Any], rates: np.ndarray, done: int, epoch: int, best: Best
    ) -> np.ndarray:
        drawn, sharing = self.objective.drawn, self.eager.sharing
        shares = [sharing.share(b) for b in batches] if sharing else batches
        gradient, each = self.memory.g[: self.objective.steps.count], drawn and sum(drawn.kinds)
        reduce = sharing.reduction(gradient, batches, each or 0) if sharing else None
        if drawn is None:
            return self.loop.run(shares, rates, done, epoch, best, None, reduce)
        numbers = drawn.numbers(sum([len(batch) for batch in batches]))
        if sharing:  # the numbers that these examples have in one process
            numbers = numbers[sharing.places([len(batch) for batch in batches])]
        losses = self.loop.run(shares, rates, done, epoch, best, numbers, reduce)
        drawn.give_back(sum([len(batch) for batch in batches[len(losses) :]]))
        return losses

    def holds(self) -> bool:
        """Tell whether the loss is still what was compiled."""
        return self.program.holds()

    def _reach(self) -> Reach:
        return Reach([("loss", self.eager.loss), ("penalty", self.eager.penalty)])

    @property
    def most_at_once(self) -> int:
        """How many steps to do at once, for the room that their random numbers take."""
        drawn = self.objective.drawn
        row = len(drawn.kinds) if drawn else 1
        return max(1, min(_MOST_STEPS, _MOST_NUMBERS // (row * max(self._batch_sizes))))

    def _key(self) -> Any:
        """What makes two runs use the same program; None where that cannot be told."""
        ragged, parameters = lengths_of(self._columns), self.optimizer.parameters
        key = (
            self.eager.loss,
            self.eager.penalty,
            array("q", map(id, others(parameters))).tobytes(),
            tuple(map(id, parameters.tables)) if isinstance(parameters, Parameters) else (),
            tuple([c.shape for c in self._columns]),
            tuple(ragged[1].items()) if ragged else None,
            self._lengths,
            frozenset(self._batch_sizes),
            self._dtype,
            self._library and (self._library.dialect.name, self._library.device),
        )
        try:
            hash(key)
        except TypeError:
            return None
        return key

    def _objective(self) -> Objective:
        return objective_of(
            self.eager.loss,
            self.eager.penalty,
            self._columns,
            self.optimizer.parameters,
            self._batch_sizes,
            self._dtype,
            self._library,
            self._lengths,
        )

    def _prepare(self, program: TriedProgram, count: int) -> bool:
        """Make a program ready to run on this data; False if it is not right."""
        ragged = lengths_of(self._columns)
        lengths = ragged[0].copy() if ragged else None
        self.objective = objective = replace(program.objective, lengths=lengths)
        gradients = EagerGradients(self.eager, objective)
        size = max(self._batch_sizes)
        if lengths is None:
            tried = few_of(self.eager.examples, count)
            most = max(1, TRIED_VALUES // objective.values)
            if most < len(tried):
                tried = tried[1 : 1 + most]  # the first was traced
            parts = [tried[i : i + size] for i in range(0, len(tried), size)]
        else:
            found, examples = np.unique(lengths, return_index=True)
            parts = [[i] for i in examples[found >= objective.steps.least].tolist()]
        if self._rule not in program.functions:
            with compiling(objective, self._rule) as library:
                if library and not objective.tables:
                    gradients.compute_ahead(parts, size, library)
                program.functions[self._rule] = compiled(objective, self._rule, library)
        self.loop = loop_of(
            program.functions[self._rule],
            objective,
            self._columns,
            len(self._rule.states),
            size,
            self.optimizer.update,
            self.eager.shrunk,
        )
        self.memory = self.loop.memory
        self.rows = self.loop.rows if isinstance(self.loop, CLoop) and objective.tables else None
        compared = Comparison(self.eager, gradients, objective, self.loop, self.rows, self._dtype)
        if lengths is None:
            right = all(compared.is_right(part, size) for part in parts)
        else:
            right = _are_right_lengths(compared, program.right, lengths, parts, size)
        self.seconds = compared.seconds
        return right


def _are_right_lengths(
    compared: Comparison,
    right: dict[int, bool],
    lengths: np.ndarray,
    parts: Sequence[list[int]],
    size: int,
) -> bool:
    """Try each length, since what a loss does with a length leaves no trace in its recording.

    Examples of a length for which the program is wrong get the length 0, which is too short.
    """
    for k, (i,) in enumerate(parts):
        n = int(lengths[i])
        if k == 0 or n not in right:  # a known program is tried once
            right[n] = compared.is_right([i], size)
        if not right[n]:
            lengths[lengths == n] = 0
    return bool(lengths.any())


def parts_of(eager: EagerRunner) -> list[Any]:
    """Return what a model and its optimiser consist of, in their order."""
    return [*eager.optimizer.parameters, *eager.model.parameters(), *eager.model.modules()]


@contextmanager
def no_random_numbers() -> Iterator[None]:
    """Refuse functions that draw random numbers: a compiled one would draw them once."""
    ours, theirs = random.getstate(), np.random.get_state(legacy=False)
    try:
        yield
    finally:
        after = np.random.get_state(legacy=False)
        if ours != random.getstate() or pickle.dumps(theirs) != pickle.dumps(after):
            random.setstate(ours)
            np.random.set_state(theirs)
            raise JitError("the loss or the penalty draws random numbers")
