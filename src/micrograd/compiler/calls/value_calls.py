"""Calls that go straight to the loops, of which Values come out."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from weakref import ref

import numpy as np

from ... import ops
from ...engine import Value
from ...value.buffers import add_grad
from ...value.number import Number
from ..tracing.batches import Batch
from ..tracing.recording import Trace
from ..tracing.signature import Argument
from .compiled import Compiled, Run
from .memory import Addresses
from .results import Lazily, refuse_backward


def value_leaves(recording: Trace) -> Any:
    """Return a result that is a Value, or a flat tuple or list of different Values and floats.

    True stands for a Value, False for a float; None is returned where it is anything else.
    """
    tree = recording.result

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
    return type(tree)(kinds)


class ValueCall:
    """A call of which Values come out, which keep its memory until they are gone.

    Args:
        compiled, at: the program, and where everything lies in it.
        call: fills a memory.
        leaves: which numbers of the result are Values.
        args: of the first call.
        name: the function's, which the Values show as their operation.
    """

    def __init__(
        self,
        compiled: Compiled,
        at: Addresses,
        call: Any,
        leaves: Any,
        args: Sequence[Argument],
        name: str,
    ) -> None:
        self._compiled, self._at, self._call = compiled, at, call
        self._leaves, self._first = leaves, len(compiled.layout.guards)
        self._captured = tuple(compiled.layout.captured)
        self._op = ops.handmade(f"jit {name}")
        self._nests = [k for k, a in enumerate(args) if a.differentiable]
        starts = {k: span.start for k, _, span in at.spans}
        places = [
            starts[k] + i
            for k in self._nests
            for i, x in enumerate(args[k].values())
            if isinstance(x, Value)
        ]
        self._places = np.array(places, dtype=int)  # of the gradients of their Values

    def __call__(self, *args: Any) -> Any:
        """Return the result, or NotImplemented."""
        at = self._at
        memory = at.blank()
        if not self._call.fill(memory, args):
            at.give_back(memory)
            return NotImplemented
        run, leaves = Run(self._compiled, at, memory), self._leaves
        parents = self._captured
        if self._nests:
            parents = (*parents, *[v for k in self._nests for v in _values_in(args[k])])
        if leaves is True:
            return self._value(run, self._first, parents)
        made = [
            self._value(run, k, parents) if is_value else run.number(k)
            for k, is_value in enumerate(leaves, self._first)
        ]
        return made if type(leaves) is list else tuple(made)

    def _value(self, run: Run, k: int, parents: tuple[Value, ...]) -> Value:
        out = Value._make(Value, run.number(k), 0.0, self._op, parents, "")
        weak = ref(out)  # a cycle would keep the memory until the collector comes
        out._backward = lambda: self._pass_on(weak, run, k)
        return out

    def _pass_on(self, weak: ref[Value], run: Run, k: int) -> None:
        out = weak()
        assert out is not None  # it is being differentiated
        g = self._at.blank()
        if not self._call.pass_on(run.memory, g, k, out._grad):
            self._at.give_back(g)
            g = run.gradients({k: out._grad})
            add_grad(self._captured, g[: len(self._captured)])
        if self._nests:
            add_grad(out.parents[len(self._captured) :], g[self._places])
        self._at.give_back(g)


def _values_in(nest: Any) -> Iterable[Value]:
    """Return the Values in a nest, from the first to the last."""
    if isinstance(nest, Value):
        return (nest,)
    if isinstance(nest, dict):
        nest = nest.values()
    elif not isinstance(nest, (list, tuple)):
        return ()
    return [v for branch in nest for v in _values_in(branch)]


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
