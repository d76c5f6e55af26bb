"""What comes out of a call: Values that backpropagate through the loops, columns of a batch."""

from array import array
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any

import numpy as np

from ... import ops
from ...engine import Value
from ...value.arrays import ValueArray, objects
from ...value.buffers import add_grad
from ...value.handmade import CallShare
from ...value.modes import mode
from ...value.number import Number
from ..errors import JitError
from ..tracing.arrays import TracedArray
from ..tracing.batches import Batch
from ..tracing.dtypes import kind_of
from ..tracing.integers import EXACT, Integer
from ..tracing.passed import Passed
from ..tracing.predicates import Predicate, truth
from ..tracing.recording import Trace
from ..tracing.signature import Argument
from ..tracing.trees import rebuilt
from .compiled import AnyRun, Compiled
from .scalars import with_kinds
from .whole_batches import Lazily, NotLazy, whole_batch

_CHANGEABLE = (set, bytearray, array, deque, np.ndarray)


def result_of(
    compiled: Compiled,
    recording: Trace,
    args: Sequence[Argument],
    run: AnyRun,
    values: "Values",
    kinds: Any,
    again: Callable[[], Any],
) -> Any:
    """Return a function's result with the numbers of a run in it.

    Args:
        compiled: the program.
        recording: what the function returned while it was traced.
        args: the arguments of this call.
        run: what it has computed.
        values: makes the Values of the result.
        kinds: of its numbers that are NumPy's, see ``kinds_in``.
        again: the call, done plainly: for the Values of a batch, when somebody looks at one.
    """
    making = _Making(compiled, recording, args, run, values, again)
    try:
        made = rebuilt(
            recording.result, making.leaf, making.vector, recording.outside, values.nests
        )
    except (NotLazy, OverflowError):  # NumPy's ints wrap around
        return again()
    return with_kinds(made, kinds)


class _Making:
    """Takes the outputs of a run one after the other, as the recorded result asks for them."""

    def __init__(
        self,
        compiled: Compiled,
        recording: Trace,
        args: Sequence[Argument],
        run: AnyRun,
        values: "Values",
        again: Callable[[], Any],
    ) -> None:
        self._compiled, self._args, self._run, self._values = compiled, args, run, values
        self._outside = recording.outside
        self._outputs = iter(range(len(compiled.layout.guards), len(compiled.program.outputs)))
        self._lazy = Lazily(compiled, recording, again)

    def leaf(self, leaf: Any) -> Any:
        if not isinstance(truth(leaf), Value):
            if isinstance(leaf, Predicate):
                return bool(leaf)
            if isinstance(leaf, Passed):
                return self._values.passed(leaf)
            anew = isinstance(leaf, _CHANGEABLE) and id(leaf) not in self._outside
            return copy(leaf) if anew else leaf
        k = next(self._outputs)
        if isinstance(leaf, Predicate):
            return bool(self._run.number(k))
        if isinstance(leaf, Number):
            number = self._run.number(k)
            return _exact(number) if isinstance(leaf, Integer) else number
        return self._values.of(leaf, k)

    def vector(self, tree: Any, made: list[Any]) -> Any:
        if isinstance(tree, Batch):
            return self._batch(tree)
        kind = tree.dtype if isinstance(tree, TracedArray) else kind_of(tree)
        if kind.kind == "O":
            self._lazy.seen += 1
            return _of_objects(made, np.shape(tree))
        return np.array(made, dtype=kind).reshape(np.shape(tree))

    def _batch(self, tree: Batch) -> Any:
        size = self._compiled.layout.sizes(self._args)["B"]
        columns = [self._column(x, size) for x in tree.elements()]
        return whole_batch(tree, columns, size, self._lazy)

    def _column(self, leaf: Any, size: int) -> np.ndarray:
        if not isinstance(truth(leaf), Value):
            return np.full(size, leaf)
        k, run = next(self._outputs), self._run
        return np.full(size, run.number(k)) if self._compiled.is_number(k) else run.column(k)


class Values:
    """The Values that come out of a call: new ones, and those that went in.

    Args:
        compiled, recording, args, run: as for ``result_of``.
        name: the function's, which its results show as their operation.
    """

    grads: Mapping[int, float] = {}  # that new ones come out with, by what the trace had

    def __init__(
        self,
        compiled: Compiled,
        name: str,
        recording: Trace,
        args: Sequence[Argument],
        run: AnyRun,
    ) -> None:
        self._compiled, self._recording, self._run = compiled, recording, run
        self._name, self._args = name, args
        self._made: dict[int, Value] = {}  # by what the trace had
        self.nests: dict[int, Any] = {}  # lists, dicts and arrays, in the same way

    @cached_property
    def _nests(self) -> dict[int, list]:
        return {k: a.values() for k, a in enumerate(self._args) if a.differentiable}

    @cached_property
    def _parents(self) -> tuple[Value, ...]:
        if not mode.grad:
            return ()
        inner = [x for nest in self._nests.values() for x in nest if isinstance(x, Value)]
        return (*self._compiled.layout.captured, *inner)

    def of(self, leaf: Value, k: int) -> Value:
        """Return the Value that stands where the trace had ``leaf``, output k of the program.

        Wherever the same one stood, it is the same one.
        """
        if id(leaf) in self._recording.kept:
            place = self._recording.kept[id(leaf)]
            return leaf if place is None else self._nests[place[0]][place[1]]
        if id(leaf) not in self._made:
            self._made[id(leaf)] = self._new(leaf, k)
        return self._made[id(leaf)]

    def passed(self, leaf: Passed) -> Any:
        """Return what was passed to the call, and comes out as it came."""
        return leaf.of([a.itself for a in self._args])

    def nest(self, tree: Any, make: Callable[[], Any]) -> Any:
        """Return what stands where the trace had a list, a dict or an array; see ``of``."""
        if id(tree) in self._recording.outside:
            return tree
        if id(tree) not in self.nests:
            self.nests[id(tree)] = make()
        return self.nests[id(tree)]

    def _new(self, leaf: Value, k: int) -> Value:
        run, effects = self._run, self._recording.effects
        if not self._parents or leaf.op is ops.DETACH:
            made = Value(run.number(k))
            made.grad = self.grads.get(id(leaf), 0.0)
            return made
        grad, op = self.grads.get(id(leaf), 0.0), ops.handmade(f"jit {self._name}")
        out = Value._make(Value, run.number(k), grad, op, self._parents, "")
        if effects.data:
            out._backward = refuse_backward
            return out
        compiled, nests = self._compiled, self._nests
        out._backward = CallShare(lambda out: _backward(compiled, out, k, nests, run))
        return out


def refuse_backward() -> None:
    """What a Value does backward whose parents are no longer what it was computed from."""
    raise JitError(
        "backward of a Value that a compiled function returned, after the function has changed "
        "the data that it was computed from: call backward inside of the function"
    )


def _exact(number: float) -> int:
    if not abs(number) < EXACT:
        raise NotLazy
    return round(number)


def _of_objects(items: list[Any], shape: tuple[int, ...]) -> np.ndarray:
    if all(isinstance(x, Value) for x in items):
        return ValueArray.of(items, shape)
    return objects(items, shape)


def _backward(compiled: Compiled, out: Value, k: int, nests: dict[int, list], run: AnyRun) -> None:
    if not compiled.passes_on(k):  # 0 times an infinite partial elsewhere would be no number
        return
    captured, slopes = compiled.shares(run, k, out.grad)
    if compiled.layout.captured:
        add_grad(compiled.layout.captured, captured)
    for j, slope in slopes.items():
        here = [i for i, x in enumerate(nests[j]) if isinstance(x, Value)]
        add_grad([nests[j][i] for i in here], slope[here])
