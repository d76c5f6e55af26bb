"""The batch axis of a trace: ``vmap`` runs its function on one example, which stands for all.

What is computed from that example has the axis; a sum over it has none any more. A trace has one
size of batch, and no vmap within a vmap: what asks for more is computed example by example.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ... import ops
from ...engine import Value
from ...transforms.mapping import all_examples, stacked
from ...value.arrays import unwrapped
from ...value.columns import ValueSet
from ...value.modes import mode
from ...value.tables import LookupTable
from ..errors import JitError, users_line
from ..graph import BATCH_SUM
from .arrays import TracedArray, traced
from .batches import Batch, by_component
from .draws import Draws
from .integers import Integer
from .look_ups import Index, LookUps
from .recording import Input
from .stand_ins import StandIns, leaf_of

BATCH_HOOKS = ("draw", "look_up", "gathered", "vmap")


class BatchAxis:
    """The hooks that the engine calls for vmap, and which values have a batch axis.

    Args:
        tape: of the trace.
        stand_ins: for the arguments.
        draws: the random numbers of the trace.
        look_ups: the rows of tables that it looks up.
        plainly: calls a function while the tracer has no vmap.
    """

    def __init__(
        self,
        tape: list[Value],
        stand_ins: StandIns,
        draws: Draws,
        look_ups: LookUps,
        plainly: Callable[[Callable[[], Any]], Any],
    ) -> None:
        self._tape, self._stand_ins, self._draws = tape, stand_ins, draws
        self._look_ups, self._plainly = look_ups, plainly
        self.size: int | None = None
        self._inside = False
        self._batched = ValueSet()
        self._looked_through = 0

    # ---- hooks

    def draw(self, generator: Any, kind: int) -> Value:
        """Return the input that stands for a random number."""
        leaf = self._draws.draw(generator, kind)
        if self._inside:
            self._batched.update([leaf])
        return leaf

    def look_up(self, table: LookupTable, index: Any, place: int) -> list[Value] | None:
        """Return the inputs that stand for a row of a table; None where they cannot."""
        if not self._inside or not mode.grad:
            return None
        by = self._index(index) if isinstance(index, Value) else Index(None, 0, place)
        row = by and self._look_ups.row(table, by, place)
        self._batched.update(row or [])
        return row

    def _index(self, x: Value) -> Index | None:
        """Return which number of an example an index is, with a constant added or not."""
        added = 0.0
        while (op := x.op) in (ops.ADD, ops.MUL):
            x, other = sorted(x.parents, key=self._is_constant)
            if not self._is_constant(other) or (op is ops.MUL and other._data != 1.0):
                return None
            added += other._data if op is ops.ADD else 0.0
        place = self._stand_ins.of_example(x)
        return Index(*place, int(added)) if place and added.is_integer() else None

    def _is_constant(self, x: Value) -> bool:
        """Tell whether a value was made in the function, of a number."""
        return (
            not x.parents and x not in self._batched and any(x is v for v in reversed(self._tape))
        )

    def gathered(self, share: Any, value: Value, parent: Value) -> Any:
        """Sum the share of a value with a batch axis in the gradient of a parent without one.

        A gradient inside the mapped function is one example's, also of what all of them share.
        """
        if not self._inside and self.is_batched(value) and not self.is_batched(parent):
            return share._apply(BATCH_SUM, share) if isinstance(share, Value) else share
        return share

    def is_batched(self, value: Any) -> bool:
        """Tell whether a value has a batch axis; look through what is new on the tape first."""
        self._batched.spread(self._tape, self._looked_through, BATCH_SUM)
        self._looked_through = len(self._tape)
        return value in self._batched

    def vmap(self, f: Callable, in_axes: Any, args: Sequence[Any]) -> Any:
        """Run f on one example that stands for all; on each, where the arguments are no arrays."""
        axes = tuple(in_axes) if isinstance(in_axes, Sequence) else (in_axes,) * len(args)
        whole = partial(all_examples, f, in_axes, args)
        if len(axes) != len(args):
            return whole()
        mapped = [a for a, axis in zip(args, axes) if axis is not None]
        sizes = {self._batch_size(a) for a in mapped}
        size = sizes.pop() if len(sizes) == 1 else None
        if (
            not size
            or any(axis not in (0, None) for axis in axes)
            or self.size not in (None, size)
            or self._inside
        ):
            return self._plainly(whole)
        self.size = size
        example = [a if axis is None else self._example(a) for a, axis in zip(args, axes)]
        self._inside = True  # a vmap in here would be over pairs: it goes one by one
        former = self._draws.enter()
        try:
            result = f(*example)
        finally:
            self._inside = False
            self._draws.leave(former, size)
        is_list = all(getattr(a, "is_list", not isinstance(a, np.ndarray)) for a in mapped)
        return by_component(result, self._vector(size, whole, is_list, f))

    def _batch_size(self, a: Any) -> int | None:
        return a.count if isinstance(a, Batch) else self._stand_ins.length(a)

    def _example(self, a: Any) -> Any:
        if isinstance(a, Batch):
            return traced(a.example) if isinstance(a.example, np.ndarray) else a.example
        leaves, example = self._stand_ins.example(a)
        self._batched.update(leaves)
        is_bool = isinstance(a, TracedArray) and a.dtype.kind == "b" and isinstance(example, Value)
        return example != 0 if is_bool else example

    def _vector(self, size: int, whole: Callable, is_list: bool, f: Callable) -> Callable:
        seen: list[Any] = []

        def examples() -> Any:
            if not seen:
                if self._draws.segments:
                    raise JitError(
                        "the examples of a vmap that draws random numbers have no single items "
                        f"while they are compiled: reduce them by sum or mean\n  at {users_line()}"
                    )
                self.sized()
                seen.append(self._plainly(whole))
            return seen[0]

        def vector(part: Any, path: tuple) -> Any:
            def all_of_it() -> Any:
                made = examples()
                for step in path:
                    made = step(made)
                return made

            if isinstance(part, list):
                part = stacked([part], True)[0]
                if isinstance(part, list):  # of several shapes, or of tuples: no row of an array
                    return all_of_it()
            if isinstance(part, np.ndarray):
                part = unwrapped(part).astype(object)
            part = traced_once(part)
            return Batch(part, size, all_of_it, self, is_list)

        def traced_once(part: Any) -> Any:
            if isinstance(part, np.ndarray):
                made = [traced_once(x) for x in part.reshape(-1).tolist()]
                return TracedArray.of(made, part.shape).view(np.ndarray)
            if not isinstance(part, Value) or part.op is not None or not self.is_batched(part):
                return part
            return part * 1 if isinstance(part, Integer) else part * 1.0  # a result of its own

        return vector

    # ---- what batches ask for

    def sized(self) -> None:
        """Make the batch size a part of the program."""
        self._stand_ins.measured |= {
            k for k, batched in self._stand_ins.inputs if batched and k is not None
        }

    def mean_factor(self) -> Value:
        """Return the input that stands for 1 / (the batch size)."""
        inputs = self._stand_ins.inputs
        into = inputs.get((None, False))
        if into is None:
            into = inputs[None, False] = Input(None, False, [])
            leaf_of(into, 1.0)  # the example stands for a batch of one
        return into.leaves[0]
