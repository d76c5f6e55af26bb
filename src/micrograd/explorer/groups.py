"""A group: values, and groups of values, shown as one box while folded.

A group is anything with a name and members: a neuron, a layer, a long sum, or all the values of a
large graph that do the same thing. The page knows only the tree, not where it came from.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

CHUNK = 40  # members of one group that are shown side by side


@dataclass(eq=False)
class Box:
    """A box that opens. ``kind`` is graph, module, use, sum, class, loop or range."""

    label: str
    kind: str
    items: list["int | Box"] = field(default_factory=list)
    folded: bool = True

    def nodes(self) -> Iterable[int]:
        """Yield every node inside, however deep."""
        for item in self.items:
            if isinstance(item, Box):
                yield from item.nodes()
            else:
                yield item

    def inner(self) -> list["Box"]:
        """Return the groups directly inside."""
        return [item for item in self.items if isinstance(item, Box)]


def chunked(label: str, kind: str, items: Sequence[int | Box], prefix: str = "") -> Box:
    """Make one group of many members, in ranges of a size that can be looked at."""
    level = list(items)
    size = 1
    while len(level) > CHUNK:
        size *= CHUNK
        parts = [level[k : k + CHUNK] for k in range(0, len(level), CHUNK)]
        level = [
            Box(f"{prefix}{n * size + 1:,} to {min((n + 1) * size, len(items)):,}", "range", part)
            for n, part in enumerate(parts)
        ]
    return Box(label, kind, level)
