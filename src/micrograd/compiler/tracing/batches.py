"""What ``vmap`` returns in a trace: the values of one example, standing for all."""

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import Any

import numpy as np

from ... import ops
from ...value.arrays import unwrapped
from ...value.nested import is_record, record, with_entries, with_fields
from ..graph import BATCH_SUM
from .arrays import TracedArray, traced
from .dtypes import kind_of
from .elements import data_of
from .elementwise import FUNCTIONS
from .integers import is_int, node
from .numpy_functions import mapped
from .predicates import count


class Batch(np.lib.mixins.NDArrayOperatorsMixin):
    """An array, or a list, of which one example was traced.

    Sums, means and functions of each element are made of the example. Whatever else is asked of it
    is asked of the whole: then f is traced for every example.

    Args:
        example: of one example, an element or an array of objects.
        size: the number of examples.
        whole: makes the array or list of all of them.
        batch_axis: that of the trace, which knows what has one, and the factor of a mean.
        is_list: whether it is a list to its user.
    """

    def __init__(
        self, example: Any, size: int, whole: Callable[[], Any], batch_axis: Any, is_list: bool
    ) -> None:
        self.example, self.count, self._whole = example, size, whole
        self._batch_axis, self.is_list = batch_axis, is_list

    def elements(self) -> list[Any]:
        """Return what one example consists of."""
        return self.example.reshape(-1).tolist() if self._inner else [self.example]

    @property
    def _inner(self) -> tuple[int, ...]:
        return self.example.shape if isinstance(self.example, np.ndarray) else ()

    # ---- what one example is enough for

    def _sum(self) -> Any:
        return self._of_all(self._total)

    def _mean(self) -> Any:
        factor = self._batch_axis.mean_factor()
        batched = self._batch_axis.is_batched
        return self._of_all(lambda x: self._total(x) * factor if batched(x) else x)

    def _total(self, x: Any) -> Any:
        if self._batch_axis.is_batched(x):
            return x._apply(BATCH_SUM, x)
        count = ops.power(-1)(self._batch_axis.mean_factor())
        return node(ops.MUL, int(getattr(x, "_data", x)), x, count) if is_int(x) else x * count

    def _of_all(self, reduced: Callable[[Any], Any]) -> Any:
        made = [reduced(count(x)) for x in self.elements()]
        return TracedArray.of(made, self._inner) if self._inner else made[0]

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method == "reduce" and ufunc is np.add and options.get("axis", 0) in (0, (0,)):
            return self._sum()
        alike = [x for x in inputs if isinstance(x, Batch)]
        fits = all(x.count == self.count and x._inner == self._inner for x in alike)
        plain = all(isinstance(x, Batch) or not np.ndim(x) for x in inputs)
        if method == "__call__" and ufunc in FUNCTIONS and fits and plain and not self.is_list:
            function = np.frompyfunc(FUNCTIONS[ufunc], len(inputs), 1)
            made = function(*[x.example if isinstance(x, Batch) else x for x in inputs])
            whole = [x.whole if isinstance(x, Batch) else partial(_all, x) for x in inputs]
            again = lambda: ufunc(*[x() for x in whole], **options)  # noqa: E731
            return Batch(made, self.count, again, self._batch_axis, False)
        return getattr(ufunc, method)(*[_all(x) for x in inputs], **options)

    def _mapped(self, function: Callable, args: tuple) -> Any:
        """A function of each element, and of numbers or batches beside it."""
        alike = [x for x in args if isinstance(x, Batch)]
        fits = all(x.count == self.count and x._inner == self._inner for x in alike)
        plain = all(isinstance(x, Batch) or not np.ndim(x) for x in args)
        whole = lambda: traced(mapped(function, unwrapped(_all(args))))  # noqa: E731
        if not fits or not plain or self.is_list:
            return whole()
        of_each = np.frompyfunc(function, len(args), 1)
        made = of_each(*[x.example if isinstance(x, Batch) else x for x in args])
        return Batch(made, self.count, whole, self._batch_axis, False)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if func in (np.sum, np.mean, np.argmax, np.argmin) and len(args) == 1 and args[0] is self:
            return getattr(self, func.__name__)(**kwargs)
        return func(*_all(args), **_all(kwargs))

    def sum(self, axis: Any = None, **kwargs: Any) -> Any:
        """Return the sum over all elements, or over an axis."""
        if axis == 0 or (axis is None and not self._inner):
            return self._sum()
        return np.sum(self._sum()) if axis is None else self.whole().sum(axis, **kwargs)

    def mean(self, axis: Any = None, **kwargs: Any) -> Any:
        """Return the mean over all elements, or over an axis."""
        if axis == 0 or (axis is None and not self._inner):
            return self._mean()
        return np.mean(self._mean()) if axis is None else self.whole().mean(axis, **kwargs)

    @property
    def data(self) -> Any:
        """The numbers of Values, as an array to which no gradient passes."""
        made = np.frompyfunc(data_of, 1, 1)(self.example)
        return Batch(made, self.count, lambda: self.whole().data, self._batch_axis, False)

    def argmax(self, axis: Any = None, **kwargs: Any) -> Any:
        """Return where the largest elements are."""
        return self._chosen("argmax", axis, **kwargs)

    def argmin(self, axis: Any = None, **kwargs: Any) -> Any:
        """Return where the smallest elements are."""
        return self._chosen("argmin", axis, **kwargs)

    def _chosen(self, name: str, axis: Any, **kwargs: Any) -> Any:
        if axis not in (1, -1) or len(self._inner) != 1:
            return getattr(self.whole(), name)(axis, **kwargs)
        made = getattr(TracedArray.of(self.example), name)()
        again = lambda: getattr(self.whole(), name)(axis, **kwargs)  # noqa: E731
        return Batch(made, self.count, again, self._batch_axis, False)

    # ---- what it is not

    def as_list(self) -> "Batch":
        """Return the same batch, as a list of numbers, or of lists of them, to its user."""
        if self.is_list:
            return self
        return Batch(
            self.example, self.count, lambda: self.whole().tolist(), self._batch_axis, True
        )

    def whole(self) -> Any:
        """Return all examples, each of them traced."""
        return self._whole()

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return 1 + len(self._inner)

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes, which are then part of the program."""
        self._batch_axis.sized()
        return (self.count, *self._inner)

    @cached_property
    def dtype(self) -> np.dtype:
        """The type of the array."""
        return kind_of(_objects(self.elements()))

    @cached_property
    def kinds(self) -> list[np.dtype]:
        """The type of each element of an example: in a list each has its own."""
        return [kind_of(_objects([x])) for x in self.elements()]

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        return np.asarray(self.whole())

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.whole())

    def __getitem__(self, place: Any) -> Any:
        return self.whole()[place]

    def __add__(self, other: Any) -> Any:
        return self.whole() + _all(other) if self.is_list else super().__add__(other)

    def __radd__(self, other: Any) -> Any:
        return _all(other) + self.whole() if self.is_list else super().__radd__(other)

    def __mul__(self, other: Any) -> Any:
        return self.whole() * other if self.is_list else super().__mul__(other)

    def __getattr__(self, name: str) -> Any:
        kind = list if self.is_list else TracedArray
        if name.startswith("__") or not hasattr(kind, name):  # no question to each example
            raise AttributeError(f"a {kind.__name__} has no attribute {name!r}")
        return getattr(self.whole(), name)


def _objects(items: list[Any]) -> np.ndarray:
    return np.array([*items, None], dtype=object)[:-1]


def _all(x: Any) -> Any:
    if isinstance(x, Batch):
        return x.whole()
    if isinstance(x, dict):
        return {key: _all(y) for key, y in x.items()}
    return type(x)([_all(y) for y in x]) if type(x) in (list, tuple) else x


def by_component(result: Any, vector: Callable[[Any, tuple], Any], path: tuple = ()) -> Any:
    """Go into the tuples, dicts and dataclasses of an example; what is in them are vectors.

    Args:
        result: of one example.
        vector: is given what is no such thing, and the steps to it, and returns all examples of it.
        path: the steps so far: functions of an example.
    """
    if isinstance(result, dict):
        return with_entries(
            result, {k: by_component(x, vector, (*path, _item(k))) for k, x in result.items()}
        )
    if isinstance(result, tuple):
        parts = [by_component(x, vector, (*path, _item(i))) for i, x in enumerate(result)]
        return type(result)(*parts) if hasattr(result, "_fields") else tuple(parts)
    if is_record(result):
        return with_fields(
            result,
            {k: by_component(x, vector, (*path, _field(k))) for k, x in record(result).items()},
        )
    return vector(result, path)


def _item(key: Any) -> Callable[[Any], Any]:
    return lambda example: example[key]


def _field(name: str) -> Callable[[Any], Any]:
    return lambda example: getattr(example, name)
