"""All examples of a batch that a call returns, and their Values where somebody looks at one."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ...engine import Value
from ...value.arrays import ValueArray, unwrapped
from ...value.buffers import read_data
from ...value.modes import changed, mode
from ...value.nested import is_record, record
from ...value.number import Number
from ..errors import JitError
from ..tracing.batches import Batch
from ..tracing.integers import EXACT
from ..tracing.recording import Trace
from .compiled import Compiled


class NotLazy(Exception):
    """A list of Values for all examples, an int that no float is: only a plain run makes them."""


def whole_batch(
    tree: Batch, columns: Sequence[np.ndarray], size: int, lazy: "Lazily"
) -> np.ndarray | list[Any]:
    """Return all examples of a batch.

    Args:
        tree: what the trace had.
        columns: each number of an example, of all examples.
        size: how many there are.
        lazy: makes arrays of Values.
    """
    if tree.is_list and len(set(tree.kinds)) > 1:
        return _of_several_kinds(tree, columns, size)
    numbers = columns[0] if len(columns) == 1 else np.empty((size, 0))
    if len(columns) > 1:
        numbers = np.stack(columns, axis=-1)
    numbers = numbers.reshape((size, *np.shape(tree.example)))
    kind = tree.dtype
    if kind.kind != "O":
        numbers = _as_kind(numbers, kind)
        return numbers.tolist() if tree.is_list else numbers
    if tree.is_list or any(isinstance(x, Number) for x in tree.elements()):
        raise NotLazy
    return lazy.array(numbers.astype(float, copy=False))


def _of_several_kinds(tree: Batch, columns: Sequence[np.ndarray], size: int) -> list[Any]:
    """Return lists in which each number is of its own kind, as an array has none."""
    made = np.empty((size, len(columns)), dtype=object)
    for k, (column, kind) in enumerate(zip(columns, tree.kinds, strict=True)):
        if kind.kind == "O":
            raise NotLazy
        made[:, k] = _as_kind(column, kind).tolist()
    return made.reshape((size, *np.shape(tree.example))).tolist()


def _as_kind(numbers: np.ndarray, kind: np.dtype) -> np.ndarray:
    if kind.kind == "i" and not (abs(numbers) < EXACT).all():
        raise NotLazy
    return numbers.astype(kind, copy=False)


class Lazily:
    """The Values of a batch, made by a plain run of the call when somebody looks at one."""

    def __init__(self, compiled: Compiled, recording: Trace, again: Callable[[], Any]) -> None:
        self._captured, self._recording = compiled.layout.captured, recording
        self._again, self.seen, self._data, self._grad = again, 0, np.empty(0), mode.grad
        self._result: list[Any] = []

    def array(self, numbers: np.ndarray) -> ValueArray:
        """Return an array of Values of which the data are known."""
        place, self.seen = self.seen, self.seen + 1
        if not self._data.size:
            self._data = self._now()
        return ValueArray.lazy(numbers, lambda: self._values(place))

    def _now(self) -> np.ndarray:
        out = np.empty(len(self._captured))
        read_data(self._captured, out)
        return out

    def _values(self, place: int) -> list[Value]:
        if self._recording.draws.segments:
            raise JitError(
                "the Values of a compiled batch that draws random numbers are not kept one by one: "
                "use its .data, or reduce it by sum or mean inside of jit"
            )
        if not np.array_equal(self._data, self._now(), equal_nan=True):
            raise JitError(
                "the parameters of a compiled batch were changed before its Values were used: "
                "call it again, or use its .data"
            )
        if not self._result:
            with changed(grad=self._grad):
                self._result.append(self._again())
        return unwrapped(list(_arrays_in(self._result[0]))[place]).reshape(-1).tolist()


def _arrays_in(tree: Any) -> Iterator[np.ndarray]:
    """Yield the arrays of objects."""
    if isinstance(tree, np.ndarray):
        if tree.dtype == object:
            yield tree
        return
    inside = record(tree) if is_record(tree) else tree
    if isinstance(inside, (dict, list, tuple)):
        for branch in inside.values() if isinstance(inside, dict) else inside:
            yield from _arrays_in(branch)
