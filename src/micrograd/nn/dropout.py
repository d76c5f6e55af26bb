"""Dropout: while training, forget some numbers, so that no neuron relies on another."""

from typing import Any

from .. import random
from ..engine import Value
from ..functions import where
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
        return self._dropped(x) if self.p and is_training(self) else x

    def _dropped(self, x: Any) -> Any:
        if isinstance(x, Value) or not (hasattr(x, "__len__") or is_array(x)):
            generator = self.generator or random.default
            forgotten = generator.uniform() < self.p
            return where(forgotten, 0.0, x * (1 / (1 - self.p)))
        return [self._dropped(item) for item in x]

    def __repr__(self) -> str:
        return f"Dropout({self.p})"
