"""From the arguments of a call to a variant: trace, lower, build; for all lengths where it can."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..arrays.engines import ENGINES
from ..errors import JitError
from ..graph import Graph
from ..passes.generalise import General
from ..tracing.numbering import graph_of
from ..tracing.recording import Trace
from ..tracing.signature import Argument
from ..tracing.trace import trace
from .changes import Changes
from .gradients import Slopes, slopes_of
from .lengths import Lengths, generalised
from .places import own_arguments
from .report import Stages
from .variant import Variant


@dataclass(slots=True)
class Made:
    """A new variant, before its trial."""

    variant: Variant
    free: frozenset[int]  # the arguments whose length it takes as it comes
    graph: Graph
    work: int  # values that the trace made
    static: frozenset[int]  # arguments that it was given as they are
    arguments: list[Argument]  # of the traced call

    @property
    def batch(self) -> int:
        """The size of the traced call's batch, 0 if there is none."""
        return self.variant.recording.batch or 0


class ChangesOutside(JitError):
    """A function that is to run on a device changes what is outside of it."""


class Unsettled(Exception):
    """A trace has shown that another one is needed: to compile this one would be in vain."""


class Maker:
    """What makes the variants of one function.

    Args:
        f: the function.
        name: for messages.
        options: of the kernel: backend, dtype, strict.
        changes: the places that f is given with its arguments.
    """

    def __init__(
        self, f: Callable, name: str, options: Mapping[str, Any], changes: Changes
    ) -> None:
        self._f, self._name, self._options = f, name, options
        self._changes = changes
        self._lengths = Lengths()
        self.measured: frozenset[int] = frozenset()  # lists whose length f was seen to use
        self.slopes = None if options["strict"] else slopes_of(f)
        self._one_length = options["strict"] or options["backend"] in ENGINES

    def make(
        self,
        arguments: list[Argument],
        stages: Stages,
        marks: bool = True,
        answers: Sequence[bool] = (),
        unsettled: Callable[[], bool] = lambda: False,
    ) -> Made:
        """Trace and compile; for all lengths at once where two lengths have been seen.

        Args:
            arguments: of the call.
            stages: takes the time of each.
            marks: whether the loops before a ``backward`` may be differentiated as such.
            answers: to the first branches of a function with a batch.
            unsettled: tells, after the trace, that there is more to know of the function.

        Raises:
            ChangesOutside: the function does, and is to run on a device.
            Unsettled: there is.
            JitError: the function does what cannot be compiled.
        """
        if self.slopes:
            with stages.timed("trace"):
                recorded = self.slopes.recorded(arguments)
            if recorded:
                return self._of_slopes(self.slopes, recorded, arguments, stages)
        with stages.timed("trace"):
            recording = trace(
                self._f,
                arguments,
                effects=True,
                raises=True,
                marks=marks,
                answers=answers,
                passed=own_arguments(self._f, arguments),
            )
        changing = unsettled()
        if self._options["backend"] in ENGINES and (changing or recording.effects):
            raise ChangesOutside(
                f"{self._name} changes numbers outside of itself, and "
                f"backend={self._options['backend']!r} does not take such steps: return what is "
                "computed, or leave out backend"
            )
        if changing:
            raise Unsettled
        if recording.batch is not None or recording.effects or recording.prints:
            return self._made(recording, arguments, stages, recording.free() - self.measured)
        offsets = self._lengths.varying(arguments)
        if not offsets or recording.draws.segments or self._one_length:
            return self._made(recording, arguments, stages, frozenset())
        return self._for_all_lengths(recording, arguments, stages, offsets)

    def _for_all_lengths(
        self,
        recording: Trace,
        arguments: list[Argument],
        stages: Stages,
        offsets: Mapping[int, int],
    ) -> Made:
        self._lengths.give_up(arguments)  # now or never
        with stages.timed("lengths"):
            general = generalised(self._f, None, arguments, offsets, recording)
        stages.one_for_all = general is not None
        try:
            if general:
                free = frozenset(offsets)
                return self._made(recording, arguments, stages, free, general, offsets)
        except JitError:  # alike at four lengths, and yet not at this one
            own = own_arguments(self._f, arguments)
            recording = trace(self._f, arguments, raises=True, passed=own)
        return self._made(recording, arguments, stages, frozenset())

    def _of_slopes(
        self, slopes: Slopes, recording: Trace, arguments: list[Argument], stages: Stages
    ) -> Made:
        graph, work = graph_of(recording, set(slopes.numbers())), len(recording.tape)
        offsets = self._lengths.varying(arguments)
        general = None
        if offsets and not self._one_length:
            self._lengths.give_up(arguments)
            with stages.timed("lengths"):
                general = generalised(self._f, slopes, arguments, offsets, recording)
            stages.one_for_all = general is not None

        def variant(general: General | None) -> Variant:
            lengths = offsets if general else None
            rest = self._name, self._options, stages, general, lengths, slopes
            return Variant(recording, graph, arguments, *rest)

        try:
            made, free = (
                variant(general),
                frozenset(offsets) if general else recording.free() - self.measured,
            )
        except JitError:  # alike at four lengths, and yet not at this one
            if not general:
                raise
            made, free = variant(None), recording.free() - self.measured
        return Made(made, free, graph, work, statics(arguments), arguments)

    def _made(
        self,
        recording: Trace,
        arguments: list[Argument],
        stages: Stages,
        free: frozenset[int],
        general: General | None = None,
        lengths: Mapping[int, int] | None = None,
    ) -> Made:
        work = len(recording.tape)
        spends = general is None and recording.batch is None and not recording.effects.marks
        graph = graph_of(recording, nests(arguments), spends)
        graph.strict = self._options["strict"]
        everything = recording.with_first(arguments)
        options = self._options
        variant = Variant(
            recording,
            graph,
            everything,
            self._name,
            options,
            stages,
            general,
            lengths,
            changes=self._changes,
            operations=work,
        )
        return Made(variant, free, graph, work, statics(arguments), arguments)


def nests(arguments: Sequence[Argument]) -> set[int]:
    """Return which arguments hold Values: their gradients are wanted."""
    return {k for k, a in enumerate(arguments) if a.differentiable}


def statics(arguments: Sequence[Argument]) -> frozenset[int]:
    """Return which arguments f is given as they are."""
    return frozenset(k for k, a in enumerate(arguments) if a.kind == "static")
