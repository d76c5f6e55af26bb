"""What a traced function sees in place of an array: an array of traced numbers.

NumPy's functions of each element become those of the table in ``elementwise``; what only moves
elements, or adds and multiplies them, NumPy does itself on an array of objects.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...engine import Value
from ...value.arrays import LazyArray, unwrapped
from ...value.number import Number
from ...value.operators import no_float
from ..errors import JitError, users_line
from .dtypes import kind_of, single_precision
from .elements import as_bool, cut, data_of, of_python
from .elementwise import FUNCTIONS, OF_BOOLS
from .indexing import frozen, write_at
from .integers import Integer
from .numpy_functions import SPECIAL, best_places, mapped, reduced, root_of, rounded
from .predicates import Predicate, count

_INTS = {int}  # the types of a place that nothing is to be done about


class TracedArray(LazyArray):
    """An array whose objects are traced numbers, Values or plain numbers."""

    _kind: np.dtype | None = None
    _measured: Callable[[], None] | None = None  # called when a length is asked for

    @staticmethod
    def lazily(
        fill: Callable[[], Any], shape: tuple[int, ...], kind: np.dtype, measured: Any = None
    ) -> "TracedArray":
        """Make one whose elements become inputs when they are used."""
        made = TracedArray(fill, shape)
        made._kind, made._measured = kind, measured
        return made

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes; asked for, they are part of the program."""
        if self._measured is not None:
            self._measured()
        return self.view(np.ndarray).shape

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape))

    def __array_finalize__(self, obj: Any) -> None:
        super().__array_finalize__(obj)
        if type(obj) is TracedArray:
            self._kind = obj._kind

    @property
    def dtype(self) -> np.dtype:
        """The type that the array has outside of the trace."""
        if self._kind is None:
            self._kind = kind_of(self._filled())
        return self._kind

    def __getitem__(self, place: Any) -> Any:
        kind = self._kind
        plain = type(place) is int or (type(place) is tuple and set(map(type, place)) == _INTS)
        if plain and kind is not None and kind.kind == "f" and self._fill is None:
            made = np.ndarray.__getitem__(self, place)  # a row is one of these, of the same kind
            return np.float64(made) if type(made) is float else made
        made = self._filled()[frozen(place)]
        if self.dtype.kind == "b":
            made = mapped(as_bool, [made]) if isinstance(made, np.ndarray) else as_bool(made)
        if isinstance(made, np.ndarray):
            return traced(made, self._kind)
        return np.float64(made) if type(made) is float else made  # 1 / 0 is inf, as of an array

    def __setitem__(self, place: Any, new: Any) -> None:
        self._filled()[frozen(place)] = self._fitting(new)

    def _fitting(self, new: Any) -> Any:
        """What is written into the array, as the array can hold it."""
        kind = self.dtype.kind
        new = unwrapped(new) if isinstance(new, np.ndarray) else new
        items = new.reshape(-1).tolist() if isinstance(new, np.ndarray) else [new]
        for x in items:
            if isinstance(x, Value) and not isinstance(x, Number) and kind != "O":
                no_float(x)  # raises: an array of floats holds no Values
            if kind == "b" and isinstance(x, Number):
                raise JitError(
                    "a number that changes is written into an array of bools, which makes it one: "
                    f"write x != 0\n  at {users_line()}"
                )
        if kind == "f" and any(isinstance(x, Integer) for x in items):
            return new * 1.0
        if kind in "iu" and not isinstance(new, (list, tuple)):
            return mapped(cut, [new]) if isinstance(new, np.ndarray) else cut(new)
        return new

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if any(hasattr(x, "whole") for x in inputs):  # a batch knows what to do
            return NotImplemented
        plain = [with_bools(x, as_bool if ufunc in OF_BOOLS else count) for x in inputs]
        out = options.pop("out", None)
        options.pop("dtype", None)
        if ufunc is np.matmul and method == "__call__":
            made: Any = np.matmul(*[np.asarray(x).astype(object) for x in plain])
        elif ufunc is np.divmod and method == "__call__":
            return np.floor_divide(*inputs), np.remainder(*inputs)
        elif ufunc not in FUNCTIONS:
            if are_plain(plain) and method != "at":
                return of_plain(getattr(ufunc, method)(*map(as_plain, plain), **options))
            raise JitError(
                f"np.{ufunc.__name__} of traced numbers has no derivative here: write it in "
                f"exp, log, sin, tanh, where and the like\n  at {users_line()}"
            )
        elif method == "at":
            return write_at(FUNCTIONS[ufunc], *inputs)
        elif method == "__call__":
            made = mapped(FUNCTIONS[ufunc], plain, options.pop("where", True))
        else:
            made = reduced(ufunc, method, plain, options)
        result = traced(made, single_precision([*inputs, *options.values()]))
        if out is None:
            return result
        out[0][...] = result
        return out[0]

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if any(hasattr(kind, "whole") for kind in types):
            return NotImplemented
        special = SPECIAL.get(func)
        if special is not None:
            return traced(special(*args, **kwargs), single_precision([args, kwargs]))
        if are_plain([*args, *kwargs.values()]):
            return of_plain(func(*as_plain(args), **as_plain(kwargs)))
        kwargs = {k: x for k, x in kwargs.items() if k != "dtype"}
        return traced(func(*unwrapped(args), **unwrapped(kwargs)), single_precision([args, kwargs]))

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        """Return an array of another type; of ints only where it holds ints."""
        kind = np.dtype(dtype)
        if kind == self.dtype == object:
            return self.copy()
        if kind.kind in "fO":
            return traced(mapped(lambda x: x * 1.0, [self._filled()]))
        if kind.kind in "iub" and self.dtype.kind in "iub":
            made = mapped(as_bool if kind.kind == "b" else count, [with_bools(self)])
            return traced(made, kind)
        raise JitError(
            f"astype({kind}) cuts numbers that change: it would freeze them\n  at {users_line()}"
        )

    def _called(self, name: str, *args: Any, **kwargs: Any) -> Any:
        kwargs.pop("dtype", None)
        single = single_precision([self, args])
        objects = mapped(count, [self._filled()]) if self.dtype.kind == "b" else self._filled()
        return traced(getattr(objects, name)(*unwrapped(args), **unwrapped(kwargs)), single)

    @property
    def data(self) -> Any:
        """The numbers of Values, as an array to which no gradient passes."""
        if self.dtype != object:
            raise AttributeError("an array of numbers is its own data")
        return traced(np.frompyfunc(data_of, 1, 1)(self._filled()))

    def argmax(self, axis: Any = None, out: Any = None, **kwargs: Any) -> Any:
        """Return where the largest elements are, the first of equals."""
        return best_places(self._filled(), axis, lambda x, best: x > best)

    def argmin(self, axis: Any = None, out: Any = None, **kwargs: Any) -> Any:
        """Return where the smallest elements are, the first of equals."""
        return best_places(self._filled(), axis, lambda x, best: x < best)

    def tolist(self) -> Any:
        """Return nested lists of Python's numbers, which raise where NumPy's do not."""
        return mapped(of_python, [with_bools(self)]).tolist()

    def item(self, *place: Any) -> Any:
        """Return one number as Python's own."""
        made = self._filled().item(*place)
        return as_bool(made) if self.dtype.kind == "b" else of_python(made)

    def dot(self, other: Any, out: Any = None) -> Any:
        """Return the product with a vector or matrix."""
        return np.dot(self, other)

    def all(self, axis: Any = None, **kwargs: Any) -> Any:
        """Tell whether all elements hold."""
        return np.logical_and.reduce(self, axis=axis)

    def any(self, axis: Any = None, **kwargs: Any) -> Any:
        """Tell whether any element holds."""
        return np.logical_or.reduce(self, axis=axis)

    def var(self, axis: Any = None, **kwargs: Any) -> Any:
        """Return the mean square of what is left without the mean."""
        less = kwargs.pop("ddof", 0)
        kwargs.pop("dtype", None)
        rest = self - np.mean(self, axis=axis, keepdims=True)
        total = np.sum(rest * rest, axis=axis, **kwargs)
        size = self.size if axis is None else np.size(self, axis)
        return total / (size - less)

    def std(self, axis: Any = None, **kwargs: Any) -> Any:
        """Return the square root of the variance."""
        return root_of(self.var(axis, **kwargs))

    def max(self, axis: Any = None, **kwargs: Any) -> Any:
        """Return the largest elements."""
        return np.maximum.reduce(self, axis=axis, **kwargs)

    def min(self, axis: Any = None, **kwargs: Any) -> Any:
        """Return the smallest elements."""
        return np.minimum.reduce(self, axis=axis, **kwargs)

    def clip(self, min: Any = None, max: Any = None, **kwargs: Any) -> Any:
        """Return the elements within limits."""
        return np.clip(self, min, max)

    def __repr__(self) -> str:
        raise JitError(f"an array of a trace cannot be written out: return it\n  at {users_line()}")

    __str__ = __repr__
    round = rounded


for _name in ("sum", "prod", "mean", "cumsum", "cumprod", "trace", "ptp",
              "argsort", "take", "repeat", "diagonal"):  # fmt: skip

    def _method(self: Any, *args: Any, _called: str = _name, **kwargs: Any) -> Any:
        return self._called(_called, *args, **kwargs)

    if hasattr(np.ndarray, _name):
        setattr(TracedArray, _name, _method)


def traced(made: Any, kind: np.dtype | None = None) -> Any:
    """Return what NumPy made of objects as a traced array, also inside lists and the like."""
    if isinstance(made, (list, tuple)):
        return type(made)([traced(x, kind) for x in made])
    if (
        not isinstance(made, np.ndarray)
        or made.dtype.kind not in "O"
        or isinstance(made, TracedArray)
    ):
        return made
    if not made.ndim:
        return made.item()
    array = TracedArray.of(made)
    if kind is None or kind.kind == kind_of(made).kind:
        array._kind = kind
    return array


def with_bools(x: Any, taken: Callable[[Any], Any] = as_bool) -> Any:
    """Return the objects of an array; of one of bools, some of which come as 0 and 1, as taken."""
    if isinstance(x, TracedArray) and x.dtype.kind == "b":
        return mapped(taken, [x._filled()])
    return unwrapped(x)


def are_plain(tree: Any) -> bool:
    """Tell whether no traced number is in arguments: then NumPy itself does what we do not."""
    if isinstance(tree, (list, tuple)):
        return all(map(are_plain, tree))
    if isinstance(tree, LazyArray) or (isinstance(tree, np.ndarray) and tree.dtype == object):
        return are_plain(unwrapped(tree).reshape(-1).tolist())
    return not (isinstance(tree, (Value, Predicate, dict)) or hasattr(tree, "whole"))


def as_plain(tree: Any) -> Any:
    """Arguments without traced numbers, their arrays as NumPy's own."""
    if isinstance(tree, dict):
        return {key: as_plain(x) for key, x in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)([as_plain(x) for x in tree])
    if isinstance(tree, TracedArray):
        return unwrapped(tree).astype(tree.dtype)
    return tree


def of_plain(made: Any) -> Any:
    """Arrays of floats that NumPy has made, so that traced numbers can be written into them."""
    if isinstance(made, (list, tuple)) and not hasattr(made, "_fields"):
        return type(made)([of_plain(x) for x in made])
    if type(made) is not np.ndarray or made.dtype.kind != "f" or not made.ndim:
        return made
    held = TracedArray.of(made.astype(object))
    held._kind = made.dtype
    return held
