"""Which loops of a graph are worth looking for: thousands of statements take a compiler seconds.

Nothing is timed. Operations are counted that are alike: of one kind at one depth, where a sum is
one thing however long it is. Groups of them that come again and again, in order of depth, are the
steps of a recurrence.
"""

from array import array
from math import inf
from typing import NamedTuple

from ..value.backend import native
from .graph import Graph
from .nodes import Ops, Parents

_FAMILIES = {"add": "sum", "mul": "prod"}
_MOST_FAMILIES = 255  # all further ones count as one
_LEAST = 1_000  # operations; fewer are compiled soon
_MOST_ALIKE = 150  # operations, on average, of which one loop would do
_WINDOW = 4  # groups in a row, by which the steps of a recurrence are told
_MOST_GROUPS = 40  # of one step, and
_LEAST_STEPS = 20  # of a recurrence that is rolled into a short loop
_MOST_BY_STEP = 20_000  # groups of all steps that are looked at one by one
_MOST_WAVES = 64  # groups of a step that waves may do in as many statements
_FEW_CLASSES, _CLASSES_A_GROUP = 2_000, 6


class Search(NamedTuple):
    """How far loops are looked for.

    ``steps`` says whether a recurrence may be told by a few of its steps. ``classes`` is of how
    many classes all rows may be, unless a few waves do for them; None looks at neither.
    """

    steps: bool = True
    classes: float | None = inf


EVERYWHERE = Search()
_NOWHERE, _IN_WAVES, _IN_STEPS = Search(False, None), Search(False, 0), Search(True, None)


def search_for(graph: Graph) -> Search:
    """Return how far to look for the loops of a graph.

    Where few operations are alike, waves alone may do; not for a long recurrence of long steps,
    which has no fewer statements by waves than a step has groups. Else rows may be of six times as
    many classes as there are groups. By kind and depth a binomial tree has two a step; where one of
    its leaves is unlike the others, all that comes of it is of other classes.
    """
    if native is None or len(graph.ops) <= _LEAST:
        return EVERYWHERE
    sizes = _alike(graph)
    count, groups = sum([size for _, _, size in sizes]), len(sizes)
    in_rows = Search(True, _FEW_CLASSES + _CLASSES_A_GROUP * groups)
    if any(graph.batched) or count <= _LEAST or count > _MOST_ALIKE * groups:
        return in_rows
    step, steps = _recurrence(sizes)
    if steps < _LEAST_STEPS:
        return _IN_WAVES
    if step > _MOST_GROUPS:
        return _IN_WAVES if step <= _MOST_WAVES else _NOWHERE
    return in_rows if groups <= _MOST_BY_STEP else _IN_STEPS


def _recurrence(sizes: list[tuple[int, int, int]]) -> tuple[float, float]:
    """Return how many groups a step has, and how many steps there are."""
    levels: dict[int, set] = {}
    for at, kind, size in sizes:
        levels.setdefault(at, set()).add((kind, size))
    kinds = [frozenset(levels[at]) for at in sorted(levels)]
    windows = {tuple(kinds[k : k + _WINDOW]) for k in range(len(kinds))}
    return len(sizes) * len(windows) / len(kinds), len(kinds) / len(windows)


def _alike(graph: Graph) -> list[tuple[int, int, int]]:
    """Return the depth, the kind and the size of each group of operations that are alike."""
    made, parents = Ops.of(graph.ops), Parents.of(graph.parents)
    number = {None: 0, "sum": 1, "prod": 2}
    names = [op if op is None else _FAMILIES.get(op.name, op.name) for op in made.table]
    families = [number.setdefault(name, len(number)) for name in names]
    kinds_of_codes = bytes([min(family, _MOST_FAMILIES) for family in families])
    return native.alike(
        made.codes, parents.starts, parents.numbers, kinds_of_codes, array("i", graph.outputs)
    )
