"""Steps with a loss that sees its whole batch, as batch normalisation and contrastive losses ask.

The batch is handed over as columns, and ``jit`` compiles the loss: from one example, where layers
and losses go through the batch, for batches of all lengths.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Any

from ..engine import Value
from ..examples import Examples
from ..nn import BatchNorm, Module
from ..nn.phase import phase
from ..optim import Optimizer
from ..transforms.batches import as_batch
from ..value.modes import mode
from ..value.numeric import is_array
from .eager import EagerRunner, evaluating, measured, warn_of_eager_run
from .loop import VALIDATION
from .settings import check_reaches


class BatchRunner(EagerRunner):
    """Compute each step's objective from a whole batch; see ``EagerRunner``."""

    _insists, _dtype = False, "float64"  # of compiled steps
    _compiled: Any = None  # the loss of a step, and
    _whole: Any = None  # that of all validation data, and
    _means: Any = None  # what measures all else, where they are compiled

    def mean(self, indices: list[int]) -> Any:
        """Return the loss of a batch."""
        batch = rows(self.examples, indices)
        if not self._compiled:
            return self.loss(*batch)
        from ..compiler.errors import JitError

        try:
            value = self._compiled(*batch)
        except JitError as error:
            if self._insists:
                raise
            warn_of_eager_run(error, self._dtype, stacklevel=10)
            self._compiled = self._whole = None
            return self.loss(*batch)
        if self._insists and (why := self._compiled.report().plainly):
            raise JitError(f"the loss cannot be compiled: {why}")
        return value

    def compiled(self, wanted: bool | str, dtype: str) -> "BatchRunner":
        """Return this with the loss and the metrics compiled, where that is wanted."""
        if wanted and not mode.anomaly:
            from .compiled import Means  # with NumPy, which an eager run does without

            self._insists, self._dtype, self._means = wanted is True, dtype, Means(self)
            self._compiled, self._whole = _compiled(self.loss, dtype)
        return self

    def measure(
        self, measures: Mapping[str, Callable[..., Any]], examples: Examples
    ) -> dict[str, float]:
        """Return the mean of each function over examples; the loss sees all at once."""
        others = {name: f for name, f in measures.items() if name != VALIDATION}
        of = self._means.of if self._means else super().measure
        found = of(others, examples)
        if VALIDATION not in measures:
            return found
        loss = self._whole or measures[VALIDATION]
        with evaluating(self.model):
            everything = [rows(examples, list(range(len(examples))))]
            return {VALIDATION: measured(VALIDATION, loss, everything, 0)} | found


@lru_cache(maxsize=8)  # for those who go on training
def _compiled(loss: Callable[..., Any], dtype: str) -> tuple[Any, Any]:
    """A loss, compiled for steps and for measuring."""
    from ..compiler.jit import jit

    @wraps(loss, updated=())
    def of_batch(*columns: Any) -> Any:
        return loss(*map(as_batch, columns))

    return jit(of_batch, dtype=dtype, when="now"), jit(of_batch, when="now")


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
        Of how many Values its graph consists, for an example.
    """
    size = min(size or len(examples), len(examples))
    last = len(examples) % size or size
    if last == 1 and any(isinstance(module, BatchNorm) for module in model.modules()):
        raise ValueError(
            f"the last batch of {len(examples)} examples would be of one, over which BatchNorm "
            f"cannot normalise: choose another batch_size than {size}"
        )
    with phase(model, training=False):  # running averages are not to see a batch only tried
        value, tried = _of_few(loss, examples, last)
    if not isinstance(value, Value):
        raise TypeError(
            f"loss has to return a Value for a batch, got {str(value)[:60]!r}: compute it from "
            "the model's outputs themselves, not from their .data"
        )
    return -(-check_reaches(value, optimizer) // tried)


def _of_few(loss: Callable[..., Any], examples: Examples, last: int) -> tuple[Any, int]:
    """The loss of two examples, or, where it wants more, of as many as the last batch has."""
    few = min(2, last)
    try:
        return loss(*rows(examples, list(range(few)))), few
    except Exception:
        if few == last:
            raise
    return loss(*rows(examples, list(range(last)))), last
