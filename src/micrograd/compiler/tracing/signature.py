"""The arguments of a call, as the compiler sees them: numbers, arrays, nests, static objects."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine import Value
from ...nested import leaves, rebuild
from ...numeric import is_array
from ..errors import JitError


@dataclass(slots=True)
class Argument:
    """One argument of a call.

    ``kind`` is "array" (a number, array or rectangular list; ``value`` is a number or a NumPy array
    of ``shape``), "nest" (lists, tuples and dicts with Values in them; ``value`` is the nest) or
    "static".
    """

    kind: str
    value: Any
    shape: tuple[int, ...]
    key: Any

    def rebuilt(self, leaf: Callable[[Any], Value]) -> Any:
        """Return the nest with ``leaf(x)`` in place of every Value or number x."""
        return rebuild(self.value, iter([leaf(x) for x in self.values()]))

    def values(self) -> list[Any]:
        """Return the leaves of a nest: Values and floats."""
        return [x for _, x in leaves(self.value)]

    def numbers(self) -> list[float]:
        """Return the leaves of a nest as numbers."""
        return [x._data if isinstance(x, Value) else x for _, x in leaves(self.value)]


def argument(x: Any, place: str, static: bool) -> Argument:
    """Classify one argument.

    Raises:
        JitError: it is none of the above and not static.
    """
    if static:  # 1, 1.0 and True are equal, and yet not the same argument
        return Argument("static", x, (), ("static", type(x), _hashable(x, place)))
    if type(x) is float or type(x) is int:
        return Argument("array", float(x), (), "number")
    if isinstance(x, Value):
        return Argument("nest", x, (), ("value",))
    if callable(getattr(x, "parameters", None)):
        return Argument("static", x, (), ("module", id(x)))
    if isinstance(x, (list, tuple)) or is_array(x):
        try:
            array = np.asarray(x)
        except ValueError:  # ragged
            array = np.empty(0, dtype=object)
        if array.dtype.kind in "fiub":
            return Argument("array", array, array.shape, array.shape)
    if isinstance(x, (list, tuple, dict)) or is_array(x):
        found = leaves(x)
        for path, leaf in found:
            if not isinstance(leaf, (Value, float, int)):
                raise _refused(leaf, f"{place}{path}")
        kinds = tuple((path, isinstance(leaf, Value)) for path, leaf in found)
        return Argument("nest", x, (), ("nest", type(x).__name__, kinds))
    if isinstance(x, (np.generic, float, int)):
        return Argument("array", float(x), (), "number")
    raise _refused(x, place)


def _hashable(x: Any, place: str) -> Any:
    try:
        hash(x)
    except TypeError:
        raise JitError(f"{place} is static, so it must be hashable, got {x!r:.80}") from None
    return x


def _refused(x: Any, place: str) -> JitError:
    return JitError(
        f"{place} is {type(x).__name__} {x!r:.60}, which jit cannot trace: pass numbers, Values, "
        "or nested lists and arrays of them; anything else by jit(f, static_argnums=...)"
    )
