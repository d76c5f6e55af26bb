"""The hooks by which Python asks for a number: where it branches, and where its arithmetic raises.

Each question is answered as it is in the traced call, or for a batch as it was found to be for all
examples, and is a guard: the program is for the calls in which the answer is the same.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from ... import ops
from ...engine import Value
from ...functions import apply
from ...value.columns import ValueSet
from ..errors import users_place
from . import domains
from .integers import Integer, is_int
from .predicates import Predicate, chosen, compared, truth
from .signature import Argument
from .stand_ins import StandIns

GUARDING_HOOKS = ("compare", "equal", "frozen", "exact", "is_of_numpy", "of_python", "where")


class Guarding:
    """The guards of a trace.

    Args:
        tape: of the trace.
        args: of the call.
        answers: to the first questions, where the one example that is traced cannot tell.
        stand_ins: what the function sees in place of its arguments.
        is_batched: tells whether a value has a batch axis.

    Attributes:
        guards: what was asked, and the answers.
        lines: where it was asked, by identity.
        raises: how many of the guards, the last ones, say that Python's arithmetic does not raise.
        loud: numbers that are Python's own, whatever they come from.
        variables: those of transforms, in which no arithmetic raises.
    """

    def __init__(
        self,
        tape: list[Value],
        args: Sequence[Argument],
        answers: Sequence[bool],
        stand_ins: StandIns,
        is_batched: Callable[[Value], bool],
    ) -> None:
        self._tape, self._args, self._answers = tape, args, answers
        self._stand_ins, self._is_batched = stand_ins, is_batched
        self.guards: list[tuple[Value, bool]] = []
        self.lines: dict[int, tuple[str, int]] = {}
        self.raises, self.loud = 0, ValueSet()
        self.variables: list[Value] = []
        self._frozen: list[tuple[Value, float]] = []
        self._raising: set[int] = set()  # what functions of Python made that raise

    def compare(self, op: ops.Op, x: Value, y: Any) -> Predicate:
        """Return what is a guard as soon as Python asks whether it holds."""
        return Predicate(compared(op, x, y, tape=self._tape), self._guard)

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
        if not self._is_batched(x):  # of a batch the results are looked at
            bool(abs(x._apply(ops.DETACH, x)) < limit)

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """Choose between two; of ints, an int."""
        if is_int(x) and is_int(y):
            return chosen(Predicate(truth(condition), self._guard), x, y)
        return apply(ops.WHERE, truth(condition), x, y)

    def is_of_numpy(self, x: Value) -> bool:
        """Tell whether a number is NumPy's own in the plain run: of an array, or made of one."""
        leaves = self._stand_ins.are_of_arrays(self._args)
        return bool(leaves) and domains.is_made_of(x, leaves, self.loud)

    def of_python(self, x: Any, raises: bool = False) -> Any:
        """Take note of a number that is Python's own float in the plain run."""
        x = x * 1.0 if type(x) is Integer else x
        if isinstance(x, Value):
            self.loud.update([x])
        if raises:
            self._raising.add(id(x))
        return x

    def guard_domains(self, changing: Collection[int]) -> None:
        """Guard against what makes Python's arithmetic raise.

        Args:
            changing: the leaves that are another number at each call, by identity.
        """
        silent = [*self._stand_ins.of_arrays(self._args), *self.variables]
        regular = self._answers[len(self.guards)] if len(self._answers) > len(self.guards) else True
        before = len(self.guards)
        self.guards += domains.guards(
            self._tape, silent, self.loud, self._raising, self._is_batched, changing, regular
        )
        self.raises += len(self.guards) - before

    def _guard(self, condition: Value) -> bool:
        k = len(self.guards)
        holds = self._answers[k] if k < len(self._answers) else bool(condition._data)
        self.guards.append((condition, holds))
        self.lines[id(condition)] = users_place()
        return holds
