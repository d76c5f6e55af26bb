"""The first call of a structure: it is the plain run, and what is compiled has to equal it.

Order matters. The trace comes first, since it tells how large the batch is; all that it changes is
put back. Then f runs plainly, and what that changes stays.
"""

import dis
import linecache
import traceback
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import PACKAGE, JitError
from ..tracing.signature import Argument
from .judge import Judge
from .maker import Made
from .reach import Reach
from .report import Stages
from .state import State

_PLAIN_WORK = 1 << 18  # values; a larger batch is judged by a few of its examples
_CHANGING = frozenset(
    {"backward", "zero_grad", "step", "append", "extend", "insert", "pop", "clear", "update"}
)


class FirstCall:
    """One call, done plainly, and compiled for all further ones like it.

    Args:
        f: the function.
        name: for messages.
        classify: makes Arguments of a call's arguments.
        args: the call's.

    Attributes:
        made: what was compiled; None where f has effects.
        reason: then, what they are.
    """

    def __init__(
        self,
        f: Callable,
        name: str,
        classify: Callable[[Sequence[Any]], list[Argument]],
        args: tuple,
    ) -> None:
        self._f, self._name, self._classify, self._args = f, name, classify, args
        self._reach = Reach(
            [(name, f), *[(f"argument {k} of {name}", x) for k, x in enumerate(args)]]
        )
        self.made: Made | None = None
        self.reason = ""

    def result(self, make: Callable[[], Made], stages: Stages) -> Any:
        """Do the call.

        Args:
            make: traces and compiles.
            stages: takes the time of the trial.

        Raises:
            JitError: f does what cannot be compiled, or what was compiled is not f. All is as it
                was before the call.
        """
        self._refuse_iterators()
        before = State(self._reach)
        made, failure = None, None
        try:
            made = make()
        except Exception as error:  # f's own as well: the plain run says whether it stands
            failure = error
        before.put_back()
        if made and made.batch * made.work > _PLAIN_WORK:
            with stages.timed("trial"):
                return self._of_large_batch(made, before)
        with stages.timed("plain run"):
            plain = self._f(*self._args)
        try:
            before.refuse_unwatched()
            moved = self._moved(before, made)
            if moved:
                self.reason = (
                    f"it changes {before.described(moved)}, which a compiled function cannot do "
                    f"yet; leave that to the caller\n  at {self._line()}"
                )
                return plain
            if made is None:
                raise self._said(failure) from failure
            after = State(self._reach)
            with stages.timed("trial"):
                self._judge(made, before).compare(self._args, plain)
        except BaseException:
            before.put_back()
            raise
        after.put_back()
        self.made = made
        return plain

    def _said(self, failure: Exception | None) -> JitError:
        """What f raises while it is traced and not when it runs plainly is for us to explain."""
        if isinstance(failure, JitError):
            return failure
        frames = traceback.extract_tb(failure.__traceback__) if failure else []
        users = [f for f in frames if not f.filename.startswith(PACKAGE)]
        line = f"\n  at {users[-1].filename}:{users[-1].lineno}: {users[-1].line}" if users else ""
        return JitError(
            f"{self._name} runs, but cannot be traced with numbers that stand for all others: "
            f"{type(failure).__name__}: {failure}{line}"
        )

    def _judge(self, made: Made, before: State) -> Judge:
        line = next((f"{c.co_filename}:{c.co_firstlineno}" for c in _codes(self._f)), "")
        return Judge(self._f, line, made.variant, made.graph, self._classify, before)

    def _moved(self, before: State, made: Made | None) -> list[str]:
        """What has moved, apart from running state that the program writes as well."""
        kept = {id(v) for v in made.variant.recording.updated} if made else set()
        return before.moved(kept)

    def _of_large_batch(self, made: Made, before: State) -> Any:
        """Judge by a few examples; the whole is computed by the program."""
        few = self._some_examples(made)
        if few is not None:
            plain = self._f(*few)
            try:
                before.refuse_unwatched()
                if moved := self._moved(before, made):
                    raise JitError(
                        f"{self._name} changes {before.described(moved)}, over a large batch: "
                        f"leave that to the caller\n  at {self._line()}"
                    )
                self._judge(made, before).compare(few, plain)
            finally:
                before.put_back()
        given = made.variant.recording.with_draws(self._classify(self._args))
        run = made.variant.compiled.run(given, guarded=False)
        assert run is not None
        self.made = made
        return made.variant.result(given, run, lambda: self._f(*self._args))

    def _some_examples(self, made: Made) -> tuple | None:
        """The call with three examples of its batch; None where the size is part of the program."""
        batched = {
            i.argument
            for i in made.variant.recording.inputs
            if i.batched and i.argument is not None and i.argument < len(self._args)
        }
        if not batched <= made.free:
            return None
        rows = [0, made.batch // 2, made.batch - 1]
        return tuple([_rows(x, rows) if k in batched else x for k, x in enumerate(self._args)])

    def _refuse_iterators(self) -> None:
        for x in self._reach.iterators:
            raise JitError(
                f"{self._name} reaches {self._reach.paths[id(x)]}, a {type(x).__name__}, which "
                "goes on at each use: pass what it gives as an argument"
            )

    def _line(self) -> str:
        """The first line of f's code that changes something."""
        for code in _codes(self._f):
            for at in dis.get_instructions(code):
                stores = at.opname in ("STORE_ATTR", "STORE_SUBSCR", "STORE_GLOBAL")
                stores |= at.opname == "STORE_DEREF" and at.argval in code.co_freevars
                calls = at.opname in ("LOAD_METHOD", "LOAD_ATTR") and at.argval in _CHANGING
                if stores or calls:
                    line = at.positions.lineno if at.positions else code.co_firstlineno
                    text = linecache.getline(code.co_filename, line or 0).strip()
                    return f"{code.co_filename}:{line}: {text}"
        return f"{self._name}"


def _rows(x: Any, rows: list[int]) -> Any:
    return x[rows] if isinstance(x, np.ndarray) else [x[i] for i in rows]


def _codes(f: Any) -> Iterator[types.CodeType]:
    """Yield the code of a function and of those inside it."""
    code = getattr(f, "__code__", None) or getattr(
        getattr(f, "__wrapped__", None), "__code__", None
    )
    stack = [code] if code else []
    while stack:
        code = stack.pop()
        yield code
        stack += [c for c in code.co_consts if isinstance(c, types.CodeType)]
