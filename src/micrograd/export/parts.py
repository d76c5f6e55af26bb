"""Parts of arrays in ONNX, which changes nothing in place: what is changed is put together anew."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from ..compiler.arrays.program import Indexed, Node, Put, Reshaped, Shape, Variable
from ..compiler.errors import JitError
from .graph import END

_ALL = slice(None)


class PartWriter(Protocol):
    """What writes a graph: ``OnnxGraph`` has the first three, ``onnx`` the others."""

    def node(self, kind: str, inputs: Sequence[str], name: str = "", **attributes: Any) -> str:
        """Add a node, and return the name of what it gives."""

    def whole(self, *numbers: Any) -> list[str]:
        """Return the names of arrays of whole numbers."""

    def shape(self, shape: Shape) -> str:
        """Return the name of a shape."""

    def write(self, node: Node) -> str:
        """Return the name of what an expression gives."""

    def indexed(self, x: str, items: Sequence[Any]) -> str:
        """Return a part of an array."""


def put(w: PartWriter, part: Node, value: str, add: bool) -> str:
    """Return a variable of which a part has other numbers: from the inside out."""
    while True:
        old, shape = w.write(part), w.shape(part.shape)
        value = w.node("Add", [old, value]) if add else value
        value = w.node("Expand", [value, shape])
        add = False
        if isinstance(part, Variable):
            return value
        assert isinstance(part, Indexed | Reshaped)
        if isinstance(part, Reshaped):
            value = w.node("Reshape", [value, w.shape(part.x.shape)])
        else:
            whole = w.write(part.x)
            value = _within(w, whole, part.x.shape, list(part.items), value, 0)
        part = part.x


def _within(w: PartWriter, x: str, shape: Shape, items: list[Any], value: str, axis: int) -> str:
    """Replace, along this axis and those behind it, a part of x by value."""
    while axis < len(items) and items[axis] == _ALL:
        axis += 1
    if axis == len(items):
        return value
    item, length = items[axis], shape[axis]
    if item is None or not isinstance(length, int):
        raise JitError("a part along the batch cannot be written in ONNX: export to numpy")
    if isinstance(item, int):
        value = w.node("Unsqueeze", [value, *w.whole([axis])])
        item = slice(item, item + 1)
    start, stop, step = item.indices(length)
    row: list[Any] = [_ALL] * axis
    if any(other != _ALL for other in items[axis + 1 :]):
        inner = w.indexed(x, [*row, slice(start, stop, step)])
        count = len(range(start, stop, step))
        less = (*shape[:axis], count, *shape[axis + 1 :])
        value = _within(w, inner, less, [*row, _ALL, *items[axis + 1 :]], value, axis + 1)
    if step != 1:
        return _at_places(w, x, len(shape), axis, list(range(start, stop, step)), value)
    before = [w.indexed(x, [*row, slice(0, start)])] if start else []
    behind = [w.indexed(x, [*row, slice(stop, None)])] if stop < length else []
    parts = [*before, value, *behind]
    return parts[0] if len(parts) == 1 else w.node("Concat", parts, axis=axis)


def _at_places(w: PartWriter, x: str, rank: int, axis: int, places: list[int], value: str) -> str:
    """Replace what is at some places along an axis."""
    aligned = np.array(places).reshape([-1 if k == axis else 1 for k in range(rank)])
    index = w.node("Expand", [*w.whole(aligned), w.node("Shape", [value])])
    return w.node("ScatterElements", [x, index, value], axis=axis)


def scattered(w: PartWriter, x: str, s: Put, at: str, value: str) -> str:
    """Return x with numbers at places of its first axes, or added there.

    Args:
        w: writes the graph.
        x: the variable.
        s: what is to be done.
        at: the places, those of one number along the last axis.
        value: the numbers.
    """
    if not isinstance(s.part, Variable):
        raise JitError("an index within a part of an array is not in ONNX: export to numpy")
    places = w.node("Slice", [w.node("Shape", [at]), *w.whole([0], [-1])])
    rest = w.node("Slice", [w.node("Shape", [x]), *w.whole([len(s.places)], [END])])
    value = w.node("Expand", [value, w.node("Concat", [places, rest], axis=0)])
    how = {"reduction": "add"} if s.add else {}
    return w.node("ScatterND", [x, at, value], **how)
