"""The arguments of a call, as the compiler sees them: numbers, arrays, nests, static objects."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from types import ModuleType
from typing import Any

import numpy as np

from ...engine import Value
from ...value.nested import is_record, leaves, rebuild
from ...value.numeric import is_array
from ..errors import JitError

_EXACT = 2**53  # larger ints are not all floats
_NUMPY = ({np.float64}, {np.float32}, {np.int64})  # what is in a list that was an array
_BY_VALUE = (str, bytes, bool, np.bool_, Enum, type(None))


@dataclass(slots=True)
class Argument:
    """One argument of a call.

    ``kind`` is "array" (a number, array or rectangular list; ``value`` is a number or a NumPy array
    of ``shape``), "nest" (lists, tuples, dicts and dataclasses; ``value`` is the nest) or "static".
    ``form`` says which of an "array": "float", "int", "numpy" (a number of NumPy's, or of a class
    of ints), "list", "numpy list" (of NumPy's numbers), "array", or "lists": many lists. ``given``
    is the list, or what was no plain array.
    """

    kind: str
    value: Any
    shape: tuple[int, ...]
    key: Any
    form: str = "array"
    given: Any = None

    @property
    def itself(self) -> Any:
        """What was passed."""
        return self.value if self.given is None else self.given

    @property
    def differentiable(self) -> bool:
        """Whether Values are in it, whose gradients may be wanted."""
        return self.kind == "nest" and _has_value(self.value)

    @property
    def is_list(self) -> bool:
        """Whether it is a rectangular list."""
        return self.form in ("list", "numpy list")

    @property
    def is_of_numpy(self) -> bool:
        """Whether its numbers are NumPy's own, in an array or a list."""
        return bool(self.shape) and self.form in ("array", "numpy list")

    @property
    def number(self) -> float:
        """A single number, an int where it is one."""
        return self.value

    def flat(self) -> list[Any]:
        """Return the numbers of an array, floats or ints."""
        return _numbers_in(self.value)

    def example(self) -> list[Any]:
        """Return the numbers of the first example of a batch."""
        return _numbers_in(self.value[0])

    def resized(self, length: int) -> "Argument":
        """Return the argument with its rows repeated or left out."""
        shape = (max(length, 0), *self.shape[1:])
        value = np.resize(self.value, shape)
        return replace(self, value=value, shape=shape, key=(*self.family, length), given=None)

    @property
    def family(self) -> Any:
        """The key without the length of the first axis."""
        return (self.form, self.value.dtype.str, self.shape[1:]) if self.shape else self.key

    def rebuilt(self, leaf: Callable[[Any], Value]) -> Any:
        """Return the nest with ``leaf(x)`` in place of every Value or number x."""
        made = [leaf(_plain(x)) if _is_traced(x) else x for _, x in leaves(self.value)]
        return rebuild(self.value, iter(made))

    def values(self) -> list[Any]:
        """Return the Values, floats and ints in a nest."""
        return [_plain(x) for _, x in leaves(self.value) if _is_traced(x)]

    def numbers(self) -> Any:
        """Return the Values, floats and ints in a nest as numbers."""
        if isinstance(self.value, (list, tuple)) and all(map(_is_of_floats, self.value)):
            return np.concatenate([np.reshape(x, -1) for x in self.value] or [np.empty(0)])
        return [x._data if isinstance(x, Value) else x for x in self.values()]


def argument(x: Any, place: str, static: bool) -> Argument:
    """Classify one argument.

    Raises:
        JitError: it is none of the above and not static.
    """
    if static:
        return Argument("static", x, (), ("static", _told_apart(x, place)))
    if type(x) is float:
        return Argument("array", x, (), "number", "float")
    if isinstance(x, np.floating):
        return Argument("array", float(x), (), ("number", type(x)), "numpy")
    if type(x) is int and _is_int(x):
        return Argument("array", x, (), "int", "int")
    if _is_int(x):
        return Argument("array", int(x), (), ("int", type(x)), "numpy")
    if isinstance(x, Value):
        return Argument("nest", x, (), ("value",))
    if isinstance(x, (*_BY_VALUE, int)) or _is_object(x):
        return Argument("static", x, (), ("static", _key_of(x)))
    if type(x) is list and (array := _as_array(x)) is not None:
        return of_list(array, "numpy list" if _is_of_numpy(x) else "list", x)
    if hasattr(x, "to_numpy") and hasattr(x, "columns"):
        raise JitError(
            f"{place} is a {type(x).__name__}, of which each column is asked for by name: pass "
            "np.asarray(x, dtype=float)"
        )
    if is_array(x) and x.dtype.kind in "fiub":
        array = np.asarray(x)
        if not array.ndim:
            single = argument(array[()], place, False)
            return replace(single, key=(single.key, "array without dims"))
        return Argument(
            "array",
            array,
            array.shape,
            ("array", array.dtype.str, array.shape[1:], len(array)),
            given=x,
        )
    if isinstance(x, (list, tuple, dict)) or is_array(x) or is_record(x):
        return Argument("nest", x, (), ("nest", _structure(x, place)))
    raise _refused(x, place)


def can_be_argument(x: Any) -> bool:
    """Tell whether x is something that a trace can begin with."""
    try:
        argument(x, "", False)
    except JitError:
        return False
    return True


def checked_argument(x: Any, name: str, static: bool) -> Argument:
    """Classify an argument of a call; say what is wrong where it cannot be looked through."""
    try:
        return argument(x, name, static)
    except RecursionError:
        raise JitError(
            f"{name} is a {type(x).__name__} that holds itself, or is nested a thousand deep: "
            "flatten it"
        ) from None
    except OverflowError:
        raise JitError(f"{name} has an int that fits no float, one beyond 1.8e308") from None


def of_list(array: np.ndarray, form: str = "list", given: Any = None) -> Argument:
    """Return a rectangular list, of which the numbers are in an array."""
    key = (form, array.dtype.str, array.shape[1:], len(array))
    return Argument("array", array, array.shape, key, form, given)


def _has_value(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return any(map(_has_value, x))
    return not _is_of_floats(x) and any(isinstance(leaf, Value) for _, leaf in leaves(x))


def _is_of_floats(x: Any) -> bool:
    """Tell whether it is an array of floats, as an optimiser keeps: no element is looked at."""
    return isinstance(x, np.ndarray) and x.ndim > 0 and x.dtype == np.float64


def _as_array(x: list) -> np.ndarray | None:
    """A rectangular list, of lists, of numbers of one kind alone, as an array."""
    kinds = _kinds_in(x)
    if kinds not in ({float}, {int}, set(), *_NUMPY):
        return None
    if kinds == {int} and type(x[0]) is int:
        return np.array(x) if max(x) < _EXACT and min(x) > -_EXACT else None
    try:
        array = np.asarray(x, dtype=float if kinds in ({float}, set()) else None)
    except ValueError:  # ragged
        return None
    if array.dtype.kind not in "fi" or (
        array.dtype.kind == "i" and array.size and abs(array).max() >= _EXACT
    ):
        return None
    return array


def _is_of_numpy(x: Any) -> bool:
    while type(x) is list and x:
        x = x[0]
    return isinstance(x, np.generic)


def _kinds_in(x: list) -> set[type]:
    kinds = set(map(type, x))
    if list in kinds and len(kinds) == 1:
        kinds = set().union(*map(_kinds_in, x))
    return kinds


def _numbers_in(array: Any) -> list[Any]:
    items = np.asarray(array).reshape(-1).tolist()
    return list(map(int, items)) if np.asarray(array).dtype.kind == "b" else items


def _is_int(x: Any) -> bool:
    return (
        isinstance(x, (int, np.integer))
        and not isinstance(x, (bool, Enum))
        and abs(int(x)) < _EXACT
    )


def _is_traced(x: Any) -> bool:
    return isinstance(x, (Value, float, np.floating)) or _is_int(x)


def _plain(x: Any) -> Any:
    return x if isinstance(x, Value) else int(x) if _is_int(x) else float(x)


def _is_object(x: Any) -> bool:
    """Tell whether it is code, or a model, which is known by its identity."""
    return callable(getattr(x, "parameters", None)) or isinstance(x, (type, ModuleType)) or (
        callable(x) and not is_record(x))  # fmt: skip


def _key_of(x: Any) -> Any:
    return ("object", id(x)) if _is_object(x) and not isinstance(x, type) else (type(x), x)


def _structure(x: Any, place: str) -> Any:
    """What a nest consists of: its kinds, and what in it is static."""
    if isinstance(x, dict):
        return type(x), tuple([(k, _structure(y, f"{place}[{k!r}]")) for k, y in x.items()])
    if isinstance(x, (list, tuple)):
        return type(x), tuple([_structure(y, f"{place}[{i}]") for i, y in enumerate(x)])
    if is_array(x) and x.ndim:
        if x.dtype != object:
            return "array", x.shape, x.dtype.str
        inside = [_structure(y, f"{place}[{i}]") for i, y in enumerate(x.reshape(-1).tolist())]
        return "array", x.shape, tuple(inside)
    if isinstance(x, Value):
        return "value"
    if _is_traced(x):
        return type(x) if isinstance(x, np.generic) else int if _is_int(x) else float
    if isinstance(x, (*_BY_VALUE, int)) or _is_object(x):
        return _key_of(x)
    if is_record(x):
        names = type(x).__dataclass_fields__
        return type(x), tuple([(k, _structure(getattr(x, k), f"{place}.{k}")) for k in names])
    raise _refused(x, place)


def _told_apart(x: Any, place: str) -> Any:
    """A key of a static argument: 1, 1.0 and True are equal, as 0.0 and -0.0 are, and differ."""
    if isinstance(x, float):
        return type(x), x.hex()
    if isinstance(x, (tuple, frozenset)):
        return type(x), tuple([_told_apart(y, place) for y in x])
    if _has_state(x):
        return type(x), id(x)
    try:
        hash(x)
    except TypeError:
        raise JitError(f"{place} is static, so it must be hashable, got {x!r:.80}") from None
    return type(x), x


def _has_state(x: Any) -> bool:
    """Tell whether a thing has attributes that may differ from those of an equal one."""
    frozen = is_record(x) and type(x).__dataclass_params__.frozen
    of_value = frozen or isinstance(x, (*_BY_VALUE, int, float, type))
    return hasattr(x, "__dict__") and not of_value


def _refused(x: Any, place: str) -> JitError:
    return JitError(
        f"{place} is {type(x).__name__} {x!r:.60}, which jit cannot trace: pass numbers, Values, "
        "or nested lists and arrays of them; anything else by jit(f, static_argnums=...)"
    )
