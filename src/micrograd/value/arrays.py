"""Arrays of what was computed: floats where they are plain numbers, else ``ValueArray``.

Both kinds of object array here are lazy: the objects are made when somebody looks at one.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from .buffers import read_data, read_grad

_Array: Any = np.ndarray  # what is overridden here has many forms in NumPy's stubs


class LazyArray(_Array):
    """An array of objects that ``fill`` makes when the first of them is looked at."""

    _fill: Callable[[], Sequence[Any]] | None

    def __new__(cls, fill: Callable[[], Sequence[Any]], shape: Sequence[int]) -> "LazyArray":
        """Make one of a shape, without its objects."""
        made = np.ndarray.__new__(cls, tuple(shape), dtype=object)
        made._fill = fill
        return made

    @classmethod
    def of(cls, items: Any, shape: Sequence[int] | None = None) -> Any:
        """Make one of objects that are there already: a list of them, or an array."""
        if not isinstance(items, np.ndarray):
            flat = np.empty(len(items), dtype=object)
            flat[:] = items
            items = flat.reshape((len(items),) if shape is None else shape)
        made = items.view(cls)
        made._fill = None
        return made

    def __array_finalize__(self, obj: Any) -> None:
        self._fill = None
        if isinstance(obj, LazyArray) and obj._fill is not None:
            obj._filled()

    def _filled(self) -> np.ndarray:
        """The objects themselves, as a plain array that shares its memory with this one."""
        fill = getattr(self, "_fill", None)
        plain = self.view(np.ndarray)
        if fill is not None:
            self._fill = None
            flat = np.empty(plain.size, dtype=object)
            flat[:] = fill()
            plain[...] = flat.reshape(plain.shape)
        return plain

    def __iter__(self) -> Iterator[Any]:
        return iter([self[i] for i in range(len(self))])

    def tolist(self) -> Any:
        """Return nested lists of the objects."""
        return self._filled().tolist()

    def item(self, *place: Any) -> Any:
        """Return one of the objects."""
        return self._filled().item(*place)

    @property
    def flat(self) -> Any:
        """The objects one after the other."""
        return self._filled().flat


class ValueArray(LazyArray):
    """An array of Values: ``data`` and ``grad`` are arrays of floats of the same shape."""

    _numbers: np.ndarray | None

    @classmethod
    def lazy(cls, numbers: np.ndarray, fill: Callable[[], Sequence[Any]]) -> "ValueArray":
        """Make one whose data are known before its Values are there."""
        made = cls(fill, numbers.shape)
        made._numbers = numbers
        return made

    def __array_finalize__(self, obj: Any) -> None:
        self._numbers = None
        super().__array_finalize__(obj)

    @property
    def data(self) -> np.ndarray:
        """The numbers, as an array of floats."""
        if self._fill is not None and self._numbers is not None:
            return self._numbers.copy()
        return self._read(read_data)

    @property
    def grad(self) -> np.ndarray:
        """The gradients, as an array of floats."""
        return self._read(read_grad)

    def _read(self, read: Callable[[Sequence[Any], Any], None]) -> np.ndarray:
        out = np.empty(self.size)
        read(self._filled().reshape(-1).tolist(), out)
        return out.reshape(self.shape)

    def __getitem__(self, place: Any) -> Any:
        self._filled()
        return super().__getitem__(place)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if ufunc in (np.equal, np.not_equal):
            raise TypeError(
                "Values are compared by identity, an array of them by its .data: a.data == b"
            )
        plain = [x._filled() if isinstance(x, LazyArray) else x for x in inputs]
        called = getattr(_with_objects(ufunc), method)
        made = _called(ufunc, called, plain, unwrapped(options))
        out = options.get("out", ())
        return out[0] if len(out) == 1 else wrapped(made)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return wrapped(_called(func, func, unwrapped(args), unwrapped(kwargs)))

    def __float__(self) -> float:
        raise TypeError(f"an array of {self.size} Values is no float: use its .data")

    def __repr__(self) -> str:
        return f"ValueArray(data={np.array2string(self.data, separator=', ')})"

    __str__ = __repr__
    __hash__ = None  # type: ignore[assignment]


class MixedArray(_Array):
    """An array of Numbers, maybe beside others: NumPy takes it for one of objects.

    What it has no loop over objects for, and what an object lacks, ``elementwise`` has.
    """

    # by NumPy's function: what else it is of objects; see ufuncs.py and array_functions.py
    elementwise: ClassVar[dict[Any, Callable[..., Any]]] = {}
    instead: ClassVar[dict[Any, Callable[..., Any]]] = {}

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return of_objects(ufunc, method, inputs, options)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if not all(issubclass(kind, np.ndarray) for kind in types):
            return of_boxed(func, args, kwargs)
        if func in self.instead:
            return self.instead[func](*args, **kwargs)
        if func in _FILLED and np.dtype(kwargs.get("dtype", object)).kind in "fO":
            made = super().__array_function__(func, types, args, {**kwargs, "dtype": object})
            made[...] = _FILLED[func]  # NumPy's own objects are ints
            return mixed(made)
        return mixed(super().__array_function__(func, types, args, kwargs))


_FILLED = {np.zeros_like: 0.0, np.empty_like: 0.0, np.ones_like: 1.0}
_PREDICATES = (np.isnan, np.isfinite, np.isinf)


def of_objects(ufunc: Any, method: str, inputs: Any, options: dict[str, Any]) -> Any:
    """Call a function of NumPy's as it is of objects, or else of the elements one by one."""
    inputs = [_objects(x) for x in inputs]
    out = options.get("out", ())
    if out:
        options = {**options, "out": tuple([_objects(x) for x in out])}
    try:
        made = getattr(ufunc, method)(*inputs, **options)
        if ufunc in _NOT_OF_FLOATS and _NOT_OF_FLOATS[ufunc](made):
            raise TypeError(f"np.{ufunc.__name__} of Python's numbers is not that of NumPy's")
    except (TypeError, ZeroDivisionError, OverflowError):
        function = MixedArray.elementwise.get(ufunc)
        if function is None:
            raise
        made = getattr(np.frompyfunc(function, ufunc.nin, 1), method)(*inputs, **options)
        if ufunc in _PREDICATES and isinstance(made, np.ndarray):
            made = made.astype(bool)
    return out[0] if len(out) == 1 else mixed(made)


def _has_complex(made: Any) -> bool:
    return complex in set(map(type, made.flat if isinstance(made, np.ndarray) else [made]))


# objects take no notice of nan, and a negative number to a broken power is complex
_NOT_OF_FLOATS: dict[Any, Callable[[Any], bool]] = {
    np.fmax: lambda made: True,
    np.fmin: lambda made: True,
    np.power: _has_complex,
}


def of_boxed(function: Any, args: Any, kwargs: Any) -> Any:
    """Call a function of NumPy's on mixed arrays in place of Numbers."""
    args, kwargs = inside((args, kwargs), lambda x: mixed(_objects(x)))
    return function(*args, **kwargs)


def _objects(x: Any) -> Any:
    """Return a mixed array, or a Number, as an array of objects; anything else as it is."""
    if isinstance(x, MixedArray):
        return x.view(np.ndarray)
    if not hasattr(x, "_is_micrograd_value"):
        return x
    held = np.empty((), dtype=object)
    held[()] = x
    return held


def mixed(made: Any) -> Any:
    """Return arrays of objects as mixed ones, also inside lists and tuples."""
    if type(made) in (list, tuple):
        return type(made)([mixed(x) for x in made])
    return made.view(MixedArray) if type(made) is np.ndarray and made.dtype == object else made


def _with_objects(ufunc: Any) -> Any:
    """Return what takes objects: for some of its functions NumPy asks them for no method."""
    if ufunc in (np.logaddexp, np.logaddexp2, np.float_power):
        return np.frompyfunc(MixedArray.elementwise[ufunc], 2, 1)
    return ufunc


def _called(named: Any, f: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Call a function of NumPy's; say what to pass where it has nothing for Values."""
    try:
        return f(*args, **kwargs)
    except (TypeError, AttributeError) as error:
        name = getattr(named, "__name__", "f")
        asked = ("no callable", f"ufunc '{name}' not supported", f"no attribute '{name}'")
        if not any(text in str(error) for text in asked):
            raise
        raise TypeError(
            f"np.{name} takes no Values: np.{name}(a.data) takes the numbers of an array of them, "
            "without gradients"
        ) from error


def wrapped(made: Any) -> Any:
    """Return an array of Values as a ValueArray, anything else as it is."""
    if isinstance(made, (list, tuple)):
        return type(made)([wrapped(x) for x in made])
    if type(made) is np.ndarray and made.dtype == object and made.ndim and made.size:
        return array_of(made.reshape(-1).tolist(), made.shape)
    return made


def unwrapped(tree: Any) -> Any:
    """Return plain arrays in place of lazy ones, also inside lists and the like."""
    return inside(tree, lambda x: x._filled() if isinstance(x, LazyArray) else x)


def inside(tree: Any, change: Callable[[Any], Any]) -> Any:
    """Return the arguments of a function with each thing in their lists and the like changed."""
    if isinstance(tree, dict):
        return {key: inside(x, change) for key, x in tree.items()}
    return (
        type(tree)([inside(x, change) for x in tree])
        if type(tree) in (list, tuple)
        else change(tree)
    )


def array_of(items: list[Any], shape: Sequence[int]) -> Any:
    """Return the items, which are numbers, Values or arrays of one shape, as one array."""
    from .modes import mode
    from .number import Number

    first = items[0]
    if isinstance(first, np.ndarray) and first.ndim:
        return np.stack(items).reshape((*shape, *first.shape))
    if isinstance(first, (list, tuple)):
        inner = [array_of(list(x), (len(x),)) for x in items]
        same = all(x.shape == inner[0].shape for x in inner)
        return array_of(inner, shape) if same else np.array(items, dtype=object)
    if mode.tracer is not None:
        return mode.tracer.array(items, shape)
    if not any(hasattr(x, "_is_micrograd_value") for x in items):
        return np.array(items).reshape(shape)
    if any(isinstance(x, Number) for x in items):
        return mixed(objects(items, shape))
    if not all(hasattr(x, "_is_micrograd_value") for x in items):
        return objects(items, shape)  # which is what NumPy makes of Values beside numbers
    return ValueArray.of(items, shape)


def objects(items: list[Any], shape: Sequence[int]) -> np.ndarray:
    """Return items as a plain array of objects."""
    made = np.empty(len(items), dtype=object)
    made[:] = items
    return made.reshape(shape)
