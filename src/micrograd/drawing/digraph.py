"""A graph in the language of Graphviz, as the original draws it."""

import os
from pathlib import Path
from typing import Any

from ..engine import Value, toposort
from ..extras import require


def digraph(root: Value, drawing: Any, format: str, rankdir: str) -> Any:
    """Return the graph of a value as a ``graphviz.Digraph``.

    Args:
        root: the result.
        drawing: what to show or save where Graphviz's program ``dot`` is missing: a Drawing.
        format: what rendering makes.
        rankdir: LR or TB.

    Raises:
        ImportError: the graphviz package is missing.
    """
    graphviz = require("graphviz", "graphviz", "draw_dot")
    dot = _falling_back(graphviz)(format=format, graph_attr={"rankdir": rankdir})
    dot.drawing = drawing
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


def _falling_back(graphviz: Any) -> Any:
    """Make a Digraph that shows and writes a Drawing where there is no program ``dot``."""

    class Digraph(graphviz.Digraph):
        drawing: Any

        def _repr_mimebundle_(self, *args: Any, **kwargs: Any) -> Any:
            try:
                return super()._repr_mimebundle_(*args, **kwargs)
            except graphviz.ExecutableNotFound:
                return {"image/svg+xml": self.drawing._repr_svg_()}

        def render(self, filename: Any = None, directory: Any = None, **kwargs: Any) -> str:
            try:
                return str(super().render(filename, directory=directory, **kwargs))
            except graphviz.ExecutableNotFound:  # the text is written by now
                source = Path(self.directory, self.filename)
                target = f"{source}.{kwargs.get('format') or self.format}"
                if kwargs.get("cleanup"):
                    os.remove(source)
                return str(self.drawing.save(target))

    return Digraph


def _escaped(label: str) -> str:
    """Write a label so that a record shows it as it is."""
    return "".join("\\" + c if c in "\\{}|<> " else c for c in label)
