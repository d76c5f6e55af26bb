"""Sums as a reader sees them: a chain of additions is one sum of many terms."""

from .snapshot import Snapshot


class Sums:
    """The sums of a graph.

    ``terms`` maps the last addition of each sum to its terms. ``root`` maps every node to the sum
    that it exists for, or to itself: the additions on the way, terms such as w * x that are used
    nowhere else, and unnamed constants in those.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.root = list(range(len(snapshot.values)))
        self.terms: dict[int, list[int]] = {}
        roots = set(snapshot.roots)
        self._private = [  # used once, and without a name: part of what it is used in
            len(children) == 1 and i not in roots and not snapshot.values[i].label
            for i, children in enumerate(snapshot.children)
        ]
        for i in reversed(range(len(snapshot.values))):
            if self._adds(i):
                self._flatten(i)
        for i, terms in self.terms.items():
            for term in terms:
                self._own(term, i)

    def _adds(self, node: int) -> bool:
        op = self._snapshot.values[node].op
        return op is not None and op.name in ("add", "sum")

    def _flatten(self, node: int) -> None:
        terms = self.terms.setdefault(self.root[node], [])
        for p in self._snapshot.parents[node]:
            if self._adds(p) and self._private[p]:
                self.root[p] = self.root[node]
            else:
                terms.append(p)

    def _own(self, term: int, root: int) -> None:
        op = self._snapshot.values[term].op
        if not self._private[term] or (op is not None and op.name not in ("mul", "powc")):
            return
        self.root[term] = root
        for p in self._snapshot.parents[term]:
            if self._private[p] and not self._snapshot.parents[p]:
                self.root[p] = root


def sum_label(label: str, terms: int) -> str:
    """Name the box of a sum."""
    return f"{label + ' = ' if label else ''}sum of {terms:,} terms"
