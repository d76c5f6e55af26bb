"""The state of all that a function can reach: kept, compared, and put back.

Compiling a function runs it a few times. What these runs change is put back, and what the plain run
changes is how effects are noticed.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import is_
from typing import Any

import numpy as np

from ...engine import Value
from ...value.buffers import floats_of, read_both, write_both
from ..errors import JitError
from .attributes import own_attributes
from .closeness import close, is_single
from .contents import contents, restore, same, same_contents
from .differences import leaves_of, other_form
from .places import NOTHING, WHOLE, Place, content, owner_of
from .reach import Reach
from .streams import Streams
from .undisturbed import undisturbed

_MOST_NAMED = 3  # places in a message


@dataclass(frozen=True, slots=True)
class Change:
    """Something from outside that a function has changed: a place, a list, an array, a Value."""

    name: str
    owner: Any
    key: Any
    before: Any  # what was there; of a list, its items; of a Value, nothing
    longer: bool = False  # of a list: nothing but items behind the others have come


class State:
    """What a function's world held at one moment.

    Args:
        reach: the places to look at.
        streams: where the random streams are, if that is known.
    """

    @undisturbed()
    def __init__(self, reach: Reach, streams: Streams | None = None) -> None:
        self._reach = reach
        self._values = list(reach.values)
        self._numbers = _numbers_of(self._values)
        self._lists = [(x, list(x)) for x in reach.lists]
        self._dicts = [(x, dict(x)) for x in reach.dicts]
        self._cells = [(x, content(x)) for x in reach.cells]
        self._arrays = [(x, x.copy()) for x in reach.arrays]
        self._globals = [(d, k, d.get(k, NOTHING)) for d, k in reach.globals.values()]
        self._objects = [(x, own_attributes(x)) for x in reach.objects]
        self._generators = [(g, g.state()) for g in reach.generators]
        self._opaque = [(x, contents(x)) for x in reach.opaque]
        self._caches = [(f, contents(f)) for f in reach.caches]
        self._streams = Streams() if streams is None else streams

    def now(self) -> "State":
        """Return what the same world holds at this moment."""
        return State(self._reach, self._streams.now())

    @property
    def leaves(self) -> list[Value]:
        """The Values that were not computed."""
        return [v for v in self._values if not v.parents]

    @property
    def in_single_precision(self) -> bool:
        """Whether NumPy computes with less than double precision somewhere in it."""
        items = (x for _, whole in self._lists for x in whole if type(x) is not float)
        of_dicts = (x for _, d in (*self._dicts, *self._objects) for x in d.values())
        named = (held for *_, held in (*self._cells, *self._globals))
        return any(map(is_single, chain((a for a, _ in self._arrays), items, of_dicts, named)))

    def moved(self, apart: Collection[int] = ()) -> list[str]:
        """Return the names of the places that hold something else by now.

        Random streams do not count, nor do the Values whose identities are in ``apart``.
        """
        return list(dict.fromkeys([change.name for change in self.changes(apart)]))

    def changes(self, apart: Collection[int] = ()) -> list[Change]:
        """Return what holds something else by now; see ``moved``."""
        with undisturbed():
            return list(self._changes(apart))

    def _changes(self, apart: Collection[int]) -> Iterator[Change]:
        paths = self._reach.paths
        for what, kept, now in zip(("data", "grad"), self._numbers, _numbers_of(self._values)):
            for i in np.flatnonzero(kept.view(np.int64) != now.view(np.int64)):
                if id(self._values[i]) in apart:
                    continue
                yield Change(f"{paths[id(self._values[i])]}.{what}", self._values[i], what, None)
        for x, old in self._lists:
            unmoved = len(x) == len(old) and all(map(is_, x, old))
            if not unmoved and (len(x) != len(old) or not all(map(same, x, old))):
                longer = len(x) > len(old) and all(map(is_, x, old))
                yield Change(f"the list {paths[id(x)]}", x, WHOLE, old, longer)
        for d, was in self._dicts:
            if list(d) != list(was) or not all(map(same, d.values(), was.values())):
                for key in was | d:
                    if not same(d.get(key, NOTHING), was.get(key, NOTHING)):
                        yield Change(f"the dict {paths[id(d)]}", d, key, was.get(key, NOTHING))
        for cell, held in self._cells:
            if not same(content(cell), held):
                yield Change(f"the variable {paths[id(cell)]}", cell, None, held)
        for a, whole in self._arrays:
            if a.shape != whole.shape or not _same_array(a, whole):
                yield Change(f"the array {paths[id(a)]}", a, None, whole)
        for g, name, held in self._globals:
            if not same(g.get(name, NOTHING), held):
                yield Change(f"the global {name}", g, name, held)
        for thing, attributes in self._objects:
            if _is_unmoved(thing, attributes):
                continue
            present = self._reach.attributes(thing)
            for name in present:
                held = attributes.get(name, NOTHING)
                if not same(present[name], held):
                    yield Change(f"{paths[id(thing)]}.{name}", *owner_of(thing, name), held)

    def unlike(self, dtype: str, noise: float) -> str | None:
        """Say what is not as it was then, but for rounding; None where everything is.

        Args:
            dtype: of the numbers of a program.
            noise: how far rounding alone may move them.
        """
        for what, then, now in zip(("data", "grad"), self._numbers, _numbers_of(self._values)):
            if not close(now, then, dtype) and not close(now, then, dtype, noise):
                i = int(np.argmax(np.nan_to_num(np.abs(now - then), nan=np.inf)))
                name = self._reach.paths[id(self._values[i])]
                return f"{name}.{what} is {then[i]} plainly, and {now[i]} compiled"
        for change in self.changes():
            if not isinstance(change.owner, Value) and (off := _unlike(change, dtype, noise)):
                return off
        return None

    def refuse_unwatched(self) -> None:
        """Raise where something has moved that no compiled function could move in the same way.

        Raises:
            JitError: it names what that is.
        """
        for x, kept in self._opaque:
            if not same_contents(contents(x), kept):
                raise JitError(
                    f"the function changes {self._reach.paths[id(x)]}, a {type(x).__name__} from "
                    "outside, which jit cannot do at each call: use a list or a dict, or "
                    "micrograd.random for random numbers"
                )
        if stream := self._streams.moved():
            raise JitError(
                f"the function draws random numbers from {stream}, which would be frozen: use "
                "micrograd.random, which is drawn anew at each call"
            )

    @undisturbed()
    def put_back(self) -> None:
        """Let everything be as it was; what has not moved is not touched."""
        write_both(self._values, self._numbers)
        for x, old in self._lists:
            if len(x) != len(old) or not all(map(is_, x, old)):
                x[:] = old
        for d, was in self._dicts:
            if list(d) != list(was) or not all(map(is_, d.values(), was.values())):
                d.clear()
                d.update(was)
        for cell, held in self._cells:
            if content(cell) is not held:
                _fill(cell, held)
        for a, before in self._arrays:
            if not _same_array(a, before):
                a[...] = before
        for g, name, held in self._globals:
            if g.get(name, NOTHING) is not held:
                Place(g, name, "").put(held)
        for thing, attributes in self._objects:
            if not _is_unmoved(thing, attributes):
                self._put_attributes_back(thing, attributes)
        for generator, state in self._generators:
            generator.set_state(state)
        for x, before in self._opaque:
            restore(x, before)
        for f, known in self._caches:
            if contents(f) != known:
                f.cache_clear()  # what it keeps may be of a trace
        self._streams.put_back()

    def _put_attributes_back(self, thing: Any, attributes: dict[str, Any]) -> None:
        now, present = self._reach.attributes(thing), own_attributes(thing)
        for name in now | attributes:
            held = attributes.get(name, NOTHING)
            if (name not in now and name not in attributes) or now.get(name, NOTHING) is held:
                continue
            if held is NOTHING:
                delattr(thing, name)
            elif name in now or name not in present:
                setattr(thing, name, held)

    def described(self, moved: Sequence[str]) -> str:
        """Return a few of the places for a message."""
        more = len(moved) - _MOST_NAMED
        return ", ".join(moved[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _unlike(change: Change, dtype: str, noise: float) -> str | None:
    owner = change.owner
    now = owner if isinstance(owner, np.ndarray) else Place(owner, change.key, "").get()
    there, here = floats_of(change.before), floats_of(now)
    lists = there is not None and here is not None and there.shape == here.shape
    if lists and close(here, there, dtype, noise):
        return None
    if other := other_form(change.before, now, change.name):
        return other
    for a, b in zip(leaves_of(change.before, change.name), leaves_of(now, change.name)):
        if not close(np.array([b.number]), np.array([a.number]), dtype, noise):
            return f"{a.path} is {a.number} plainly, and {b.number} compiled"
    return None


def _is_unmoved(thing: Any, attributes: dict[str, Any]) -> bool:
    now = own_attributes(thing)
    there = now.keys() == attributes.keys()
    return there and all(map(is_, map(now.get, attributes), attributes.values()))


def _fill(cell: Any, held: Any) -> None:
    if held is NOTHING:
        del cell.cell_contents
    else:
        cell.cell_contents = held


def _numbers_of(values: list) -> np.ndarray:
    numbers = np.empty((2, len(values)))
    read_both(values, numbers)
    return numbers


def _same_array(a: np.ndarray, b: np.ndarray) -> bool:
    if a.dtype == object:
        return all(map(same, a.ravel().tolist(), b.ravel().tolist()))
    return a.tobytes() == b.tobytes()
