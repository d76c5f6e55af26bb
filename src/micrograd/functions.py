"""Functions of many values, composed of the operations in ``ops.py``.

Each takes Values and numbers alike, and either one sequence or the values themselves:
``sum([a, b])`` is ``sum(a, b)``. ``sum`` and ``maximum`` are one node however many values they
take. Of plain numbers all of them are plain numbers, by IEEE 754: none raises.
"""

from collections.abc import Iterable, Sequence
from numbers import Integral
from operator import index
from typing import Any, TypeVar, overload

from . import ops
from .arguments import operand, values
from .engine import Value
from .ops import Op
from .signatures import reduction
from .value.modes import mode
from .value.number import Number, is_number
from .value.numeric import number
from .value.products import products

__all__ = [
    "dot",
    "log_softmax",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "prod",
    "softmax",
    "sum",
    "take",
    "where",
]

T = TypeVar("T")


def apply(op: Op, *args: Any) -> Any:
    """Compute an op of Values and numbers; a plain number where all of them are."""
    seen = None
    for x in args:
        if hasattr(x, "_is_micrograd_value"):
            if not isinstance(x, Number):
                return x._apply(op, *args)
            seen = x if seen is None or type(seen) is not Number else seen
    if seen is not None:
        return seen._apply(op, *args)
    expects = f"{op.name} expects a Value or"
    try:
        plain = [x if isinstance(x, (float, int)) else _plain(x, expects) for x in args]
        choices = plain[1:] if op is ops.WHERE else plain
        whole = [isinstance(x, int) for x in choices]
        if any(whole) and not all(whole):  # a float, whichever is chosen
            plain[len(plain) - len(choices) :] = [number(x, expects) for x in choices]
        return op.fn(*plain)
    except OverflowError:  # of an int that fits no float
        return op.fn(*[number(x, expects) for x in args])


def _plain(x: Any, expects: str) -> float | int:
    return index(x) if isinstance(x, Integral) else number(x, expects)


def _values(name: str, args: tuple[Any, ...]) -> Sequence[Any]:
    """Return the values of a call that got one sequence, or the values one by one."""
    values = _unpacked(args)
    if not values:
        raise ValueError(f"{name} of no values: pass at least one")
    return values


def _unpacked(args: tuple[Any, ...]) -> Sequence[Any]:
    if len(args) == 1 and type(args[0]) in (list, tuple):  # the usual case first
        return args[0]
    if len(args) == 1 and isinstance(args[0], (str, bytes, dict)):
        values("this function", args[0])  # refuses it
    sequence = len(args) == 1 and isinstance(args[0], Iterable)
    if sequence and getattr(args[0], "ndim", None) != 0:  # a 0-d array calls itself iterable
        return list(args[0])
    return list(args)


@reduction
def sum(*values: Any) -> Any:
    """Add the values, as one node. The sum of nothing is 0."""
    if len(values) == 1 and hasattr(values[0], "_sum"):  # a batch, while it is compiled
        return values[0]._sum()
    xs = _unpacked(values) or (0.0,)
    if type(xs[0]) is Value:  # the usual case first
        return xs[0]._apply(ops.SUM, *xs)
    return apply(ops.SUM, *xs)


@reduction
def prod(*values: Any) -> Any:
    """Multiply the values, as one node. The product of nothing is 1."""
    xs = _unpacked(values) or (1.0,)
    if mode.tracer is None:
        return apply(ops.PROD, *xs)
    product = xs[0]
    for x in xs[1:]:  # the compiler finds the loop in this form
        product = product * x
    return product


@reduction
def mean(*values: Any) -> Any:
    """Return the arithmetic mean of the values."""
    if len(values) == 1 and hasattr(values[0], "_mean"):  # a batch, while it is compiled
        return values[0]._mean()
    values = tuple(_values("mean", values))
    total = sum(values)
    return (number(total, "mean expects") if type(total) is int else total) * (1 / len(values))


@reduction
def maximum(*values: Any) -> Any:
    """Return the largest; nan where any is nan. Of equals the first gets the gradient."""
    return apply(ops.MAXIMUM, *_values("maximum", values))


@reduction
def minimum(*values: Any) -> Any:
    """Return the smallest; nan where any is nan. Of equals the first gets the gradient."""
    return apply(ops.MINIMUM, *_values("minimum", values))


@overload
def where(  # type: ignore[overload-overlap]
    condition: float, x: float, y: float
) -> float: ...


@overload
def where(condition: Value | float, x: Value | float, y: Value | float) -> Value: ...


@overload
def where(condition: Any, x: Any, y: Any) -> Any: ...


def where(condition: Any, x: Any, y: Any) -> Any:
    """Return x where the condition holds, else y; the other one gets no gradient.

    Args:
        condition: a comparison, ``a < b``; or a number or Value, which holds when it is not 0.
    """
    if mode.tracer is not None:
        return mode.tracer.where(condition, x, y)
    return apply(ops.WHERE, condition, x, y)


@overload
def dot(xs: Sequence[float], ys: Sequence[float]) -> float: ...


@overload
def dot(xs: Sequence[Value], ys: Iterable[Any]) -> Value: ...


@overload
def dot(xs: Iterable[Any], ys: Sequence[Value]) -> Value: ...


@overload
def dot(xs: Iterable[Any], ys: Iterable[Any]) -> Any: ...


def dot(xs: Iterable[Any], ys: Iterable[Any]) -> Any:
    """Return x1·y1 + x2·y2 + ..., the inner product of two sequences.

    Raises:
        ValueError: they have different lengths.
    """
    left = xs if type(xs) is list else list(values("dot", xs))
    right = ys if type(ys) is list else list(values("dot", ys))
    if len(left) != len(right):
        raise ValueError(f"dot needs sequences of one length, got {len(left)} and {len(right)}")
    return sum(products(left, right))


@overload
def take(rows: Sequence[T], index: Value | float) -> T: ...


@overload
def take(rows: Any, index: Any) -> Any: ...


def take(rows: Any, index: Any) -> Any:
    """Return ``rows[index]``, where index is an int or a Value that holds one.

    Args:
        rows: Values or numbers, or nested lists of them, all of one shape.
        index: 0 <= index < len(rows). Under ``jit`` this is the only way to index by data.

    Raises:
        IndexError: index is outside, or not a whole number.
    """
    values("take", rows)
    traced = mode.tracer is not None and hasattr(index, "_is_micrograd_value")
    i = place_of(index, len(rows))
    if traced:
        return _take_traced(rows, index)
    row = rows[i]
    if _is_whole(row) and any(is_number(x) and not _is_whole(x) for x in rows):
        return row * 1.0
    return values("take", row) if hasattr(row, "__iter__") else operand("take", row)


def _is_whole(x: Any) -> bool:
    return type(x) is int or getattr(x, "is_whole", False)


def place_of(index: Any, rows: int) -> int:
    """Return an index, which may be a Value that holds one, as an int below the number of rows."""
    i = number(getattr(index, "_data", index), "take expects")
    if not i.is_integer() or not 0 <= i < rows:
        raise IndexError(f"take expects a whole index below the {rows} rows, got {i}")
    return int(i)


def _take_traced(rows: Sequence[Any], index: Any) -> Any:
    if isinstance(rows[0], Sequence):
        return [_take_traced(column, index) for column in zip(*rows, strict=True)]
    return apply(ops.TAKE, index, *rows)


@reduction
def logsumexp(*values: Any) -> Any:
    """Return log(exp(x1) + exp(x2) + ...), which neither overflows nor underflows."""
    xs = _values("logsumexp", values)
    if not _are_traced(xs):
        return apply(ops.LOGSUMEXP, *xs)
    top = _finite_top(xs)  # the compiler finds loops in this form
    return ops.LOG(sum([_exp(x - top) for x in xs])) + top


def softmax(*values: Any) -> list[Any]:
    """Return exp(x) / sum(exp(x)) for each x; they are positive and sum to 1."""
    xs = _values("softmax", values)
    top = _finite_top(xs)
    powers = [_exp(x - top) for x in xs]
    inverse = ops.power(-1)(sum(powers))
    return [p * inverse for p in powers]


def log_softmax(*values: Any) -> list[Any]:
    """Return log(softmax(x)) for each x, exact also where softmax rounds to 0 or 1."""
    xs = _values("log_softmax", values)
    top = _finite_top(xs)
    shifted = [x - top for x in xs]
    total = _log_of_sum(shifted) if _are_traced(shifted) else logsumexp(shifted)
    return [x - total for x in shifted]


def _are_traced(xs: Sequence[Any]) -> bool:
    """Tell whether a trace has to find loops in what is made of these."""
    return mode.tracer is not None and any(isinstance(x, Value) for x in xs)


def _log_of_sum(shifted: Sequence[Any]) -> Any:
    """log(Σ exp(x)) of numbers up to 0, as sums that loops compute, exact also where it is near 0.

    There one x is 0, and its term is the 1 of log1p: exp(x) - 1 loses no digit, and has the same
    derivatives as exp(x).
    """
    powers = [_exp(x) for x in shifted]
    rests = [where(x < 0.0, power, power - 1.0) for x, power in zip(shifted, powers)]
    total = sum(powers)
    return where(abs(total - 1.0) < 0.5, apply(ops.LOG1P, sum(rests)), ops.LOG(total))


def _finite_top(xs: Sequence[Any]) -> Any:
    """The largest of xs as a constant, or 0 where that is infinite."""
    top = _constant(maximum(xs))
    if isinstance(top, int):  # of any size
        return top
    return _constant(where(abs(top) < float("inf"), top, 0.0))


def _constant(x: Any) -> Any:
    return x.detach() if hasattr(x, "_is_micrograd_value") else x


def _exp(x: Any) -> Any:
    return apply(ops.EXP, x)
