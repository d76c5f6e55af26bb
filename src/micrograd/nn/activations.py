"""Activations as modules, under PyTorch's names, for ``Sequential``.

Each applies a function of ``micrograd`` to every number of what it gets, of whatever shape.
"""

from collections.abc import Callable
from math import pi, sqrt
from typing import Any

from .. import elementary, functions
from ..arguments import choice, finite, whole
from .module import Module
from .shapes import depth, elementwise, nested, on_rows


class _Elementwise(Module):
    """An activation without settings: ``function`` of each number."""

    function: Callable[[Any], Any]

    def __init__(self) -> None:
        pass  # else Python would take any arguments, and forget them

    def __call__(self, x: Any) -> Any:
        """Return the function of each number of x: one number, or nested lists of any shape."""
        return elementwise(type(self).function, nested(self, x, (...,), ()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class ReLU(_Elementwise):
    """x where it is positive, else 0.

    >>> ReLU()([-1.0, 2.0])
    [0.0, 2.0]
    """

    function = staticmethod(elementary.relu)


class Tanh(_Elementwise):
    """The hyperbolic tangent."""

    function = staticmethod(elementary.tanh)


class Sigmoid(_Elementwise):
    """1 / (1 + exp(-x))."""

    function = staticmethod(elementary.sigmoid)


class Softplus(_Elementwise):
    """log(1 + exp(x)), also where PyTorch goes over to x itself: above 20."""

    function = staticmethod(elementary.softplus)


class SiLU(_Elementwise):
    """x · sigmoid(x)."""

    function = staticmethod(elementary.silu)


class GELU(Module):
    """x times the normal distribution function of x.

    Args:
        approximate: "tanh" takes x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2 for it, as GPT-2 does;
            "none" takes it as it is.
    """

    def __init__(self, approximate: str = "none") -> None:
        self.approximate = choice("approximate", approximate, ("none", "tanh"))

    def __call__(self, x: Any) -> Any:
        """Return this of each number of x."""
        function = _gelu_by_tanh if self.approximate == "tanh" else elementary.gelu
        return elementwise(function, nested(self, x, (...,), ()))

    def __repr__(self) -> str:
        return "GELU()" if self.approximate == "none" else f"GELU({self.approximate!r})"


def _gelu_by_tanh(x: Any) -> Any:
    return 0.5 * x * (1 + elementary.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))


class LeakyReLU(Module):
    """x where it is positive, else negative_slope · x."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = finite("negative_slope", negative_slope)

    def __call__(self, x: Any) -> Any:
        """Return this of each number of x."""
        x = nested(self, x, (...,), ())
        return elementwise(lambda item: elementary.leaky_relu(item, self.negative_slope), x)

    def __repr__(self) -> str:
        return f"LeakyReLU({self.negative_slope})"


class ELU(Module):
    """x where it is positive, else alpha · (exp(x) - 1)."""

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = finite("alpha", alpha)

    def __call__(self, x: Any) -> Any:
        """Return this of each number of x."""
        x = nested(self, x, (...,), ())
        return elementwise(lambda item: elementary.elu(item, self.alpha), x)

    def __repr__(self) -> str:
        return f"ELU({self.alpha})"


class Softmax(Module):
    """exp(x) / sum(exp(x)) along the last axis.

    Args:
        dim: the axis; it has to be the last one, -1 or its number.

    >>> Softmax(-1)([0.0, 0.0])
    [0.5, 0.5]
    """

    function = staticmethod(functions.softmax)

    def __init__(self, dim: int = -1) -> None:
        self.dim = whole("dim", dim)

    def __call__(self, x: Any) -> list[Any]:
        """Return this for each row of x.

        Raises:
            ValueError: ``dim`` is not the last axis of x.
        """
        x = nested(self, x, (..., "classes"))
        if self.dim not in (-1, depth(x) - 1):
            raise ValueError(f"{self!r} works along the last axis, {depth(x) - 1} here: pass -1")
        return on_rows(type(self).function, x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.dim})"


class LogSoftmax(Softmax):
    """log(softmax(x)) along the last axis, exact also where softmax rounds to 0."""

    function = staticmethod(functions.log_softmax)
