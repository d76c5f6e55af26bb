"""Calls that go straight to the loops, of which Values come out."""

from typing import Any
from weakref import ref

from ... import ops
from ...engine import Value
from ...value.buffers import add_grad
from ...value.number import Number
from ..tracing.recording import Trace
from .compiled import Compiled, Run
from .memory import Addresses
from .results import refuse_backward


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
    """A call of which Values come out, which keep its memory until they are gone."""

    def __init__(
        self,
        compiled: Compiled,
        at: Addresses,
        call: Any,
        leaves: Any,
        first: int,
        name: str,
    ) -> None:
        self._compiled, self._at, self._call = compiled, at, call
        self._leaves, self._first = leaves, first
        self._captured = tuple(compiled.layout.captured)
        self._op = ops.handmade(f"jit {name}")

    def __call__(self, *args: Any) -> Any:
        """Return the result, or NotImplemented."""
        at = self._at
        memory = at.blank()
        if not self._call.fill(memory, args):
            at.give_back(memory)
            return NotImplemented
        run, leaves = Run(self._compiled, at, memory), self._leaves
        if leaves is True:
            return self._value(run, self._first)
        made = [
            self._value(run, k) if is_value else run.number(k)
            for k, is_value in enumerate(leaves, self._first)
        ]
        return made if type(leaves) is list else tuple(made)

    def _value(self, run: Run, k: int) -> Value:
        out = Value._make(Value, run.number(k), 0.0, self._op, self._captured, "")
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
        self._at.give_back(g)


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
