"""What a compiled function is at most of its calls: its loops, for what was seen before.

In C where the engine is; the class in Python says what that does.
"""

from collections.abc import Callable
from typing import Any

from ...value.backend import native
from ...value.modes import mode


class _QuickCall:
    """Something called by the first of ``_quick`` that takes the arguments, else by ``_call``.

    What takes them not returns NotImplemented: they are of another structure, or something that it
    takes for granted has moved.
    """

    _quick: tuple[Callable[..., Any], ...] = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not mode.on and not kwargs:
            for compute in self._quick:
                result = compute(*args)
                if result is not NotImplemented:
                    return result
        return self._call(*args, **kwargs)

    def _call(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


QuickCall: type[_QuickCall] = _QuickCall if native is None else native.QuickCall
