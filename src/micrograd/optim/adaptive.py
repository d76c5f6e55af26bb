"""Optimisers that divide each parameter's gradient by what is usual for it."""

from collections.abc import Iterable
from typing import Any

from .. import ops
from ..arguments import flag
from ..engine import Value
from .arguments import rate
from .optimizer import Optimizer, State


class Adagrad(Optimizer):
    """Divide the gradient by the root of the sum of all its squares so far.

    Duchi, Hazan and Singer, "Adaptive subgradient methods", 2011.

    Args:
        params, lr: as for ``Optimizer``.
        lr_decay: how much the rate shrinks from step to step: lr / (1 + steps done · lr_decay).
        weight_decay: what is added to the gradient, times the parameter.
        initial_accumulator_value: where the sum starts.
        eps: added to the root.
    """

    state_names = ("sum",)

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        self.lr_decay = rate("lr_decay", lr_decay)
        self.weight_decay = rate("weight_decay", weight_decay)
        self.initial_accumulator_value = rate(
            "initial_accumulator_value", initial_accumulator_value
        )
        self.eps = rate("eps", eps)
        super().__init__(params, lr)

    @property
    def by_rows(self) -> bool:
        """Whether no decay moves what has no gradient, and the sum starts from 0."""
        return not (self.weight_decay or self.initial_accumulator_value)

    def rule(self, p: Any, g: Any, state: State, step: Any, lr: Any) -> tuple[Any, State]:
        """Compute a step for one parameter."""
        g = self.decayed(g, p)
        total = state[0] + g * g
        if self.initial_accumulator_value:  # a state is 0 before the first step
            total = total + ops.WHERE(step > 1, 0.0, self.initial_accumulator_value)
        shrunk = lr / (1 + (step - 1) * self.lr_decay)
        return p - shrunk * g / (total**0.5 + self.eps), (total,)


class RMSprop(Optimizer):
    """Divide the gradient by a running root of its mean square (Hinton, lecture 6e, 2012).

    Args:
        params, lr: as for ``Optimizer``.
        alpha: the share of the running mean that is kept.
        eps: added to the root.
        weight_decay: what is added to the gradient, times the parameter.
        momentum: the share of the last step's direction that is kept.
        centered: True divides by the standard deviation instead (Graves 2013).
    """

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        self.alpha = rate("alpha", alpha)
        self.eps = rate("eps", eps)
        self.weight_decay = rate("weight_decay", weight_decay)
        self.momentum = rate("momentum", momentum)
        self.centered = flag("centered", centered)
        names = ["square_avg"] + ["grad_avg"] * centered + ["momentum_buffer"] * (momentum > 0)
        self.state_names = tuple(names)
        super().__init__(params, lr)

    def rule(self, p: Any, g: Any, state: State, step: Any, lr: Any) -> tuple[Any, State]:
        """Compute a step for one parameter."""
        g = self.decayed(g, p)
        square = self.alpha * state[0] + (1 - self.alpha) * g * g
        new: State = (square,)
        spread = square
        if self.centered:
            mean = state[1] + (1 - self.alpha) * (g - state[1])
            new, spread = (square, mean), square - mean * mean
        direction = g / (spread**0.5 + self.eps)
        if self.momentum:
            direction = self.momentum * state[-1] + direction
            new = (*new, direction)
        return p - lr * direction, new


class Adam(Optimizer):
    """Divide a running mean of the gradient by the root of a running mean of its square.

    Kingma and Ba, "Adam: a method for stochastic optimization" (2014), algorithm 1.

    Args:
        params, lr: as for ``Optimizer``.
        betas: the shares of the two running means that are kept, each from 0 to below 1.
        eps: added to the root.
        weight_decay: what is added to the gradient, times the parameter.
    """

    state_names = ("exp_avg", "exp_avg_sq")
    _default_decay = 0.0

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float | None = None,
    ) -> None:
        if not hasattr(betas, "__len__") or len(betas) != 2:
            raise ValueError(f"betas are two numbers, as in (0.9, 0.999); got {betas!r}")
        self.betas = (
            rate("betas", betas[0], below=1.0),
            rate("betas", betas[1], below=1.0),
        )
        self.eps = rate("eps", eps)
        decay = self._default_decay if weight_decay is None else weight_decay
        self.weight_decay = rate("weight_decay", decay)
        super().__init__(params, lr)

    def rule(self, p: Any, g: Any, state: State, step: Any, lr: Any) -> tuple[Any, State]:
        """Compute a step for one parameter."""
        g = self.decayed(g, p)
        return self._moved(p, g, state, step, lr)

    def _moved(self, p: Any, g: Any, state: State, step: Any, lr: Any) -> tuple[Any, State]:
        beta1, beta2 = self.betas
        mean = state[0] + (1 - beta1) * (g - state[0])
        square = beta2 * state[1] + (1 - beta2) * g * g
        root = square**0.5 / (1 - beta2**step) ** 0.5 + self.eps
        return p - lr / (1 - beta1**step) * (mean / root), (mean, square)


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameter itself, not by way of the gradient.

    Loshchilov and Hutter, "Decoupled weight decay regularization" (2017). ``weight_decay`` is 0.01
    by default.
    """

    _default_decay = 0.01

    def rule(self, p: Any, g: Any, state: State, step: Any, lr: Any) -> tuple[Any, State]:
        """Compute a step for one parameter."""
        return self._moved(p * (1 - lr * self.weight_decay), g, state, step, lr)


class SparseAdam(Adam):
    """Adam for tables, as ``torch.optim.SparseAdam``: a row rests while nobody looks it up.

    Its running means stay what they were meanwhile, too. What is of no table moves at each step.

    Args:
        params, lr, betas, eps: as for ``Adam``; there is no weight decay, which moves all rows.
    """

    by_rows = True

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(params, lr, betas, eps)

    def rule(self, p: Any, g: Any, state: State, step: Any, lr: Any) -> tuple[Any, State]:
        """Compute a step for one parameter; eps is added before the bias is corrected."""
        beta1, beta2 = self.betas
        mean = state[0] + (1 - beta1) * (g - state[0])
        square = state[1] + (1 - beta2) * (g * g - state[1])
        rate = lr * (1 - beta2**step) ** 0.5 / (1 - beta1**step)
        return p - rate * (mean / (square**0.5 + self.eps)), (mean, square)
