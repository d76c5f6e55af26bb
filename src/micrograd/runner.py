"""The runner does the steps that ``fit`` decides on, and measures: here one Value at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from . import functions
from .engine import Value
from .modes import no_grad
from .nn import Module
from .numeric import number
from .optim import Optimizer


class EagerRunner:
    """Compute each step's objective and gradient anew, one Value at a time.

    Another runner has the same attribute and the same two methods.

    Args:
        loss: ``loss(*example)`` returns a Value.
        penalty: ``penalty()`` is added to the mean loss of a batch; None adds nothing.
        examples: tuples of arguments.
        model: whose gradients are cleared before each step.
        optimizer: moves the parameters.
    """

    epochs_at_once = 1  # how many to do before somebody may want to look at the parameters

    def __init__(
        self,
        loss: Callable[..., Value],
        penalty: Callable[[], Any] | None,
        examples: Sequence[tuple],
        model: Module,
        optimizer: Optimizer,
    ) -> None:
        self.loss, self.penalty, self.examples = loss, penalty, examples
        self.model, self.optimizer = model, optimizer

    def run(self, batches: Sequence[Any], learning_rates: Sequence[float]) -> Iterator[float]:
        """Do one step for each batch of indices; give each objective, as it was before its step.

        The parameters are sure to be in their Values when all steps are done, or one has failed.
        """
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
            yield objective.data

    def measure(
        self, measures: Mapping[str, Callable[..., Any]], examples: Sequence[tuple]
    ) -> dict[str, float]:
        """Return the mean of each function over examples, without gradients, in evaluation mode."""
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
