"""NumPy's functions of each element, as what they are of a traced number or a Value."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...engine import Value
from ...functions import apply, maximum, minimum, where
from ...value import ufuncs
from ...value.modes import mode
from ...value.number import Number, is_number
from ...value.ufuncs import ELEMENTWISE, divided, raised
from ..errors import JitError, users_line
from ..graph import PICK
from .integers import is_int
from .predicates import Predicate, chosen, count, truth


def _holds(x: Any) -> Any:
    """A number as whether it is not 0, a Value as itself: NumPy picks one of two objects."""
    return x if isinstance(x, Predicate) or not is_number(x) else x != 0


def _logical(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: function(*(map(_holds, args) if all(map(_is_plain, args)) else args))


def _is_plain(x: Any) -> bool:
    return isinstance(x, Predicate) or is_number(x)


def _bits(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of bools; of ints it is one of their bits, of which a trace knows nothing."""

    def computed(*args: Any) -> Any:
        if any(isinstance(x, Number) for x in args):
            raise JitError(
                "the bits of a traced int: of bools & | ^ ~ are compiled, write x != 0\n"
                f"  at {users_line()}"
            )
        return function(*args)

    return computed


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
    if _both_bools(x, y):
        return _either(x, y)
    return picked(x >= y, x, y) if are_objects([x, y]) else maximum([x, y])


def smaller(x: Any, y: Any) -> Any:
    """Return what ``np.minimum`` does; of objects the second where one is nan."""
    if _both_bools(x, y):
        return _both(x, y)
    return picked(x <= y, x, y) if are_objects([x, y]) else minimum([x, y])


def _float(x: Any) -> Any:
    """A whole number as a float, as which some functions of NumPy give it."""
    return x * 1.0 if is_int(x) else x


def _reciprocal(x: Any) -> Any:
    if is_int(x):
        if x == 0:
            raise JitError(f"1 / 0 as an int, which has no such number\n  at {users_line()}")
        return chosen(x == 1, 1, chosen(x == -1, -1, 0))
    return divided(1.0, x)


def _fmod(x: Any, y: Any) -> Any:
    """The rest of a division, with the sign of x."""
    if is_int(x) and is_int(y):
        rest = ufuncs.remainder(abs(x), abs(y))
        return chosen(x < 0, -rest, rest)
    return ufuncs.fmod(x, y)


def _better(best: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Of bools the one that is better, of numbers too where one is nan."""
    return lambda x, y: best(x, y) if _both_bools(x, y) else ufuncs.of_no_nan(best, x, y)


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
    np.float_power: lambda x, y: raised(_float(count(x)), _float(count(y))),
    np.negative: operator.neg,
    np.positive: lambda x: x,
    np.absolute: abs,
    np.fabs: lambda x: abs(_float(x)),
    np.square: lambda x: x * x,
    np.reciprocal: _reciprocal,
    np.sign: _sign,
    np.fmod: ufuncs.unless_plain(_fmod, np.fmod),
    np.maximum: larger,
    np.minimum: smaller,
    np.fmax: _better(larger),
    np.fmin: _better(smaller),
    np.clip: lambda x, low, high: smaller(larger(x, low), high),
    np.less: operator.lt,
    np.less_equal: operator.le,
    np.greater: operator.gt,
    np.greater_equal: operator.ge,
    np.equal: operator.eq,
    np.not_equal: operator.ne,
    np.logical_and: _logical(_both),
    np.bitwise_and: _bits(_both),
    np.logical_or: _logical(_either),
    np.bitwise_or: _bits(_either),
    np.bitwise_xor: _bits(_differ),
    np.logical_xor: _logical(_differ),
    np.logical_not: _not,
    np.invert: _bits(_not),
}
for _ufunc in (np.floor, np.ceil, np.trunc):
    FUNCTIONS[_ufunc] = _rounding(ELEMENTWISE[_ufunc])
FUNCTIONS[np.rint] = lambda x: ufuncs.to_even(_float(x))

OF_BOOLS = {  # which of bools are other functions than of 0 and 1
    *(np.add, np.multiply, np.maximum, np.minimum, np.logical_and, np.logical_or, np.logical_xor),
    *(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.fmax, np.fmin),
}
