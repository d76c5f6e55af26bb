"""The programs of one function, by the structure of the arguments that they are for.

Lengths of batches are no part of a structure where a program takes them as they come, so there is a
key for each set of arguments for which that was ever so. Under one key there are as many programs
as paths through the function's branches were met.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from ..errors import shown
from ..tracing.draws import put_back
from ..tracing.signature import Argument
from .compiled import AnyRun
from .variant import Variant

PATHS = 16  # through the branches of one function, for one structure of arguments
STRUCTURES = 64
OTHER_STRUCTURE = "arguments of another structure"
OTHER_PATH = "another path through its branches, or another state of a module"


class Cache:
    """The variants of one function; the structure added first goes first."""

    def __init__(self) -> None:
        self.groups: OrderedDict[Any, list[Variant]] = OrderedDict()
        self._patterns: dict[frozenset[int], None] = {frozenset(): None}

    def variants(self) -> list[Variant]:
        """Return all of them."""
        return [v for group in self.groups.values() for v in group]

    def groups_for(self, arguments: Sequence[Argument]) -> list[list[Variant]]:
        """Return those of a structure without the sizes of batches, in each way known so far."""
        return [self.groups.get(_structure(arguments, free), []) for free in self._patterns]

    def add(
        self, variant: Variant, arguments: Sequence[Argument], free: frozenset[int]
    ) -> list[Variant]:
        """Keep a variant; return those of its structure.

        Args:
            variant: a new one.
            arguments: that it was made for.
            free: those whose length it takes as it comes.
        """
        key = _structure(arguments, free)
        self._patterns.setdefault(free)
        self.groups.setdefault(key, []).append(variant)
        self.groups.move_to_end(key)
        if len(self.groups) > STRUCTURES:
            self.groups.popitem(last=False)
        return self.groups[key]


class VariantRun(NamedTuple):
    """What a variant has computed of a call's arguments, with random numbers behind them."""

    variant: Variant
    run: AnyRun
    arguments: list[Argument]

    def result(self, again: Callable[[], Any]) -> Any:
        """Return the function's result; see ``Variant.result``."""
        return self.variant.result(self.arguments, self.run, again)


def run_first(
    group: Sequence[Variant],
    arguments: list[Argument],
    holds: Callable[[Variant, list[Argument]], bool],
) -> VariantRun | None:
    """Run the first of some variants of which the branches hold, and ``holds``."""
    for variant in group:
        states = variant.recording.draws.states()
        with_draws = variant.recording.with_more(arguments)
        if variant.accepts(with_draws) and holds(variant, arguments):
            run = variant.run(with_draws)
            if run is not None:
                return VariantRun(variant, run, with_draws)
        put_back(states)
    return None


def is_full(group: list[Variant]) -> bool:
    """Tell whether there is no room for another path; what does not hold any more goes first."""
    if len(group) >= PATHS:
        group[:] = [v for v in group if v.holds()]
    return len(group) >= PATHS


def branch(variants: Sequence[Variant]) -> str:
    """Return the line on which the last variant has left the path of another; "" if it is none."""
    *others, last = [v.recording for v in variants]
    way, lines = [holds for _, holds in last.guards], []
    for other in others:
        pairs = zip(way, [holds for _, holds in other.guards])
        if (k := next((k for k, (x, y) in enumerate(pairs) if x != y), -1)) >= 0:
            lines.append((k, last.lines.get(id(last.guards[k][0]))))
    place = max(lines)[1] if lines else None
    return shown(place) if place else ""


def many_paths(name: str, group: Sequence[Variant], effects: bool) -> str:
    """Say that a function has taken half of what it may take; "" at any other number of paths.

    Args:
        name: of the function.
        group: its programs for one structure of arguments.
        effects: whether it will run plainly at the end, and not raise.
    """
    many = PATHS // 2
    if len(group) < many or len([v for v in group if v.holds()]) != many:
        return ""
    end = "runs plainly" if effects else "raises a JitError"
    said = f"{name} has taken {many} paths through its branches, and after {PATHS} it {end}"
    return f"{said}: {_remedy(group)}"


def too_many_paths(name: str, group: Sequence[Variant]) -> str:
    """Say that a function takes too many, and where."""
    return f"{name} took more than {PATHS} paths through its branches: {_remedy(group)}"


def _remedy(group: Sequence[Variant]) -> str:
    line = branch(group)
    return (
        "compute both sides and choose by where(condition, x, y); for an int that counts or "
        "indexes (range(n), rows[i]), take(rows, i) or jit(f, static_argnums=...)"
        + (f"\n  at {line}" if line else "")
    )


def reason(cache: Cache, arguments: Sequence[Argument], moved: Collection[str]) -> str:
    """Say why no program fits a call, given what has moved outside."""
    if not cache.groups:
        return "the first call"
    if moved:
        return f"{', '.join(list(moved)[:3])} changed outside"
    if not any(cache.groups_for(arguments)):
        return OTHER_STRUCTURE
    return OTHER_PATH


def _structure(arguments: Sequence[Argument], free: frozenset[int]) -> Any:
    return free, tuple([a.family if k in free else a.key for k, a in enumerate(arguments)])
