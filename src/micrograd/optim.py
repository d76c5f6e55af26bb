"""Optimisers with PyTorch's names and arithmetic.

An update rule is written once, for one parameter, as scalar code: ``step`` hands it NumPy arrays of
all parameters, the compiler hands it Values. So a rule uses + - * / ** and the ops' own functions.
"""

import math
from collections.abc import Iterable, Mapping
from math import inf
from typing import Any

from . import ops
from .arguments import array as array_of
from .arguments import finite, flag, shown, whole
from .engine import Value
from .value import buffers
from .value.numeric import number

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "RMSprop", "clip_grad_norm"]

State = tuple[Any, ...]


class Optimizer:
    """Base of the optimisers: it moves parameters by a rule, which a subclass defines.

    Args:
        params: the Values to move, such as ``model.parameters()``.
        lr: the learning rate, 0 or more; the attribute may be set between steps.

    Raises:
        TypeError: params holds something else than Values.
        ValueError: params is empty, or holds a Value twice or one that was computed.
    """

    state_names: tuple[str, ...] = ()  # what is kept for each parameter from step to step

    def __init__(self, params: Iterable[Value], lr: float) -> None:
        import numpy as np

        self.parameters = _checked_parameters(params)
        self.lr = lr
        self.steps = 0
        self.state = tuple(np.zeros(len(self.parameters)) for _ in self.state_names)

    def __setattr__(self, name: str, x: Any) -> None:
        if name == "lr":
            x = _checked(name, x)
        super().__setattr__(name, x)

    def rule(self, p: Any, g: Any, state: State, step: Any, lr: Any) -> tuple[Any, State]:
        """Compute a step for one parameter; numbers, arrays and Values will do for all arguments.

        Args:
            p: the parameter.
            g: its gradient.
            state: one item for each of ``state_names``; 0 before the first step.
            step: the number of this step, from 1.
            lr: the learning rate of this step.

        Returns:
            The new parameter and the new state.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has to define rule(p, g, state, step, lr)"
        )

    def step(self) -> None:
        """Move all parameters once, along their present gradients."""
        import numpy as np

        p, g = buffers.data_of(self.parameters), buffers.grad_of(self.parameters)
        with np.errstate(all="ignore"):  # as everywhere: an overflow is an infinity, not a warning
            p, state = self.rule(p, g, self.state, self.steps + 1, self.lr)
        buffers.set_data(self.parameters, p)
        self.state, self.steps = state, self.steps + 1

    def zero_grad(self) -> None:
        """Set the gradients of the parameters to 0."""
        buffers.zero_grad(self.parameters)

    def state_dict(self) -> dict[str, Any]:
        """Return what a later run needs to go on: ``steps``, ``lr`` and an array for each state."""
        arrays = {
            name: array.copy() for name, array in zip(self.state_names, self.state, strict=True)
        }
        return {"optimizer": type(self).__name__, "steps": self.steps, "lr": self.lr, **arrays}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state_dict`` returned.

        Raises:
            ValueError: it is of another optimiser or other parameters; nothing changes.
        """

        if not isinstance(state, Mapping):
            raise TypeError(f"a state is a dict, got {type(state).__name__}")
        wanted = {"optimizer", "steps", "lr", *self.state_names}
        if state.get("optimizer") != type(self).__name__ or set(state) != wanted:
            raise ValueError(
                f"this is the state of {state.get('optimizer')!r} with {sorted(state)}; "
                f"{type(self).__name__} as it was made here needs {sorted(wanted)}"
            )
        steps, lr = whole("steps", state["steps"], 0), _checked("lr", state["lr"])
        arrays = tuple(array_of(name, state[name]) for name in self.state_names)
        for name, array in zip(self.state_names, arrays, strict=True):
            if array.shape != (len(self.parameters),):
                raise ValueError(
                    f"{name} is for {array.size} parameters, this has {len(self.parameters)}: got "
                    f"{shown(state[name])}"
                )
        self.state, self.steps, self.lr = arrays, steps, lr

    def settings(self) -> dict[str, Any]:
        """Return what it was made with, ``lr`` included, by name."""
        hidden = ("parameters", "steps", "state", "state_names")
        return {name: x for name, x in vars(self).items() if name not in hidden}

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={x}" for name, x in self.settings().items())
        return f"{type(self).__name__}({len(self.parameters)} parameters, {settings})"


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
        self.momentum = _checked("momentum", momentum)
        self.dampening = finite("dampening", dampening)
        self.weight_decay = _checked("weight_decay", weight_decay)
        self.nesterov = nesterov
        self.state_names = ("momentum_buffer",) if momentum else ()
        super().__init__(params, lr)

    def rule(self, p: Any, g: Any, state: State, step: Any, lr: Any) -> tuple[Any, State]:
        """Compute a step for one parameter."""
        if self.weight_decay:
            g = g + self.weight_decay * p
        if not self.momentum:
            return p - lr * g, ()
        share = ops.WHERE(step > 1, 1 - self.dampening, 1.0) if self.dampening else 1.0
        direction = self.momentum * state[0] + share * g
        ahead = g + self.momentum * direction if self.nesterov else direction
        return p - lr * ahead, (direction,)


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
        self.alpha = _checked("alpha", alpha)
        self.eps = _checked("eps", eps)
        self.weight_decay = _checked("weight_decay", weight_decay)
        self.momentum = _checked("momentum", momentum)
        self.centered = flag("centered", centered)
        names = ["square_avg"] + ["grad_avg"] * centered + ["momentum_buffer"] * (momentum > 0)
        self.state_names = tuple(names)
        super().__init__(params, lr)

    def rule(self, p: Any, g: Any, state: State, step: Any, lr: Any) -> tuple[Any, State]:
        """Compute a step for one parameter."""
        if self.weight_decay:
            g = g + self.weight_decay * p
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
            _checked("betas", betas[0], below=1.0),
            _checked("betas", betas[1], below=1.0),
        )
        self.eps = _checked("eps", eps)
        decay = self._default_decay if weight_decay is None else weight_decay
        self.weight_decay = _checked("weight_decay", decay)
        super().__init__(params, lr)

    def rule(self, p: Any, g: Any, state: State, step: Any, lr: Any) -> tuple[Any, State]:
        """Compute a step for one parameter."""
        if self.weight_decay:
            g = g + self.weight_decay * p
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


def clip_grad_norm(params: Iterable[Value], max_norm: float) -> float:
    """Shrink all gradients by one factor, so that their Euclidean norm is at most ``max_norm``.

    Returns:
        The norm before.
    """
    values = _checked_values(params)
    g = buffers.grad_of(values)
    norm = math.sqrt(g @ g)
    factor = _checked("max_norm", max_norm) / (norm + 1e-6)  # 1e-6 as in PyTorch
    if factor < 1:
        buffers.set_grad(values, g * factor)
    return norm


def _checked_parameters(params: Iterable[Value]) -> list[Value]:
    if hasattr(params, "parameters"):
        raise TypeError(
            f"an optimiser expects a list of Values, got the {type(params).__name__} itself: "
            "pass model.parameters()"
        )
    values = _checked_values(params)
    for v in values:
        if v.parents:
            raise ValueError(f"{v!r} was computed from other values: only leaves can be optimised")
    if not values:
        raise ValueError("there is nothing to optimise: the list of parameters is empty")
    if len(set(values)) != len(values):
        raise ValueError("a parameter is in the list twice: it would be moved twice")
    return values


def _checked_values(params: Any) -> list[Value]:
    if isinstance(params, (Value, str, bytes, dict)) or not hasattr(params, "__iter__"):
        raise TypeError(f"an optimiser expects a list of Values, got {shown(params)}")
    values = list(params)
    for v in values:
        if not isinstance(v, Value):
            raise TypeError(f"an optimiser expects a list of Values, got {shown(v)} in it")
    return values


def _checked(name: str, x: Any, below: float = inf) -> float:
    return finite(name, x, least=0, below=below)
