"""Dropout: while training, forget some numbers, so that no neuron relies on another."""

from typing import Any

from .. import random
from ..arguments import operand, values
from ..engine import Value
from ..functions import where
from ..transforms.batches import each
from ..value.nested import leaves
from ..value.numeric import is_array, number
from .module import Module
from .phase import is_training


class Dropout(Module):
    """While training, put 0 in place of each number with probability p, and scale up the others.

    The expectation stays as it is; in evaluation mode nothing is done. From Srivastava, Hinton et
    al., "Dropout", 2014.

    Args:
        p: 0 <= p < 1.
        generator: a ``micrograd.random.Generator``; None takes the default one, so that
            ``micrograd.random.seed`` counts.

    Raises:
        ValueError: p is outside this range.

    >>> drop = Dropout(0.5).eval()
    >>> drop([1.0, 2.0])
    [1.0, 2.0]
    """

    def __init__(self, p: float = 0.5, generator: random.Generator | None = None) -> None:
        if not 0 <= number(p, "dropout expects p,") < 1:
            raise ValueError(f"dropout forgets a share p of the numbers, 0 <= p < 1, got {p!r}")
        if generator is not None and not isinstance(generator, random.Generator):
            raise TypeError(
                f"generator is a micrograd.random.Generator or None, got {generator!r:.60}"
            )
        self.p, self.generator = p, generator

    def __call__(self, x: Any) -> Any:
        """Return x, a number, a Value or nested lists of them, with some numbers forgotten."""
        if not self.p or not is_training(self):
            return x
        generator = self.generator or random.default
        before = generator.state()
        try:
            return self._dropped(x, generator)
        except (TypeError, ValueError, RecursionError) as error:
            generator.set_state(before)  # nothing is drawn for what is refused
            if isinstance(error, RecursionError):
                leaves(x, "what Dropout is given")  # says that it holds itself
            raise

    def _dropped(self, x: Any, generator: random.Generator) -> Any:
        if isinstance(x, Value) or not (hasattr(x, "__len__") or (is_array(x) and x.ndim)):
            forgotten = generator.uniform() < self.p
            return where(forgotten, 0.0, operand("Dropout", x) * (1 / (1 - self.p)))
        return each(lambda item: self._dropped(item, generator), values("Dropout", x))

    def __repr__(self) -> str:
        return f"Dropout({self.p})"
