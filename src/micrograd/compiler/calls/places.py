"""Places in the world outside that a function reads or changes, and what stands in them meanwhile.

While such a function is traced, what the places hold is a further argument, and what they hold at
the end is a further result.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ...engine import Value
from ..errors import JitError, users_line
from ..tracing.arrays import TracedArray
from ..tracing.effects import Outcome
from ..tracing.kinds import IN_GLOBALS, REPLACED, ValuePattern
from .undisturbed import undisturbed


class Nothing(Enum):
    """What a place holds that is not there: a key of a dict, an attribute, a variable."""

    NOTHING = 0


NOTHING, WHOLE = Nothing.NOTHING, None


@dataclass(frozen=True, slots=True)
class Place:
    """The variable of a closure, an item, an attribute; with the key WHOLE all items of a list."""

    owner: Any
    key: Any
    path: str

    def __hash__(self) -> int:
        return hash((id(self.owner), self.key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and self.owner is other.owner and self.key == other.key

    def get(self) -> Any:
        """Return what stands there."""
        try:
            if type(self.owner).__name__ == "cell":
                return content(self.owner)
            if isinstance(self.owner, list) and self.key is WHOLE:
                return list(self.owner)
            if isinstance(self.owner, (list, dict)):
                return self.owner[self.key]
            return getattr(self.owner, self.key)
        except (LookupError, AttributeError):
            return NOTHING

    def put(self, x: Any) -> None:
        """Let something else stand there."""
        if type(self.owner).__name__ == "cell":
            if x is NOTHING:
                del self.owner.cell_contents
            else:
                self.owner.cell_contents = x
        elif isinstance(self.owner, list) and self.key is WHOLE:
            self.owner[:] = x
        elif isinstance(self.owner, dict) and x is NOTHING:
            self.owner.pop(self.key, None)
        elif isinstance(self.owner, (list, dict)):
            self.owner[self.key] = x
        elif x is NOTHING:
            delattr(self.owner, self.key)
        else:
            setattr(self.owner, self.key, x)


@dataclass(frozen=True, slots=True)
class Growing:
    """A list that the function only makes longer, and the places from which it is reached."""

    items: list
    references: tuple[Place, ...]
    path: str

    def __hash__(self) -> int:
        return id(self.items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Growing) and self.items is other.items


def owner_of(thing: Any, attribute: str) -> tuple[Any, str]:
    """Return what holds an attribute, and under which key: the dict of an object, or itself."""
    own = getattr(thing, "__dict__", None)
    return (own if isinstance(own, dict) and attribute in own else thing), attribute


def content(cell: Any) -> Any:
    """Return what the variable of a closure holds."""
    try:
        return cell.cell_contents
    except ValueError:
        return NOTHING


@dataclass(frozen=True, slots=True)
class InPlace:
    """The new elements of an array that stays the same object, or of a list that gets longer."""

    items: Any


class Lifted:
    """f with what places hold as further arguments, which stand in their places meanwhile.

    Args:
        f: the function.
        places: what they hold comes behind f's own arguments.
        growing: lists that get longer.
        functions: places that hold a function of Python's which a trace replaces.
    """

    def __init__(
        self,
        f: Callable,
        places: Sequence[Place],
        growing: Sequence[Growing] = (),
        functions: Sequence[Place] = (),
    ) -> None:
        self.__wrapped__, self.places = f, list(places)
        self._growing, self._functions = growing, functions

    @property
    def takes_more(self) -> bool:
        """Whether it reads or changes any place, and is more than f with traced functions."""
        return bool(self.places or self._growing)

    def around(self, f: Callable) -> "Lifted":
        """Return another function with the same places."""
        return Lifted(f, self.places, self._growing, self._functions)

    @undisturbed()
    def __call__(self, *args: Any) -> Outcome:
        """Call f with its own arguments, then what there is to be in each place."""
        count = len(args) - len(self.places)
        longer = [Longer(g.path) for g in self._growing]
        put = [*zip(self.places, args[count:])]
        put += [(place, _traced_function(place)) for place in self._functions]
        put += [(place, x) for g, x in zip(self._growing, longer) for place in g.references]
        before = [_held(place) for place, _ in put]
        try:
            for place, x in put:
                place.put(x)
            at_first = [(place.get(), elements(x)) for place, x in zip(self.places, args[count:])]
            result = self.__wrapped__(*args[:count])
            contents = {
                k: left
                for k, (place, (x, items)) in enumerate(zip(self.places, at_first))
                if (left := _left(place.get(), x, items)) is not None
            }
            for k, more in enumerate(longer, len(self.places)):
                contents[k] = InPlace(list.__getitem__(more, slice(None)))
            return Outcome(result, contents)
        finally:
            for (place, _), x in zip(put, before):
                place.put(x)


def own_arguments(f: Callable, args: Sequence[Any]) -> int:
    """Return how many arguments are f's own: behind them comes what places hold."""
    return len(args) - (len(f.places) if isinstance(f, Lifted) else 0)


def _held(place: Place) -> Any:
    """What stands in a place; in a class a static method as it is."""
    own = vars(place.owner) if isinstance(place.owner, type) else {}
    return own[place.key] if place.key in own else place.get()


def _traced_function(place: Place) -> Any:
    held = place.get()
    if held is NOTHING:
        return IN_GLOBALS[place.key]
    made = ValuePattern if held is Value else REPLACED.get(id(held), held)
    return staticmethod(made) if isinstance(place.owner, type) else made


def elements(x: Any) -> list[Any]:
    """Return the elements of a traced array, by which a change of it is seen."""
    return x._filled().reshape(-1).tolist() if isinstance(x, TracedArray) else []


def _left(now: Any, before: Any, items: list[Any]) -> Any:
    """What is new in a place; None if nothing is."""
    if now is before:
        changed = elements(now)
        same = len(changed) == len(items) and all(x is y for x, y in zip(changed, items))
        return None if same else InPlace(now)
    if isinstance(now, list) and isinstance(before, list) and len(now) == len(before):
        return None if all(x is y for x, y in zip(now, before)) else now
    return now


class Longer(list):
    """Stands for a list to which a function only adds: what it holds so far is not looked at."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def _refused(self, *args: Any, **options: Any) -> Any:
        raise JitError(
            f"{self._path} gets longer at each call, and its items or its length are used: keep "
            f"what is needed of them in a variable\n  at {users_line()}"
        )

    __len__ = __getitem__ = __iter__ = __contains__ = __eq__ = __reversed__ = _refused
    __add__ = __mul__ = __setitem__ = __delitem__ = __lt__ = __gt__ = __bool__ = _refused
    index = count = pop = insert = remove = sort = reverse = copy = clear = __repr__ = _refused
    __hash__ = None
