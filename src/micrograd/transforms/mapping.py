"""``vmap``: a function of one example, of all of them, with the batch in front.

Tuples, dicts and dataclasses that it returns are mapped part by part; numbers, lists and arrays in
them are vectors, and come out with the batch as their first axis.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, overload

from ..arguments import function, positions
from ..dataframes import numbers_of
from ..engine import Value
from ..value.modes import mode
from ..value.nested import is_record, record, with_entries, with_fields
from ..value.numeric import is_array
from .transformed import Transformed

if TYPE_CHECKING:
    import numpy as np

    from ..value.arrays import ValueArray

Axes = int | Sequence[int | None] | None


class MappedToNumbers(Protocol):
    """What ``vmap`` returns of a function that returns a number."""

    @overload
    def __call__(self, *args: Sequence[Any], **kwargs: Any) -> list[float]: ...

    @overload
    def __call__(
        self, *args: "Sequence[Any] | np.ndarray[Any, Any]", **kwargs: Any
    ) -> "np.ndarray[Any, Any]": ...

    @overload
    def __call__(self, first: Mapping[Any, Any], /, *args: Any, **kwargs: Any) -> Any: ...


class MappedToValues(Protocol):
    """What ``vmap`` returns of a function that returns a Value."""

    @overload
    def __call__(self, *args: Sequence[Any], **kwargs: Any) -> list[Value]: ...

    @overload
    def __call__(
        self, *args: "Sequence[Any] | np.ndarray[Any, Any]", **kwargs: Any
    ) -> "ValueArray": ...

    @overload
    def __call__(self, first: Mapping[Any, Any], /, *args: Any, **kwargs: Any) -> Any: ...


@overload
def vmap(f: Callable[..., float]) -> MappedToNumbers: ...


@overload
def vmap(f: Callable[..., Value]) -> MappedToValues: ...


@overload
def vmap(f: Callable[..., Any], in_axes: Axes = 0) -> Callable[..., Any]: ...


def vmap(f: Callable[..., Any], in_axes: Axes = 0) -> Callable[..., Any]:
    """Map f over examples: ``vmap(f)(X, Y)`` is that of ``f(x, y) for x, y in zip(X, Y)``.

    Args:
        f: a function of one example.
        in_axes: the axis that counts the examples, for all arguments or for each: 0 for lists,
            arrays and tables of examples, 1 for their columns, None for what every call gets whole.
            A dict is mapped entry by entry.

    Returns:
        A function. Of lists it returns a list with the result of each example, of arrays an array
        with the batch in front: of numbers, or a ``ValueArray``. Where f returns a tuple, a dict or
        a dataclass, each of its parts is such a list or array.

    Raises:
        ValueError: the arguments have different numbers of examples, or none has any.
        TypeError: an argument to map over is not a sequence.

    >>> vmap(lambda x, y: x * y)([1, 2, 3], [4, 5, 6])
    [4, 10, 18]
    >>> vmap(lambda x, y: (x + y, x * y), in_axes=(0, None))([1, 2, 3], 10)
    ([11, 12, 13], [10, 20, 30])
    """

    function("the first argument of vmap", f)
    for axis in in_axes if isinstance(in_axes, (list, tuple)) else (in_axes,):
        if axis is not None:
            positions("in_axes", axis)

    def mapped(*args: Any, **kwargs: Any) -> Any:
        one = partial(f, **kwargs) if kwargs else f
        args = tuple([numbers_of(x) if hasattr(x, "to_numpy") else x for x in args])
        if mode.tracer is not None and hasattr(mode.tracer, "vmap"):
            return mode.tracer.vmap(one, in_axes, args)
        return all_examples(one, in_axes, args)

    return Transformed(mapped, vmap, f, in_axes)


def all_examples(f: Callable[..., Any], in_axes: Any, args: Sequence[Any]) -> Any:
    """Call f on one example after the other, and put the results together."""
    axes = tuple(in_axes) if isinstance(in_axes, Sequence) else (in_axes,) * len(args)
    if len(axes) != len(args):
        raise ValueError(f"vmap: in_axes={in_axes} is for {len(axes)} arguments, got {len(args)}")
    columns = {i: _examples(args[i], axis, i) for i, axis in enumerate(axes) if axis is not None}
    sizes = {i: len(column) for i, column in columns.items()}
    if len(set(sizes.values())) != 1:
        raise ValueError(f"vmap needs one number of examples, got {sizes or 'none'} by argument")
    results = [
        f(*[columns[i][n] if i in columns else x for i, x in enumerate(args)])
        for n in range(next(iter(sizes.values())))
    ]
    return stacked(results, any(map(_has_array, [args[i] for i in columns])))


def stacked(results: list[Any], arrays: bool) -> Any:
    """Put the results of examples together: part by part, and with the batch in front.

    Args:
        results: of the examples, alike in structure.
        arrays: whether vectors are arrays, or lists.
    """
    first = results[0] if results else None
    if isinstance(first, dict):
        return with_entries(first, {k: stacked([r[k] for r in results], arrays) for k in first})
    if isinstance(first, tuple):
        parts = [stacked([r[i] for r in results], arrays) for i in range(len(first))]
        return type(first)(*parts) if hasattr(first, "_fields") else tuple(parts)
    if is_record(first):
        fields = {k: stacked([getattr(r, k) for r in results], arrays) for k in record(first)}
        return with_fields(first, fields)
    if not arrays or not all(map(_is_vector, results)):
        return results
    from ..value import ufuncs  # noqa: F401  # NumPy's functions are to know arrays of Values
    from ..value.arrays import array_of

    return array_of(results, (len(results),)) if results else results


def _is_vector(x: Any) -> bool:
    """Tell whether x is a number, or lists of one shape of them: what can be a row of an array."""
    return _shape(x) is not None


def _shape(x: Any) -> tuple[int, ...] | None:
    if isinstance(x, list):
        inner = set(map(_shape, x))
        return (len(x), *one) if len(inner) == 1 and (one := inner.pop()) is not None else None
    if is_array(x):
        return tuple(x.shape)
    number = isinstance(x, (float, int)) or hasattr(x, "_is_micrograd_value")
    return () if number or hasattr(x, "_traced") else None


def _has_array(x: Any) -> bool:
    if isinstance(x, dict):
        return any(map(_has_array, x.values()))
    return is_array(x) and not getattr(x, "is_list", False)


def _examples(x: Any, axis: int, position: int) -> list[Any]:
    if hasattr(x, "whole"):  # a batch, of which each example is asked for
        x = x.whole()
    if isinstance(x, dict):
        entries = [_examples(entry, axis, position) for entry in x.values()]
        return [dict(zip(x, example, strict=True)) for example in _rows_of(entries, position)]
    if is_array(x) and x.ndim > axis:
        return (
            list(x.swapaxes(0, axis))
            if axis == 0
            else [x.take(n, axis) for n in range(x.shape[axis])]
        )
    if not isinstance(x, Sequence) or isinstance(x, str):
        raise TypeError(
            f"vmap: argument {position} is {x!r:.60}, which has no axis {axis} to map over; "
            "None in in_axes passes it whole"
        )
    if axis < 0:
        raise TypeError(f"vmap: in_axes counts the axes of a list from 0, got {axis}")
    if axis == 0:
        return list(x)
    return [
        list(row) for row in _rows_of([_examples(row, axis - 1, position) for row in x], position)
    ]


def _rows_of(columns: list[list[Any]], position: int) -> list[tuple[Any, ...]]:
    if len({len(column) for column in columns}) > 1:
        lengths = [len(column) for column in columns]
        raise ValueError(f"vmap: argument {position} is ragged, with {lengths} examples")
    return list(zip(*columns, strict=True))
