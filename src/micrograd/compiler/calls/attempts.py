"""Traces of a function, one after the other, until one of them stands for the call.

Of a batch only one example is traced: where the others take another way at a branch, its answer for
all of them is known once the program has run, and the next trace is told it.
"""

from collections.abc import Callable, Iterable, Sequence

from ...engine import Value
from ..errors import JitError
from ..tracing.markers import NotInStages
from ..tracing.trees import things_in
from .maker import Made, Unsettled
from .reach import Reach
from .state import Change, State

_MOST_BRANCHES = 64  # on what one example cannot tell

Make = Callable[[bool, Sequence[bool], Callable[[], bool]], Made]


class Attempts:
    """Compiles one function for the arguments of one call.

    Args:
        make: traces and compiles: whether backward may end stages; answers to branches; what
            tells that the function has changed what it was not known to change.
        reach: what the function can reach.
    """

    def __init__(self, make: Make, reach: Reach) -> None:
        self._make, self._reach = make, reach

    def made(
        self, before: State, marks: bool = True, probing: bool = False
    ) -> tuple[Made | None, list[Change]]:
        """Compile the function, and put back what its trace has changed.

        Args:
            before: the state that each trace starts from.
            marks: compile in stages that end with backward, where that can be.
            probing: compile nothing where the trace changes anything.

        Returns:
            What was compiled, and what the trace has changed.

        Raises:
            JitError: the function does what cannot be compiled.
        """

        def unsettled() -> bool:
            return probing and bool(of_places(before.changes()))

        answers: list[bool] = []
        for _ in range(_MOST_BRANCHES):
            try:
                made = self._make(marks, answers, unsettled)
            except Unsettled:
                changes = list(before.changes())
                before.put_back()
                return None, changes
            except NotInStages:
                before.put_back()
                marks = False
                continue
            changes = list(before.changes(kept(made)))
            before.put_back()
            recording, paths = made.variant.recording, self._reach.paths
            left = list(recording.effects.contents.values())
            things = map(id, things_in([recording.result, left]))
            recording.outside = frozenset([thing for thing in things if thing in paths])
            expected = [holds for _, holds in recording.guards]
            if recording.batch is None or len(answers) >= len(expected):
                return made, changes
            truths = made.variant.truths(recording.with_first(made.arguments))
            held = [x == y for x, y in zip(truths, expected)]
            if all(held) or held.index(False) >= len(held) - recording.raises:
                return made, changes  # where an example raises, the plain run says so
            answers = truths[: held.index(False) + 1]
        raise JitError("its branches depend on the whole batch in too many places")


def of_places(changes: Iterable[Change]) -> list[Change]:
    """Leave out those of Values, which a trace sees."""
    return [change for change in changes if not isinstance(change.owner, Value)]


def kept(made: Made | None) -> set[int]:
    """Return by identity the running state that a program writes in its own way."""
    return {id(v) for v in made.variant.recording.updated} if made else set()
