"""The runner does the steps that ``fit`` decides on, and measures: here one Value at a time."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from .. import functions
from ..engine import Value
from ..examples import Examples
from ..nn import Module
from ..nn.phase import phase
from ..optim import Optimizer, clip_grad_norm
from ..optim.clipping import shrunk
from ..value.modes import no_grad
from ..value.numeric import number
from .sharing import Sharing


class Runner(Protocol):
    """What ``fit`` asks of those that do its steps."""

    @property
    def steps_at_once(self) -> int:
        """How many steps to do before somebody may want to look at the parameters."""

    best: Any  # after several epochs at once: which of them was the best, and its parameters

    def run(
        self, batches: Sequence[Any], learning_rates: Sequence[float], epoch: int = 0
    ) -> Iterator[list[float]]:
        """Do one step for each batch of indices; give the objectives as they were before each.

        The parameters are in their Values whenever something is given, and when a step has failed;
        those of several epochs only once ``settle`` was called, since a large model takes a while.

        Args:
            batches: arrays of the indices of examples.
            learning_rates: one for each.
            epoch: how many steps make one, if these are several epochs; else 0.
        """

    def settle(self) -> None:
        """Let the Values have what the steps have made of them."""

    def measure(
        self, measures: Mapping[str, Callable[..., Any]], examples: Examples
    ) -> dict[str, float]:
        """Return the mean of each function over examples, without gradients, in evaluation mode."""


class EagerRunner:
    """Compute each step's objective and gradient anew, one Value at a time.

    Args:
        loss: ``loss(*example)`` returns a Value.
        penalty: ``penalty()`` is added to the mean loss of a batch; None adds nothing.
        examples: tuples of arguments.
        model: whose gradients are cleared before each step.
        optimizer: moves the parameters.
        longest: the norm that the gradient is shrunk to where it is longer; None leaves it.
        part: how many examples have a graph at a time, if not all of a step.
        sharing: which examples of a batch are this process's, where there are several.
    """

    steps_at_once = 1
    best: Any = None

    def __init__(
        self,
        loss: Callable[..., Value],
        penalty: Callable[[], Any] | None,
        examples: Examples,
        model: Module,
        optimizer: Optimizer,
        longest: float | None = None,
        part: int | None = None,
        sharing: Sharing | None = None,
    ) -> None:
        self.loss, self.penalty, self.examples = loss, penalty, examples
        self.model, self.optimizer = model, optimizer
        self.longest, self.part, self.sharing = longest, part, sharing

    def run(
        self, batches: Sequence[Any], learning_rates: Sequence[float], epoch: int = 0
    ) -> Iterator[list[float]]:
        """Do one step for each batch, and give its objective."""
        own = self.optimizer.lr
        for indices, learning_rate in zip(batches, learning_rates, strict=True):
            self.model.zero_grad()
            if self.sharing:
                objective = self.sharing.differentiated(
                    self.optimizer, self._differentiated, indices
                )
            else:
                objective = self._differentiated(indices.tolist())
            if self.longest is not None:
                clip_grad_norm(self.optimizer.parameters, self.longest)
            self.optimizer.lr = float(learning_rate)
            try:
                self.optimizer.step()
            finally:
                self.optimizer.lr = own
            yield [objective]

    def settle(self) -> None:
        """Do nothing: each step moves the Values themselves."""

    def _differentiated(self, indices: list[int]) -> float:
        """Compute the objective of a batch, part by part, and add up the gradients."""
        length, total = self.part or len(indices), 0.0
        for start in range(0, len(indices), length):
            part = indices[start : start + length]
            objective = self.mean(part)
            if len(part) < len(indices):
                objective = objective * (len(part) / len(indices))
            if self.penalty and not start:
                objective = objective + self.penalty()
            objective.backward()
            total += objective.data
            del objective  # or its graph would stand beside the next part's
        return total

    def mean(self, indices: list[int]) -> Any:
        """Return the mean loss of examples."""
        return functions.mean([of_example("loss", self.loss, self.examples, i) for i in indices])

    def shrunk(self, g: Any) -> Any:
        """Return an array of gradients as they are after clipping."""
        return g if self.longest is None else shrunk(g, self.longest)

    def measure(
        self, measures: Mapping[str, Callable[..., Any]], examples: Examples
    ) -> dict[str, float]:
        """Return the mean of each function over examples."""
        indices = range(len(examples))
        with evaluating(self.model):
            return {
                name: sum([measured(name, f, examples, i) for i in indices]) / len(indices)
                for name, f in measures.items()
            }


@contextmanager
def evaluating(model: Module) -> Iterator[None]:
    """Put a model in evaluation mode, and remember no gradients, for a while."""
    with phase(model, training=False), no_grad():
        yield


def measured(name: str, function: Callable[..., Any], examples: Sequence[tuple], i: int) -> float:
    """Return what a function says of one example, as a float."""
    x = of_example(name, function, examples, i)
    return number(x.data if isinstance(x, Value) else x, f"{name} has to return")


def of_example(name: str, function: Callable[..., Any], examples: Sequence[tuple], i: int) -> Any:
    """Call a function with one example; an error says with which."""
    try:
        return function(*examples[i])
    except Exception as error:
        error.add_note(f"{name} was called with example {i} of the data: {str(examples[i])[:200]}")
        raise


def warn_of_eager_run(error: Exception, dtype: str, stacklevel: int) -> None:
    """Warn that steps are not compiled, and why."""
    from ..compiler.errors import JitError

    reason = " ".join(str(error).split())
    if not isinstance(error, JitError):
        reason = f"{type(error).__name__}: {reason}"
    remedy = "in float64" if dtype == "float32" else "compile=False says so beforehand"
    message = f"training eagerly, which is slower; {remedy}: {reason}"
    warnings.warn(message, RuntimeWarning, stacklevel=stacklevel)
