"""MaxPool2d and AvgPool2d: one number for each window of an image, without weights."""

from collections.abc import Sequence
from math import prod
from typing import Any

from ..functions import maximum, sum
from .module import Module
from .shapes import nested, on_rows
from .windows import padded, pair, starts


class _Pool2d(Module):
    """What both have in common; ``_of`` says what a window gives."""

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] | None = None,
        padding: int | Sequence[int] = 0,
    ) -> None:
        self.kernel_size = pair("kernel_size", kernel_size, 1)
        self.stride = self.kernel_size if stride is None else pair("stride", stride, 1)
        self.padding = pair("padding", padding, 0)
        if any(2 * p > k for p, k in zip(self.padding, self.kernel_size, strict=True)):
            raise ValueError(
                f"padding is at most half of the kernel_size {self.kernel_size}, got {padding!r}"
            )

    def __call__(self, x: Any) -> list[Any]:
        """Return (..., rows, columns) for x of the shape (..., height, width)."""
        return on_rows(self._image, nested(self, x, (..., "height", "width")), 2)

    def _image(self, x: list[Any]) -> list[Any]:
        (height, width), (down, right) = self.kernel_size, self.stride
        x = padded(x, *self.padding)
        return [
            [
                self._of(
                    [n for row in x[i : i + height] for n in row[j : j + width] if n is not None]
                )
                for j in starts(self, len(x[0]), width, right)
            ]
            for i in starts(self, len(x), height, down)
        ]

    def _of(self, window: list[Any]) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:
        settings = (self.kernel_size, self.stride, self.padding)
        return f"{type(self).__name__}({', '.join(map(str, settings))})"


class MaxPool2d(_Pool2d):
    """The largest number of each window, as ``torch.nn.MaxPool2d``; of equals the first counts.

    Args:
        kernel_size: height and width of a window; one number stands for both, as in what follows.
        stride: from one window to the next; None takes the kernel_size, so that none overlap.
        padding: rows and columns around the image that never are the largest.

    >>> MaxPool2d(2)([[1.0, 2.0, 0.0, 0.0], [3.0, 4.0, 0.0, 5.0]])
    [[4.0, 5.0]]
    """

    def _of(self, window: list[Any]) -> Any:
        return maximum(window)


class AvgPool2d(_Pool2d):
    """The mean of each window, as ``torch.nn.AvgPool2d``.

    Args:
        kernel_size, stride: as for ``MaxPool2d``.
        padding: rows and columns of zeros around the image; they count in the mean.

    >>> AvgPool2d(2)([[1.0, 2.0, 0.0, 0.0], [3.0, 4.0, 0.0, 6.0]])
    [[2.5, 1.5]]
    """

    def _of(self, window: list[Any]) -> Any:
        return sum(window) / prod(self.kernel_size)
