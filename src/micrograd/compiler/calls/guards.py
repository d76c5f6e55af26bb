"""What a program takes for granted of the world outside, looked at before each call.

Variables, attributes and the items of lists and dicts have to be the very objects that they were,
and what was not there must not have come: one walk in C. A number that is another object may still
be the same number.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from ...value.backend import native
from .attributes import dict_of, is_compiled, slots_of
from .contents import contents, same, same_contents
from .places import NOTHING, WHOLE, Place, owner_of
from .reach import RANDOM, Reach
from .undisturbed import undisturbed

ANY: Any = type("Any", (), {"__repr__": lambda self: "anything"})()
KIND = type  # the key of what a thing is: its class, the classes of a class, a function's code


class Watched(NamedTuple):
    """Something that is looked at: the whole of a list or a dict, or what is under a key."""

    owner: Any
    key: Any
    path: str
    thing: Any = None  # of which the owner holds the attributes


class Guards:
    """The places that a function can read, and what they held when it was traced.

    Args:
        reach: the places.
        free: those that are read at each call instead, or that only get longer.
    """

    @undisturbed()
    def __init__(self, reach: Reach, free: Collection[Place]) -> None:
        self._free = {(id(_holder(p.owner)), p.key) for p in free}
        self._freed = {owner for owner, _ in self._free}
        self._reads = reach.reads
        self._watched = sorted(_watched(reach), key=_has_another_order)
        count = sum(not _has_another_order(w) for w in self._watched)
        self._owners = [w.owner for w in self._watched[:count]]
        self._keys = [w.key for w in self._watched[:count]]
        self._expected = [self._held(w) for w in self._watched]
        self._arrays = [(a, a.copy(), reach.paths[id(a)]) for a in reach.arrays]
        looked_into = [x for x in reach.opaque if not isinstance(x, RANDOM)]
        looked_into += [d for d in reach.dicts if isinstance(d, defaultdict)]
        self._caches = [(f, f.cache_info(), reach.paths[id(f)]) for f in reach.caches]
        self._contents = [(x, contents(x), reach.paths[id(x)]) for x in looked_into]
        self.look = partial(first_moved, self._owners, self._keys, self._expected, ANY, NOTHING)

    def hold(self) -> bool:
        """Tell whether all is as it was, apart from what a trace puts there meanwhile."""
        if self._holds():
            return True
        with undisturbed():
            return self._holds()

    def _holds(self) -> bool:
        last = -1
        while last < (i := self.look()):
            if not self._still_equal(i):
                return False
            last = i
        start = len(self._owners) if i < 0 else i  # not -1: another object at each look
        return (
            all(map(self._still_equal, range(start, len(self._watched))))
            and all(_keeps(f, info) for f, info, _ in self._caches)
            and all(same_contents(contents(x), held) for x, held, _ in self._contents)
            and all(_same_array(a, kept) for a, kept, _ in self._arrays)
        )

    @property
    def quick(self) -> Callable[[], int] | None:
        """What looks at everything, and says -1 where nothing moved; None if nothing is there."""
        beside = len(self._watched) > len(self._owners)
        if self._arrays or self._contents or self._caches or beside:
            return lambda: -self.hold()
        return self.look if self._owners else None

    def numbers(self) -> Iterator[tuple[str, float]]:
        """Yield the numbers from outside that the program holds as constants, by name."""
        for watched, held in zip(self._watched, self._expected):
            for _, path, x in _items(watched, held):
                if type(x) in (float, int):
                    yield path, x

    def moved(self) -> Iterator[tuple[str, Place | None]]:
        """Yield what is no longer as it was; with its place where both are numbers."""
        for watched, expected in zip(self._watched, self._expected):
            now = self._held(watched)
            if _alike(now, expected):
                continue
            there = {key: (path, x) for key, path, x in _items(watched, now)}
            before = {key: (path, x) for key, path, x in _items(watched, expected)}
            whole = watched.key is WHOLE and watched.thing is None
            if watched.key is KIND or (whole and list(there) != list(before)):
                yield watched.path, None
                continue
            for key in before | there:
                path, x = there.get(key, (before.get(key, ("",))[0], NOTHING))
                y = before.get(key, ("", NOTHING))[1]
                if not same(x, y):
                    alike = (type(x) is type(y) and type(x) in (float, int)) or _are_floats(x, y)
                    yield path, Place(_owner(watched), key, path) if alike else None
        for x, held, path in self._contents:
            if not same_contents(contents(x), held):
                yield path, None
        for f, info, path in self._caches:
            if not _keeps(f, info):
                yield path, None
        for a, kept, path in self._arrays:
            if not _same_array(a, kept):
                yield path, self._place_of(a) if _are_floats(a, kept) else None

    def _place_of(self, a: np.ndarray) -> Place | None:
        """Return the place that holds an array, if it is one only."""
        held = [
            Place(_owner(watched), key, path)
            for watched, expected in zip(self._watched, self._expected)
            for key, path, x in _items(watched, expected)
            if x is a
        ]
        return held[0] if len(held) == 1 else None

    def _held(self, watched: Watched) -> Any:
        owner, key, _, thing = watched
        if (id(owner), key) in self._free:
            return ANY
        if key is KIND:
            return _kind_of(owner)
        if key is not WHOLE or not isinstance(owner, (list, dict)):
            return Place(owner, key, "").get()
        if isinstance(owner, list):
            if id(owner) not in self._freed:
                return tuple(owner)
            return tuple([self._item(owner, i, x) for i, x in enumerate(owner)])
        pairs = [
            (k, self._item(owner, k, x) if thing is None or self._reads(thing, k, x) else ANY)
            for k, x in owner.items()
        ]
        return tuple([part for pair in pairs for part in pair])

    def _item(self, owner: Any, key: Any, held: Any) -> Any:
        return ANY if (id(owner), key) in self._free else held

    def _still_equal(self, i: int) -> bool:
        """Take other objects that are the same numbers for what was expected."""
        watched, expected = self._watched[i], self._expected[i]
        now = self._held(watched)
        x, y = (_read(now), _read(expected)) if watched.thing is not None else (now, expected)
        if not _alike(x, y):
            return False
        self._expected[i] = now
        return True


def _watched(reach: Reach) -> Iterator[Watched]:
    """Yield all that a function may read; attributes as wholes, since others may come."""
    paths = reach.paths
    for cell in reach.cells:
        yield Watched(cell, None, paths[id(cell)])
    for names, name in reach.globals.values():
        yield Watched(names, name, name)
    for x in reach.objects:
        if is_compiled(x):
            continue
        path = paths[id(x)]
        yield Watched(x, KIND, f"the class of {path}")
        if (attributes := dict_of(x)) is not None:
            yield Watched(attributes, WHOLE, path, x)
        for name in slots_of(x):
            if reach.reads(x, name, None):
                yield Watched(x, name, f"{path}.{name}")
    for c in reach.classes:
        yield Watched(dict_of(c), WHOLE, c.__name__, c)
    for container in (*reach.lists, *reach.dicts):
        yield Watched(container, WHOLE, paths[id(container)])
    for v in reach.labelled:
        yield Watched(v, "label", f"{paths[id(v)]}.label")


def places_in(reach: Reach) -> Iterator[tuple[Any, Any, str]]:
    """Yield the places within reach as owner, key and path; lists and dicts as wholes."""
    paths = reach.paths
    for cell in reach.cells:
        yield cell, None, paths[id(cell)]
    for names, name in reach.globals.values():
        if name in names:
            yield names, name, name
    for x in reach.objects:
        for name in reach.attributes(x):
            owner, key = owner_of(x, name)
            if owner is x and Place(x, name, "").get() is not Place(x, name, "").get():
                continue  # a method of a class, made anew at each look
            yield owner, key, f"{paths[id(x)]}.{name}"
    for container in (*reach.lists, *reach.dicts):
        yield container, None, paths[id(container)]


def _has_another_order(watched: Watched) -> bool:
    """Tell whether it is a dict whose order only its own methods tell."""
    return isinstance(watched.owner, OrderedDict) and watched.key is WHOLE


def _keeps(f: Any, info: Any) -> bool:
    """Tell whether a function that keeps results has not been cleared, nor kept others."""
    now = f.cache_info()
    return now.misses == info.misses and now.hits >= info.hits


def _holder(owner: Any) -> Any:
    """Return what is looked at for a place: of an attribute of a class, its dict."""
    return dict_of(owner) if isinstance(owner, type) else owner


def _owner(watched: Watched) -> Any:
    """Return what a place has for what is looked at: a class writes its dict itself."""
    return watched.thing if isinstance(watched.thing, type) else watched.owner


def _kind_of(x: Any) -> tuple:
    if isinstance(x, FunctionType):
        return x.__code__, x.__defaults__, x.__kwdefaults__
    return (x.__mro__,) if isinstance(x, type) else (type(x),)


def _read(held: tuple) -> tuple:
    """Leave out of a dict's keys and items what is not read."""
    pairs = [(k, x) for k, x in zip(held[::2], held[1::2]) if x is not ANY]
    return tuple([part for pair in sorted(pairs, key=_name) for part in pair])


def _name(pair: tuple[str, Any]) -> str:
    return pair[0]


def _items(watched: Watched, held: Any) -> Iterator[tuple[Any, str, Any]]:
    """Yield key, path and what is held, of wholes one by one."""
    owner, key, path, thing = watched
    if key is not WHOLE or not isinstance(owner, (list, dict)) or not isinstance(held, tuple):
        yield key, path, held
        return
    pairs = enumerate(held) if isinstance(owner, list) else zip(held[::2], held[1::2])
    for k, x in pairs:
        if x is not ANY:
            yield k, f"{path}[{k!r}]" if thing is None else f"{path}.{k}", x


def _are_floats(x: Any, y: Any) -> bool:
    """Tell whether both are arrays of floats, which may be inputs."""
    return all(type(a) is np.ndarray and a.dtype.kind == "f" and a.ndim for a in (x, y))


def _alike(x: Any, y: Any) -> bool:
    if isinstance(x, tuple) and isinstance(y, tuple):
        return len(x) == len(y) and all(map(same, x, y))
    return same(x, y)


def _same_array(a: np.ndarray, b: np.ndarray) -> bool:
    if a.dtype == object:
        return all(map(same, a.ravel().tolist(), b.ravel().tolist()))
    return a.shape == b.shape and a.tobytes() == b.tobytes()


def _first_moved(owners: list, keys: list, expected: list, any: object, nothing: object) -> int:
    for i, (owner, key, wanted) in enumerate(zip(owners, keys, expected)):
        if wanted is any:
            continue
        if key is KIND:
            there = all(x is y for x, y in zip(_kind_of(owner), wanted))
        elif key is None and isinstance(owner, (list, dict)):
            held = owner if isinstance(owner, list) else [x for kv in owner.items() for x in kv]
            there = len(held) == len(wanted) and all(
                y is any or x is y for x, y in zip(held, wanted)
            )
        else:
            there = Place(owner, key, "").get() is wanted
        if not there:
            return i
    return -1


first_moved: Callable[[list, list, list, object, object], int] = (
    native.first_moved if native is not None else _first_moved
)


def moved_among(all_guards: Iterable[Guards]) -> dict[str, Place | None]:
    """Return what is no longer as any of these took it for, by name."""
    with undisturbed():
        return {path: place for guards in all_guards for path, place in guards.moved()}
