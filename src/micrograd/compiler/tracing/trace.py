"""Record a function while it runs on ordinary Values: ``trace(f, args)`` returns what happened.

The engine puts every value it makes on a tape, in order. Leaves made for the arguments are inputs,
leaves made in the function are constants, and values from before are captured, by identity.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ... import ops
from ...engine import Value
from ...functions import apply
from ...transforms.mapping import all_examples, stacked
from ...value.modes import changed
from ...value.number import Number
from ..errors import JitError, users_line
from ..graph import BATCH_SUM, CONSTANT
from . import domains
from .arrays import TracedArray, traced
from .batches import Batch, by_component
from .captured import in_order
from .draws import Draws
from .effects import WRITING_HOOKS, Outcome, Writing
from .integers import Integer, is_int
from .patches import installed
from .predicates import Predicate, chosen, compared, truth
from .recording import Input, Trace
from .signature import Argument
from .trees import leaves_of, refuse_unfinished


def trace(
    f: Callable,
    args: Sequence[Argument],
    effects: bool = False,
    raises: bool = False,
    marks: bool = False,
    answers: Sequence[bool] = (),
) -> Trace:
    """Run f on traced stand-ins for its arguments and return the recording.

    Args:
        f: the function.
        args: what to call it with.
        effects: True records what f changes; else that is refused.
        raises: let a guard say that Python's arithmetic does not raise.
        marks: True lets ``backward`` be a mark, where it can be.
        answers: to the first branches, where the one example that is traced cannot tell.

    Raises:
        JitError: f does what cannot be compiled.
    """
    tracer = _Tracer(len(args), effects, marks, answers)
    with changed(tracer=tracer, grad=True), installed():
        stand_ins = [tracer.stand_in(k, a) for k, a in enumerate(args)]
        try:
            result = f(*stand_ins)
        except BaseException:
            tracer.draws.undo()
            raise
        if raises:
            tracer.guard_domains(args)
    refuse_unfinished(_name(f), result)
    recording = tracer.finished(f, result)
    if recording.result is None and not effects:
        raise JitError(f"{_name(f)} returned nothing to compute: was a return forgotten?")
    return recording


class _Tracer:
    """The hooks that the engine calls, and the arguments' stand-ins."""

    def __init__(self, arguments: int, effects: bool, marks: bool, answers: Sequence[bool]) -> None:
        self._arguments, self._answers = arguments, answers
        self.draws = Draws()
        self._updates: dict[Value, Value] = {}
        self.tape: list[Value] = []
        self.effects = Writing(
            self.tape, self._place_of, self.gathered, self.is_batched, effects, marks
        )
        for name in WRITING_HOOKS:
            setattr(self, name, getattr(self.effects, name))
        self.inputs: dict[tuple[int | None, bool], Input] = {}
        self.guards: list[tuple[Value, bool]] = []
        self.batch: int | None = None
        self._inside = False
        self._lines: dict[int, str] = {}
        self.measured: set[int] = set()
        self.depends: dict[tuple[int, str], tuple[Any, str, Any]] = {}
        self._arrays: dict[int, tuple[int, Argument, Any]] = {}  # stand-ins by identity
        self._batched: set[int] = set()
        self._looked_through = 0
        self._frozen: list[tuple[Value, float]] = []
        self._branches = False
        self._of_arrays: set[int] = set()
        self._places: dict[int, tuple[int, int]] | None = None
        self._variables: set[int] = set()  # of transforms, in which no arithmetic raises
        self._raises = False
        self._raising: set[int] = set()  # what functions of Python made that raise
        self._loud: set[int] = set()  # numbers that are Python's own, whatever they come from

    # ---- hooks of the engine

    def draw(self, generator: Any, kind: int) -> Value:
        """Return the input that stands for a random number."""
        leaf = self.draws.draw(generator, kind)
        if self._inside:
            self._batched.add(id(leaf))
        return leaf

    def compare(self, op: ops.Op, x: Value, y: Any) -> Predicate:
        return Predicate(compared(op, x, y, tape=self.tape), self._guard)

    def equal(self, x: Value, y: Any) -> Predicate:
        """Compare two numbers; both are numbers to the user."""
        reaches = ops.GE(x, truth(y))
        return Predicate(ops.WHERE(reaches, ops.LE(x, truth(y)), 0.0), self._guard)

    def frozen(self, x: Value) -> None:
        """Let the program hold for this very number only."""
        if x.op is not None or not any(id(x) == id(y) for y, _ in self._frozen):
            self._frozen.append((x, x._data))
            bool(self.equal(x, x._data))

    def exact(self, x: Value, limit: int) -> None:
        """Let the program hold while a whole number is one that floats hold exactly."""
        if not self.is_batched(x):  # of a batch the results are looked at
            bool(abs(x._apply(ops.DETACH, x)) < limit)

    def differentiating(self, variables: Sequence[Value]) -> None:
        """Take note of the variables of a transform."""
        self._variables.update(map(id, variables))

    def of_python(self, x: Any, raises: bool = False) -> Any:
        """Take note of a number that is Python's own float in the plain run."""
        x = x * 1.0 if isinstance(x, Integer) else x
        self._loud.add(id(x))
        if raises:
            self._raising.add(id(x))
        return x

    def guard_domains(self, args: Sequence[Argument]) -> None:
        """Guard against what makes Python's arithmetic raise."""
        arrays = [
            leaf
            for i in self.inputs.values()
            if i.argument is not None
            and args[i.argument].shape
            and args[i.argument].form == "array"
            for leaf in i.leaves
        ]
        silent = {*map(id, arrays), *self._variables}
        regular = self._answers[len(self.guards)] if len(self._answers) > len(self.guards) else True
        if holds := domains.guard(
            self.tape, silent, self._loud, self._raising, self.is_batched, regular
        ):
            self.guards.append(holds)
            self._raises = True

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """Choose between two; of ints, an int."""
        if is_int(x) and is_int(y):
            return chosen(Predicate(truth(condition), self._guard), x, y)
        return apply(ops.WHERE, truth(condition), x, y)

    def array(self, items: list[Any], shape: Sequence[int]) -> Any:
        """Return numbers that a function of ours has made, as an array."""
        if not any(hasattr(truth(x), "_is_micrograd_value") for x in items):
            return np.array(items).reshape(shape)
        return TracedArray.of(items, shape)

    def writing(self, value: Value) -> None:
        """Refuse to write a number into a text, which would be that of one call."""
        raise JitError(
            "a number that is written out inside jit would be frozen into the text: return it, "
            f"and write it outside\n  at {users_line()}"
        )

    def copied(self, value: Value, deep: bool) -> Value:
        """Return a copy: that of a leaf, and of a whole graph, passes no gradient on."""
        if isinstance(value, Number):
            return value
        return value.detach() if deep or not value.parents else value * 1.0

    def indexing(self, value: Value) -> None:
        raise JitError(
            "an argument is a number that changes, and an int is needed here: "
            "jit(f, static_argnums=...) makes it one, and compiles f for each; "
            f"take(rows, i) indexes without\n  at {users_line()}"
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
        whole = partial(all_examples, f, in_axes, args)
        if len(axes) != len(args):
            return whole()
        mapped = [a for a, axis in zip(args, axes) if axis is not None]
        sizes = {self._batch_size(a) for a in mapped}
        size = sizes.pop() if len(sizes) == 1 else None
        if (
            not size
            or any(axis not in (0, None) for axis in axes)
            or self.batch not in (None, size)
            or self._inside
        ):
            return self._plainly(whole)
        self.batch = size
        example = [a if axis is None else self._example(a) for a, axis in zip(args, axes)]
        self._inside = True  # a vmap in here would be over pairs: it goes one by one
        former, guards = self.draws.enter(), len(self.guards)
        try:
            result = f(*example)
        finally:
            self._inside = False
            self.draws.leave(former, size)
        if any(self.is_batched(v) for v, _ in self.guards[guards:]):
            self._branches = True
        is_list = not any(isinstance(a, (np.ndarray, Batch)) for a in mapped)
        return by_component(result, self._vector(size, whole, is_list, f))

    def _vector(self, size: int, whole: Callable, is_list: bool, f: Callable) -> Callable:
        seen: list[Any] = []

        def examples() -> Any:
            if not seen:
                if self.draws.segments:
                    raise JitError(
                        "the examples of a vmap that draws random numbers have no single items "
                        f"while they are compiled: reduce them by sum or mean\n  at {users_line()}"
                    )
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
            if isinstance(part, np.ndarray):
                part = part.view(np.ndarray) if part.dtype == object else part.astype(object)
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

    def _plainly(self, whole: Callable[[], Any]) -> Any:
        with changed(tracer=_Plain(self)):
            return whole()

    def sized(self) -> None:
        """Make the batch size a part of the program."""
        self.measured |= {k for k, batched in self.inputs if batched and k is not None}

    # ---- arguments

    def stand_in(self, k: int, argument: Argument) -> Any:
        """Return what f sees in place of an argument."""
        if argument.kind == "static":
            return argument.value
        into = self.inputs[k, False] = Input(k, False, [])
        if argument.kind == "nest":
            return argument.rebuilt(lambda x: self._leaf(into, x))
        if not argument.shape:
            return self._leaf(into, argument.number)
        self._of_arrays.add(k)
        made: Any
        if argument.form == "list":
            made = _nested([self._leaf(into, x) for x in argument.flat()], argument.shape)
        else:
            fill = partial(self._leaves, into, argument)
            shape, kind = argument.shape, argument.value.dtype
            made = TracedArray.lazily(fill, shape, kind, partial(self.measured.add, k))
        self._arrays[id(made)] = k, argument, made
        return made

    def _leaf(self, into: Input, x: Value | float) -> Value:
        make: Any = Value if isinstance(x, Value) else Integer if type(x) is int else Number
        into.leaves.append(make(x._data if isinstance(x, Value) else x))
        return into.leaves[-1]

    def _leaves(self, into: Input, argument: Argument) -> list[Value]:
        return [self._leaf(into, x) for x in argument.flat()]

    def _batch_size(self, a: Any) -> int | None:
        if isinstance(a, Batch):
            return a.count
        k, argument, made = self._arrays.get(id(a), (0, None, None))
        if made is None or argument is None or not self._unchanged(self.inputs[k, False], made):
            return None
        return argument.shape[0]

    @staticmethod
    def _unchanged(into: Input, made: Any) -> bool:
        if isinstance(made, TracedArray):
            items = made.view(np.ndarray).reshape(-1).tolist() if made._fill is None else []
        else:
            items = list(_flat(made))
        return not items or list(map(id, items)) == list(map(id, into.leaves))

    def _example(self, a: Any) -> Any:
        if isinstance(a, Batch):
            return traced(a.example) if isinstance(a.example, np.ndarray) else a.example
        k, argument, _ = self._arrays[id(a)]
        into = self.inputs.get((k, True))
        if into is None:
            into = self.inputs[k, True] = Input(k, True, [])
            for x in argument.example():
                self._batched.add(id(self._leaf(into, x)))
        inner = argument.shape[1:]
        if not inner:
            return into.leaves[0]
        if argument.form in ("list", "lists"):
            return _nested(list(into.leaves), inner)
        made = TracedArray.of(list(into.leaves), inner)
        made._kind = argument.value.dtype
        return made

    def mean_factor(self) -> Value:
        """Return the input that stands for 1 / (the batch size)."""
        into = self.inputs.get((None, False))
        if into is None:
            into = self.inputs[None, False] = Input(None, False, [])
            self._leaf(into, 1.0)  # the example stands for a batch of one
        return into.leaves[0]

    # ---- the end

    def _guard(self, condition: Value) -> bool:
        k = len(self.guards)
        holds = self._answers[k] if k < len(self._answers) else bool(condition._data)
        self.guards.append((condition, holds))
        if self.batch is not None:  # it may be an error, and is known to be one at the end only
            self._lines[id(condition)] = users_line()
        return holds

    def finished(self, f: Callable, result: Any) -> Trace:
        for v in self.tape:
            if v.op in CONSTANT:  # eagerly these are no Values: not even a nan passes
                v._backward = passes_nothing_on
        result, contents = result if isinstance(result, Outcome) else (result, {})
        results = filter(_is_value, map(truth, leaves_of([result, contents])))
        left = self.effects.finished(list(results), contents)
        known = {id(v) for v in self.tape}
        read = {id(p) for v in self.tape for p in v.parents}
        read.update(id(truth(x)) for x in leaves_of([result, contents]))
        captured: dict[int, Value] = {}
        for v in self.tape:
            for p in v.parents:
                if id(p) not in known:
                    captured[id(p)] = p
        inputs = [i for i in self.inputs.values() if i.leaves and self._is_read(i, read)]
        for k, segment in enumerate(self.draws.segments, self._arguments):
            inputs.append(Input(k, segment.batched, segment.leaves))
        if left.read:
            k = self._arguments + len(self.draws.segments)
            inputs.append(Input(k, False, [leaf for _, leaf in self.effects.read.values()]))
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
            [d for d in self.depends.values() if id(d[0]) not in known],
            self.draws,
            list(self._updates),
            effects=left,
            arguments=self._arguments,
        )
        for v in recording.outputs():
            if id(v) not in known:
                captured[id(v)] = v
        recording.lines, recording.raises = self._lines, self._raises
        recording.kept = {**dict.fromkeys(captured), **self._value_arguments()}
        recording.captured = in_order(f, captured)
        return recording

    def _value_arguments(self) -> dict[int, tuple[int, int]]:
        """Where the Values among the arguments stand, by the identity of what stands for them."""
        return {
            id(x): (i.argument, n)
            for i in self.inputs.values()
            if i.argument is not None and not i.batched and i.argument not in self._of_arrays
            for n, x in enumerate(i.leaves)
            if type(x) is Value
        }

    def _place_of(self, value: Value) -> tuple[int, int] | None:
        if self._places is None:
            self._places = self._value_arguments()
        return self._places.get(id(value))

    def _is_read(self, i: Input, read: set[int]) -> bool:
        """Tell whether an input is used: of an array that was only mapped over, none is."""
        if i.argument is None or i.batched or (i.argument not in self._of_arrays):
            return True
        return any(id(leaf) in read for leaf in i.leaves)


def _nested(items: Sequence[Any], shape: tuple[int, ...]) -> list:
    """The items as lists of lists of this shape."""
    if len(shape) == 1:
        return list(items)
    step = len(items) // shape[0] if shape[0] else 0
    return [_nested(items[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]


def _flat(tree: Any) -> Any:
    for x in tree:
        if isinstance(x, list):
            yield from _flat(x)
        else:
            yield x


class _Plain:
    """The same tracer without its vmap, for a vmap over values that are no arrays."""

    def __init__(self, tracer: _Tracer) -> None:
        self.tape = tracer.tape
        for name in _HOOKS:
            setattr(self, name, getattr(tracer, name))


_HOOKS = (
    *("compare", "equal", "where", "array", "copied", "writing", "indexing", "gathered", "draw"),
    *("present", "update", "frozen", "exact", "depends_on", *WRITING_HOOKS),
    *("differentiating", "of_python"),
)


def _is_value(x: Any) -> bool:
    return isinstance(x, Value)


def _name(f: Callable) -> str:
    return getattr(f, "__name__", type(f).__name__)


def passes_nothing_on() -> None:
    """What a comparison or a detached value does backward."""
