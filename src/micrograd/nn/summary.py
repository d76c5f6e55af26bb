"""summary: what a model consists of, as a table."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ..arguments import shown
from ..engine import Value
from ..value.nested import leaves
from .layers import Neuron
from .module import Module
from .phase import phase


@dataclass
class Row:
    """One module of a model: its output's shape, its parameters, what its calls computed."""

    path: str
    kind: str
    parameters: int
    shape: tuple[int, ...] | None = None  # of the last output, None where it was not called
    operations: int = 0


@dataclass
class Summary:
    """The rows of a table; written, it is the table."""

    rows: list[Row] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [("layer", "output", "parameters", "operations")]
        for row in self.rows:
            inside = [r for r in self.rows if not r.path or row.path.startswith(r.path + ".")]
            name = "  " * len(inside) + row.path + " " if row.path else ""
            counts = f"{row.parameters:,}", f"{row.operations:,}"
            lines.append((name + row.kind, "-" if row.shape is None else str(row.shape), *counts))
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            f"{a:{widths[0]}}  {b:{widths[1]}}  {c:>{widths[2]}}  {d:>{widths[3]}}"
            for a, b, c, d in lines
        )

    __repr__ = __str__


def summary(model: Module, *x: Any) -> Summary:
    """Return a table of a model's layers: output shapes, parameters, operations.

    The model is called once, in evaluation mode; operations are those of the graph that this makes.

    Args:
        model: any module.
        x: what it is called with: one example.

    Raises:
        TypeError: model is no module.

    >>> from micrograd.nn import Linear, Sequential, Tanh
    >>> summary(Sequential(Linear(2, 4), Tanh(), Linear(4, 1)), [1.0, 2.0])
    layer       output  parameters  operations
    Sequential  (1,)            17          26
      0 Linear  (4,)            12          16
      1 Tanh    (4,)             0           4
      2 Linear  (1,)             5           6
    """
    if not isinstance(model, Module):
        raise TypeError(f"summary expects a micrograd.nn.Module, got {shown(model)}")
    paths = _paths(model)
    rows = [Row(path, type(m).__name__, len(m.parameters())) for m, path in paths]
    watched = {id(m): row for (m, _), row in zip(paths, rows, strict=True)}
    with phase(model, training=False), _watched(watched, paths):
        model(*x)
    return Summary(rows)


def _paths(model: Module) -> list[tuple[Module, str]]:
    """The modules with their dotted paths, but for the neurons of a layer, which are its rows."""
    found = model.named_modules()
    return [(m, path) for path, m in found if m is model or not isinstance(m, Neuron)]


@contextmanager
def _watched(rows: dict[int, Row], modules: list[tuple[Module, str]]) -> Iterator[None]:
    """Enter in the rows what their modules are called with and return: these modules, no others."""
    kinds = [(module, type(module)) for module, _ in modules]
    try:
        for module, kind in kinds:
            module.__class__ = _watching(kind, rows)
        yield
    finally:
        for module, kind in kinds:
            module.__class__ = kind


def _watching(kind: type, rows: dict[int, Row]) -> type:
    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
        out = kind.__call__(self, *args, **kwargs)
        row = rows[id(self)]
        row.shape = _shape(out)
        row.operations += _operations(out, (args, kwargs))
        return out

    return type(kind.__name__, (kind,), {"__slots__": (), "__call__": __call__})


def _shape(out: Any) -> tuple[int, ...]:
    """The shape of nested lists; of several outputs, which are a tuple, that of the first."""
    shape = []
    out = out[0] if isinstance(out, tuple) else out
    while hasattr(out, "__len__") and len(out):
        shape.append(len(out))
        out = out[0]
    return tuple(shape)


def _operations(out: Any, inputs: Any) -> int:
    """How many values were computed between inputs and outputs."""
    seen = {id(x) for _, x in leaves(inputs)}
    stack, count = [x for _, x in leaves(out) if isinstance(x, Value)], 0
    while stack:
        value = stack.pop()
        if id(value) not in seen and value.parents:
            seen.add(id(value))
            count += 1
            stack += value.parents
    return count
