"""The first call of a structure: it is the plain run, and what is compiled has to equal it.

Order matters. The trace comes first, since it tells how large the batch is; all that it changes is
put back. Where that is nothing, the program is tried on moved numbers, so that their graph is gone
before the next is there. Then f runs plainly, and what that changes stays. Where that is anything,
f is traced once more, with the places that it changes among its arguments; the program has to leave
the same there. Of a function that calls ``backward`` the plain run comes first, and says what these
places are.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from ... import elementary
from ..errors import JitError, untraceable
from ..tracing.output import NotPrinted, heard
from ..tracing.signature import Argument
from ..tracing.stand_ins import ChangesArgument
from .attempts import Attempts, Make, kept, of_places
from .changes import Changes, changes_of, functions_in, refuse_shared
from .deferred import PLAIN_WORK
from .few import some_examples
from .judge import Judge
from .lines import codes_of, lines_of_changes
from .maker import ChangesOutside, Made
from .reach import Reach
from .report import Stages
from .state import Change, State

_MOST_TRACES = 4  # until all that a function changes is known


class FirstCall:
    """One call, done plainly, and compiled for all further ones like it.

    Args:
        f: the function.
        name: for messages.
        args: the call's.
        classify: makes Arguments of a call's arguments.
        make: traces and compiles, see ``Attempts``.
        learn: takes what f changes, for ``make`` to watch; tells whether any of it is new.
        stages: takes the time of the trial.

    Attributes:
        made: what was compiled; None where f has effects that cannot be.
        reason: then, why.
    """

    def __init__(
        self,
        f: Callable,
        name: str,
        args: tuple,
        classify: Callable[[Sequence[Any]], list[Argument]],
        make: Make,
        learn: Callable[[Changes], bool],
        stages: Stages,
    ) -> None:
        self._f, self._name, self._args, self._classify = f, name, args, classify
        self._learn, self._stages = learn, stages
        self._reach = Reach(
            [(name, f), *[(f"argument {k} of {name}", x) for k, x in enumerate(args)]]
        )
        self._attempts = Attempts(make, self._reach)
        self.made: Made | None = None
        self.reason, self._text = "", ""

    def result(self) -> Any:
        """Do the call; only the plain run prints.

        Raises:
            JitError: f does what cannot be compiled, or what was compiled is not f. All is as it
                was before the call.
        """
        self._refuse_iterators()
        with heard() as self._out:
            self.reason = self._reach.unseen
            return self._plainly() if self.reason else self._result()

    def _result(self) -> Any:
        before = State(self._reach)
        functions = functions_in(self._reach).functions
        if functions:
            self._learn(Changes(functions=functions))
        done = self._done_plainly(before) if self._is_step() else None
        made, failure = None, None
        try:
            made, changes = self._attempts.made(before, probing=True)
        except ChangesOutside:
            before.put_back()
            raise
        except Exception as error:  # f's own as well: the plain run says whether it stands
            failure, changes = error, list(before.changes())
            before.put_back()
        traced = of_places(changes)
        effects = bool(traced or (made and made.variant.recording.effects))
        quiet = made and not made.variant.recording.prints
        large = made and quiet and not effects and made.batch * made.work > PLAIN_WORK
        if made and large and not done and (few := some_examples(made, self._args)):
            with self._stages.timed("trial"):
                return self._of_large_batch(made, before, few)
        judge = self._judge(made, before) if made else None
        nearby = None
        if made and judge and quiet and not effects and not done:
            with self._stages.timed("trial"):
                nearby = judge.agrees_nearby(self._args, some_examples(made, self._args))
        plain, after = done or self._run_plainly(before)
        try:
            if done:
                after.put_back()
            before.refuse_unwatched()
            changes = [*before.changes(kept(made)), *traced]
            if changes or effects:
                self._compile_with(changes, made, before, plain, after)
            elif isinstance(failure, ChangesArgument):  # into the numbers that it has this time
                self.reason = self._reason(failure)
            elif made is None or judge is None:
                self._compile_with_arrays(failure, before, plain, after)
            elif plain is None and quiet and not lines_of_changes(self._f):
                raise JitError(f"{self._name} returned nothing to compute: was a return forgotten?")
            else:
                with self._stages.timed("trial"):
                    few = some_examples(made, self._args)
                    judge.listen(self._out, self._text)
                    judge.compare(self._args, plain, few=few, nearby=nearby)
                self.made = made
        except NotPrinted as error:
            self.reason = str(error)
        except BaseException:
            before.put_back()
            raise
        after.put_back()
        if self.made:
            self.made.variant.writes.learn_kinds()
        return plain

    def _is_step(self) -> bool:
        """Tell whether f differentiates by itself: it changes what is outside, most likely."""
        return any("backward" in code.co_names for code in codes_of(self._f))

    def _done_plainly(self, before: State) -> tuple[Any, State]:
        """Run f, learn which places it changes, and put them back; see ``_run_plainly``."""
        plain, after = self._run_plainly(before)
        if changes := of_places(before.changes()):
            with suppress(JitError):  # the reason is asked for later
                self._learn(changes_of(changes, self._reach))
        before.put_back()
        return plain, after

    def _run_plainly(self, before: State) -> tuple[Any, State]:
        """Return what f does, and the state after it."""
        with self._stages.timed("plain run"):
            plain = self._plainly()
        return plain, before.now()

    def _plainly(self) -> Any:
        start, self._out.aloud = len(self._out.text), True
        try:
            return self._f(*self._args)
        except AttributeError as error:
            name = error.name or ""
            if isinstance(error.obj, (float, int)) and callable(getattr(elementary, name, None)):
                error.add_note(f"a plain number has no methods: write {name}(x), from micrograd")
            raise
        finally:
            self._out.aloud, self._text = False, self._out.text[start:]

    def _compile_with(
        self,
        changes: list[Change],
        made: Made | None,
        before: State,
        plain: Any,
        after: State,
    ) -> None:
        """Compile f with what it changes; where that cannot be done, keep the reason."""
        changed = before.described(list(dict.fromkeys([change.name for change in changes])))
        try:
            for _ in range(_MOST_TRACES):
                news = self._learn(changes_of(of_places(changes), self._reach))
                before.put_back()
                if made and not news:
                    break
                made, changes = self._attempts.made(before, probing=news)
            if made is None or news:
                raise JitError(f"it changes {changed}, and something else each time that it runs")
            self.made = self._judged(made, before, plain, after)
        except Exception as error:
            self.reason = self._reason(error)

    def _reason(self, error: Exception) -> str:
        """Return what to say where what f changes keeps it from being compiled."""
        said = str(self._said(error))
        lines = [] if "\n  at " in said else lines_of_changes(self._f)
        return f"{said}\n  at {lines[0]}" if lines else said

    def _compile_with_arrays(
        self, failure: Exception | None, before: State, plain: Any, after: State
    ) -> None:
        """Compile f with the arrays that it may write into, if it only wrote what they held."""
        arrays = [a for a in self._reach.arrays if a.dtype.kind == "f"]
        written = [Change(f"the array {self._reach.paths[id(a)]}", a, None, a) for a in arrays]
        if written:
            self._compile_with(written, None, before, plain, after)
        if self.made is None:
            if isinstance(failure, TypeError):  # a traced number was written into one
                refuse_shared(arrays, self._reach)
            raise self._said(failure) from failure

    def _judged(self, made: Made, before: State, plain: Any, after: State) -> Made:
        """Return what was compiled, or the same with traced gradients where only that is right."""
        few = some_examples(made, self._args)
        try:
            with self._stages.timed("trial"):
                self._heard(made, before).compare(self._args, plain, after, few)
        except JitError:
            if not made.variant.in_stages:
                raise
            before.put_back()
            traced, _ = self._attempts.made(before, marks=False)
            assert traced is not None  # nothing is probed
            made = traced
            with self._stages.timed("trial"):
                self._heard(made, before).compare(self._args, plain, after, few)
        return made

    def _said(self, failure: Exception | None) -> JitError:
        """What f raises while it is traced and not when it runs plainly is for us to explain."""
        if isinstance(failure, JitError):
            return failure
        return untraceable(self._name, failure)

    def _heard(self, made: Made, before: State) -> Judge:
        return self._judge(made, before).listen(self._out, self._text)

    def _judge(self, made: Made, before: State) -> Judge:
        line = next((f"{c.co_filename}:{c.co_firstlineno}" for c in codes_of(self._f)), "")
        return Judge(self._f, line, made.variant, made.graph, self._classify, before)

    def _of_large_batch(self, made: Made, before: State, few: tuple) -> Any:
        """Judge by a few examples; the whole is computed by the program."""
        start, plain = len(self._out.text), self._f(*few)
        self._text = self._out.text[start:]
        try:
            before.refuse_unwatched()
            if moved := before.moved(kept(made)):
                raise JitError(
                    f"{self._name} changes {before.described(moved)}, over a large batch: "
                    f"leave that to the caller\n  at {[*lines_of_changes(self._f), ''][0]}"
                )
            self._heard(made, before).compare(few, plain)
        except NotPrinted as error:
            self.reason = str(error)
            before.put_back()
            return self._plainly()
        finally:
            before.put_back()
        given = made.variant.recording.with_more(self._classify(self._args))
        self.made, run = made, made.variant.compiled.run(given)
        if run is None:  # an example raises
            return self._plainly()
        return made.variant.result(given, run, lambda: self._f(*self._args))

    def _refuse_iterators(self) -> None:
        for x in self._reach.iterators:
            raise JitError(
                f"{self._name} reaches {self._reach.paths[id(x)]}, a {type(x).__name__}, which "
                "goes on at each use: pass what it gives as an argument"
            )
