"""Record a function while it runs on ordinary Values: ``trace(f, args)`` returns what happened.

The engine puts every value it makes on a tape, in order. Leaves made for the arguments are inputs,
leaves made in the function are constants, and values from before are captured, by identity.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ... import ops
from ...engine import Value
from ...modes import changed
from ..errors import JitError, users_line
from ..graph import BATCH_SUM, CONSTANT
from .arrays import Batch, Number, Predicate, Rows
from .captured import in_order
from .draws import Draws
from .recording import Input, Trace
from .signature import Argument


def trace(f: Callable, args: Sequence[Argument]) -> Trace:
    """Run f on traced stand-ins for its arguments and return the recording.

    Raises:
        JitError: f does what cannot be compiled.
    """
    tracer = _Tracer(len(args))
    with changed(tracer=tracer, grad=True):
        stand_ins = [tracer.stand_in(k, a) for k, a in enumerate(args)]
        result = f(*stand_ins)
    return tracer.finished(f, result)


class _Tracer:
    """The hooks that the engine calls, and the arguments' stand-ins."""

    def __init__(self, arguments: int = 0) -> None:
        self._arguments = arguments
        self.draws = Draws()
        self.draw = self.draws.draw
        self._updates: dict[Value, Value] = {}
        self.tape: list[Value] = []
        self.inputs: dict[tuple[int | None, bool], Input] = {}
        self.guards: list[tuple[Value, bool]] = []
        self.batch: int | None = None
        self._inside = False
        self._lines: dict[int, str] = {}
        self.measured: set[int] = set()
        self.depends: dict[tuple[int, str], tuple[Any, str, Any]] = {}
        self._rows: dict[int, tuple[int, Argument]] = {}
        self._alive: list[Any] = []
        self._batched: set[int] = set()
        self._looked_through = 0

    # ---- hooks of the engine

    def compare(self, op: ops.Op, x: Value, y: Any) -> Predicate:
        value = Value._apply(op, x, y)
        return Predicate(value, self._guard)

    def reading(self, value: Value) -> None:
        raise JitError(
            "reading .data inside jit would freeze the number into the program: compute with the "
            f"Value itself (where, maximum, detach)\n  at {users_line()}"
        )

    def indexing(self, value: Value) -> None:
        raise JitError(
            "an argument is a number that changes, and an int is needed here: "
            "jit(f, static_argnums=...) makes it one, and compiles f for each; "
            f"take(rows, i) indexes without\n  at {users_line()}"
        )

    def gathered(self, share: Any, value: Value, parent: Value) -> Any:
        """Sum the share of a value with a batch axis in the gradient of a parent without one."""
        if self._is_batched(value) and not self._is_batched(parent):
            return Value._apply(BATCH_SUM, share)
        return share

    def _is_batched(self, value: Value) -> bool:
        """Tell whether a value has a batch axis; look through what is new on the tape first."""
        batched = self._batched
        for v in self.tape[self._looked_through :]:
            if v.op is not BATCH_SUM and any(id(p) in batched for p in v.parents):
                batched.add(id(v))
        self._looked_through = len(self.tape)
        return id(value) in batched

    def depends_on(self, owner: Any, attribute: str, value: Any) -> None:
        """Remember that the recording holds only while ``owner.attribute`` is ``value``."""
        self.depends[id(owner), attribute] = owner, attribute, value

    def present(self, state: Value) -> Value:
        """Return what a module's running state is by now."""
        return self._updates.get(state, state)

    def update(self, state: Value, new: Value) -> None:
        """Let each call set a module's running state at its end."""
        self._updates[state] = new

    def vmap(self, f: Callable, in_axes: Any, args: Sequence[Any]) -> Any:
        """Run f on one example that stands for all; on each, where the arguments are no arrays."""
        axes = tuple(in_axes) if isinstance(in_axes, Sequence) else (in_axes,) * len(args)
        if len(axes) != len(args):
            raise ValueError(f"vmap got {len(args)} arguments but {len(axes)} in_axes")
        mapped = [a for a, axis in zip(args, axes) if axis is not None]
        sizes = {self._batch_size(a) for a in mapped}
        size = sizes.pop() if len(sizes) == 1 else None
        if (
            not size
            or any(axis not in (0, None) for axis in axes)
            or self.batch not in (None, size)
            or self._inside
        ):
            with changed(tracer=_Plain(self)):
                from ...transforms import vmap

                return vmap(f, in_axes)(*args)
        self.batch = size
        example = [a if axis is None else self._example(a) for a, axis in zip(args, axes)]
        self._inside = True  # a vmap in here would be over pairs: it goes one by one
        former = self.draws.enter()
        try:
            return Batch(f(*example), size, self._mean_factor)
        finally:
            self._inside = False
            self.draws.leave(former, size)

    # ---- arguments

    def stand_in(self, k: int, argument: Argument) -> Any:
        if argument.kind == "static":
            return argument.value
        leaves = self.inputs[k, False] = Input(k, False, [])
        if argument.kind == "nest":
            return argument.rebuilt(lambda x: self._leaf(leaves, x))
        if not argument.shape:
            return self._leaf(leaves, argument.value)
        rows = Rows(
            lambda i: self._item(k, argument, i), argument.shape, 0, lambda: self._measure(k)
        )
        self._rows[id(rows)] = k, argument
        self._alive.append(rows)
        return rows

    def _leaf(self, into: Input, x: Value | float) -> Value:
        leaf = Value(x._data) if isinstance(x, Value) else Number.of(x, self._guard)
        into.leaves.append(leaf)
        return leaf

    def _measure(self, k: int) -> None:
        self.measured.add(k)

    def _item(self, k: int, argument: Argument, i: int) -> Value:
        into = self.inputs[k, False]
        if not into.leaves:
            for x in argument.value.reshape(-1).tolist():
                self._leaf(into, x)
        return into.leaves[i]

    def _batch_size(self, a: Any) -> int | None:
        if isinstance(a, Batch):
            return a.size
        found = self._rows.get(id(a))
        return found[1].shape[0] if found else None

    def _example(self, a: Any) -> Any:
        if isinstance(a, Batch):
            return a.example
        k, argument = self._rows[id(a)]
        into = self.inputs.get((k, True))
        if into is None:
            into = self.inputs[k, True] = Input(k, True, [])
            for x in argument.value[0].reshape(-1).tolist():
                self._batched.add(id(self._leaf(into, x)))
        inner = argument.shape[1:]
        if not inner:
            return into.leaves[0]
        leaves = into.leaves
        return Rows(lambda i: leaves[i], inner)

    def _mean_factor(self) -> Value:
        into = self.inputs.get((None, False))
        if into is None:
            into = self.inputs[None, False] = Input(None, False, [])
            self._leaf(into, 1.0)  # the example stands for a batch of one
        return into.leaves[0]

    # ---- the end

    def _guard(self, condition: Value) -> None:
        self.guards.append((condition, bool(condition._data)))
        if self.batch is not None:  # it may be an error, and is known to be one at the end only
            self._lines[id(condition)] = users_line()

    def finished(self, f: Callable, result: Any) -> Trace:
        for v in self.tape:
            if v.op in CONSTANT:  # eagerly these are no Values: not even a nan passes
                v._backward = passes_nothing_on
        if result is None:
            name = getattr(f, "__name__", type(f).__name__)
            raise JitError(f"{name} returned nothing to compute: was a return forgotten?")
        known = {id(v) for v in self.tape}
        captured: dict[int, Value] = {}
        for v in self.tape:
            for p in v.parents:
                if id(p) not in known:
                    captured[id(p)] = p
        inputs = [i for i in self.inputs.values() if i.leaves]
        for k, segment in enumerate(self.draws.segments, self._arguments):
            inputs.append(Input(k, segment.batched, segment.leaves))
        if self._updates:
            result = result, list(self._updates.values())
        recording = Trace(
            self.tape,
            inputs,
            [],
            result,
            self.guards,
            self.batch,
            self.measured,
            list(self.depends.values()),
            self.draws,
            list(self._updates),
        )
        for v in recording.outputs():
            if id(v) not in known:
                captured[id(v)] = v
        recording.lines = self._lines
        recording.captured = in_order(f, captured)
        return recording


class _Plain:
    """The same tracer without its vmap, for a vmap over values that are no arrays."""

    def __init__(self, tracer: _Tracer) -> None:
        self.tape = tracer.tape
        self.compare, self.reading = tracer.compare, tracer.reading
        self.indexing = tracer.indexing
        self.gathered, self.draw = tracer.gathered, tracer.draw
        self.present, self.update = tracer.present, tracer.update
        self.depends_on = tracer.depends_on


def passes_nothing_on() -> None:
    """What a comparison or a detached value does backward."""
