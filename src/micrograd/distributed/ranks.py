"""What training together asks of processes, whichever way their numbers travel."""

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Ranks(Protocol):
    """Processes that add up arrays: ``rank`` of ``size``, each counted from 0.

    All of them call ``all_reduce`` equally often, with arrays of the same length.
    """

    rank: int
    size: int

    def all_reduce(self, array: Any) -> None:
        """Put the sum of all ranks' arrays, of float64, into each of them; the same bits in all.

        Raises:
            RankLost: another rank has ended, or is silent.
        """


class RankLost(RuntimeError):
    """Another rank has ended or is silent, so that this one cannot go on.

    ``rank`` is which, or None where what carries the numbers does not tell.
    """

    def __init__(self, message: str, rank: int | None = None) -> None:
        super().__init__(message)
        self.rank = rank
