"""What a compiled call leaves behind: it is written once all guards have held.

The numbers of a call come as one array. Where each of them goes is worked out once: data and
gradients of Values in bulk, arrays and lists of numbers as slices.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count
from typing import Any

import numpy as np

from ...engine import Value
from ...value.arrays import LazyArray
from ...value.buffers import write_data, write_floats, write_grad
from ...value.nested import is_record, record, with_entries, with_fields
from ...value.number import Number
from ..tracing.arrays import TracedArray
from ..tracing.dtypes import kind_of
from ..tracing.integers import Integer
from ..tracing.passed import Passed
from ..tracing.predicates import Predicate, truth
from ..tracing.recording import Trace
from ..tracing.signature import Argument
from .changes import Changes
from .places import WHOLE, InPlace
from .results import Values
from .scalars import kinds_in, with_kinds

Make = Callable[[np.ndarray, Values], Any]  # of the numbers of a call, and its Values


class Writes:
    """All that the calls of a program write.

    Args:
        recording: of the function.
        changes: the places that it was traced with.
        first: the first of the program's outputs that is written.
    """

    def __init__(self, recording: Trace, changes: Changes, first: int) -> None:
        effects = recording.effects
        numbers = count()
        self._recording, self._changes, self.first = recording, changes, first
        self.of_numpy = False  # whether any of what is left behind is a number of NumPy's
        self._data = _Bulk(effects.data, numbers)
        self._grad = _Bulk(effects.grad, numbers)
        self.new = {k: _place(share, numbers) for k, share in effects.new.items()}
        self._contents = [
            (_write(changes, k, tree), self._content(changes, k, tree, numbers))
            for k, tree in effects.contents.items()
        ]

    def _content(self, changes: Changes, k: int, tree: Any, numbers: Iterator[int]) -> Make:
        if is_list_of_floats(changes, k, tree):
            fill = _Fill(tree, numbers)
            return lambda call, values: fill.of(call)
        tree = tree.items if isinstance(tree, InPlace) else tree
        return _made(tree, self.first, numbers)

    def learn_kinds(self) -> None:
        """Take note which numbers are NumPy's in what the plain run has left behind."""
        for i, (k, tree) in enumerate(self._recording.effects.contents.items()):
            kinds = kinds_in(_left(self._changes, k, tree))
            if kinds is not None:
                self.of_numpy = True
                put, make = self._contents[i]
                if is_list_of_floats(self._changes, k, tree):
                    put = self._changes.places[k].put
                self._contents[i] = put, partial(_of_kinds, make, kinds)

    def commit(self, numbers: np.ndarray, values: Values, arguments: Sequence[Argument]) -> None:
        """Write everything.

        Args:
            numbers: the program's outputs from ``first`` on.
            values: makes the Values that are left in places.
            arguments: of the call.
        """
        contents = [make(numbers, values) for _, make in self._contents]
        for bulk, write in ((self._data, write_data), (self._grad, write_grad)):
            if bulk.values:
                write(self._recording.users(bulk.values, arguments), bulk.of(numbers))
        for (put, _), content in zip(self._contents, contents):
            put(content)


class _Bulk:
    """The data, or the gradients, of some Values."""

    def __init__(self, written: list[tuple[Value, Any]], numbers: Iterator[int]) -> None:
        self.values = [value for value, _ in written]
        self._fill = _Fill([share for _, share in written], numbers)

    def of(self, numbers: np.ndarray) -> np.ndarray:
        return self._fill.of(numbers)


class _Fill:
    """An array of floats of which some are the same at each call."""

    def __init__(self, items: Sequence[Any], numbers: Iterator[int]) -> None:
        traced = [isinstance(x, Value) for x in items]
        self._constants = np.array([0.0 if t else float(x) for x, t in zip(items, traced)])
        self._to = np.flatnonzero(traced)
        self._from = np.array([next(numbers) for _ in self._to], dtype=int)
        start = int(self._from[0]) if len(self._from) else 0
        alone = len(self._to) == len(items) and len(items) > 0
        self._slice = slice(start, start + len(items)) if alone else None

    def of(self, numbers: np.ndarray) -> np.ndarray:
        """Return the array of a call."""
        if self._slice is not None:
            return numbers[self._slice].copy()
        made = self._constants.copy()
        made[self._to] = numbers[self._from]
        return made


def _place(share: Any, numbers: Iterator[int]) -> Make:
    if isinstance(share, float):
        return lambda call, values: share
    k = next(numbers)
    return lambda call, values: float(call[k])


def is_list_of_floats(changes: Changes, k: int, tree: Any) -> bool:
    """Tell whether all items of a list from outside are written, and are floats."""
    place = changes.places[k] if k < len(changes.places) else None
    whole = place is not None and isinstance(place.owner, list) and place.key is WHOLE
    return whole and isinstance(tree, list) and _plain(tree)


def _write(changes: Changes, k: int, tree: Any) -> Callable[[Any], None]:
    if k >= len(changes.places):
        return changes.growing[k - len(changes.places)].items.extend
    place = changes.places[k]
    if is_list_of_floats(changes, k, tree):
        return partial(_write_floats, place.owner)
    if isinstance(tree, InPlace):
        return lambda array: np.copyto(place.get(), array, casting="unsafe")
    return place.put


def _write_floats(items: list, array: np.ndarray) -> None:
    if len(items) != len(array):  # what comes out has changed it
        items[:] = array.tolist()
    else:
        write_floats(items, array)


def _left(changes: Changes, k: int, tree: Any) -> Any:
    """Return what the plain run has left where a tree is written to."""
    if k < len(changes.places):
        return changes.places[k].get()
    items = changes.growing[k - len(changes.places)].items
    return items[len(items) - len(tree.items) :]


def _of_kinds(make: Make, kinds: Any, numbers: np.ndarray, values: Values) -> Any:
    made = make(numbers, values)
    return with_kinds(made.tolist() if isinstance(made, np.ndarray) else made, kinds)


def _made(tree: Any, first: int, numbers: Iterator[int]) -> Make:
    """Return what makes a tree anew, of which ``leaves_of`` yields the numbers in this order."""
    make = _nest(tree, lambda x: _made(x, first, numbers), numbers)
    if make is None:
        return _leaf(tree, first, numbers)
    return lambda call, values: values.nest(tree, partial(make, call, values))


def _nest(tree: Any, branch: Callable[[Any], Make], numbers: Iterator[int]) -> Make | None:
    if isinstance(tree, dict):
        branches = {key: branch(x) for key, x in tree.items()}
        return lambda *call: with_entries(tree, {k: make(*call) for k, make in branches.items()})
    if isinstance(tree, list) and _plain(tree):
        fill = _Fill(tree, numbers)
        return lambda call, values: fill.of(call).tolist()
    if isinstance(tree, (list, tuple)):
        items = [branch(x) for x in tree]
        if isinstance(tree, list):
            return lambda *call: [make(*call) for make in items]
        named = hasattr(tree, "_fields")
        kind: Any = type(tree)
        return lambda *call: (
            kind(*[make(*call) for make in items]) if named else tuple([m(*call) for m in items])
        )
    if is_record(tree):
        fields = {key: branch(x) for key, x in record(tree).items()}
        return lambda *call: with_fields(tree, {k: make(*call) for k, make in fields.items()})
    if isinstance(tree, np.ndarray) and (tree.dtype == object or isinstance(tree, LazyArray)):
        return _array(tree, branch, numbers)
    return None


def _array(tree: Any, branch: Callable[[Any], Make], numbers: Iterator[int]) -> Make:
    kind = tree.dtype if isinstance(tree, TracedArray) else kind_of(tree)
    objects = tree._filled() if isinstance(tree, LazyArray) else tree
    flat, shape = objects.reshape(-1).tolist(), objects.shape
    if kind.kind == "f" and _plain(flat):
        fill = _Fill(flat, numbers)
        return lambda call, values: fill.of(call).reshape(shape).astype(kind, copy=False)
    items = [branch(x) for x in flat]

    def make(*call: Any) -> np.ndarray:
        made = np.empty(len(items), dtype=kind)
        made[:] = [item(*call) for item in items]
        return made.reshape(shape)

    return make


def _plain(items: list[Any]) -> bool:
    """Tell whether all items are floats, now or at each call."""
    return bool(items) and all(type(x) in (float, Number) for x in items)


def _leaf(x: Any, first: int, numbers: Iterator[int]) -> Make:
    if isinstance(x, Passed):
        return lambda call, values: values.passed(x)
    if not isinstance(truth(x), Value):
        held = bool(x) if isinstance(x, Predicate) else x
        return lambda call, values: held
    k = next(numbers)
    if isinstance(x, Predicate):
        return lambda call, values: bool(call[k])
    if isinstance(x, Integer):
        return lambda call, values: round(float(call[k]))
    if isinstance(x, Number):
        return lambda call, values: float(call[k])
    return lambda call, values: values.of(x, first + k)
