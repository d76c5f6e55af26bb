"""NumPy's functions of each element, as what they are of a traced number or a Value."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...engine import Value
from ...functions import apply, maximum, minimum, where
from ...transforms import ufuncs
from ...transforms.ufuncs import ELEMENTWISE, divided, raised
from ...value.modes import mode
from ...value.number import is_number
from ..graph import PICK
from .integers import is_int
from .predicates import Predicate, chosen, count, truth


def _both(x: Any, y: Any) -> Any:
    return x & y if isinstance(x, Predicate) else y & x if isinstance(y, Predicate) else x and y


def _either(x: Any, y: Any) -> Any:
    return x | y if isinstance(x, Predicate) else y | x if isinstance(y, Predicate) else x or y


def _not(x: Any) -> Any:
    return ~x if isinstance(x, Predicate) else x == 0


def _both_bools(x: Any, y: Any) -> bool:
    return all(isinstance(z, (Predicate, bool, np.bool_)) for z in (x, y))


def _added(x: Any, y: Any) -> Any:
    return _either(x, y) if _both_bools(x, y) else count(x) + count(y)


def _multiplied(x: Any, y: Any) -> Any:
    return _both(x, y) if _both_bools(x, y) else count(x) * count(y)


def _differ(x: Any, y: Any) -> Any:
    return x ^ y if isinstance(x, Predicate) else y ^ x if isinstance(y, Predicate) else x != y


def _sign(x: Any) -> Any:
    if is_int(x):
        return chosen(x > 0, 1, chosen(x < 0, -1, 0))
    return where(x > 0, 1.0, where(x < 0, -1.0, x))


_KEEPS_INTS = np.floor(np.arange(2)).dtype.kind == "i"  # since 2.1, of ints that are whole already


def _rounding(function: Callable[[Any], Any]) -> Callable:
    def rounded(x: Any) -> Any:
        return (x if _KEEPS_INTS else x * 1.0) if is_int(x) else function(x)

    return rounded


truncated = _rounding(ufuncs.truncated)


def are_objects(items: Sequence[Any]) -> bool:
    """Tell whether NumPy plainly has objects here, of which it picks some."""
    return mode.tracer is not None and mode.tracer.are_objects(items)


def picked(test: Any, x: Any, y: Any) -> Any:
    """Return x or y, as NumPy picks of objects: nothing passes to the other.

    Of a Value and a number it is now the one, now the other: a branch.
    """
    if is_number(x) != is_number(y):
        return x if test else y
    whole = is_int(x) and is_int(y)
    if whole or not are_objects([x, y]) or not isinstance(truth(test), Value):
        return where(test, x, y)
    return mode.tracer.pick(apply(PICK, truth(test), x, y))  # type: ignore[union-attr]


def larger(x: Any, y: Any) -> Any:
    """Return what ``np.maximum`` does; of objects the second where one is nan."""
    return picked(x >= y, x, y) if are_objects([x, y]) else maximum([x, y])


def smaller(x: Any, y: Any) -> Any:
    """Return what ``np.minimum`` does; of objects the second where one is nan."""
    return picked(x <= y, x, y) if are_objects([x, y]) else minimum([x, y])


def _counted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Arithmetic, in which comparisons are 0 and 1."""
    return lambda *args: function(*map(count, args))


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    **ELEMENTWISE,
    np.add: _added,
    np.subtract: _counted(operator.sub),
    np.multiply: _multiplied,
    np.true_divide: _counted(divided),
    np.power: _counted(raised),
    np.float_power: _counted(raised),
    np.negative: operator.neg,
    np.positive: lambda x: x,
    np.absolute: abs,
    np.square: lambda x: x * x,
    np.sign: _sign,
    np.maximum: larger,
    np.minimum: smaller,
    np.fmax: lambda x, y: ufuncs.of_no_nan(larger, x, y),
    np.fmin: lambda x, y: ufuncs.of_no_nan(smaller, x, y),
    np.clip: lambda x, low, high: smaller(larger(x, low), high),
    np.less: operator.lt,
    np.less_equal: operator.le,
    np.greater: operator.gt,
    np.greater_equal: operator.ge,
    np.equal: operator.eq,
    np.not_equal: operator.ne,
    np.logical_and: _both,
    np.bitwise_and: _both,
    np.logical_or: _either,
    np.bitwise_or: _either,
    np.bitwise_xor: _differ,
    np.logical_xor: _differ,
    np.logical_not: _not,
    np.invert: _not,
}
for _ufunc in (np.floor, np.ceil, np.trunc, np.rint):
    FUNCTIONS[_ufunc] = _rounding(ELEMENTWISE[_ufunc])
