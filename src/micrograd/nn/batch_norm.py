"""Batch normalisation: features get mean 0 and variance 1 over a batch, then scale and shift."""

from collections.abc import Sequence
from typing import Any

from ..arguments import finite, values, whole
from ..engine import Value
from ..functions import mean
from ..value.modes import mode, no_grad
from .module import Module
from .phase import is_training


class _Running:
    """Values that follow the data and are no parameters: a module's search finds none in here."""

    __slots__ = ("mean", "var")

    def __init__(self, features: int) -> None:
        self.mean = [Value(0.0, label="running_mean") for _ in range(features)]
        self.var = [Value(1.0, label="running_var") for _ in range(features)]


class BatchNorm(Module):
    """Normalise each feature, over a batch while training, else by what training has seen.

    ``(x - mean) / sqrt(variance + eps) * weight + bias``, as in Ioffe and Szegedy, "Batch
    normalization", 2015. While training, running averages follow the batches' means and (unbiased)
    variances; they are part of ``state_dict``, under PyTorch's names, and no parameters.

    Args:
        features: how many numbers an example has.
        momentum: how fast the running averages follow.
        eps: is added to the variance.
    """

    def __init__(self, features: int, momentum: float = 0.1, eps: float = 1e-5) -> None:
        self.weight = [Value(1.0) for _ in range(whole("features", features, 1))]
        self.bias = [Value(0.0) for _ in self.weight]
        self.momentum = finite("momentum", momentum, least=0)
        self.eps = finite("eps", eps, least=0)
        self.running = _Running(features)

    def __call__(self, x: Any) -> list:
        """Return the normalised batch, a list of examples, which are lists of numbers.

        In evaluation mode x may as well be one example.

        Raises:
            ValueError: the batch has one example only, or one example is given while training, or
                an example has another number of features.
        """
        values(f"{self!r}", x)
        single = not len(x) or not hasattr(x[0], "__len__")
        batch = [x] if single else list(x)
        for example in batch:
            if len(example) != len(self.weight):
                raise ValueError(
                    f"{self!r} expects {len(self.weight)} features, got {len(example)}"
                )
        if not is_training(self):
            means = [m.detach() for m in self.running.mean]
            variances = [v.detach() for v in self.running.var]
        elif single or len(batch) < 2:
            raise ValueError(
                "BatchNorm normalises over a batch while training: give it a list of two or more "
                "examples, or call eval() first"
            )
        else:
            means, variances = self._statistics(batch)
        scales = [w * (v + self.eps) ** -0.5 for w, v in zip(self.weight, variances, strict=True)]
        out = [
            [(x - m) * s + b for x, m, s, b in zip(row, means, scales, self.bias, strict=True)]
            for row in batch
        ]
        return out[0] if single else out

    def _statistics(self, batch: Sequence[Any]) -> tuple[list[Value], list[Value]]:
        columns = list(zip(*batch, strict=True))
        means = [mean(column) for column in columns]
        variances = [
            mean([(x - m) ** 2 for x in column]) for column, m in zip(columns, means, strict=True)
        ]
        unbiased = len(batch) / (len(batch) - 1)
        for state, new in zip(self.running.mean, means, strict=True):
            self._follow(state, new)
        for state, new in zip(self.running.var, variances, strict=True):
            self._follow(state, new * unbiased)
        return means, variances

    def _follow(self, state: Value, new: Value) -> None:
        tracer: Any = mode.tracer
        with no_grad():
            before = tracer.present(state) if tracer else state
            after = before * (1 - self.momentum) + new * self.momentum
            if tracer:
                tracer.update(state, after)
            else:
                state.data = after.data

    def tensors(self) -> dict[str, Any]:
        """Return weight, bias, running_mean and running_var, each of shape (features,)."""
        running = {"running_mean": self.running.mean, "running_var": self.running.var}
        return {"weight": self.weight, "bias": self.bias} | running

    def __repr__(self) -> str:
        return f"BatchNorm({len(self.weight)})"
