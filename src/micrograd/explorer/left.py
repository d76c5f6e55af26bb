"""The gradients that the reader's own backward left, where they are not the right ones."""

from collections.abc import Mapping
from typing import Any

from ..engine import Value
from ..value.likeness import doubtful
from ..writing.ledger import ledger
from .acts import same
from .snapshot import Snapshot, number_json


def marked(
    graph: dict[str, Any],
    snapshot: Snapshot,
    left: Mapping[int, float],
    values: Mapping[int, Value],
) -> dict[str, Any]:
    """Return the graph of a page with ``yours`` and ``right``, if any gradient is wrong.

    Nothing is called wrong of which the right gradient is not sure.

    Args:
        graph: what ``as_json`` writes.
        snapshot: of the graph.
        left: what every value of the reader's had for a gradient in the end, by id.
        values: the Value of each of these, by id.
    """
    root = snapshot.values[snapshot.roots[-1]]
    right = dict.fromkeys(snapshot.values, 0.0)
    right[root] = 1.0
    for entry in ledger(root):
        right[entry.parent] += entry.amount
    yours = {values[key]: grad for key, grad in left.items() if key in values}
    unsure = doubtful(snapshot.values)
    wrong = {v for v, grad in yours.items() if v not in unsure and not same(grad, right[v])}
    if not wrong:
        return graph
    number = snapshot.number
    return graph | {
        "yours": {str(number[id(v)]): number_json(grad) for v, grad in yours.items()},
        "right": {str(number[id(v)]): number_json(right[v]) for v in wrong},
    }
