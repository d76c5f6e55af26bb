"""Record a function while it runs on ordinary Values: ``trace(f, args)`` returns what happened.

The engine puts every value it makes on a tape, in order. Leaves made for the arguments are inputs,
leaves made in the function are constants, and values from before are captured, by identity.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from ...engine import Value
from ...value.columns import ValueSet, made_by
from ...value.modes import changed
from ...value.number import Number
from ...value.tables import LookupTable
from ..errors import JitError, users_line
from ..graph import CONSTANT
from .arrays import TracedArray
from .assignments import WRITING_HOOKS, Writing
from .batch_axis import BATCH_HOOKS, BatchAxis
from .captured import in_order, ranks
from .draws import Draws
from .effects import Outcome
from .guarding import GUARDING_HOOKS, Guarding
from .kinds import class_of
from .look_ups import LookUps
from .output import Printed
from .patches import installed
from .picks import PICKING_HOOKS, Picks
from .predicates import truth
from .recording import Input, Trace
from .signature import Argument
from .stand_ins import StandIns
from .trees import refuse_unfinished, values_in
from .without_batch import WithoutBatch


def trace(
    f: Callable,
    args: Sequence[Argument],
    effects: bool = False,
    raises: bool = False,
    marks: bool = False,
    answers: Sequence[bool] = (),
    variables: Sequence[int] = (),
    tables: Sequence[LookupTable] = (),
    passed: int = 0,
) -> Trace:
    """Run f on traced stand-ins for its arguments and return the recording.

    Args:
        f: the function.
        args: what to call it with.
        effects: True records what f changes; else that is refused.
        raises: let a guard say that Python's arithmetic does not raise.
        marks: True lets ``backward`` be a mark, where it can be.
        answers: to the first branches, where the one example that is traced cannot tell.
        variables: the arguments that a transform differentiates by.
        tables: of which rows may be looked up for each example of a vmap.
        passed: how many arguments, the first ones, f must not change, and are ``Passed`` where it
            returns them.

    Raises:
        JitError: f does what cannot be compiled.
    """
    tracer = _Tracer(f, args, effects, marks, answers, variables, tables)
    with changed(tracer=tracer, grad=True), installed():
        stand_ins = [tracer.stand_ins.stand_in(k, a) for k, a in enumerate(args)]
        try:
            result = f(*stand_ins)
        except BaseException:
            tracer.draws.undo()
            raise
        if raises:
            tracer.guarding.guard_domains(tracer.changing())
    refuse_unfinished(_name(f), result)
    if passed:
        tracer.stand_ins.refuse_changes(passed)
        result = tracer.stand_ins.with_passed(result, passed)
    recording = tracer.finished(f, result)
    if recording.result is None and not effects:
        raise JitError(f"{_name(f)} returned nothing to compute: was a return forgotten?")
    return recording


class _Tracer:
    """The hooks that the engine calls."""

    def __init__(
        self,
        f: Callable,
        args: Sequence[Argument],
        effects: bool,
        marks: bool,
        answers: Sequence[bool],
        variables: Sequence[int],
        tables: Sequence[LookupTable],
    ) -> None:
        self._arguments = len(args)
        self.class_of = class_of
        self.draws, self.look_ups = Draws(), LookUps(tables)
        self._updates: dict[Value, Value] = {}
        self.tape: list[Value] = []
        self.stand_ins = StandIns()
        self._batch_axis = BatchAxis(
            self.tape, self.stand_ins, self.draws, self.look_ups, self._plainly
        )
        for name in BATCH_HOOKS:
            setattr(self, name, getattr(self._batch_axis, name))
        is_batched = self._batch_axis.is_batched
        self.guarding = Guarding(self.tape, args, answers, self.stand_ins, is_batched)
        for name in GUARDING_HOOKS:
            setattr(self, name, getattr(self.guarding, name))
        loud = self.guarding.loud
        self._picks = Picks(self.tape, loud, is_batched, self.stand_ins, variables)
        for name in PICKING_HOOKS:
            setattr(self, name, getattr(self._picks, name))
        self.effects = Writing(
            self.tape,
            self.stand_ins.place_of,
            self._gathered_share,
            is_batched,
            effects,
            marks,
            ranks(f) if marks else {},
        )
        for name in WRITING_HOOKS:
            setattr(self, name, getattr(self.effects, name))
        self._printed: list[Printed] = []
        self.clocks: list[str] = []
        self.depends: dict[tuple[int, str], tuple[Any, str, Any]] = {}

    def _gathered_share(self, v: Value, parent: Value, slope: Any, given: Any) -> Any:
        return self._batch_axis.gathered(self._picks.share(v, slope, given), v, parent)

    # ---- hooks of the engine

    def differentiating(self, variables: Sequence[Value]) -> None:
        """Take note of the variables of a transform."""
        self.guarding.variables += variables
        self._picks.differentiating(variables)

    def changing(self) -> set[int]:
        """Return the identities of all that is another number at each call."""
        of_arguments = [v for i in self.stand_ins.inputs.values() for v in i.leaves]
        drawn = [v for segment in self.draws.segments for v in segment.leaves]
        return set(map(id, [*of_arguments, *drawn, *self.effects.leaves()]))

    def array(self, items: list[Any], shape: Sequence[int]) -> Any:
        """Return numbers that a function of ours has made, as an array."""
        if not any(hasattr(truth(x), "_is_micrograd_value") for x in items):
            return np.array(items).reshape(shape)
        return TracedArray.of(items, shape)

    def writing(self, value: Value) -> None:
        """Refuse to write a number into a text, which would be that of one call."""
        raise JitError(
            "a number that is written out inside jit would be frozen into the text: return it, "
            f"and write it outside; print(x) prints it\n  at {users_line()}"
        )

    def copied(self, value: Value, deep: bool) -> Value:
        """Return a copy: that of a leaf, and of a whole graph, passes no gradient on."""
        if isinstance(value, Number):
            return value
        return value.detach() if deep or not value.parents else value * 1.0

    def prints(self, what: Printed) -> None:
        """Take note of what each call prints at its end."""
        values = values_in(what.things)
        if self._batch_axis.size is not None and any(map(self._batch_axis.is_batched, values)):
            raise JitError(f"it prints in a vmap: print what that returns\n  at {users_line()}")
        self._printed.append(what)

    def indexing(self, value: Value) -> None:
        raise JitError(
            "an argument is a number that changes, and an int is needed here: "
            "jit(f, static_argnums=...) makes it one, and compiles f for each; "
            f"take(rows, i) indexes without\n  at {users_line()}"
        )

    def depends_on(self, owner: Any, attribute: str, value: Any) -> None:
        """Remember that the recording holds only while ``owner.attribute`` is ``value``."""
        self.depends[id(owner), attribute] = owner, attribute, value

    def present(self, state: Value) -> Value:
        """Return what a module's running state is by now."""
        return self._updates.get(state, state)

    def update(self, state: Value, new: Value) -> None:
        """Let each call set a module's running state at its end."""
        self._updates[state] = new

    def _plainly(self, whole: Callable[[], Any]) -> Any:
        with changed(tracer=WithoutBatch(self)):
            return whole()

    # ---- the end

    def finished(self, f: Callable, result: Any) -> Trace:
        for v in made_by(self.tape, tuple([op.name for op in CONSTANT])):
            v._backward = passes_nothing_on  # eagerly these are no Values: not even a nan passes
        result, contents = result if isinstance(result, Outcome) else (result, {})
        results = list(values_in([result, contents, self._printed]))
        left = self.effects.finished(results, contents)
        known = ValueSet(self.tape)
        captured = known.parents_outside(self.tape)

        @cache
        def read() -> ValueSet:
            values = ValueSet()
            values.update_parents(self.tape)
            values.update(results)
            return values

        inputs = self.stand_ins.used(read)
        for k, segment in enumerate(self.draws.segments, self._arguments):
            inputs.append(Input(k, segment.batched, segment.leaves))
        for k, looked_up in enumerate(
            self.look_ups.made, self._arguments + len(self.draws.segments)
        ):
            inputs.append(Input(k, True, looked_up.leaves))
        if left.read:
            k = self._arguments + len(self.draws.segments)
            inputs.append(Input(k, False, [leaf for _, leaf in self.effects.read.values()]))
        if self._updates:
            result = result, list(self._updates.values())
        if self._printed:
            result = result, self._printed
        recording = Trace(
            self.tape.copy(),
            inputs,
            [],
            result,
            self.guarding.guards,
            self._batch_axis.size,
            self.stand_ins.measured,
            [d for d in self.depends.values() if d[0] not in known],
            self.draws,
            self.look_ups,
            list(self._updates),
            effects=left,
            arguments=self._arguments,
            prints=bool(self._printed),
            clocks=self.clocks,
        )
        captured += ValueSet(captured).added([v for v in recording.outputs() if v not in known])
        recording.lines, recording.raises = self.guarding.lines, self.guarding.raises
        recording.before = captured
        recording.of_stand_ins = self.stand_ins.values()
        recording.captured = in_order(f, captured)
        self.tape.clear()  # the parts of a tracer hold each other, until the collector comes
        return recording


def _name(f: Callable) -> str:
    return getattr(f, "__name__", type(f).__name__)


def passes_nothing_on() -> None:
    """What a comparison or a detached value does backward."""
