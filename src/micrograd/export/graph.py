"""A graph of ONNX while it is written: nodes, arrays that are known, and shapes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..compiler.arrays.program import BATCH, Shape

END = np.iinfo(np.int64).max  # of a slice that goes on to the end


class OnnxGraph:
    """Nodes and arrays by name; ``size`` is the name of the number of examples.

    Args:
        onnx: the package.
        dtype: of all numbers, "float64" or "float32".
    """

    def __init__(self, onnx: Any, dtype: str) -> None:
        self.onnx, self.dtype = onnx, dtype
        self.kind = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self.known: dict[Any, str] = {}  # of arrays
        self.size = ""

    def node(self, kind: str, inputs: Sequence[str], name: str = "", **attributes: Any) -> str:
        """Add a node, and return the name of what it gives."""
        name = name or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def initializer(self, array: np.ndarray, name: str = "") -> str:
        """Add an array that is known, and return its name."""
        array = np.asarray(array)
        key = name or (array.tobytes(), array.shape, array.dtype.str)
        if key not in self.known:
            self.known[key] = name or f"known_{len(self.known)}"
            made = self.onnx.numpy_helper.from_array(
                np.ascontiguousarray(array).reshape(array.shape), self.known[key]
            )
            self.initializers.append(made)
        return self.known[key]

    def whole(self, *numbers: Any) -> list[str]:
        """Return the names of arrays of whole numbers."""
        return [self.initializer(np.array(n, np.int64)) for n in numbers]

    def number(self, x: float) -> str:
        """Return the name of a number."""
        return self.initializer(np.array(x, self.dtype))

    def shape(self, shape: Shape) -> str:
        """Return a shape, of which one length may be known only when the graph runs."""
        if BATCH not in shape:
            return self.whole(list(shape))[0]
        parts = [self.size if n == BATCH else self.whole([n])[0] for n in shape]
        return parts[0] if len(parts) == 1 else self.node("Concat", parts, axis=0)

    def cast(self, x: str) -> str:
        """Return a condition as a number."""
        return self.node("Cast", [x], to=self.kind)
