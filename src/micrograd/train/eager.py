"""The runner does the steps that ``fit`` decides on, and measures: here one Value at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from .. import functions
from ..engine import Value
from ..examples import Examples
from ..nn import Module
from ..optim import Optimizer
from ..value.modes import no_grad
from ..value.numeric import number


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

        The parameters are in their Values whenever something is given, and when a step has failed.

        Args:
            batches: arrays of the indices of examples.
            learning_rates: one for each.
            epoch: how many steps make one, if these are several epochs; else 0.
        """

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
    ) -> None:
        self.loss, self.penalty, self.examples = loss, penalty, examples
        self.model, self.optimizer = model, optimizer

    def run(
        self, batches: Sequence[Any], learning_rates: Sequence[float], epoch: int = 0
    ) -> Iterator[list[float]]:
        """Do one step for each batch, and give its objective."""
        own = self.optimizer.lr
        for indices, learning_rate in zip(batches, learning_rates, strict=True):
            losses = [of_example("loss", self.loss, self.examples, i) for i in indices.tolist()]
            objective = functions.mean(losses)
            if self.penalty:
                objective = objective + self.penalty()
            self.model.zero_grad()
            objective.backward()
            self.optimizer.lr = float(learning_rate)
            try:
                self.optimizer.step()
            finally:
                self.optimizer.lr = own
            yield [objective.data]

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
    training = model.training
    model.eval()
    try:
        with no_grad():
            yield
    finally:
        model.train(training)


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
