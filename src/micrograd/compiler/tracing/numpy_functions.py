"""NumPy's functions that need more than the elements one by one, for traced arrays."""

from collections.abc import Callable
from inspect import unwrap
from typing import Any

import numpy as np

from ... import ops
from ...engine import Value
from ...functions import apply, maximum, minimum, where
from ...value import array_functions
from ...value.arrays import LazyArray, unwrapped
from ...value.modes import mode
from ...value.number import is_number
from ..errors import JitError, users_line
from .elementwise import FUNCTIONS, are_objects, picked
from .predicates import chosen, count, truth

_BEST: dict[Any, Callable] = {np.maximum: maximum, np.minimum: minimum}
_REORDERED = (np.maximum, np.minimum, np.logical_and, np.logical_or)  # any order will do


def mapped(function: Callable, inputs: list[Any], condition: Any = True) -> Any:
    """Call a function on the elements of arrays and on numbers, broadcast."""
    if condition is not True:
        raise JitError(
            f"where= of NumPy's functions is not traced: use np.where\n  at {users_line()}"
        )
    objects = [x.astype(object) if isinstance(x, np.ndarray) else x for x in inputs]
    return np.frompyfunc(function, len(inputs), 1)(*objects)


def reduced(ufunc: Any, method: str, inputs: list[Any], options: dict[str, Any]) -> Any:
    """Call a method of one of NumPy's functions that makes one of many, such as ``reduce``."""
    if ufunc in (np.add, np.multiply):
        return getattr(ufunc, method)(
            *[mapped(count, [x]) for x in inputs[:1]], *inputs[1:], **options
        )
    if ufunc in _BEST and are_objects(_items(inputs[0])) and _of_one_kind(_items(inputs[0])):
        # a chain of maxima is one operation, a chain of picks is not: that is for nans
        best = _BEST[ufunc]
        pick = mode.tracer.pick  # type: ignore[union-attr]
        found = _reduced(lambda x, y: pick(best([x, y])), ufunc, method, inputs, options)
        if not mode.tracer.has_nan(_items(found)):  # type: ignore[union-attr]
            return found
    return _reduced(FUNCTIONS[ufunc], ufunc, method, inputs, options)


def _reduced(
    function: Callable, ufunc: Any, method: str, inputs: list[Any], options: dict[str, Any]
) -> Any:
    general = np.frompyfunc(function, 2, 1)
    if ufunc in _REORDERED and method == "reduce" and options.get("axis", 0) is None:
        inputs, options = [inputs[0].reshape(-1)], {**options, "axis": 0}
    return getattr(general, method)(*inputs, **options)


def _items(x: Any) -> list[Any]:
    return x.reshape(-1).tolist() if isinstance(x, np.ndarray) else [x]


def _of_one_kind(items: list[Any]) -> bool:
    """Tell whether all are Values, or all numbers."""
    return len(set(map(is_number, items))) == 1


def best_places(objects: np.ndarray, axis: Any, better: Callable[[Any, Any], Any]) -> Any:
    """The place of the best element along an axis."""
    if axis is None:
        objects, axis = objects.reshape(-1), 0
    moved = np.moveaxis(mapped(count, [objects]), axis, 0)
    rows = [row.tolist() for row in moved.reshape(len(moved), -1)]
    places = []
    for column in zip(*rows, strict=True):
        best, place = column[0], 0
        for i, x in enumerate(column[1:], 1):
            found = better(x, best)
            place, best = chosen(found, i, place), where(found, x, best)
        places.append(place)
    if moved.ndim == 1:
        return places[0]
    return LazyArray.of(places, moved.shape[1:]).view(np.ndarray)


def _where(condition: Any, *choices: Any) -> Any:
    if not choices:
        return np.nonzero(condition)
    return mapped(_either, [unwrapped(x) for x in (condition, *choices)])


def _either(condition: Any, x: Any, y: Any) -> Any:
    """Choose an element: it stays what it is, a number or a Value."""
    if not isinstance(truth(condition), Value):
        return x if truth(condition) else y
    return picked(condition, x, y)


def _dot(a: Any, b: Any, out: Any = None) -> Any:
    x, y = unwrapped(a), unwrapped(b)
    if not (np.ndim(x) and np.ndim(y)):
        return np.multiply(a, b)
    return np.dot(*[np.asarray(z).astype(object) for z in (x, y)])


def _clip(a: Any, a_min: Any = None, a_max: Any = None, **kwargs: Any) -> Any:
    made = a if a_min is None else np.maximum(a, a_min)
    return made if a_max is None else np.minimum(made, a_max)


def is_bare(x: Any) -> bool:
    """Tell whether x is a number that is not traced."""
    return type(x) in (bool, int, float) or isinstance(x, np.generic)


def _filled_like(number: Any) -> Callable:
    def like(a: Any, fill: Any = number, dtype: Any = None, **kwargs: Any) -> Any:
        shape = kwargs.get("shape") or a.shape
        kind = np.dtype(dtype) if dtype else a.dtype
        held = kind.type(fill).item() if kind.kind in "fiub" and is_bare(fill) else fill
        held = held * 1.0 if kind.kind == "f" else held
        made = type(a).of([held] * int(np.prod(shape)), shape)
        made._kind = kind
        return made

    return like


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if ord not in (None, 2, "fro") or (ord == 2 and x.ndim > 1 and axis is None):
        raise JitError(f"np.linalg.norm is traced for ord=None only\n  at {users_line()}")
    total = np.sum(x * x, axis=axis, keepdims=keepdims)
    return root_of(total)


def _average(a: Any, axis: Any = None, weights: Any = None, **options: Any) -> Any:
    """Take NumPy's own of weighted numbers; without weights it asks for the dtype of the mean."""
    if weights is not None or options.get("returned"):
        return unwrap(np.average)(a, axis, weights, **options)
    options.pop("returned", None)
    return np.mean(a, axis=axis, **options)


def root_of(x: Any) -> Any:
    """Return the square root of a number, or of each of an array."""
    return np.sqrt(x) if isinstance(x, np.ndarray) else apply(ops.SQRT, x)


def rounded(a: Any, decimals: int = 0) -> Any:
    """Round to decimals, as NumPy does: half of the last one goes to the even neighbour."""
    whole = a.dtype.kind in "iu" and decimals >= 0
    return a if whole else array_functions.rounded(a, decimals)


def _close(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    return (a == b) | (np.abs(a - b) <= atol + rtol * np.abs(b))


SPECIAL: dict[Any, Callable] = {
    **array_functions.ARRAY_FUNCTIONS,
    np.gradient: unwrap(np.gradient),
    np.where: _where,
    np.dot: _dot,
    np.clip: _clip,
    np.all: lambda a, axis=None, **k: np.logical_and.reduce(a, axis=axis),
    np.any: lambda a, axis=None, **k: np.logical_or.reduce(a, axis=axis),
    np.max: lambda a, axis=None, **k: np.maximum.reduce(a, axis=axis, **k),
    np.min: lambda a, axis=None, **k: np.minimum.reduce(a, axis=axis, **k),
    np.zeros_like: _filled_like(0.0),
    np.empty_like: _filled_like(0.0),
    np.ones_like: _filled_like(1.0),
    np.full_like: _filled_like(0.0),
    np.linalg.norm: _norm,
    np.argmax: lambda a, axis=None, **k: a.argmax(axis),
    np.argmin: lambda a, axis=None, **k: a.argmin(axis),
    np.var: lambda a, axis=None, **k: a.var(axis, **k),
    np.std: lambda a, axis=None, **k: a.std(axis, **k),
    np.average: _average,
    np.round: rounded,
    np.around: rounded,
    np.isclose: _close,
    np.allclose: lambda a, b, *args, **k: np.all(_close(a, b, *args, **k)),
    np.copy: lambda a, **k: a.copy(),
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: lambda a, axis=None: a.size if axis is None else a.shape[axis],
}
