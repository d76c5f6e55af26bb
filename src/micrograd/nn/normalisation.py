"""LayerNorm and RMSNorm: the numbers of one example get one size, then a scale of their own."""

from collections.abc import Sequence
from operator import add, mul
from sys import float_info
from typing import Any

from ..arguments import finite, flag, shown, whole
from ..functions import mean
from .module import Module
from .parameters import constant
from .shapes import elementwise, flat, nested, on_rows


class LayerNorm(Module):
    """(x - mean) / sqrt(variance + eps) * weight + bias over the last axes, as ``torch.nn``'s.

    From Ba, Kiros and Hinton, "Layer normalization", 2016.

    Args:
        normalized_shape: the lengths of these axes; an int stands for one.
        eps: is added to the variance.
        elementwise_affine: False leaves out weight and bias.
        bias: False leaves out the bias alone.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        self.normalized_shape = _shape(normalized_shape)
        self.eps = finite("eps", eps, least=0)
        has_weight, has_bias = flag("elementwise_affine", elementwise_affine), flag("bias", bias)
        self.weight = constant(1.0, *self.normalized_shape) if has_weight else None
        self.bias = constant(0.0, *self.normalized_shape) if has_weight and has_bias else None

    def __call__(self, x: Any) -> list[Any]:
        """Return x, of the shape (..., *normalized_shape), normalised."""
        x = nested(self, x, (..., *self.normalized_shape))
        return on_rows(self._normalised, x, len(self.normalized_shape))

    def _normalised(self, x: list[Any]) -> list[Any]:
        numbers = flat(x)
        centre = mean(numbers)
        variance = mean([(item - centre) ** 2 for item in numbers])
        scale = (variance + self.eps) ** -0.5
        out = elementwise(lambda item: (item - centre) * scale, x)
        out = out if self.weight is None else elementwise(mul, out, self.weight)
        return out if self.bias is None else elementwise(add, out, self.bias)

    def __repr__(self) -> str:
        rest = "" if self.bias else ", bias=False"
        rest = rest if self.weight else ", elementwise_affine=False"
        return f"LayerNorm({_typed(self.normalized_shape)}, eps={self.eps}{rest})"


class RMSNorm(Module):
    """x / sqrt(mean(x²) + eps) * weight over the last axes, as ``torch.nn.RMSNorm``.

    From Zhang and Sennrich, "Root mean square layer normalization", 2019.

    Args:
        normalized_shape: the lengths of these axes; an int stands for one.
        eps: is added to the mean square; None takes the spacing of floats at 1, 2.2e-16.
        elementwise_affine: False leaves out the weight.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
    ) -> None:
        self.normalized_shape = _shape(normalized_shape)
        self.eps = None if eps is None else finite("eps", eps, least=0)
        has_weight = flag("elementwise_affine", elementwise_affine)
        self.weight = constant(1.0, *self.normalized_shape) if has_weight else None

    def __call__(self, x: Any) -> list[Any]:
        """Return x, of the shape (..., *normalized_shape), normalised."""
        x = nested(self, x, (..., *self.normalized_shape))
        return on_rows(self._normalised, x, len(self.normalized_shape))

    def _normalised(self, x: list[Any]) -> list[Any]:
        eps = float_info.epsilon if self.eps is None else self.eps
        scale = (mean([item * item for item in flat(x)]) + eps) ** -0.5
        out = elementwise(lambda item: item * scale, x)
        return out if self.weight is None else elementwise(mul, out, self.weight)

    def __repr__(self) -> str:
        rest = "" if self.weight else ", elementwise_affine=False"
        return f"RMSNorm({_typed(self.normalized_shape)}, eps={self.eps}{rest})"


def _shape(shape: Any) -> tuple[int, ...]:
    if hasattr(shape, "__index__"):
        return (whole("normalized_shape", shape, 1),)
    if not isinstance(shape, (list, tuple)) or not shape:
        raise TypeError(f"normalized_shape is a length, or a list of lengths, got {shown(shape)}")
    return tuple([whole("a length of normalized_shape", n, 1) for n in shape])


def _typed(shape: tuple[int, ...]) -> str:
    return str(shape[0]) if len(shape) == 1 else str(shape)
