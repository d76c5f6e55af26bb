"""What a function has outside of itself that its programs read at each call, as far as it is known.

A number from outside is taken for granted until it has moved, and is an input from then on, unless
a program needs that very number. What the function changes is an input from the start.
"""

from collections.abc import Callable, Iterable
from typing import Any

from ..tracing.signature import Argument, can_be_argument
from .changes import NO_CHANGES, Changes
from .places import Lifted, Place


class Outside:
    """The places that programs read and write; where these become others, all programs are void.

    Attributes:
        watched: the places, with what else is to be known of them.
    """

    def __init__(self) -> None:
        self.watched = NO_CHANGES
        self._needed: set[Place] = set()  # as they are: an int, or a number that is compared
        self._written = NO_CHANGES  # what the function changes, as far as it was seen

    @property
    def only_read(self) -> list[Place]:
        """The inputs that the function does not change."""
        return [p for p in self.watched.places if p not in self._written.places]

    def lifted(self, f: Callable[..., Any]) -> Callable[..., Any]:
        """Return f with what the places hold as further arguments, where there are any."""
        watched = self.watched
        if watched == NO_CHANGES:
            return f
        return Lifted(f, watched.places, watched.growing, watched.functions)

    def arguments(self) -> list[Argument]:
        """Return what the places hold.

        Raises:
            JitError: some of it cannot be traced.
        """
        return [self.watched.argument(p) for p in self.watched.places]

    def read(self, moved: Iterable[Place | None]) -> bool:
        """Let numbers that have moved be inputs; tell whether any of them is a new one."""
        new = [p for p in moved if p and p not in self._needed and p not in self.watched.places]
        self.watched |= Changes(tuple(new))
        return bool(new)

    def write(self, changes: Changes) -> bool:
        """Take note of what the function changes; tell whether any of it is new."""
        before = self.watched
        self._written |= changes
        self.watched |= changes
        return self.watched != before

    def need(self, places: Iterable[Place]) -> None:
        """Let programs hold for what is in these places at the moment only."""
        self._needed.update(places)
        self.watched = self.watched.without(self._needed)

    def leave_untraceable(self) -> None:
        """Leave out the places in which there is by now nothing that can be traced."""
        places = [p for p in self.watched.places if not can_be_argument(p.get())]
        self.watched = self.watched.without(places)
