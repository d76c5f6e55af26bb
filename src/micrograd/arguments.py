"""What public functions take, checked at their doors: the error names the argument and the remedy.

Each check returns its argument, as what the function goes on with.
"""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from math import inf
from operator import index
from typing import Any

from .dataframes import is_time, names_of, numbers_of
from .value.modes import mode
from .value.numeric import is_array, number


def shown(x: Any) -> str:
    """Return how a message shows what it got: short, on one line."""
    try:
        return " ".join(repr(x).split())[:60]
    except ValueError:  # an int of more digits than Python writes
        return f"an {type(x).__name__} beyond 1.8e308"


def function(name: str, f: Any) -> Callable:
    """Refuse what cannot be called."""
    if not callable(f):
        raise TypeError(f"{name} is a function, got {shown(f)}: pass the function itself")
    return f


def flag(name: str, x: Any) -> bool:
    """Refuse all but True and False, since nearly everything else would count as True."""
    if type(x) is bool or type(x).__name__ in ("bool_", "bool"):  # NumPy's has both names
        return bool(x)
    raise TypeError(f"{name} is True or False, got {shown(x)}")


def whole(name: str, n: Any, least: float = -inf) -> int:
    """Return a count or a setting as an int; refuse what is no whole number, or below ``least``."""
    if not hasattr(n, "__index__") or n < least:
        bound = "" if least == -inf else f" of {least} or more"
        raise ValueError(f"{name} is a whole number{bound}, got {shown(n)}")
    if n > sys.maxsize:
        raise ValueError(f"{name} is a whole number, got one beyond {sys.maxsize}: {shown(n)}")
    return index(n)


def seed(name: str, n: Any) -> int:
    """Return a seed: a whole number of any size."""
    if not hasattr(n, "__index__"):
        raise TypeError(f"{name} is a whole number, got {shown(n)}")
    return index(n)


def finite(name: str, x: Any, least: float = -inf, below: float = inf) -> float:
    """Return a setting as a float; refuse what is no finite number, or out of range."""
    x = x if is_traced(x) else number(x, f"{name} expects")  # of one that is traced, by guards
    if not (abs(x) < inf and least <= x < below):
        bound = f"a number from {least:g} to below {below:g}"
        bound = f"a number of {least:g} or more" if below == inf else bound
        bound = "a finite number" if (least, below) == (-inf, inf) else bound
        raise ValueError(f"{name} expects {bound}, got {x}")
    return x


def is_traced(x: Any) -> bool:
    """Tell whether x stands, in a trace, for the plain numbers of many calls."""
    return (
        mode.tracer is not None and hasattr(x, "_is_micrograd_value") and mode.tracer.is_number(x)
    )


def choice(name: str, x: Any, options: Sequence[Any]) -> Any:
    """Refuse what is none of a few options."""
    if not isinstance(x, (str, type(None))) or x not in options:
        known = " or ".join(map(repr, options))
        raise ValueError(f"{name} is {known}, got {shown(x)}")
    return x


def text(name: str, x: Any) -> str:
    """Refuse what is no text."""
    if not isinstance(x, str):
        raise TypeError(f"{name} is text, got {shown(x)}: pass str() of it")
    return x


def file_name(name: str, x: Any) -> str:
    """Return the name of a file as text; refuse what can be none."""
    if not isinstance(x, (str, bytes, os.PathLike)) or not os.fspath(x):
        raise TypeError(f"{name} is text that names a file, got {shown(x)}")
    try:
        can_be = b"\0" not in os.fsencode(x)
    except UnicodeEncodeError:
        can_be = False
    if not can_be:
        raise ValueError(f"{name} is text that can name a file, got {shown(x)}")
    return os.fsdecode(x)


def values(name: str, xs: Any) -> Iterable[Any]:
    """Refuse what is no list, array or the like of numbers: a text or a dict goes by its parts."""
    if type(xs) is list:  # the usual case first
        return xs
    is_scalar = not hasattr(xs, "__iter__") or (is_array(xs) and not xs.ndim)
    if is_scalar or isinstance(xs, (str, bytes, dict)):
        raise TypeError(f"{name} expects a list of numbers, got {shown(xs)}")
    return xs


def array(name: str, x: Any) -> Any:
    """Return numbers in lists, arrays or tables as an array of float64; refuse anything else."""
    import numpy as np

    try:
        found = np.array(numbers_of(x))
        if found.dtype.kind in "biuf":
            return found.astype(np.float64, copy=False)  # one of its own already
    except (ValueError, RecursionError):  # ragged, or it holds itself
        pass
    raise TypeError(f"{name} expects numbers in lists or arrays, got {_word_in(x) or shown(x)}")


def _word_in(x: Any) -> str:
    """Show the first word or hole in rows, and where it is; nothing where there is none."""
    names, rows = names_of(x), numbers_of(x)
    rows = rows.tolist() if is_array(rows) else rows
    for i, row in enumerate(rows if isinstance(rows, (list, tuple)) else ()):
        for k, item in enumerate(row if isinstance(row, (list, tuple)) else ()):
            if item is None or isinstance(item, str) or is_time(item):
                column = names[k] if names else k
                return f"{shown(item)} in row {i}, column {column}: make it what it was in training"
    return ""


def operand(name: str, x: Any) -> Any:
    """Refuse what is neither a number nor a Value, of one's own engine or traced."""
    if not hasattr(x, "_is_micrograd_value") and not hasattr(x, "_apply"):
        number(x, f"{name} expects a Value or")
    return x


def scalar(name: str, x: Any) -> Any:
    """Refuse a list where one number should be, as a target of shape (n, 1) has one for each."""
    if isinstance(x, (list, tuple)) or (is_array(x) and x.ndim):
        raise ValueError(
            f"{name} expects one number for one output, got {shown(x)}: flatten it, as y.ravel() "
            "does an array of the shape (n, 1), or pass lists of both"
        )
    return operand(name, x)


def positions(name: str, numbers: Any) -> Any:
    """Refuse what is no position of an argument, nor a list of such."""
    many = isinstance(numbers, Sequence) and not isinstance(numbers, (str, bytes))
    for i in numbers if many else (numbers,):
        if not hasattr(i, "__index__") or not -1000 < i < 1000:
            raise TypeError(
                f"{name} is the position of an argument, or a tuple of such, got {shown(numbers)}"
            )
    return numbers
