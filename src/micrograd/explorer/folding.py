"""Which values fold into one box, and which boxes are open at first."""

from collections.abc import Iterable, Sequence

from .groups import Group, chunked
from .modules import group_by_modules
from .snapshot import Snapshot
from .structure import group_by_structure
from .sums import Sums

MANY = 2000  # nodes from which a graph is shown by structure
SHOWN = 200  # boxes at first, at most, in a graph shown by structure
READABLE = 30  # boxes to show at first, where modules can be open or folded


def fold(
    snapshot: Snapshot, by: str | None = None, loops: Sequence[tuple[str, Iterable[int]]] = ()
) -> Group:
    """Return the tree of groups of a graph.

    Args:
        snapshot: the graph.
        by: "modules" (the dotted paths of parameters), "structure" (nodes that do the same), or
            "nothing"; by default structure above 2,000 nodes, else modules.
        loops: (label, nodes) of groups that someone else found, such as a compiler's loops; they
            come first, and what they leave is grouped by structure.

    Raises:
        ValueError: ``by`` is none of these.
    """
    by = by or ("structure" if len(snapshot.values) > MANY or loops else "modules")
    root = Group("", "graph", folded=False)
    if by == "nothing":
        root.items = list(range(len(snapshot.values)))
    elif by == "modules":
        root.items = group_by_modules(snapshot, Sums(snapshot))
        _unfold(root)
    elif by == "structure":
        root.items = group_by_structure(snapshot, Sums(snapshot), loops)
        if len(root.items) > SHOWN:  # little in it repeats: fold it in the order it was computed
            root.items = chunked("", "graph", root.items, "steps ").items
    else:
        raise ValueError(f"groups are by 'modules', 'structure' or 'nothing', got {by!r}")
    return root


def _unfold(root: Group) -> None:
    """Open modules from the outside in, as long as what is shown stays readable."""
    shown, level = len(root.items), root.inner()
    while level:
        level = [box for box in level if box.kind != "sum"]
        shown += sum(len(box.items) - 1 for box in level)
        if shown > READABLE:
            return
        for box in level:
            box.folded = False
        level = [inner for box in level for inner in box.inner()]
