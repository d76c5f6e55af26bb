"""What a transform makes of a function: called like one, and pickled as transform and function."""

from collections.abc import Callable
from types import MethodType
from typing import Any

from ..references import reduced, take_names


class Transformed:
    """A function that a transform has made of another one.

    Args:
        call: what calling it does.
        transform: what has made it, of f and of what was asked besides.
    """

    def __init__(
        self,
        call: Callable[..., Any],
        transform: Callable[..., Any],
        f: Callable[..., Any],
        *asked: Any,
    ) -> None:
        self.__name__: str
        take_names(self, f)
        self._call, self._again = call, (transform, (f, *asked))
        self._slopes_of: Any = None  # of grad and value_and_grad, for jit

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return self._call(*args, **kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<{self._again[0].__name__} of {self.__name__}>"

    def __reduce__(self) -> Any:
        return reduced(self, self._again[1][0], self._again)
