"""Models as ONNX: the array program once more, in the operators of a graph.

An array whose length is the number of examples gets its shape when the graph runs. A part of an
array is written by joining it anew from slices, as a graph changes nothing in place.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .. import ops
from ..arguments import file_name
from ..compiler.arrays.program import (
    BATCH,
    Applied,
    Contracted,
    Expanded,
    Fill,
    Gathered,
    Indexed,
    Joined,
    Let,
    Node,
    Put,
    Range,
    Reduced,
    Reshaped,
    Transposed,
    Variable,
    Whole,
)
from ..compiler.arrays.visit import unrolled
from ..compiler.errors import JitError
from ..extras import require
from ..files import write_whole
from .graph import END, OnnxGraph
from .operators import OPERATORS
from .parts import put, scattered
from .subject import Exported, subject

OPSET, IR_VERSION = 17, 8  # as old as they may be, so that old runtimes read the file


def to_onnx(m: Any, x: Any, path: str | os.PathLike[str], *, dtype: str = "float32") -> Path:
    """Write a model as an ONNX file, checked by ONNX's own checker; return its path.

    The graph's input ``x`` is a batch of any size, as ``model.predict`` takes it; its output is
    ``y``.

    Args:
        m: a Module, which is exported in evaluation mode, or a function of one example.
        x: one example: a number, or numbers in lists or an array.
        path: of the file.
        dtype: of all numbers, "float32" or "float64".

    Raises:
        ImportError: the package onnx is not installed.
        TypeError: m is neither, or x is no example, or the result no number or list of such.
        ValueError: m branches on its numbers or draws random ones.
        JitError: m cannot be compiled, or has an operation that ONNX lacks.
        OSError: the file cannot be written; a file that was there is as it was.
    """
    name = file_name("path", path)
    onnx = require("onnx", "onnx", "to_onnx")
    model = _ProgramWriter(onnx, subject(m, x, dtype), dtype).model()
    onnx.checker.check_model(model, full_check=True)
    return write_whole(name, model.SerializeToString())


class _ProgramWriter(OnnxGraph):
    """Writes a subject's program as a graph: each expression becomes nodes, and has a name."""

    def __init__(self, onnx: Any, made: Exported, dtype: str) -> None:
        super().__init__(onnx, dtype)
        self.made = made
        self.names: dict[str, str] = {}  # of variables: what they are called at this moment
        self.bad: list[str] = []  # whether an index was wrong

    # ---- the whole

    def model(self) -> Any:
        helper, made = self.onnx.helper, self.made
        given = made.program.inputs[:-1]
        arrays = [*made.constants.values(), *made.weights.values()]
        titles = [*made.constants, *made.weights]
        for one, array, title in zip(given, arrays, titles, strict=True):
            self.names[one.variable.name] = self.initializer(array, title)
        self.names[made.program.inputs[-1].variable.name] = "x"
        self.size = self.node("Slice", [self.node("Shape", ["x"]), *self.whole([0], [1])])
        for s in unrolled(made.program.forward):
            self.statement(s)
        (result,) = [node for _, node in made.program.outputs]
        self.node("Identity", [self.checked(self.write(result))], "y")
        graph = helper.make_graph(
            self.nodes,
            "micrograd",
            [helper.make_tensor_value_info("x", self.kind, ["batch", *made.input])],
            [helper.make_tensor_value_info("y", self.kind, ["batch", *made.output])],
            self.initializers,
            doc_string=made.title,
        )
        opset = helper.make_opsetid("", OPSET)
        return helper.make_model(
            graph, producer_name="micrograd", opset_imports=[opset], ir_version=IR_VERSION
        )

    def checked(self, result: str) -> str:
        """Return the result, nan where an index was wrong."""
        if not self.bad:
            return result
        any_bad = self.bad[0]
        for name in self.bad[1:]:
            any_bad = self.node("Or", [any_bad, name])
        return self.node("Where", [any_bad, self.number(np.nan), result])

    def statement(self, s: Let | Put) -> None:
        if isinstance(s, Let):
            self.names[s.target.name] = self.write(s.value)
            return
        name, value = s.target.name, self.write(s.value)
        if s.places:
            at = self.indices(s.places)
            self.names[name] = scattered(self, self.write(s.part), s, at, value)
        else:
            self.names[name] = put(self, s.part, value, s.add)

    # ---- expressions

    def write(self, node: Node) -> str:
        """Return the name of what an expression gives."""
        match node:
            case Fill(value):
                return self.number(value)
            case Variable(name):
                return self.examples() if name == BATCH else self.names[name]
            case Indexed(x, items):
                return self.indexed(self.write(x), items)
            case Reshaped(x, shape):
                return self.node("Reshape", [self.write(x), self.shape(shape)])
            case Transposed(x, order):
                return self.node("Transpose", [self.write(x)], perm=list(order))
            case Expanded(x, shape):
                return self.node("Expand", [self.write(x), self.shape(shape)])
            case Joined(parts):
                return self.node("Concat", [self.write(part) for part in parts], axis=0)
            case Applied(op, args):
                return self.applied(op, args)
            case Contracted(letters, args):
                return self.node("Einsum", [self.write(a) for a in args], equation=letters)
            case Reduced(op, x, axes):
                return self.reduced(op, self.write(x), axes)
            case Gathered(x, places):
                return self.gathered(self.write(x), node, places)
            case Whole() | Range():
                return self.place(node)
        raise JitError(f"there is no {type(node).__name__} in ONNX: export to numpy instead")

    def examples(self) -> str:
        """The number of examples, as a number."""
        return self.cast(self.node("Squeeze", [self.size]))

    def indexed(self, x: str, items: Sequence[Any]) -> str:
        """Return a part of an array, as brackets pick it."""
        cuts: list[tuple[int, int, int, int]] = []  # first, end, axis, step
        dropped: list[int] = []
        added: list[int] = []
        axis = 0
        for k, item in enumerate(items):
            if item is None:
                added.append(k - len([i for i in items[:k] if isinstance(i, int)]))
                continue
            if isinstance(item, int):
                cuts.append((item, item + 1, axis, 1))
                dropped.append(axis)
            elif item != slice(None):
                stop = END if item.stop is None else item.stop
                cuts.append((item.start or 0, stop, axis, item.step or 1))
            axis += 1
        if cuts:
            x = self.node("Slice", [x, *self.whole(*map(list, zip(*cuts)))])
        if dropped:
            x = self.node("Squeeze", [x, *self.whole(dropped)])
        return self.node("Unsqueeze", [x, *self.whole(added)]) if added else x

    def applied(self, op: ops.Op, args: Sequence[Node]) -> str:
        if op.name == "take":
            return self.taken(args)
        if op.name == ops.WHERE.name:
            test, x, y = args
            return self.node("Where", [self.test(test), self.write(x), self.write(y)])
        make: Callable[..., str] | None = OPERATORS.get(op.name)
        if make is None or (ops.OPS.get(op.name, op) is not op and op.name != "powc"):
            raise JitError(
                f"there is no {op.name} in ONNX: export it by to_c, or write it with operations "
                "that are there"
            )
        if op.name == "powc":
            return make(self, self.write(args[0]), self.number(float(op.static or 0)))
        return make(self, *[self.write(arg) for arg in args])

    def test(self, node: Node) -> str:
        """Return a number as a condition: whether it is not 0."""
        equal = self.node("Equal", [self.write(node), self.number(0.0)])
        return self.node("Not", [equal])

    def reduced(self, op: ops.Op, x: str, axes: tuple[int, ...]) -> str:
        if op is ops.SUM:  # whose axes are an input since version 13, those of the others not yet
            return self.node("ReduceSum", [x, *self.whole(list(axes))], keepdims=0)
        kind = "ReduceProd" if op is ops.PROD else "ReduceMax"
        kind = "ReduceMin" if op is ops.MINIMUM else kind
        return self.node(kind, [x], axes=list(axes), keepdims=0)

    # ---- places

    def taken(self, args: Sequence[Node]) -> str:
        """One of some rows, by an index for each example."""
        index, *choices = args
        at = self.write(index)
        self.check(at, len(choices))
        chosen = self.write(choices[0])
        for k, choice in enumerate(choices[1:], 1):
            equal = self.node("Equal", [at, self.number(float(k))])
            chosen = self.node("Where", [equal, self.write(choice), chosen])
        return chosen

    def check(self, x: str, rows: int) -> None:
        """Note whether all of x are whole numbers from 0 to below ``rows``."""
        low = self.node("GreaterOrEqual", [x, self.number(0.0)])
        high = self.node("Less", [x, self.number(float(rows))])
        even = self.node("Equal", [x, self.node("Floor", [x])])
        right = self.node("And", [self.node("And", [low, high]), even])
        wrong = self.cast(self.node("Not", [right]))
        most = self.node("ReduceSum", [wrong], keepdims=0)
        self.bad.append(self.node("Greater", [most, self.number(0.0)]))

    def place(self, node: Node) -> str:
        """Return places: whole numbers."""
        match node:
            case Whole(x, rows):
                value = self.write(x)
                self.check(value, rows)
                real = self.node("Where", [self.node("IsNaN", [value]), self.number(0.0), value])
                inside = self.node("Clip", [real, self.number(0.0), self.number(rows - 1.0)])
                return self.node("Cast", [inside], to=int(self.onnx.TensorProto.INT64))
            case Range(count, _):
                stop = self.node("Squeeze", [self.shape((count,))])
                numbers = self.node("Range", [self.whole(0)[0], stop, self.whole(1)[0]])
                return self.node("Reshape", [numbers, self.shape(node.shape)])
            case Applied(op, args):
                kind = "Mul" if op in (ops.MUL, ops.PROD) else "Add"
                first, *rest = map(self.place, args)
                for name in rest:
                    first = self.node(kind, [first, name])
                return first
            case Fill(value):
                return self.whole(int(value))[0]
            case Indexed(x, items):
                return self.indexed(self.place(x), items)
            case Reshaped(x, shape):
                return self.node("Reshape", [self.place(x), self.shape(shape)])
            case Transposed(x, order):
                return self.node("Transpose", [self.place(x)], perm=list(order))
            case Expanded(x, shape):
                return self.node("Expand", [self.place(x), self.shape(shape)])
        return self.write(node)

    def gathered(self, x: str, node: Gathered, places: Sequence[Node]) -> str:
        if len(places) == 1:
            return self.node("Gather", [x, self.place(places[0])], axis=0)
        return self.node("GatherND", [x, self.indices(places)])

    def indices(self, places: Sequence[Node]) -> str:
        """Return places of several axes as the last axis of one array."""
        names = [self.place(place) for place in places]
        total = names[0]
        for name in names[1:]:
            total = self.node("Add", [total, name])
        shape = self.node("Shape", [total])
        (last,) = self.whole([-1])
        spread = [self.node("Unsqueeze", [self.node("Expand", [n, shape]), last]) for n in names]
        return self.node("Concat", spread, axis=-1)
