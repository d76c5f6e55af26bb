"""explore: a page on which a graph of Values can be stepped through, edited and broken on purpose.

The page is one self-contained HTML string. Python takes a snapshot of the graph, groups it, lays
it out and writes the evaluator; everything else happens in the browser.
"""

from typing import TYPE_CHECKING, Any

from .explore import Explorer, explore

if TYPE_CHECKING:
    from .widget import ExplorerWidget as ExplorerWidget

__all__ = ["Explorer", "ExplorerWidget", "explore"]


def __getattr__(name: str) -> Any:
    if name == "ExplorerWidget":  # needs anywidget, an extra
        from .widget import ExplorerWidget

        return ExplorerWidget
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
