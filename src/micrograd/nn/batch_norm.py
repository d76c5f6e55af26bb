"""Batch normalisation: features get mean 0 and variance 1 over a batch, then scale and shift."""

from collections.abc import Callable
from typing import Any

from ..arguments import finite, flag, values, whole
from ..engine import Value
from ..functions import maximum, mean
from ..functions import sum as total
from ..transforms.batches import each, is_batch
from ..value.modes import mode, no_grad
from .module import Module
from .parameters import constant
from .phase import is_training
from .shapes import depth, elementwise, flat, nested


class _Running:
    """Values that follow the data and are no parameters: a module's search finds none in here."""

    __slots__ = ("batches", "mean", "var")

    def __init__(self, features: int) -> None:
        self.mean = [Value(0.0, label="running_mean") for _ in range(features)]
        self.var = [Value(1.0, label="running_var") for _ in range(features)]
        self.batches = Value(0.0, label="num_batches_tracked")


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

    weight: list[Value] | None
    bias: list[Value] | None

    def __init__(self, features: int, momentum: float = 0.1, eps: float = 1e-5) -> None:
        self.weight = constant(1.0, whole("features", features, 1))
        self.bias = constant(0.0, features)
        self.momentum = finite("momentum", momentum, least=0)
        self.eps = finite("eps", eps, least=0)
        self.running = _Running(features)

    def __call__(self, x: Any) -> list[Any]:
        """Return the normalised batch, a list of examples, which are lists of numbers.

        In evaluation mode x may as well be one example.

        Raises:
            ValueError: the batch has one example only, or one example is given while training, or
                an example has another number of features.
        """
        values(f"{self!r}", x)
        features = len(self.running.mean)
        if is_batch(x):
            return self._normalised(nested(self, x, ("batch", features)))
        single = not len(x) or not hasattr(x[0], "__len__")
        batch = [x] if single else list(x)
        for example in batch:
            if len(example) != features:
                raise ValueError(f"{self!r} expects {features} features, got {len(example)}")
        if is_training(self) and (single or len(batch) < 2):
            raise ValueError(
                "BatchNorm normalises over a batch while training: give it a list of two or more "
                "examples, or call eval() first"
            )
        out = self._normalised(nested(self, batch, ("batch", features)))
        return out[0] if single else out

    def _normalised(self, batch: Any) -> list[Any]:
        """Normalise each channel, which is the second axis, over the batch and the axes behind."""
        if is_training(self):
            means, variances = self._statistics(batch)
        else:
            means = [m.detach() for m in self.running.mean]
            variances = [v.detach() for v in self.running.var]
        scales: list[Any] = [(v + self.eps) ** -0.5 for v in variances]
        if self.weight:
            scales = [w * s for w, s in zip(self.weight, scales, strict=True)]
        nothing: list[Any] = [None] * len(means)
        shifts = self.bias or nothing

        def normalised(example: list[Any]) -> list[Any]:
            return [_moved(*four) for four in zip(example, means, scales, shifts, strict=True)]

        return each(normalised, batch)

    def _statistics(self, batch: Any) -> tuple[list[Value], list[Value]]:
        def spreads(example: list[Any]) -> list[Any]:
            pairs = zip(example, means, strict=True)
            return [_mean_of(elementwise(lambda x: (x - m) ** 2, ch)) for ch, m in pairs]  # noqa: B023

        means = _means(lambda example: list(map(_mean_of, example)), batch)
        variances = _means(spreads, batch)
        count = total(each(lambda example: float(len(flat(example[0]))), batch))
        for state, new in zip(self.running.mean, means, strict=True):
            self._follow(state, new)
        for state, new in zip(self.running.var, variances, strict=True):
            self._follow(state, new * (count / maximum(count - 1, 1.0)))  # one stands for a batch
        return means, variances

    def _follow(self, state: Value, new: Value) -> None:
        _update(state, lambda x: x * (1 - self.momentum) + new * self.momentum)

    def tensors(self) -> dict[str, Any]:
        """Return weight, bias, running_mean and running_var, each of shape (features,)."""
        running = {"running_mean": self.running.mean, "running_var": self.running.var}
        affine = {"weight": self.weight, "bias": self.bias} if self.weight else {}
        return affine | running

    def __repr__(self) -> str:
        return f"BatchNorm({len(self.running.mean)})"


class BatchNorm1d(BatchNorm):
    """Batch normalisation of features, or of the channels of signals, as ``torch.nn.BatchNorm1d``.

    Args:
        num_features: the number of features or channels.
        eps: is added to the variance.
        momentum: how fast the running averages follow.
        affine: False leaves out weight and bias.

    Raises:
        ValueError: while training, there is one number only for each feature.
    """

    shapes: tuple[tuple[str, ...], ...] = ((), ("length",))  # of what there is of a channel

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = True
    ) -> None:
        super().__init__(whole("num_features", num_features, 1), momentum, eps)
        if not flag("affine", affine):
            self.weight = self.bias = None

    def __call__(self, x: Any) -> list[Any]:
        """Return the batch normalised; in evaluation mode x may as well be one example."""
        features = len(self.running.mean)
        examples = [(features, *shape) for shape in self.shapes]
        batches = [("batch", *shape) for shape in examples]
        if is_training(self):
            batch = nested(self, x, *batches)
            if not is_batch(batch) and len(flat(batch)) == features:
                raise ValueError(
                    f"{self!r} normalises over a batch while training, and got one number for each "
                    "feature: give it two or more examples, or call eval() first"
                )
            _update(self.running.batches, lambda count: count + 1.0)
            return self._normalised(batch)
        x = nested(self, x, *batches, *examples)
        single = depth(x) not in [len(shape) for shape in batches]
        return self._normalised([x])[0] if single else self._normalised(x)

    def tensors(self) -> dict[str, Any]:
        """Return PyTorch's five: besides the four arrays, how many batches there were."""
        return super().tensors() | {"num_batches_tracked": self.running.batches}

    def __repr__(self) -> str:
        settings = f"{len(self.running.mean)}, eps={self.eps}, momentum={self.momentum}"
        return f"{type(self).__name__}({settings}{'' if self.weight else ', affine=False'})"


class BatchNorm2d(BatchNorm1d):
    """Batch normalisation of the channels of images, as ``torch.nn.BatchNorm2d``.

    Args:
        num_features: the number of channels.
        eps, momentum, affine: as for ``BatchNorm1d``.
    """

    shapes = (("height", "width"),)


def _means(f: Callable[[list[Any]], list[Any]], batch: Any) -> list[Any]:
    """The mean over a batch of each number that f gives of an example."""
    found = each(f, batch)
    return mean(found).tolist() if is_batch(found) else [mean(xs) for xs in zip(*found)]


def _mean_of(channel: Any) -> Any:
    return mean(flat(channel)) if depth(channel) else channel


def _moved(x: Any, centre: Any, scale: Any, shift: Any) -> Any:
    if shift is None:
        return elementwise(lambda item: (item - centre) * scale, x)
    return elementwise(lambda item: (item - centre) * scale + shift, x)


def _update(state: Value, new: Any) -> None:
    """Set a number that no gradient passes through; in a trace, at each call of the program."""
    tracer: Any = mode.tracer
    with no_grad():
        if tracer:
            tracer.update(state, new(tracer.present(state)))
        else:
            state.data = float(new(state).data)
