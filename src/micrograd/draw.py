"""Pictures of a graph: ``draw`` needs nothing but this package, ``draw_dot`` needs Graphviz."""

import os
import warnings
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .arguments import choice, file_name, text, whole
from .drawing.appearance import Style, adapting
from .drawing.digraph import digraph
from .drawing.formats import converted
from .drawing.svg import render
from .engine import Value, toposort
from .files import write_whole
from .value.likeness import as_value
from .writing.notation import DIGITS

__all__ = ["Drawing", "draw", "draw_dot", "trace"]


@dataclass(frozen=True)
class Drawing:
    """A picture: a notebook shows it, ``str`` is its source as SVG, ``save`` writes it.

    Args:
        svg: the picture, its colours literally in it.
        adapts: whether notebooks and pages with dark surroundings show it in dark colours.
    """

    svg: str
    adapts: bool = False

    def __str__(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Drawing: {len(self.svg):,} characters of SVG; .save('graph.svg') writes it>"

    def _repr_svg_(self) -> str:
        return adapting(self.svg) if self.adapts else self.svg

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file, whole or not at all; the ending chooses the format.

        Args:
            path: ends in .svg, .html, or, with the extra ``picture``, .png or .pdf.

        Raises:
            ValueError: the ending is none of these.
            ImportError: the format needs the extra.
            OSError: the path cannot be written to.
        """
        file = Path(file_name("path", path))
        return write_whole(file, converted(self.svg, file))


def draw(
    root: Any,
    limit: int | None = 500,
    *,
    direction: str = "LR",
    digits: int = DIGITS,
    theme: str | None = None,
) -> Drawing:
    """Draw the graph of a value: label, data and grad of each, one edge for each use.

    On an edge stands the local derivative of the operation it leads into; where a ``_backward`` was
    set by hand, what that adds when the gradient above is 1. A leaf without a label, where others
    have one, is a constant: it shows no gradient.

    Args:
        root: the result: a Value, or the like of one from another engine, with data, grad, and
            _prev or _children, or attributes of other names that do the same. Nothing in its
            graph is changed.
        limit: how many values to draw, the nearest to the root; None draws all. The picture says
            so where some are left out, and what they would lead into has a dashed frame.
        direction: "LR", the result on the right, or "TB", at the bottom.
        digits: the significant digits of each number.
        theme: "light" or "dark"; by default light, and dark in notebooks and pages that are dark.

    Returns:
        A Drawing, which notebooks show by themselves.

    Raises:
        ValueError: direction, digits or theme is none of these.
    """
    root = as_value(root, "draw")
    if limit is not None:
        whole("limit", limit, 1)
    if theme is not None:
        choice("theme", theme, ("light", "dark"))
    style = Style(theme or "light", direction, digits)
    order = toposort(root)
    shown = order if limit is None or len(order) <= limit else _nearest(root, order, limit)
    note = ""
    if len(shown) < len(order):
        note = (
            f"{len(shown):,} of {len(order):,} values, those nearest the result; "
            "draw(root, limit=None) draws all"
        )
    return Drawing(render(shown, note, style), adapts=theme is None)


def trace(root: Any) -> tuple[set[Any], set[tuple[Any, Any]]]:
    """Return the sets of all values and of all (parent, value) pairs below root."""
    nodes = toposort(as_value(root, "trace"))
    return set(nodes), {(parent, value) for value in nodes for parent in value.parents}


def draw_dot(root: Any, format: str = "svg", rankdir: str = "LR") -> Any:
    """Draw the graph of a value with Graphviz, as in the original.

    Where Graphviz's program ``dot`` is missing, what it should draw is drawn as by ``draw``.

    Args:
        root: the result, as for ``draw``.
        format: what rendering makes: svg, png, pdf.
        rankdir: LR for left to right, TB for top to bottom.

    Returns:
        A ``graphviz.Digraph``: notebooks show it, ``.source`` is its text, ``.render()`` writes it.
        Without the graphviz package a warning, and the Drawing of ``draw``.

    Raises:
        ValueError: rankdir is neither of the two.
    """
    root = as_value(root, "draw_dot")
    choice("rankdir", rankdir, ("LR", "TB"))
    text("format", format)
    drawing = draw(root, direction=rankdir)
    try:
        return digraph(root, drawing, format, rankdir)
    except ImportError as error:
        warnings.warn(f"{error}; drawn as by draw instead", stacklevel=2)
        return drawing


def _nearest(root: Value, order: list[Value], limit: int) -> list[Value]:
    """Choose by distance from the root, and keep the order."""
    chosen = {root}
    queue = deque([root])
    while queue and len(chosen) < limit:
        for parent in queue.popleft().parents:
            if parent not in chosen and len(chosen) < limit:
                chosen.add(parent)
                queue.append(parent)
    return [value for value in order if value in chosen]
