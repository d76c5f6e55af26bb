"""Signatures that many functions share, for type checkers: of Values Values, of numbers numbers.

Each has a decorator, which says of a function that it is such a one.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, overload

from .engine import Value

if TYPE_CHECKING:
    import numpy as np

    from .value.arrays import ValueArray


class Elementary(Protocol):
    """A function of one number, of a Value, or of each element of an array."""

    __name__: str
    __qualname__: str

    @overload
    def __call__(self, x: float) -> float: ...

    @overload
    def __call__(self, x: Value) -> Value: ...

    @overload
    def __call__(self, x: Any) -> Any: ...


class Reduction(Protocol):
    """A function of one sequence, or of the values themselves: a Value where one is among them."""

    @overload
    def __call__(self, values: "ValueArray", /) -> Value: ...

    @overload
    def __call__(self, values: "np.ndarray[Any, Any]", /) -> Any: ...

    @overload
    def __call__(  # type: ignore[overload-overlap]
        self, *values: float | Iterable[float]
    ) -> float: ...

    @overload
    def __call__(self, *values: Value | float | Iterable[Value | float]) -> Value: ...


class Loss(Protocol):
    """A function of what a model returned and of what it should have been."""

    __name__: str

    @overload
    def __call__(
        self,
        output: Value | Sequence[Value] | Sequence[Sequence[Value]],
        target: Any,
        /,
        **settings: Any,
    ) -> Value: ...

    @overload
    def __call__(self, *args: Any, **settings: Any) -> Any: ...


class Penalty(Protocol):
    """A function of parameters."""

    @overload
    def __call__(self, parameters: Sequence[Value]) -> Value: ...

    @overload
    def __call__(self, parameters: Iterable[Any]) -> Any: ...


def reduction(f: Callable[..., Any]) -> Reduction:
    """Say that f is a Reduction."""
    return f


def loss(f: Callable[..., Any]) -> Loss:
    """Say that f is a Loss."""
    return f


def penalty(f: Callable[..., Any]) -> Penalty:
    """Say that f is a Penalty."""
    return f
