"""Walks over all values of a recording, for which the engine in C makes no object at each step."""

from collections.abc import Mapping

from ..engine import Value
from .backend import prefer_native


def parents_in(values: list[Value]) -> list[Value]:
    """Return the parents of these values, each once, in the order of their first use."""
    return list({id(p): p for v in values for p in v.parents}.values())


def numbered_parents(numbers: Mapping[int, int], values: list[Value]) -> list[tuple[int, ...]]:
    """Return the numbers of each value's parents.

    Args:
        numbers: of Values, by identity.
        values: whose parents all have a number.
    """
    return [tuple([numbers[id(p)] for p in v.parents]) for v in values]


prefer_native(globals(), "parents_in", "numbered_parents")
