"""One compiled recording: the calls that it is for, and what it gives."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...engine import Value
from ..graph import Graph
from ..ir.sizes import SIZE
from ..passes.generalise import General
from ..tracing.recording import Trace
from ..tracing.signature import Argument
from ..tracing.stages import stages_of
from .changes import NO_CHANGES, Changes
from .compiled import AnyRun, Compiled, Layout, Run
from .deferred import AT_CALL, PLAIN_WORK, begin
from .direct import Direct, direct_call
from .gradients import Slopes
from .guards import Guards
from .report import Stages
from .results import Values, result_of
from .scalars import kinds_in, with_kinds
from .staged import StageRun, layout_of
from .trial import check
from .writes import Writes

_WAYS = 16


def _slow(*args: Any) -> Any:
    """Leave a call to be done step by step."""
    return NotImplemented


class Variant:
    """A function compiled for one structure of arguments and one path through its branches.

    Args:
        recording: what the function did; its graph is given back.
        graph: the same, as numbers.
        args: the arguments of the recorded call.
        name: the function's, for messages.
        options: of the kernel: backend, dtype, strict.
        stages: takes the time of each.
        general: a program for all lengths, and
        lengths: for each argument whose length it is, how much longer than n it is.
        slopes: that the function's gradient is wanted as its result.
        changes: the places that the recording was made with.
        operations: how many there are, where the recording does not say it any more.

    Raises:
        JitError: the program does not do what the recording did.
    """

    guards: Guards  # what it takes for granted
    plain: Callable[..., Any]  # the function
    _kinds: Any = None  # of the numbers in the result that are NumPy's

    def __init__(
        self,
        recording: Trace,
        graph: Graph,
        args: Sequence[Argument],
        name: str,
        options: Mapping[str, Any],
        stages: Stages,
        general: General | None = None,
        lengths: Mapping[int, int] | None = None,
        slopes: Slopes | None = None,
        changes: Changes = NO_CHANGES,
        operations: int = 0,
    ) -> None:
        self.name, self.recording, self.slopes = name, recording, slopes
        self.strict, self.gives_slopes = options["strict"], slopes is not None
        self._before: list[StageRun] = []
        self.operations = operations or len(recording.tape)
        large = (recording.batch or 0) * self.operations > PLAIN_WORK
        if recording.effects.marks:
            with stages.timed("stages"):
                *before, last = stages_of(recording, graph)
                self._before = [StageRun(s, recording.captured, options, large) for s in before]
        self._tests = last.numbers if self._before else range(len(recording.guards))
        lists = {k for k in recording.free() if k < len(args) and args[k].is_list}
        self.lists = frozenset() if general else frozenset(lists)  # whose length is the batch's
        self.work = general.work if general else {}
        if self.lists:
            self.work = dict(recording.work())
        if not general:
            recording.let_go()  # the graph has done its work, and takes more than all that follows
        with stages.timed("lower"):
            graph_last = last.graph if self._before else graph
            program, self._deferred = (
                (general.program, None) if general else begin(graph_last, options, large)
            )
        nests = {k for k, a in enumerate(args) if a.differentiable}
        sizes = {args[k].shape[0] - longer for k, longer in (lengths or {}).items()}
        layout = (
            layout_of(last, recording.captured, program.segments)
            if self._before
            else Layout(
                captured=recording.captured,
                inputs=[
                    (i.argument, i.batched, p) for i, p in zip(recording.inputs, program.segments)
                ],
                guards=[holds for _, holds in recording.guards],
                apart=recording.apart,
                columns=frozenset(k for k, i in enumerate(graph.outputs) if graph.batched[i]),
                differentiated=frozenset(nests | set(slopes.numbers() if slopes else ())),
                lengths=lengths,
                least=min(sizes | {general.least}) if general else 0,
                coefficients=general.coefficients if general else (),
            )
        )
        with stages.timed("build"):
            self.compiled = Compiled(program, layout, options)
        self.stages, self._calls = stages, 1
        stages.backend = self.compiled.backend
        self._ways: dict[Any, Callable[..., Any] | None] = {}  # by shapes
        self.sizes: dict[int, bool] = {}  # those tried, and whether the program is right for them
        self._static = [a.value for a in args if a.kind == "static"]  # or its id would be reused
        if self.lists:
            self.sizes[layout.sizes(args)["B"]] = True
        if general:
            check(self.compiled, name, recording, lambda: graph, args)
            self.sizes[layout.sizes(args)[SIZE]] = True
        written = len(list(recording.effects.numbers()))
        self._changes = changes
        self.writes = Writes(recording, changes, len(self.compiled.program.outputs) - written)
        self._twins = self._same_values(args) if recording.effects else ()
        recording.let_go()

    def accepts(self, args: Sequence[Argument]) -> bool:
        """Tell whether the program takes these arguments and is still what the function is."""
        return (
            self.holds()
            and self.compiled.layout.accepts(args)
            and all(stage.compiled.layout.accepts(args) for stage in self._before)
            and (not self._twins or self._twins == self._same_values(args))
        )

    @property
    def in_stages(self) -> bool:
        """Whether backward ends stages of it."""
        return bool(self._before)

    def run(self, args: Sequence[Argument], guarded: bool = True) -> AnyRun | None:
        """Compute the values of a call; see ``Compiled.run``."""
        if self._is_deferred and self.batch_of(args) * self.operations > PLAIN_WORK:
            self.settle(args)
        arguments = list(args)
        for stage in self._before:
            numbers = stage.run(arguments, guarded)
            if numbers is None:
                return None
            arguments += numbers
        return self.compiled.run(arguments, guarded)

    @property
    def _is_deferred(self) -> bool:
        return bool(self._deferred or any(stage.deferred for stage in self._before))

    def called(self) -> bool:
        """Take note of a call; tell whether it is time for loops."""
        self._calls += 1
        return self._calls >= AT_CALL and self._is_deferred

    def settle(self, args: Sequence[Argument]) -> None:
        """Let loops do what tapes have done, where that pays and they give the same."""
        arguments = list(args)
        for stage in self._before:
            stage.settle(arguments, self.stages)
            arguments += stage.run(arguments, guarded=False) or []
        if self._deferred:
            self.compiled = self._deferred.loops(self.compiled, arguments, self.stages)
            self._deferred = None
        self.stages.backend = self.compiled.backend

    def truths(self, args: Sequence[Argument]) -> list[bool]:
        """Return which way each of the recording's branches goes with these arguments."""
        arguments, truths = list(args), dict[int, bool]()
        for stage in self._before:
            run = stage.compiled.run(arguments, guarded=False)
            assert run is not None
            truths |= {n: bool(run.number(k)) for k, n in enumerate(stage.tests)}
            arguments += stage.handed_on(run)
        run = self.compiled.run(arguments, guarded=False)
        assert run is not None
        truths |= {n: bool(run.number(k)) for k, n in enumerate(self._tests)}
        return [truths[n] for n in range(len(self.recording.guards))]

    def _same_values(self, args: Sequence[Argument]) -> tuple[int, ...]:
        """Which Values among the arguments are one, or are captured too: a write is seen by both.

        Returns the first place of each; nothing where there are no Values among the arguments.
        """
        values = [x for a in args if a.differentiable for x in a.values() if isinstance(x, Value)]
        if not values:
            return ()
        first: dict[int, int] = {}
        effects = self.recording.effects
        written = [
            v for v, _ in (*effects.data, *effects.grad) if not self.recording.kept.get(id(v))
        ]
        everything = map(id, [*self.compiled.layout.captured, *written, *values])
        return tuple([first.setdefault(v, i) for i, v in enumerate(everything)])

    def learn_kinds(self, plain: Any) -> None:
        """Take note which numbers are NumPy's in what the plain run has returned."""
        kinds = kinds_in(plain)
        for _ in range(self.recording.prints + bool(self.recording.updated)):
            kinds = None if kinds is None else [kinds, None]  # what comes with it stands behind it
        self._kinds = kinds

    def holds(self) -> bool:
        """Tell whether all that was read from outside is still as it was."""
        return self.recording.holds() and self.guards.hold()

    def batch_of(self, args: Sequence[Argument]) -> int:
        """Return the size of a call's batch, 0 if it has none."""
        layouts = [self.compiled.layout, *[stage.compiled.layout for stage in self._before]]
        return max(layout.sizes(args).get("B", 0) for layout in layouts)

    def result(self, args: Sequence[Argument], run: AnyRun, again: Callable[[], Any]) -> Any:
        """Return the function's result, and write what it changes.

        Args:
            args: of the call.
            run: what it has computed.
            again: the call done plainly.
        """
        compiled = run.compiled if isinstance(run, Run) else self.compiled
        if self.slopes:
            k = len(compiled.layout.guards)
            slopes = compiled.shares(run, k, 1.0)[1]
            return with_kinds(self.slopes.result(run.number(k), slopes, args), self._kinds)
        values = Values(compiled, self.name, self.recording, args, run)
        effects = bool(self.recording.effects or self.writes.new)
        numbers = run.numbers(self.writes.first) if effects else np.empty(0)
        values.grads = {k: make(numbers, values) for k, make in self.writes.new.items()}
        plainly: list[bool] = []  # an int too large for the program: the call is done by Python

        def once() -> Any:
            plainly.append(True)
            return again()

        whole = result_of(compiled, self.recording, args, run, values, self._kinds, once)
        if plainly:
            return whole
        if effects:
            self.writes.commit(numbers, values, args)
        return self.recording.finish(whole)

    def way(self, args: Sequence[Argument]) -> Callable[..., Any] | None:
        """Return what ``direct`` does, made at the second time that it is asked for such shapes."""
        shapes = tuple([a.shape for a in args])
        if shapes not in self._ways:
            if len(self._ways) >= _WAYS:
                self._ways.clear()
            self._ways[shapes] = None
        elif self._ways[shapes] is None:
            if self._is_deferred:
                return None
            self._ways[shapes] = self.direct(args) or _slow
        made = self._ways[shapes]
        return None if made is _slow else made

    def direct(self, args: Sequence[Argument]) -> Callable[..., Any] | None:
        """Return this as a function of arguments like these that goes straight to the loops."""
        if self._is_deferred or self.writes.of_numpy:
            return None
        look = self.guards.quick if not self.recording.depends else lambda: -self.holds()
        of = Direct(
            self._before,
            self.compiled,
            self.plain,
            self.name,
            self.recording,
            self.slopes,
            self._changes,
            look,
        )
        call = direct_call(of, args)
        if call is None or self._kinds is None:
            return call

        def of_kinds(*args: Any) -> Any:
            result = call(*args)
            return NotImplemented if result is NotImplemented else with_kinds(result, self._kinds)

        return of_kinds


def captured_of(recording: Trace) -> list[int]:
    """Return which Values a function reads, by identity."""
    return [id(v) for v in recording.captured if isinstance(v, Value)]
