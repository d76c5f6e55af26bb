"""Calls that go straight to the loops, of which Values come out."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import ops
from ...engine import Value
from ...value.arrays import ValueArray
from ...value.backend import native
from ...value.number import Number
from ..tracing.arrays import TracedArray
from ..tracing.batches import Batch
from ..tracing.recording import Trace
from .compiled import Compiled
from .memory import Addresses
from .packing import int64s
from .results import refuse_backward
from .whole_batches import Lazily


def value_leaves(recording: Trace) -> Any:
    """Return a result that is a Value, or a flat tuple or list of different Values and floats.

    True stands for a Value, False for a float; an array of Values is as a list of them. None is
    returned where it is anything else.
    """
    tree = recording.result
    if of_values := is_array_of_values(tree):
        tree = np.asarray(tree).reshape(-1).tolist()

    def leaf(x: Any) -> bool | None:
        if type(x) is Number:
            return False
        computed = type(x) is Value and x.op is not ops.DETACH and id(x) not in recording.kept
        return True if computed and x.parents else None

    if type(tree) not in (tuple, list):
        return leaf(tree) or None
    kinds, values = [leaf(x) for x in tree], [id(x) for x in tree if type(x) is Value]
    if None in kinds or not values or len(set(values)) < len(values):
        return None
    return type(tree)(kinds) if all(kinds) or not of_values else None


def is_array_of_values(tree: Any) -> bool:
    """Tell whether it is an array, not of a batch, that may have Values in it."""
    return isinstance(tree, TracedArray) and tree.dtype == object


def array_call(call: Any, shape: tuple[int, ...]) -> Callable[..., Any]:
    """Return a call of which an array comes out, where there was a list of its Values."""

    def of_array(*args: Any) -> Any:
        values = call(*args)
        return values if values is NotImplemented else ValueArray.of(values, shape)

    return of_array


def value_call(call: Any, of: Compiled, at: Addresses, leaves: Any, name: str) -> Any:
    """Return a call of which Values come out, which keep its memory until they are gone.

    Args:
        call: fills a memory.
        of, at: the program, and where everything lies in it.
        leaves: which numbers of the result are Values.
        name: the function's, which the Values show as their operation.
    """
    first, count = len(of.layout.guards), 1 if leaves is True else len(leaves)
    outputs = at.outputs[first : first + count]
    assert native is not None
    return native.value_call(call, ops.handmade(f"jit {name}"), leaves, int64s(outputs), first)


def arrays_of_values(tree: Any) -> Any:
    """Return True in place of each array of Values, one for each example of a batch.

    Of what has none inside, None is returned.
    """
    if isinstance(tree, dict):
        inside = {key: arrays_of_values(branch) for key, branch in tree.items()}
        return inside if any(inside.values()) else None
    if isinstance(tree, (list, tuple)):
        branches = list(map(arrays_of_values, tree))
        return branches if any(branches) else None
    return True if isinstance(tree, Batch) and tree.dtype.kind == "O" else None


class BatchCall:
    """A call of which arrays of Values come out, one for each example of a batch.

    Args:
        call: gives their data.
        where: as ``arrays_of_values`` says.
        compiled, recording: of the function.
        plain: the function.
    """

    def __init__(
        self,
        call: Any,
        where: Any,
        compiled: Compiled,
        recording: Trace,
        plain: Callable[..., Any],
    ) -> None:
        self._call, self._where, self._plain = call, where, plain
        self._compiled, self._recording = compiled, recording

    def __call__(self, *args: Any) -> Any:
        """Return the result, or NotImplemented."""
        numbers = self._call(*args)
        if numbers is NotImplemented:
            return NotImplemented
        values = Lazily(self._compiled, self._recording, lambda: self._plain(*args))
        return _with_values(numbers, self._where, values)


def _with_values(made: Any, where: Any, values: Lazily) -> Any:
    if where is None:
        return made
    if where is True:
        return values.array(made)
    if isinstance(made, dict):
        return {key: _with_values(x, where[key], values) for key, x in made.items()}
    return type(made)([_with_values(x, inside, values) for x, inside in zip(made, where)])


class SpentCall:
    """A call of which Values come out that cannot be differentiated: it changed what they are of.

    Args:
        call: gives their data, and their gradients.
        leaves: which numbers are Values.
        captured: what they are computed from.
        name: the function's, which they show as their operation.
    """

    def __init__(self, call: Any, leaves: Any, captured: tuple[Value, ...], name: str) -> None:
        self._call, self._leaves, self._captured = call, leaves, captured
        self._op = ops.handmade(f"jit {name}")

    def __call__(self, *args: Any) -> Any:
        """Return the result, or NotImplemented."""
        numbers = self._call(*args)
        if numbers is NotImplemented:
            return NotImplemented
        if self._leaves is True:
            (x,), (slope,) = numbers
            return self._value(x, slope)
        made = [
            self._value(x, slope) if is_value else x
            for is_value, x, slope in zip(self._leaves, *numbers)
        ]
        return made if type(self._leaves) is list else tuple(made)

    def _value(self, x: float, slope: float) -> Value:
        out = Value._make(Value, x, slope, self._op, self._captured, "")
        out._backward = refuse_backward
        return out
