"""The steps of ``fit`` by compiled loops, many at a time, without an object for each parameter."""

import pickle
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import inf
from time import perf_counter
from typing import Any

from . import buffers, functions
from .compiler.errors import JitError
from .examples import Examples
from .nn import Module
from .optim import Optimizer
from .runner import EagerRunner, of_example

_STRETCH = 0.05  # seconds: how long Ctrl-C may have to wait
_MOST_STEPS = 4096  # at once
_MOST_TRIED = 16  # examples that the compiled step is compared on, if there are not more labels
_TOLERANCE = 1e-7


class CompiledRunner:
    """Compute steps as loops over arrays; what the one program cannot take is done eagerly.

    Args:
        eager: does the same one Value at a time.
        batch_sizes: how many examples a step may have.
        backend: "c", "numpy", or "auto": C where there is a compiler.

    Raises:
        JitError: the loss, the penalty or the optimiser's rule cannot be compiled, or the compiled
            step does not give what the eager one gives.
    """

    def __init__(self, eager: EagerRunner, batch_sizes: set[int], backend: str = "auto") -> None:
        import numpy as np

        from .compiler.training import columns_of, objective_of, rule_of
        from .compiler.training_loops import Best, Memory, make_loop

        self._eager, self._optimizer = eager, eager.optimizer
        if type(self._optimizer).step is not Optimizer.step:
            raise JitError(f"{type(self._optimizer).__name__} has a step of its own")
        columns = columns_of(eager.examples.columns)
        rule = rule_of(self._optimizer.rule, len(self._optimizer.state_names))
        with _mode(eager.model, training=True), _no_random_numbers():
            self._objective = objective_of(
                eager.loss, eager.penalty, columns, self._optimizer.parameters, batch_sizes
            )
        self._memory = Memory(self._objective, len(rule.states), max(batch_sizes))
        self._loop = make_loop(
            self._objective, columns, self._memory, rule, self._optimizer.rule, backend
        )
        self._measures: dict[str, Callable[[Examples], float] | None] = {}
        self._seconds = _STRETCH  # of one step
        self.best = Best(inf, np.empty(len(self._optimizer.parameters)))
        with _mode(eager.model, training=True), _no_random_numbers():
            self._compare(max(batch_sizes))

    @property
    def epochs_at_once(self) -> int:
        """How many steps to do before somebody may want to look, if there is no other reason."""
        return 1 if self._objective.partial else self._steps_at_once()

    def _steps_at_once(self) -> int:
        return max(1, min(_MOST_STEPS, int(_STRETCH / self._seconds)))

    def run(
        self, batches: Sequence[Any], learning_rates: Sequence[float], epoch: int = 0
    ) -> Iterator[list[float]]:
        """Do one step for each batch; see ``EagerRunner.run``.

        Args:
            batches, learning_rates: of the steps.
            epoch: how many steps make one; ``best`` then keeps the parameters after the one of the
                lowest loss. 0: nobody asks.
        """
        import numpy as np

        rates, done = np.array(learning_rates, dtype=np.float64), 0
        self.best.step = None
        while done < len(batches):
            stop = done + (len(batches) if epoch else self._steps_at_once())
            losses = []
            if self._objective.recording.holds():
                losses = self._stretch(batches[done:stop], rates[done:stop], epoch)
                done += len(losses)
                yield losses
            if done < min(stop, len(batches)):  # another branch, or too short a list
                yield from self._eager.run(
                    batches[done : done + 1], learning_rates[done : done + 1]
                )
                done += 1

    def _stretch(self, batches: Sequence[Any], rates: Any, epoch: int) -> list[float]:
        """Do as many steps as the program can; the parameters are in their Values afterwards."""
        memory, optimizer = self._memory, self._optimizer
        captured = self._objective.captured
        buffers.read_data(captured, memory.v[: len(captured)])
        for mine, given in zip(memory.states, optimizer.state, strict=True):
            mine[:] = given
        started = perf_counter()
        losses = self._loop.run(batches, rates, optimizer.steps, epoch, self.best).tolist()
        if losses:
            self._seconds = (perf_counter() - started) / len(losses)
            buffers.write_data(optimizer.parameters, memory.v[: len(optimizer.parameters)])
            optimizer.state = tuple(state.copy() for state in memory.states)
            optimizer.steps += len(losses)
            self._eager.model.zero_grad()
            buffers.write_grad(captured, memory.g[: len(captured)])
        return losses

    # ---- trust

    def _compare(self, size: int) -> None:
        """Do steps that leave no trace, and compare them with eager ones.

        What a loss does with the length of a list leaves none in its recording, so each length is
        tried.

        Raises:
            JitError: they differ.
        """
        import numpy as np

        objective = self._objective
        if objective.lengths is None:
            tried = self._tried(self._eager.examples)
            batches = [np.resize(tried[i : i + size], size) for i in range(0, len(tried), size)]
            right = all(self._right(batch) for batch in batches)
        else:
            tried = objective.of_each_length()
            wrong = [i for i in tried if not self._right(np.full(size, i))]
            for i in wrong:
                objective.leave_out(i)
            right = len(wrong) < len(tried)
        if not right:
            raise JitError(
                "a compiled step does not give what an eager one gives: the loss may branch on its "
                "data, or change from call to call"
            )

    def _right(self, batch: Any) -> bool:
        """Tell whether a compiled step does what an eager one does."""
        import numpy as np

        from .compiler.training_loops import Best

        memory, optimizer = self._memory, self._optimizer
        captured, count = self._objective.captured, len(optimizer.parameters)
        loss, gradient = self._eager_gradient(batch.tolist())
        buffers.read_data(captured, memory.v[: len(captured)])
        before = memory.v[:count].copy()
        memory.states[:] = 0.0
        started = perf_counter()
        losses = self._loop.run([batch], np.array([optimizer.lr]), 0, 0, Best(inf, before))
        self._seconds = perf_counter() - started
        states = tuple(np.zeros((len(memory.states), count)))
        with np.errstate(all="ignore"):
            moved, _ = optimizer.rule(before, memory.g[:count], states, 1, optimizer.lr)
        return (
            len(losses) == 1
            and _close(losses, np.array([loss]))
            and _close(memory.g[: len(captured)], gradient)
            and _close(memory.v[:count], moved)
        )

    def _tried(self, examples: Examples) -> list[int]:
        found = examples.representatives()
        return found + [i for i in range(min(_MOST_TRIED, len(examples))) if i not in found]

    def _eager_gradient(self, batch: list[int]) -> tuple[float, Any]:
        """The objective of a batch, in which examples may be repeated, and its gradient."""
        import numpy as np

        eager, captured = self._eager, self._objective.captured
        kept, gradient = np.empty((2, len(captured)))
        total = functions.sum(
            [
                of_example("loss", eager.loss, eager.examples, i) * (times / len(batch))
                for i, times in Counter(batch).items()
            ]
        )
        if eager.penalty:
            total = total + eager.penalty()
        buffers.read_grad(captured, kept)
        buffers.zero_grad(captured)
        total.backward()
        buffers.read_grad(captured, gradient)
        buffers.write_grad(captured, kept)
        return total.data, gradient

    # ---- measuring

    def measure(
        self, measures: Mapping[str, Callable[..., Any]], examples: Examples
    ) -> dict[str, float]:
        """Return the mean of each function over examples; compiled where that is possible."""
        found: dict[str, float] = {}
        for name, function in measures.items():
            if name not in self._measures:
                self._measures[name] = self._compiled_mean(name, function, examples)
            mean = self._measures[name]
            if mean is None:
                found |= self._eager.measure({name: function}, examples)
            else:
                with _mode(self._eager.model, training=False):
                    found[name] = mean(examples)
        return found

    def _compiled_mean(
        self, name: str, function: Callable[..., Any], examples: Examples
    ) -> Callable[[Examples], float] | None:
        """Return what computes a mean as loops; None if it cannot, or computes something else."""
        import numpy as np

        from .compiler.training import Mean

        few = examples.some(self._tried(examples))
        mean = Mean(function)
        try:
            with _mode(self._eager.model, training=False), _no_random_numbers():
                found = mean(few)
        except Exception:  # whatever a function raises that was not written for tracing
            return None
        expected = self._eager.measure({name: function}, few)[name]
        return mean if _close(np.array([found]), np.array([expected])) else None


def _close(found: Any, expected: Any) -> bool:
    """Compare with room for rounding, relative to the largest number."""
    import numpy as np

    finite = np.isfinite(expected)
    room = _TOLERANCE * np.abs(expected[finite]).max(initial=1e-300)
    return bool(
        np.array_equal(found[~finite], expected[~finite], equal_nan=True)
        and (np.abs(found[finite] - expected[finite]) <= room).all()
    )


@contextmanager
def _mode(model: Module, training: bool) -> Iterator[None]:
    before = model.training
    model.train(training)
    try:
        yield
    finally:
        model.train(before)


@contextmanager
def _no_random_numbers() -> Iterator[None]:
    """Refuse functions that draw random numbers: a compiled one would draw them once."""
    import numpy as np

    ours, theirs = random.getstate(), np.random.get_state(legacy=False)
    yield
    if ours != random.getstate() or pickle.dumps(theirs) != pickle.dumps(
        np.random.get_state(legacy=False)
    ):
        random.setstate(ours)
        np.random.set_state(theirs)
        raise JitError("the loss or the penalty draws random numbers")
