"""Arrays whose arithmetic waits, so that an optimiser's rule costs no call of NumPy an operation.

A rule gets these in place of NumPy's arrays. Sums, products, quotients, squares and roots are
written down, and computed in C when the rule is done; the numbers are NumPy's, bit for bit.
Whatever else is asked of one lets NumPy take over: from there on it is an array as any other.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine import Value
from . import buffers
from .backend import native
from .modes import mode


def move(values: list[Value], states: tuple[Any, ...], rule: Callable, *rates: Any) -> Any:
    """Give values the data that a rule computes, rule(data, gradients, states, *rates).

    As everywhere, an overflow is an infinity, not a warning.

    Returns:
        The new states.
    """
    if native is None or mode.tracer is not None:
        p, g = buffers.numbers_of(values)
        with np.errstate(all="ignore"):
            p, states = rule(p, g, states, *rates)
        buffers.set_data(values, p)
        return states
    p, g, states = native.lazy_arrays(values, states, WaitingArray, np.ndarray)
    recording = p._recording
    try:
        p, states = rule(p, g, states, *rates)
        if type(p) is WaitingArray and p._array is None:
            return native.store_lazy(values, p, states, np.empty)
        buffers.set_data(values, _evaluated(p))
        return _evaluated(states)
    finally:
        quiet, recording.quiet = recording.quiet, False
        if quiet:
            quiet.__exit__(None, None, None)


def _evaluated(x: Any) -> Any:
    """Return what NumPy takes, also inside of lists, tuples and dicts."""
    if type(x) is WaitingArray:
        return x._evaluated()
    if type(x) in (list, tuple):
        return type(x)(map(_evaluated, x))
    return {name: _evaluated(item) for name, item in x.items()} if type(x) is dict else x


_Lazy: Any = type("_Lazy", (), {}) if native is None else native.Lazy


class WaitingArray(_Lazy, np.lib.mixins.NDArrayOperatorsMixin):
    """An array that waits; to whoever asks, it is NumPy's."""

    __slots__ = ()
    __class__ = property(lambda self: np.ndarray)

    def _evaluated(self) -> Any:
        if self._array is None:
            recording = self._recording
            if recording.quiet is None:  # the rule goes on with what may warn, until it is done
                recording.quiet = np.errstate(all="ignore")
                recording.quiet.__enter__()
            self._become(np.empty(recording.size))
        return self._array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        array = self._evaluated()
        return array.astype(array.dtype if dtype is None else dtype, copy=bool(copy))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return getattr(ufunc, method)(*_evaluated(inputs), **_evaluated(options))

    def __array_function__(self, function: Any, kinds: Any, args: Any, options: Any) -> Any:
        return function(*_evaluated(args), **_evaluated(options))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._evaluated(), name)


def _of_numpy(name: str) -> Callable:
    return lambda self, *args: getattr(self._evaluated(), name)(*args)


for _name in (
    *("__len__", "__iter__", "__getitem__", "__setitem__", "__contains__", "__bool__", "__float__"),
    *("__int__", "__complex__", "__index__", "__repr__", "__str__", "__format__", "__copy__"),
    *("__deepcopy__", "__reduce_ex__", "__setattr__"),
):
    setattr(WaitingArray, _name, _of_numpy(_name))
