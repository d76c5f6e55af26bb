"""What a compiled function is at most of its calls: one look at the world, then its loops.

In C where the engine is; the class in Python says what that does.
"""

from collections.abc import Callable
from typing import Any

from ...value.backend import native
from ...value.modes import mode


class _QuickCall:
    """Something called by ``_quick``, a pair: what computes, and what says -1 if nothing moved.

    Where there is none, where something has moved or the first of the two returns None, by
    ``_call``.
    """

    _quick: tuple[Callable[..., Any], Callable[[], int] | None] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._quick is not None and not mode.on and not kwargs:
            compute, look = self._quick
            if look is None or look() < 0:
                result = compute(*args)
                if result is not None:
                    return result
        return self._call(*args, **kwargs)

    def _call(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


QuickCall: type[_QuickCall] = _QuickCall if native is None else native.QuickCall
