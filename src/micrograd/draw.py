"""Pictures of a graph: ``draw`` needs nothing but this package, ``draw_dot`` needs Graphviz."""

import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .engine import Value, toposort
from .extras import require
from .files import write_whole
from .likeness import as_value
from .svg import render


@dataclass(frozen=True)
class Drawing:
    """A picture as SVG: a notebook shows it, ``str`` is its source, ``save`` writes it."""

    svg: str

    def __str__(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Drawing: {len(self.svg):,} characters of SVG; .save('graph.svg') writes it>"

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file, whole or not at all.

        Raises:
            OSError: the path cannot be written to.
        """
        return write_whole(path, self.svg)


def draw(root: Any, limit: int | None = 500) -> Drawing:
    """Draw the graph of a value: label, data and grad of each, one edge for each use.

    On an edge stands the local derivative of the operation it leads into; where a ``_backward`` was
    set by hand, what that adds when the gradient above is 1.

    Args:
        root: the result: a Value, or the like of one from another engine, with data, grad, and
            _prev or _children. Nothing in its graph is changed.
        limit: how many values to draw, the nearest to the root; None draws all. The picture says
            so where some are left out, and what they would lead into has a dashed frame.

    Returns:
        A Drawing, which notebooks show by themselves.
    """
    root = as_value(root, "draw")
    order = toposort(root)
    shown = order if limit is None or len(order) <= limit else _nearest(root, order, limit)
    note = ""
    if len(shown) < len(order):
        note = (
            f"{len(shown):,} of {len(order):,} values, those nearest the result; "
            "draw(root, limit=None) draws all"
        )
    return Drawing(render(shown, note))


def trace(root: Any) -> tuple[set[Any], set[tuple[Any, Any]]]:
    """Return the sets of all values and of all (parent, value) pairs below root."""
    nodes = toposort(as_value(root, "trace"))
    return set(nodes), {(parent, value) for value in nodes for parent in value.parents}


def draw_dot(root: Any, format: str = "svg", rankdir: str = "LR") -> Any:
    """Draw the graph of a value with Graphviz.

    Args:
        root: the result, as for ``draw``.
        format: what rendering makes: svg, png, pdf.
        rankdir: LR for left to right, TB for top to bottom.

    Returns:
        A ``graphviz.Digraph``: notebooks show it, ``.source`` is its text, ``.render()`` writes it.

    Raises:
        ImportError: the graphviz package is missing; ``draw`` does without it.
        ValueError: rankdir is neither of the two.
    """
    root = as_value(root, "draw_dot")
    if rankdir not in ("LR", "TB"):
        raise ValueError(f"rankdir is 'LR' or 'TB', got {rankdir!r}")
    graphviz = require("graphviz", "graphviz", "draw_dot (draw does not)")
    dot = graphviz.Digraph(format=format, graph_attr={"rankdir": rankdir})
    name = {}
    for i, value in enumerate(toposort(root)):
        name[value] = f"v{i}"
        cells = [f"data {value.data:.4f}", f"grad {value.grad:.4f}"]
        if value.label:
            cells.insert(0, _escaped(value.label))
        dot.node(name[value], label="{{ {} }}".format(" | ".join(cells)), shape="record")
        target = name[value]
        if value._op:
            target += "op"
            dot.node(target, label=graphviz.escape(value._op))
            dot.edge(target, name[value])
        for parent in value.parents:
            dot.edge(name[parent], target)
    return dot


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


def _escaped(label: str) -> str:
    """Write a label so that a record shows it as it is."""
    return "".join("\\" + c if c in "\\{}|<> " else c for c in label)
