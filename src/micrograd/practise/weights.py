"""Where the weights of a learner's network are: found by what they are, not by their names.

A list of Values in an object is a neuron's weights, a single Value beside it its bias; a list of
such lists is a layer that has no neurons. What an object keeps twice is found once.
"""

from collections.abc import Iterator
from typing import Any

from ..value.duplicate import attributes

_BIAS = ("b", "bias", "_b", "_bias")
Neuron = tuple[list, Any]  # weights, and a bias or None


def neurons(x: Any, cls: type) -> Iterator[Neuron]:
    """Yield every neuron in x, in the order of the attributes.

    Args:
        x: a neuron, a layer, a network, or a list of them.
        cls: the class of the weights.
    """
    found: set[int] = set()
    for weights, bias in _neurons(x, cls, set()):
        if weights and id(weights[0]) not in found:
            found.update(map(id, weights[:1] if len({*map(id, weights)}) == 1 else weights))
            yield weights, bias


def shared(x: Any, cls: type) -> dict[str, Any]:
    """Return the Values that stand in the class body of x, which all its objects share."""
    return {n: v for n, v in vars(type(x)).items() if isinstance(v, cls)}


def _neurons(x: Any, cls: type, seen: set[int]) -> list[Neuron]:
    if x is None or isinstance(x, (int, float, str, cls)) or id(x) in seen:
        return []
    seen.add(id(x))
    items = _items(x)
    if items is not None:
        return [neuron for item in items for neuron in _neurons(item, cls, seen)]
    if callable(x) and not attributes(x):
        return []
    fields = shared(x, cls) | attributes(x)
    own = _own(fields, cls)
    if own and own[0][1] is not None:
        return own
    inner = [neuron for value in fields.values() for neuron in _neurons(value, cls, seen)]
    return inner or own  # a list of all parameters beside the layers says nothing new


def _own(fields: dict[str, Any], cls: type) -> list[Neuron]:
    lists = {n: items for n, v in fields.items() if (items := _items(v))}
    singles = {n: v for n, v in fields.items() if isinstance(v, cls)}
    vectors = {n: v for n, v in lists.items() if all(isinstance(y, cls) for y in v)}
    for rows in lists.values():
        if _is_matrix(rows, cls):
            biases = next(iter(vectors.values()), [None] * len(rows))
            return [(_items(row) or [], bias) for row, bias in zip(rows, biases)]
    alone = {n: v for n, v in vectors.items() if not _holds(v, singles.values())} or vectors
    longest = max(alone.values(), key=len, default=[])
    singles |= {n: v[0] for n, v in alone.items() if len(v) == 1 and v is not longest}
    named = [v for n, v in singles.items() if n in _BIAS]
    return [(longest, (named or [*singles.values(), None])[0])] if longest else []


def _holds(items: list, singles: Any) -> bool:
    return any(item is single for item in items for single in singles)


def _items(x: Any) -> list | None:
    if isinstance(x, (list, tuple)):
        return list(x)
    if isinstance(x, dict):
        return list(x.values())
    return x.tolist() if hasattr(x, "tolist") and getattr(x, "ndim", None) else None


def _is_matrix(rows: list, cls: type) -> bool:
    inner = [_items(row) for row in rows]
    return all(row and all(isinstance(y, cls) for y in row) for row in inner)
