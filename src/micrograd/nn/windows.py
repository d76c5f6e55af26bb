"""Windows that move over a signal or an image: where they start, and the padding around it."""

from collections.abc import Sequence
from typing import Any

from ..arguments import shown, whole


def pair(name: str, x: int | Sequence[int], least: int) -> tuple[int, int]:
    """Return a setting for height and width; one number stands for both."""
    if hasattr(x, "__index__"):
        return (whole(name, x, least),) * 2
    if not isinstance(x, (list, tuple)) or len(x) != 2:
        raise TypeError(f"{name} is a whole number, or two for height and width, got {shown(x)}")
    return whole(name, x[0], least), whole(name, x[1], least)


def margins(name: str, padding: Any, kernel: tuple[int, ...], dilation: tuple[int, ...]) -> Any:
    """Return how much is put in front and behind along each axis, as PyTorch does for a word.

    Where "same" needs an odd number it is one more behind; "valid" is none.
    """
    if padding == "same":
        rooms = [far * (size - 1) for size, far in zip(kernel, dilation, strict=True)]
        return tuple([(room // 2, room - room // 2) for room in rooms])
    if padding == "valid":
        return ((0, 0),) * len(kernel)
    if isinstance(padding, str):
        raise ValueError(f'{name} is a whole number, "same" or "valid", got {padding!r}')
    return tuple([(margin, margin) for margin in (padding if len(kernel) > 1 else (padding,))])


def check_same(padding: Any, *strides: int) -> None:
    """Refuse "same" for windows of which there are fewer than places."""
    if padding == "same" and max(strides) > 1:
        raise ValueError(f'padding="same" keeps the length, which a stride of {strides} does not')


def starts(layer: Any, length: int, window: int, stride: int) -> range:
    """Return where the windows start that lie inside a length.

    Raises:
        ValueError: there is none, so there would be no output.
    """
    if length < window:
        raise ValueError(
            f"{layer!r} has windows of {window}, and what it got is {length} long, padding "
            "included: make the kernel smaller, or the padding larger"
        )
    return range(0, length - window + 1, stride)


def padded(x: list[Any], *margins: int | tuple[int, int]) -> list[Any]:
    """Return nested lists with margins of None, in front and behind, for each axis.

    Zeros would do as well, but what is left out makes no operation and no graph.
    """
    margin, *inner = margins
    before, behind = margin if isinstance(margin, tuple) else (margin, margin)
    rows = [padded(row, *inner) for row in x] if inner else x
    nothing = [None] * len(rows[0]) if inner else None
    return [nothing] * before + list(rows) + [nothing] * behind
