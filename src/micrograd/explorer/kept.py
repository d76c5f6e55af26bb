"""What a name of the reader's code held at a moment: a copy of a list, what a closure captured."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, repeat
from operator import is_
from types import CodeType, FunctionType
from typing import Any

from ..value.likeness import is_value

_FIELDS = 12  # of an object
_LONG = 100  # items of a list that holds other things than values
_LOOKED_AT = 5  # of its items
_DEEP = 3  # lists in lists, fields in fields


@dataclass(frozen=True)
class Kept:
    """What a name held. ``kind`` is value, number, text, list, closure or object."""

    kind: str
    what: Any  # the Value, the number, the text, or what stands around the items
    items: tuple[tuple[str, "Kept"], ...] = ()
    container: Any = None  # the list itself, which tells it from others

    def same(self, other: "Kept") -> bool:
        """Tell whether nothing has changed."""
        return self is other or (
            self.kind == other.kind
            and (self.what is other.what or (self.kind != "value" and self.what == other.what))
            and self.container is other.container
            and len(self.items) == len(other.items)
            and all(
                a == b and x.same(y) for (a, x), (b, y) in zip(self.items, other.items, strict=True)
            )
        )


def keep(
    x: Any,
    is_readers: Callable[[CodeType], bool],
    depth: int = _DEEP,
    before: Kept | None = None,
) -> Kept:
    """Keep what a name holds now.

    Args:
        x: what it holds.
        is_readers: tells whose functions, and so whose objects, are to be looked into.
        depth: how deep.
        before: what the name held at the line before, of which most is there still.
    """
    if is_value(x):
        return Kept("value", x)
    if isinstance(x, (int, float)) and not isinstance(x, bool):
        return Kept("number", x)
    if x is None or isinstance(x, (bool, str)):
        return Kept("text", repr(x)[:60])
    if type(x) in (list, tuple, set, frozenset, dict):
        if len(x) > _LONG and not any(map(is_value, islice(x, _LOOKED_AT))):
            return Kept("text", f"<{type(x).__name__} of {len(x):,}>")  # data: not to be copied
        former = before.items if before and before.container is x else ()
        items = tuple(_items(x, former, is_readers, depth - 1)) if depth else ()
        if before and len(items) == len(former) and all(map(is_, items, former)):
            return before
        around = "[]" if type(x) is list else "()" if type(x) is tuple else "{}"
        return Kept("list", around, items, x)
    if isinstance(x, FunctionType):
        held = dict(before.items if before else ())
        captured = [
            (n, keep(y, is_readers, depth - 1, held.get(n))) for n, y in _captured(x) if depth
        ]
        return Kept("closure", x.__name__, tuple(captured))
    if depth and _is_of_readers_class(x, is_readers):
        fields = [(n, keep(y, is_readers, depth - 1)) for n, y in list(vars(x).items())[:_FIELDS]]
        return Kept("object", type(x).__name__, tuple(fields))
    return Kept("text", f"<{type(x).__name__}>")


def size(kept: Kept) -> int:
    """Count all that something kept holds."""
    return len(kept.items) + sum(size(inner) for _, inner in kept.items if inner.items)


def within(kept: Kept) -> Iterator[Kept]:
    """Yield something kept, and all that it holds."""
    yield kept
    for _, inner in kept.items:
        yield from within(inner)


def _items(
    xs: Iterable[Any],
    former: Iterable[tuple[str, Kept]],
    is_readers: Callable[[CodeType], bool],
    depth: int,
) -> Iterator[tuple[str, Kept]]:
    """Yield the items of a list: where a value stands that stood there before, that one again."""
    for y, old in zip(xs, chain(former, repeat(None))):
        if old is not None and old[1].what is y and old[1].kind == "value":
            yield old
        else:
            yield "", keep(y, is_readers, depth)


def _captured(function: FunctionType) -> Iterator[tuple[str, Any]]:
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    for name, cell in sorted(cells, key=lambda pair: pair[0] != "self"):
        try:
            held = cell.cell_contents
        except ValueError:  # a variable that has no value yet
            continue
        if held is not function:
            yield name, held


def _is_of_readers_class(x: Any, is_readers: Callable[[CodeType], bool]) -> bool:
    if isinstance(x, type) or not hasattr(x, "__dict__"):
        return False
    methods = (f for f in vars(type(x)).values() if isinstance(f, FunctionType))
    return any(is_readers(f.__code__) for f in methods)
