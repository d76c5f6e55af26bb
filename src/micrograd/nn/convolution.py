"""Conv1d and Conv2d: the same few weights, applied to each window of a signal or an image."""

from collections.abc import Sequence
from typing import Any

from ..arguments import flag, whole
from ..functions import sum
from .module import Module
from .parameters import bound, source, uniform
from .shapes import depth, nested
from .windows import padded, pair, starts, within


class Conv1d(Module):
    """Each output is a weighted sum of a window of all channels, as ``torch.nn.Conv1d``.

    Args:
        in_channels, out_channels: of what comes, and of what is returned.
        kernel_size: the length of a window.
        stride: from one window to the next.
        padding: how many places before the first and after the last number count as zeros.
        bias: False leaves out what is added to each channel.
        seed: as for ``Linear``.

    ``weight`` has the shape (out_channels, in_channels, kernel_size), ``bias`` (out_channels,).
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: int = 0,
        *,
        bias: bool = True,
        seed: Any = None,
    ) -> None:
        self.in_channels = whole("in_channels", in_channels, 1)
        self.out_channels = whole("out_channels", out_channels, 1)
        self.kernel_size = whole("kernel_size", kernel_size, 1)
        self.stride, self.padding = whole("stride", stride, 1), whole("padding", padding, 0)
        rng, most = source(seed), bound(in_channels, kernel_size)
        self.weight = uniform(rng, most, out_channels, in_channels, kernel_size)
        self.bias = uniform(rng, most, out_channels) if flag("bias", bias) else None

    def __call__(self, x: Any) -> list[Any]:
        """Return (out_channels, windows) for x of the shape (in_channels, length).

        A batch in front of both is kept.
        """
        one = (self.in_channels, "length")
        x = nested(self, x, one, ("batch", *one))
        return [self._one(example) for example in x] if depth(x) == 3 else self._one(x)

    def _one(self, x: list[Any]) -> list[Any]:
        x = [padded(channel, self.padding) for channel in x]
        places = starts(self, len(x[0]), self.kernel_size, self.stride)
        return [[self._at(x, place, k) for place in places] for k in range(self.out_channels)]

    def _at(self, x: list[Any], place: int, k: int) -> Any:
        total = sum(
            [
                w * item
                for weights, channel in zip(self.weight[k], x, strict=True)
                for w, item in within(weights, channel[place : place + self.kernel_size])
            ]
        )
        return total if self.bias is None else total + self.bias[k]

    def __repr__(self) -> str:
        return f"Conv1d({_settings(self)})"


class Conv2d(Module):
    """Each output is a weighted sum of a window of all channels, as ``torch.nn.Conv2d``.

    Args:
        in_channels, out_channels: of what comes, and of what is returned.
        kernel_size: height and width of a window; one number stands for both, as in what follows.
        stride: from one window to the next.
        padding: how many rows and columns at each side of the image count as zeros.
        bias: False leaves out what is added to each channel.
        seed: as for ``Linear``.

    ``weight`` has the shape (out_channels, in_channels, height, width), ``bias`` (out_channels,).

    >>> image = [[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0]]]  # one channel
    >>> out = Conv2d(1, 4, kernel_size=2, seed=1)(image)
    >>> len(out), len(out[0]), len(out[0][0])
    (4, 2, 2)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        *,
        bias: bool = True,
        seed: Any = None,
    ) -> None:
        self.in_channels = whole("in_channels", in_channels, 1)
        self.out_channels = whole("out_channels", out_channels, 1)
        self.kernel_size = pair("kernel_size", kernel_size, 1)
        self.stride, self.padding = pair("stride", stride, 1), pair("padding", padding, 0)
        rng, most = source(seed), bound(in_channels, *self.kernel_size)
        self.weight = uniform(rng, most, out_channels, in_channels, *self.kernel_size)
        self.bias = uniform(rng, most, out_channels) if flag("bias", bias) else None

    def __call__(self, x: Any) -> list[Any]:
        """Return (out_channels, rows, columns) for x of the shape (in_channels, height, width).

        A batch in front of the three is kept.
        """
        one = (self.in_channels, "height", "width")
        x = nested(self, x, one, ("batch", *one))
        return [self._one(example) for example in x] if depth(x) == 4 else self._one(x)

    def _one(self, x: list[Any]) -> list[Any]:
        (height, width), (down, right) = self.kernel_size, self.stride
        x = [padded(channel, *self.padding) for channel in x]
        rows = starts(self, len(x[0]), height, down)
        columns = starts(self, len(x[0][0]), width, right)
        return [
            [[self._at(x, row, column, k) for column in columns] for row in rows]
            for k in range(self.out_channels)
        ]

    def _at(self, x: list[Any], top: int, left: int, k: int) -> Any:
        height, width = self.kernel_size
        total = sum(
            [
                w * item
                for kernel, channel in zip(self.weight[k], x, strict=True)
                for weights, row in zip(kernel, channel[top : top + height], strict=True)
                for w, item in within(weights, row[left : left + width])
            ]
        )
        return total if self.bias is None else total + self.bias[k]

    def __repr__(self) -> str:
        return f"Conv2d({_settings(self)})"


def _settings(layer: Conv1d | Conv2d) -> str:
    channels = f"{layer.in_channels}, {layer.out_channels}"
    rest = "" if layer.bias else ", bias=False"
    numbers = (layer.kernel_size, layer.stride, layer.padding)
    return f"{channels}, {', '.join(map(str, numbers))}{rest}"
