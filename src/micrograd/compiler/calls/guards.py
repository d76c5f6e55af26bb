"""What a program takes for granted of the world outside, looked at before each call.

Variables, attributes and the items of lists and dicts have to be the very objects that they were:
one walk in C. A number that is another object may still be the same number.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from ...value.backend import native
from .places import Place, owner_of
from .reach import Reach
from .state import same

ANY: Any = type("Any", (), {"__repr__": lambda self: "anything"})()


class Guards:
    """The places that a function can read, and what they held when it was traced.

    Args:
        reach: the places.
        free: those that are read at each call instead, or that only get longer.
    """

    def __init__(self, reach: Reach, free: Collection[Place]) -> None:
        self._free = {(id(p.owner), p.key) for p in free}
        self._owners: list[Any] = []
        self._keys: list[Any] = []
        self._expected: list[Any] = []
        self._paths: list[str] = []
        self._arrays = [(a, a.copy(), reach.paths[id(a)]) for a in reach.arrays]
        for owner, key, path in places_in(reach):
            self._owners.append(owner)
            self._keys.append(key)
            self._paths.append(path)
            self._expected.append(self._held(owner, key))
        self.look = partial(first_moved, self._owners, self._keys, self._expected, ANY)

    def hold(self) -> bool:
        """Tell whether all is as it was."""
        while (i := self.look()) >= 0:
            if not self._still_equal(i):
                return False
        return not self._arrays or all(_same_array(a, kept) for a, kept, _ in self._arrays)

    @property
    def quick(self) -> Callable[[], int] | None:
        """What looks at everything, and says -1 where nothing moved; None if nothing is there."""
        if self._arrays:
            return lambda: -self.hold()
        return self.look if self._owners else None

    def numbers(self) -> Iterator[tuple[str, float]]:
        """Yield the numbers from outside that the program holds as constants, by name."""
        places = zip(self._owners, self._keys, self._paths, self._expected)
        for owner, key, path, held in places:
            if type(held) in (float, int):
                yield path, held
            elif key is None and isinstance(owner, (list, dict)) and type(held) is tuple:
                items = enumerate(held) if isinstance(owner, list) else zip(held[::2], held[1::2])
                for at, x in items:
                    if type(x) in (float, int):
                        yield f"{path}[{at!r}]", x

    def moved(self) -> Iterator[tuple[str, Place | None]]:
        """Yield what is no longer as it was; with its place where both are numbers."""
        for i, (owner, key) in enumerate(zip(self._owners, self._keys)):
            now, expected = self._held(owner, key), self._expected[i]
            if _alike(now, expected):
                continue
            number: Place | None = None
            if key is not None or not isinstance(owner, (list, dict)):
                number = self._number(owner, key, self._paths[i], now, expected)
                yield self._paths[i], number
            elif not isinstance(now, tuple) or len(now) != len(expected):
                yield self._paths[i], None
            else:
                yield from self._moved_items(owner, self._paths[i], now, expected)
        for a, kept, path in self._arrays:
            if not _same_array(a, kept):
                yield path, None

    def _moved_items(
        self, owner: Any, path: str, now: tuple, expected: tuple
    ) -> Iterator[tuple[str, Place | None]]:
        keys = list(range(len(now))) if isinstance(owner, list) else list(owner)
        if isinstance(owner, dict):
            now, expected = now[1::2], expected[1::2]
        for key, x, y in zip(keys, now, expected):
            if not _alike(x, y):
                where = f"{path}[{key!r}]"
                yield where, self._number(owner, key, where, x, y)

    def _number(self, owner: Any, key: Any, path: str, now: Any, before: Any) -> Place | None:
        both = type(now) is type(before) and type(now) in (float, int)
        return Place(owner, key, path) if both else None

    def _held(self, owner: Any, key: Any) -> Any:
        if (id(owner), key) in self._free:
            return ANY
        if key is None and isinstance(owner, list):
            return tuple([self._item(owner, i, x) for i, x in enumerate(owner)])
        if key is None and isinstance(owner, dict):
            pairs = [(k, self._item(owner, k, x)) for k, x in owner.items()]
            return tuple([part for pair in pairs for part in pair])
        return Place(owner, key, "").get()

    def _item(self, owner: Any, key: Any, held: Any) -> Any:
        return ANY if (id(owner), key) in self._free else held

    def _still_equal(self, i: int) -> bool:
        """Take other objects that are the same numbers for what was expected."""
        now, expected = self._held(self._owners[i], self._keys[i]), self._expected[i]
        if not _alike(now, expected):
            return False
        self._expected[i] = now
        return True


def places_in(reach: Reach) -> Iterator[tuple[Any, Any, str]]:
    """Yield all places within reach as owner, key and path; lists and dicts as wholes."""
    paths = reach.paths
    for cell in reach.cells:
        yield cell, None, paths[id(cell)]
    for names, name in reach.globals.values():
        yield names, name, name
    for x in reach.objects:
        for name, _ in reach.attributes(x):
            owner, key = owner_of(x, name)
            if owner is x and Place(x, name, "").get() is not Place(x, name, "").get():
                continue  # a method of a class, made anew at each look
            yield owner, key, f"{paths[id(x)]}.{name}"
    for container in (*reach.lists, *reach.dicts):
        yield container, None, paths[id(container)]


def _alike(x: Any, y: Any) -> bool:
    if isinstance(x, tuple) and isinstance(y, tuple):
        return len(x) == len(y) and all(map(same, x, y))
    return same(x, y)


def _same_array(a: np.ndarray, b: np.ndarray) -> bool:
    if a.dtype == object:
        return all(map(same, a.ravel().tolist(), b.ravel().tolist()))
    return a.shape == b.shape and a.tobytes() == b.tobytes()


def _first_moved(owners: list, keys: list, expected: list, any: object) -> int:
    for i, (owner, key, wanted) in enumerate(zip(owners, keys, expected)):
        if wanted is any:
            continue
        if key is None and isinstance(owner, (list, dict)):
            held = owner if isinstance(owner, list) else [x for kv in owner.items() for x in kv]
            there = len(held) == len(wanted) and all(
                y is any or x is y for x, y in zip(held, wanted)
            )
        else:
            there = Place(owner, key, "").get() is wanted
        if not there:
            return i
    return -1


first_moved: Callable[[list, list, list, object], int] = (
    native.first_moved if native is not None else _first_moved
)


def moved_among(all_guards: Iterable[Guards]) -> dict[str, Place | None]:
    """Return what is no longer as any of these took it for, by name."""
    return {path: place for guards in all_guards for path, place in guards.moved()}
