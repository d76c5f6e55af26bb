"""Which values fold into one box, and which boxes are open at first."""

from .groups import Box, chunked
from .modules import group_by_modules
from .snapshot import Snapshot
from .sums import Sums

MANY = 2000  # nodes from which a graph is shown by its loops
SHOWN = 200  # boxes at first, at most, in a graph shown by its loops
READABLE = 30  # boxes to show at first, where modules can be open or folded


def fold(snapshot: Snapshot, by: str | None = None) -> Box:
    """Return the tree of groups of a graph.

    Args:
        snapshot: the graph.
        by: "modules" (the dotted paths of parameters), "loops" (nodes that do the same, as the
            compiler finds them), or "nothing"; by default loops above 2,000 nodes, else modules.

    Raises:
        ValueError: ``by`` is none of these.
    """
    by = by or ("loops" if len(snapshot.values) > MANY else "modules")
    root = Box("", "graph", folded=False)
    if by == "nothing":
        root.items = list(range(len(snapshot.values)))
    elif by == "modules":
        root.items = group_by_modules(snapshot, Sums(snapshot))
        _unfold(root)
    elif by == "loops":
        from .structure import group_by_structure  # it needs the compiler, and that needs NumPy

        root.items = group_by_structure(snapshot)
        if len(root.items) > SHOWN:  # little in it repeats: fold it in the order it was computed
            root.items = chunked("", "graph", root.items, "steps ").items
    else:
        raise ValueError(f"groups are 'modules', 'loops' or 'nothing', got {by!r}")
    return root


def _unfold(root: Box) -> None:
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
