"""Which lists of a training step are worth a program: those of a length that has come some times.

To trace a whole step takes as long as some two hundred plain ones, and its loops as long again; a
length that comes now and then never wins that back. As elsewhere it is counted, not timed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..tracing.signature import Argument
from .variant import Variant

_PLAIN_CALLS = 256  # of each structure behind the first
_LONG = 20_000  # operations, from which on it matters


class Patience:
    """Counts the calls of structures of which there is no program yet.

    Args:
        options: of the kernel; who asks for the compiler at once gets it.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        free = options["backend"] == "auto" and options["dtype"] == "float64"
        self._waits = free and options["when"] != "now"
        self._calls: Counter[Any] = Counter()

    def lasts(self, variants: Sequence[Variant], arguments: Sequence[Argument]) -> bool:
        """Tell whether a call of a new structure is to run plainly, and count it.

        Args:
            variants: those of other structures.
            arguments: of the call.
        """
        if not self._waits or max([v.operations for v in variants], default=0) < _LONG:
            return False
        structure = tuple([a.key for a in arguments])
        self._calls[structure] += 1
        return self._calls[structure] <= _PLAIN_CALLS
