"""Gradient descent."""

from collections.abc import Iterable
from typing import Any

from .. import ops
from ..arguments import finite, flag
from ..engine import Value
from ..value.numeric import number
from .arguments import rate
from .optimizer import Optimizer, State


class SGD(Optimizer):
    """Gradient descent: p -= lr · g, with momentum (Polyak 1964; nesterov: Nesterov 1983) if asked.

    Args:
        params, lr: as for ``Optimizer``.
        momentum: the share of the last step's direction that is kept.
        dampening: the share of the gradient that is left out of it, from the second step on.
        weight_decay: what is added to the gradient, times the parameter.
        nesterov: True looks one step ahead; this needs a momentum, and no dampening.
    """

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        if flag("nesterov", nesterov) and (
            not number(momentum, "momentum expects") > 0 or dampening
        ):
            raise ValueError(
                f"nesterov needs a momentum and no dampening, got {momentum=} and {dampening=}"
            )
        self.momentum = rate("momentum", momentum)
        self.dampening = finite("dampening", dampening)
        self.weight_decay = rate("weight_decay", weight_decay)
        self.nesterov = nesterov
        self.state_names = ("momentum_buffer",) if momentum else ()
        super().__init__(params, lr)

    @property
    def by_rows(self) -> bool:
        """Whether neither momentum nor decay moves what has no gradient."""
        return not (self.momentum or self.weight_decay)

    def rule(self, p: Any, g: Any, state: State, step: Any, lr: Any) -> tuple[Any, State]:
        """Compute a step for one parameter."""
        g = self.decayed(g, p)
        if not self.momentum:
            return p - lr * g, ()
        share = ops.WHERE(step > 1, 1 - self.dampening, 1.0) if self.dampening else 1.0
        direction = self.momentum * state[0] + share * g
        ahead = g + self.momentum * direction if self.nesterov else direction
        return p - lr * ahead, (direction,)
