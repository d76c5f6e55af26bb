"""Families: templates that the same operands read, and so have one array.

In it each wave has a line, all as long as the longest: what comes of an earlier wave is a fixed
distance away, however long the waves in between are.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from .flatten import ArrayNodes
from .templates import Rowwise

_MOST_ROOM = 4  # times as many places as there are rows; else lines follow each other directly


def layouts(rows: Rowwise) -> list[ArrayNodes]:
    """Return the arrays of all rows: one for each family, a line for each step and depth."""
    family = _families(rows)
    lines: dict[int, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(rows.values(), key=lambda row: (row.step, row.depth, row.node)):
        lines[family[row.template]][row.step, row.depth].append(row.node)
    made = []
    for of_family in lines.values():
        nodes = _one_array(list(of_family.values()))
        first = rows[int(nodes[0])]
        made.append(ArrayNodes(nodes, first.batched, first.needs_gradient))
    return made


def _families(rows: Rowwise) -> dict[int, int]:
    """Return the family of each template, by one of the templates in it."""
    family = {row.template: row.template for row in rows.values()}

    def of(template: int) -> int:
        while family[template] != template:
            template = family[template]
        return template

    read: dict[tuple[int, int, int], int] = {}  # by each operand of a template
    for row in rows.values():
        for s, slot in enumerate(row.slots):
            for term in slot:
                for f, node in enumerate(term):
                    if node in rows:
                        one = of(rows[node].template)
                        family[one] = of(read.setdefault((row.template, s, f), one))
    return {template: of(template) for template in family}


def _one_array(lines: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Return nodes line by line, each filled up with -1 to the longest where that is not much."""
    longest = max(map(len, lines))
    if longest * len(lines) > _MOST_ROOM * sum(map(len, lines)):
        return np.array(list(chain.from_iterable(lines)))
    made = np.full((len(lines), longest), -1)
    for k, line in enumerate(lines):
        made[k, : len(line)] = line
    return made.reshape(-1)
