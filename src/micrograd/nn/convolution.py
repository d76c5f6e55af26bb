"""Conv1d and Conv2d: the same few weights, applied to each window of a signal or an image."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from ..arguments import flag, whole
from ..functions import dot
from .module import Module
from .parameters import bound, source, uniform
from .shapes import flat, nested, on_rows
from .windows import check_same, margins, padded, pair, starts

_Window = tuple[list[Any], list[int] | None]


class Conv1d(Module):
    """Each output is a weighted sum of a window of all channels, as ``torch.nn.Conv1d``.

    Args:
        in_channels, out_channels: of what comes, and of what is returned.
        kernel_size: the length of a window.
        stride: from one window to the next.
        padding: how many places before the first and after the last number count as zeros; "same"
            takes as many as keep the length, "valid" none.
        dilation: how far the numbers of a window lie apart.
        groups: into so many the channels are divided, each of which sees its own alone.
        bias: False leaves out what is added to each channel.
        seed: as for ``Linear``.

    ``weight`` has the shape (out_channels, in_channels / groups, kernel_size), ``bias``
    (out_channels,).

    Raises:
        ValueError: groups do not divide the channels.
    """

    groups: int

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: int | str = 0,
        dilation: int = 1,
        groups: int = 1,
        bias: bool = True,
        *,
        seed: Any = None,
    ) -> None:
        self.in_channels = whole("in_channels", in_channels, 1)
        self.out_channels = whole("out_channels", out_channels, 1)
        self.kernel_size = whole("kernel_size", kernel_size, 1)
        self.stride, self.dilation = whole("stride", stride, 1), whole("dilation", dilation, 1)
        self.padding = padding if isinstance(padding, str) else whole("padding", padding, 0)
        check_same(padding, stride)
        self._margins = margins("padding", self.padding, (kernel_size,), (dilation,))
        inputs = _inputs_of_a_group(self, groups)
        rng, most = source(seed), bound(inputs, kernel_size)
        self.weight = uniform(rng, most, out_channels, inputs, kernel_size)
        self.bias = uniform(rng, most, out_channels) if flag("bias", bias) else None

    def __call__(self, x: Any) -> list[Any]:
        """Return (out_channels, windows) for x of the shape (in_channels, length).

        A batch in front of both is kept.
        """
        one = (self.in_channels, "length")
        return on_rows(self._one, nested(self, x, one, ("batch", *one)), 2)

    def _one(self, x: list[Any]) -> list[Any]:
        x = [padded(channel, *self._margins) for channel in x]
        reach = self.dilation * (self.kernel_size - 1) + 1
        places = starts(self, len(x[0]), reach, self.stride)
        windows = [[self._window(part, place) for place in places] for part in _parts(self, x)]
        return [[add(window) for window in part] for add, part in _sums(self, windows)]

    def _window(self, x: list[Any], place: int) -> _Window:
        """The numbers that are under a kernel, in the order of its weights."""
        inside = slice(place, place + self.dilation * (self.kernel_size - 1) + 1, self.dilation)
        return _inside([item for channel in x for item in channel[inside]])

    def __repr__(self) -> str:
        return f"Conv1d({_settings(self)})"


class Conv2d(Module):
    """Each output is a weighted sum of a window of all channels, as ``torch.nn.Conv2d``.

    Args:
        in_channels, out_channels: of what comes, and of what is returned.
        kernel_size: height and width of a window; one number stands for both, as in what follows.
        stride: from one window to the next.
        padding: how many rows and columns at each side of the image count as zeros; "same" takes as
            many as keep height and width, "valid" none.
        dilation: how far the rows and the columns of a window lie apart.
        groups: into so many the channels are divided, each of which sees its own alone.
        bias: False leaves out what is added to each channel.
        seed: as for ``Linear``.

    ``weight`` has the shape (out_channels, in_channels / groups, height, width), ``bias``
    (out_channels,).

    Raises:
        ValueError: groups do not divide the channels.

    >>> image = [[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0]]]  # one channel
    >>> out = Conv2d(1, 4, kernel_size=2, seed=1)(image)
    >>> len(out), len(out[0]), len(out[0][0])
    (4, 2, 2)
    """

    groups: int

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] | str = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        bias: bool = True,
        *,
        seed: Any = None,
    ) -> None:
        self.in_channels = whole("in_channels", in_channels, 1)
        self.out_channels = whole("out_channels", out_channels, 1)
        self.kernel_size = pair("kernel_size", kernel_size, 1)
        self.stride, self.dilation = pair("stride", stride, 1), pair("dilation", dilation, 1)
        self.padding = padding if isinstance(padding, str) else pair("padding", padding, 0)
        check_same(padding, *self.stride)
        self._margins = margins("padding", self.padding, self.kernel_size, self.dilation)
        inputs = _inputs_of_a_group(self, groups)
        rng, most = source(seed), bound(inputs, *self.kernel_size)
        self.weight = uniform(rng, most, out_channels, inputs, *self.kernel_size)
        self.bias = uniform(rng, most, out_channels) if flag("bias", bias) else None

    def __call__(self, x: Any) -> list[Any]:
        """Return (out_channels, rows, columns) for x of the shape (in_channels, height, width).

        A batch in front of the three is kept.
        """
        one = (self.in_channels, "height", "width")
        return on_rows(self._one, nested(self, x, one, ("batch", *one)), 3)

    def _one(self, x: list[Any]) -> list[Any]:
        (height, width), (down, right) = self._reach(), self.stride
        x = [padded(channel, *self._margins) for channel in x]
        rows = starts(self, len(x[0]), height, down)
        columns = starts(self, len(x[0][0]), width, right)
        windows = [
            [[self._window(part, row, column) for column in columns] for row in rows]
            for part in _parts(self, x)
        ]
        return [
            [[add(window) for window in row] for row in part] for add, part in _sums(self, windows)
        ]

    def _reach(self) -> tuple[int, int]:
        """Height and width of what a window reaches over."""
        (height, width), (down, right) = self.kernel_size, self.dilation
        return down * (height - 1) + 1, right * (width - 1) + 1

    def _window(self, x: list[Any], top: int, left: int) -> _Window:
        """The numbers that are under a kernel, in the order of its weights."""
        (height, width), (down, right) = self._reach(), self.dilation
        rows, columns = slice(top, top + height, down), slice(left, left + width, right)
        return _inside([i for channel in x for row in channel[rows] for i in row[columns]])

    def __repr__(self) -> str:
        return f"Conv2d({_settings(self)})"


def _inputs_of_a_group(layer: Conv1d | Conv2d, groups: int) -> int:
    """Take the number of groups; return how many channels each output sees."""
    layer.groups = whole("groups", groups, 1)
    if layer.in_channels % groups or layer.out_channels % groups:
        raise ValueError(
            f"{type(layer).__name__}: groups divide in_channels and out_channels, got {groups} for "
            f"{layer.in_channels} and {layer.out_channels}"
        )
    return layer.in_channels // groups


def _parts(layer: Conv1d | Conv2d, x: list[Any]) -> list[list[Any]]:
    """The channels of each group."""
    inputs = layer.in_channels // layer.groups
    return [x[first : first + inputs] for first in range(0, layer.in_channels, inputs)]


def _sums(
    layer: Conv1d | Conv2d, windows: list[Any]
) -> Iterator[tuple[Callable[[_Window], Any], Any]]:
    """What each output makes of a window, and the windows that it sees: those of its group."""
    outputs = layer.out_channels // layer.groups
    for k, kernel in enumerate(layer.weight):
        bias = None if layer.bias is None else layer.bias[k]
        yield partial(_weighted, flat(kernel), bias), windows[k // outputs]


def _weighted(weights: list[Any], bias: Any, window: _Window) -> Any:
    items, places = window
    total = dot(weights if places is None else [weights[k] for k in places], items)
    return total if bias is None else total + bias


def _inside(items: list[Any]) -> _Window:
    """The numbers of a window without padding, which is None; if there is some, their places."""
    places = [k for k, item in enumerate(items) if item is not None]
    return (items, None) if len(places) == len(items) else ([items[k] for k in places], places)


def _settings(layer: Conv1d | Conv2d) -> str:
    channels = f"{layer.in_channels}, {layer.out_channels}"
    rest = "" if layer.groups == 1 else f", groups={layer.groups}"
    rest += "" if layer.bias else ", bias=False"
    apart = "" if layer.dilation in (1, (1, 1)) else f", dilation={layer.dilation}"
    numbers = (layer.kernel_size, layer.stride, layer.padding)
    return f"{channels}, {', '.join(map(repr, numbers))}{apart}{rest}"
