"""What a function returns of its arguments as it came: in each result it is the very thing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ...value.nested import is_record, record, with_entries, with_fields

Keys = tuple[Any, ...]  # indices, keys and names of fields, from the outside in


class Passed:
    """Stands in a result for an argument, or for what is in one under some keys."""

    def __init__(self, argument: int, keys: Keys) -> None:
        self.argument, self.keys = argument, keys

    def of(self, args: Sequence[Any]) -> Any:
        """Return the thing itself, given the arguments of a call."""
        x = args[self.argument]
        for key in self.keys:
            x = getattr(x, key) if is_record(x) else x[key]
        return x

    def __repr__(self) -> str:
        return f"Passed({self.argument}, {self.keys})"


def things_of(x: Any, keys: Keys = ()) -> Iterator[tuple[Any, Keys]]:
    """Yield the lists, tuples, dicts, arrays and records that x consists of, and their keys."""
    inside: Iterable[tuple[Any, Any]]
    if is_record(x):
        inside = record(x).items()
    elif isinstance(x, dict):
        inside = x.items()
    elif isinstance(x, (list, tuple)):
        n = len(x)  # the last of more is the last again
        inside = [(i if 2 * i < n else i - n, y) for i, y in enumerate(x)]
    elif isinstance(x, np.ndarray):
        inside = ()
    else:
        return
    yield x, keys
    for key, y in inside:
        yield from things_of(y, (*keys, key))


def with_passed(tree: Any, passed: dict[int, Passed], once: dict[int, Any]) -> Any:
    """Return a result with what was passed in its places.

    Args:
        tree: the result.
        passed: by the identity of what stands for it in the trace.
        once: what was made by now, by the identity of what it was made of.
    """
    if id(tree) in passed:
        return passed[id(tree)]
    if id(tree) not in once:
        once[id(tree)] = _rebuilt(tree, lambda x: with_passed(x, passed, once))
    return once[id(tree)]


def _rebuilt(tree: Any, branch: Callable[[Any], Any]) -> Any:
    inside = record(tree) if is_record(tree) else tree
    if isinstance(inside, dict):
        entries = {key: branch(x) for key, x in inside.items()}
        if all(entries[key] is x for key, x in inside.items()):
            return tree
        return with_entries(tree, entries) if inside is tree else with_fields(tree, entries)
    if not isinstance(tree, (list, tuple)):
        return tree
    items = [branch(x) for x in tree]
    if all(x is y for x, y in zip(items, tree)):
        return tree
    if isinstance(tree, list):
        return items
    return type(tree)(*items) if hasattr(tree, "_fields") else tuple(items)
