"""What a call has changed, as places that a compiled function can read and write at each call."""

import builtins
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...engine import Value
from ...value.buffers import floats_of
from ..errors import JitError
from ..tracing.kinds import IN_GLOBALS, REPLACED
from ..tracing.signature import Argument, argument, of_list
from .code import class_patterns
from .guards import places_in
from .lines import codes_of, line_of_pattern
from .places import NOTHING, WHOLE, Growing, Place
from .reach import Reach
from .state import Change
from .undisturbed import undisturbed


@dataclass(frozen=True, slots=True)
class Changes:
    """The places that a call has changed, and the lists to which it has only added.

    ``functions`` are places that hold ``math.exp`` and its like, which know no traced numbers.
    """

    places: tuple[Place, ...] = ()
    growing: tuple[Growing, ...] = ()
    functions: tuple[Place, ...] = ()

    def argument(self, place: Place) -> Argument:
        """Return what a place holds; the floats of a long list are read all at once."""
        if place.key is WHOLE and (array := floats_of(place.owner)) is not None:
            return of_list(array)
        return argument(place.get(), place.path, False)

    def __or__(self, other: "Changes") -> "Changes":
        places = dict.fromkeys((*self.places, *other.places))
        growing = dict.fromkeys((*self.growing, *other.growing))
        functions = dict.fromkeys((*self.functions, *other.functions))
        return Changes(tuple(places), tuple(growing), tuple(functions))

    def without(self, places: Iterable[Place]) -> "Changes":
        """Leave some places out."""
        left = tuple([p for p in self.places if p not in set(places)])
        return replace(self, places=left)

    @property
    def free(self) -> list[Place]:
        """What no program takes for granted."""
        return [*self.places, *[Place(g.items, WHOLE, g.path) for g in self.growing]]

    def beside(self) -> list[Any]:
        """The numbers that the places hold, and the lists: these are not taken for granted."""
        held = [place.get() for place in self.places]
        return [*[x for x in held if _only_numbers(x)], *[g.items for g in self.growing]]


NO_CHANGES = Changes()


@undisturbed()
def functions_in(reach: Reach) -> Changes:
    """Return where a function holds ``exp`` and its like by ``from math import exp``.

    Raises:
        JitError: a ``case`` asks for a Value where a trace cannot answer.
    """
    if line := line_of_pattern(reach.functions):
        raise JitError(
            "a case asks whether something is a Value, and a traced number would be one to it: "
            f"write case Value(), with from micrograd import Value above\n  at {line}"
        )
    replaced = REPLACED.keys() & reach.paths.keys()
    places = _items(reach, lambda x: id(x) in replaced) if replaced else ()
    held = [place for place in places if place.owner is not vars(builtins)]
    asked = [
        Place(names, name, name)
        for names, name in reach.globals.values()
        if name in IN_GLOBALS and name not in names
    ]
    return Changes(functions=(*held, *asked, *_patterns(reach)))


def _patterns(reach: Reach) -> Iterator[Place]:
    """Yield where a class pattern finds ``Value``."""
    for f in reach.functions:
        cells = dict(zip(f.__code__.co_freevars, f.__closure__ or ()))
        for name in {name for code in codes_of(f) for name, _ in class_patterns(code)}:
            place = Place(cells[name], None, name) if name in cells else None
            place = place or Place(f.__globals__, name, name)
            if place.get() is Value:
                yield place


@undisturbed()
def changes_of(changes: Iterable[Change], reach: Reach) -> Changes:
    """Return what was changed as places.

    Raises:
        JitError: something was changed that is no place of its own; it says what.
    """
    places: list[Place] = []
    growing: list[Growing] = []
    everywhere = list(_items(reach))
    for change in changes:
        x = change.owner
        if isinstance(x, np.ndarray):
            refuse_shared([x], reach)
            places += _only_reference(x, everywhere, change.name)
        elif isinstance(x, list):
            if references := _references(x, everywhere):
                if change.longer:
                    growing.append(Growing(x, tuple(references), change.name))
                else:
                    places.append(Place(x, WHOLE, reach.paths[id(x)]))
            else:
                raise _unreachable(change.name)
        elif isinstance(x, dict) and Place(x, change.key, "").get() is NOTHING:
            raise JitError(f"it deletes {change.key!r} of {change.name}: set it to None instead")
        elif isinstance(x, dict) and change.name.startswith("the dict"):
            if not _references(x, everywhere):
                raise _unreachable(change.name)
            places.append(Place(x, change.key, f"{reach.paths[id(x)]}[{change.key!r}]"))
        else:
            places.append(Place(x, change.key, change.name.removeprefix("the variable ")))
    return Changes(tuple(places), tuple(growing))


def refuse_shared(written: Iterable[np.ndarray], reach: Reach) -> None:
    """Raise a JitError where an array that is written into has elements of another one in it."""
    for x in written:
        for y in reach.arrays:
            if x is not y and np.shares_memory(x, y):
                raise JitError(
                    f"it changes the array {reach.paths[id(x)]}, which shares its memory with "
                    f"{reach.paths[id(y)]}: read and write through one of them, or copy one"
                )


def _only_numbers(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return all(map(_only_numbers, x))
    return type(x) in (float, int) or (isinstance(x, np.ndarray) and x.dtype != object)


def _items(reach: Reach, is_wanted: Callable[[Any], bool] = lambda held: True) -> Iterator[Place]:
    """All places that hold one thing each, which is wanted."""
    for owner, key, path in places_in(reach):
        if key is WHOLE and isinstance(owner, (list, dict)):
            items = enumerate(owner) if isinstance(owner, list) else owner.items()
            yield from [Place(owner, k, f"{path}[{k!r}]") for k, x in items if is_wanted(x)]
        elif is_wanted((place := Place(owner, key, path)).get()):
            yield place


def _references(x: Any, everywhere: list[Place]) -> list[Place]:
    return [place for place in everywhere if place.get() is x]


def _only_reference(x: Any, everywhere: list[Place], name: str) -> list[Place]:
    references = _references(x, everywhere)
    if len(references) != 1:
        raise _unreachable(name)
    return references


def _unreachable(name: str) -> JitError:
    return JitError(
        f"it changes {name}, which is no variable or attribute, or is several: keep what changes "
        "in one of them, or return it"
    )
