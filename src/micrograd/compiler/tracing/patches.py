"""While a trace runs, NumPy's and Python's makers of arrays and of numbers know traced numbers.

Each asks whether its thread is tracing; the others get the original's answer.
"""

import builtins
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import numpy as np

from ... import ops
from ...functions import apply, maximum, minimum
from ...value.arrays import LazyArray, inside
from ...value.modes import mode
from ...value.number import Number, is_number
from ...value.ufuncs import array_of_number, of_number
from ..errors import JitError, users_line
from . import clocks, extensions
from .arrays import TracedArray, of_plain, traced
from .elementwise import FUNCTIONS
from .integers import is_int

_lock = threading.Lock()
_running = 0


@contextmanager
def installed() -> Iterator[None]:
    """Replace the functions for a while; traces of several threads share them."""
    global _running
    with _lock:
        _running += 1
        if _running == 1:
            for module, name, _, patched in _PATCHES:
                setattr(module, name, patched)
            Number.__array_ufunc__ = _of_numpy  # type: ignore[attr-defined]
            Number.__array_function__ = _arrays_of_numpy  # type: ignore[attr-defined]
            extensions.give()
    try:
        yield
    finally:
        with _lock:
            _running -= 1
            if not _running:
                for module, name, original, _ in _PATCHES:
                    setattr(module, name, original)
                Number.__array_ufunc__ = of_number  # type: ignore[attr-defined]
                Number.__array_function__ = array_of_number  # type: ignore[attr-defined]
                extensions.take_back()


def _of_numpy(x: Any, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
    """A function of NumPy's: of numbers what it is of an array's elements."""
    function = FUNCTIONS.get(ufunc)
    plain = method == "__call__" and not options and all(map(is_number, inputs))
    if mode.tracer is None or function is None or not plain:
        return of_number(x, ufunc, method, *inputs, **options)
    return function(*[x.item() if isinstance(x, (np.generic, np.ndarray)) else x for x in inputs])


def _arrays_of_numpy(x: Any, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
    """A function of NumPy's on arrays: of numbers what it is of arrays without dims."""
    if any(hasattr(kind, "whole") for kind in types):
        return NotImplemented
    if mode.tracer is None:
        return array_of_number(x, function, types, args, kwargs)
    args, kwargs = inside(
        (args, kwargs), lambda x: TracedArray.of([x], ()) if isinstance(x, Number) else x
    )
    return function(*args, **kwargs)


def _of_objects(original: Callable) -> Callable:
    """``np.array`` and its like, of what may be traced."""

    @wraps(original)
    def made(x: Any = None, *args: Any, **kwargs: Any) -> Any:
        if mode.tracer is None or extensions.asks():
            return original(x, *args, **kwargs)
        if not _has_traced(x):
            made = original(x, *args, **kwargs)
            return made if made is x else of_plain(made)
        kind = kwargs.get("dtype", args[0] if args else None)
        if isinstance(x, TracedArray):
            copied = original.__name__ == "array" and kwargs.get("copy", True)
            made = x.copy() if copied else x
            return made if kind is None or made.dtype == kind else made.astype(kind)
        array = original(_unwrapped(x), dtype=object)
        made = traced(array) if array.ndim else x
        return made if kind is None or not array.ndim else made.astype(kind)

    return made


def _unwrapped(x: Any) -> Any:
    if hasattr(x, "whole"):
        x = x.whole()
    return x._filled().tolist() if isinstance(x, LazyArray) else (
        [_unwrapped(y) for y in x] if isinstance(x, (list, tuple)) else x)  # fmt: skip


def _has_traced(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return any(map(_has_traced, x))
    return hasattr(x, "_is_micrograd_value") or hasattr(x, "_traced") or hasattr(x, "whole") or (
        isinstance(x, TracedArray))  # fmt: skip


def _of_numbers(original: Callable) -> Callable:
    """``np.zeros`` and its like: their arrays can be written into with traced numbers."""

    @wraps(original)
    def made(*args: Any, **kwargs: Any) -> Any:
        if mode.tracer is None or extensions.asks():
            return original(*args, **kwargs)
        if original.__name__ == "full" and len(args) > 1 and _has_traced(args[1]):
            return traced(original(args[0], args[1], dtype=object))
        array = original(*args, **kwargs)
        if type(array) is np.ndarray and array.dtype.kind == "i" and array.ndim and filled:
            held = TracedArray.of(array.astype(object))
            held._kind = array.dtype
            return held
        return of_plain(array)

    filled = original is not np.linspace
    return made


def _of_lists(original: Callable) -> Callable:
    """What NumPy cannot do with objects: a list of traced numbers becomes an array of them."""

    @wraps(original)
    def computed(x: Any, *args: Any, **kwargs: Any) -> Any:
        if mode.tracer is not None and isinstance(x, (list, tuple)) and _has_traced(x):
            x = np.array(x)
        return original(x, *args, **kwargs)

    return computed


def _refused(original: Callable) -> Callable:
    """``np.vectorize``, whose results have the type of the first: of a traced one that is open."""

    @wraps(original)
    def called(self: Any, *args: Any, **kwargs: Any) -> Any:
        if mode.tracer is None or not _has_traced([*args, *kwargs.values()]):
            return original(self, *args, **kwargs)
        raise JitError(
            "np.vectorize(f) of traced numbers is not traced: write vmap(f), from micrograd, or "
            f"where f branches np.array([f(x) for x in xs])\n  at {users_line()}"
        )

    return called


def _of_math(original: Callable, op: ops.Op) -> Callable:
    """A function of ``math``: what makes it raise is a guard."""

    @wraps(original)
    def computed(*args: Any) -> Any:
        traced = mode.tracer is not None and any(isinstance(x, Number) for x in args)
        if not traced or not all(map(is_number, args)) or len(args) != op.arity:
            return original(*args)
        return mode.tracer.of_python(apply(op, *args), raises=True)  # type: ignore[union-attr]

    return computed


def _test_of_math(original: Callable, ufunc: Any) -> Callable:
    """A function of ``math`` that tells, as a comparison does: a branch on it is a guard."""

    @wraps(original)
    def told(x: Any) -> Any:
        if mode.tracer is None or not isinstance(x, Number):
            return original(x)
        return FUNCTIONS[ufunc](x)

    return told


def _best(original: Callable, choose: Callable[[list[Any]], Any]) -> Callable:
    """``max`` or ``min``: of plain numbers one operation, not a branch for each."""

    @wraps(original)
    def best(*args: Any, **options: Any) -> Any:
        if mode.tracer is None or options or not args:
            return original(*args, **options)
        items = list(args[0]) if len(args) == 1 else list(args)
        whole = [is_int(x) for x in items if is_number(x)]
        alike = len(whole) == len(items) and (all(whole) or not any(whole))
        if len(items) > 1 and alike and any(isinstance(x, Number) for x in items):
            are_objects = mode.tracer.are_objects(items)
            chosen = choose(items)
            chosen = mode.tracer.pick(chosen) if are_objects else chosen
            if chosen == chosen:  # which of them a nan leaves depends on the order
                return chosen
        return original(items)

    return best


_MATH: tuple[str, ...] = (
    "exp",
    "expm1",
    "log",
    "log1p",
    "log2",
    "log10",
    "sqrt",
    "cbrt",
    "erf",
    "erfc",
)
_MATH += ("sin", "cos", "tan", "sinh", "cosh", "tanh", "atan2", "hypot", "pow")
_MATH += ("asin", "acos", "atan", "asinh", "acosh", "atanh")
_NOT_OF_OBJECTS: tuple[str, ...] = ("floor", "ceil", "trunc", "rint", "sign", "exp2", "std", "var")
_NOT_OF_OBJECTS += ("isnan", "isfinite", "isinf")
_PATCHES: list[tuple[Any, str, Any, Any]] = [
    *[
        (np, name, getattr(np, name), _of_objects(getattr(np, name)))
        for name in ("array", "asarray", "asanyarray")
    ],
    *[
        (np, name, getattr(np, name), _of_numbers(getattr(np, name)))
        for name in ("zeros", "ones", "empty", "full", "eye", "identity", "linspace")
    ],
    *[(np, name, getattr(np, name), _of_lists(getattr(np, name))) for name in _NOT_OF_OBJECTS],
    *[
        (math, name, getattr(math, name), _of_math(getattr(math, name), ops.OPS[name]))
        for name in _MATH
    ],
    *[
        (math, name, getattr(math, name), _test_of_math(getattr(math, name), getattr(np, name)))
        for name in ("isnan", "isinf", "isfinite")
    ],
    (np.vectorize, "__call__", np.vectorize.__call__, _refused(np.vectorize.__call__)),
    (math, "fabs", math.fabs, _of_math(math.fabs, ops.ABS)),
    (builtins, "max", max, _best(max, maximum)),
    (builtins, "min", min, _best(min, minimum)),
    *clocks.PATCHES,
]

REPLACEMENTS = {id(original): patched for _, _, original, patched in _PATCHES}
