"""Steps with a loss that sees its whole batch, as batch normalisation and contrastive losses ask.

The batch is handed over as columns, and ``jit`` compiles the loss for each length of a batch: the
whole ones, and the last one of an epoch, which may be shorter.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..engine import Value
from ..examples import Examples
from ..nn import BatchNorm, Module
from ..nn.phase import phase
from ..optim import Optimizer
from ..value.modes import mode
from ..value.numeric import is_array
from .eager import EagerRunner, evaluating, measured
from .loop import VALIDATION
from .settings import check_reaches


class BatchRunner(EagerRunner):
    """Compute each step's objective from a whole batch; see ``EagerRunner``."""

    def mean(self, indices: list[int]) -> Any:
        """Return the loss of a batch."""
        return self.loss(*rows(self.examples, indices))

    def compiled(self, wanted: bool | str, dtype: str) -> "BatchRunner":
        """Return this with the loss compiled, where that is wanted."""
        if wanted and not mode.anomaly:
            from ..compiler.jit import jit

            self.loss = jit(self.loss, dtype=dtype, strict=wanted is True, when="now")
        return self

    def measure(
        self, measures: Mapping[str, Callable[..., Any]], examples: Examples
    ) -> dict[str, float]:
        """Return the mean of each function over examples; the loss sees all at once."""
        others = {name: f for name, f in measures.items() if name != VALIDATION}
        found = super().measure(others, examples)
        if VALIDATION not in measures:
            return found
        with evaluating(self.model):
            everything = [rows(examples, list(range(len(examples))))]
            return {VALIDATION: measured(VALIDATION, measures[VALIDATION], everything, 0)} | found


def rows(examples: Examples, indices: list[int]) -> tuple[Any, ...]:
    """Return the columns of a batch: arrays of arrays, lists of lists."""
    return tuple([c[indices] if is_array(c) else [c[i] for i in indices] for c in examples.columns])


def check_batch_loss(
    loss: Callable[..., Any],
    examples: Examples,
    model: Module,
    optimizer: Optimizer,
    size: int | None,
) -> int:
    """Refuse a loss of no Value, or of none of the parameters; it is called in evaluation mode.

    Returns:
        Of how many Values its graph consists.
    """
    size = min(size or len(examples), len(examples))
    last = len(examples) % size or size
    if last == 1 and any(isinstance(module, BatchNorm) for module in model.modules()):
        raise ValueError(
            f"the last batch of {len(examples)} examples would be of one, over which BatchNorm "
            f"cannot normalise: choose another batch_size than {size}"
        )
    with phase(model, training=False):  # running averages are not to see a batch only tried
        value = loss(*rows(examples, list(range(size))))
    if not isinstance(value, Value):
        raise TypeError(
            f"loss has to return a Value for a batch, got {str(value)[:60]!r}: compute it from "
            "the model's outputs themselves, not from their .data"
        )
    return check_reaches(value, optimizer)
