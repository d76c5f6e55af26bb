"""Which use of a model a value belongs to: the row of a batch, or the step of a recurrence.

Each time a model is applied, each of its parameters is used once more: the number of uses so far
tells one application from the next. Values in between belong to the use of what they are computed
from.
"""

from collections import Counter
from collections.abc import Sequence

from .snapshot import Snapshot


class Uses:
    """The use that every value belongs to.

    ``number`` has 1, 2, ... for each node, or 0: of leaves, of what belongs to no use or several,
    and of everything where all is used once. ``kind`` is "row" where the uses are independent of
    each other, else "step".
    """

    def __init__(self, snapshot: Snapshot, is_parameter: Sequence[bool]) -> None:
        self._snapshot, self._is_parameter = snapshot, is_parameter
        self.number = [0] * len(snapshot.values)
        counts = self._count()
        self.kind = "step" if self._is_recurrent() else "row"
        self._inherit()
        repeated = {p for p, count in counts.items() if count > 1}
        if not repeated:
            self.number = [0] * len(snapshot.values)

    def _count(self) -> Counter[int]:
        """Number what uses a parameter together with anything else."""
        counts: Counter[int] = Counter()
        for i, parents in enumerate(self._snapshot.parents):
            parameters = {p for p in parents if self._is_parameter[p]}
            if parameters and len(parameters) < len(set(parents)):
                counts.update(parameters)
                self.number[i] = max(counts[p] for p in parameters)
        return counts

    def _is_recurrent(self) -> bool:
        """Tell whether any use of a parameter depends on an earlier use of it."""
        reached: list[int] = []  # the last use that each value depends on
        for i, parents in enumerate(self._snapshot.parents):
            before = max((reached[p] for p in parents), default=0)
            if self.number[i] > before > 0:
                return True
            reached.append(max(before, self.number[i]))
        return False

    def _inherit(self) -> None:
        for i, parents in enumerate(self._snapshot.parents):
            found = {self.number[p] for p in parents if self.number[p]}
            if self.number[i] or not found:
                continue
            if len(found) == 1 or (self.kind == "step" and max(found) - min(found) == 1):
                self.number[i] = max(found)
