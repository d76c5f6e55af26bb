"""Array programs whose weights and constants are inputs with names of their own.

The compiler has all weights in one vector, in the order of their use; a reader, and ``state_dict``,
have them as matrices with names.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from ..compiler.arrays.program import (
    BATCH,
    PARAMETERS,
    ArrayProgram,
    Constant,
    Expanded,
    Fill,
    Given,
    Indexed,
    Let,
    Node,
    Put,
    Reshaped,
    Shape,
    Statement,
    StepIndex,
    Transposed,
    Variable,
)
from ..compiler.arrays.visit import inside, names_in, rebuilt, simple, with_nodes


class WeightNames:
    """Rewrites a program so that weights and constants are inputs with names of their own."""

    def __init__(self, arrays: ArrayProgram, entries: Mapping[str, np.ndarray]) -> None:
        self.arrays, self.entries = arrays, entries
        self.taken = {s.target.name for s in simple(arrays.forward)}
        self.taken |= {i.variable.name for i in arrays.inputs}
        self.constants: dict[str, np.ndarray] = {}
        self.of_constant: dict[int, Variable] = {}
        self.of_entry = {name: Variable(self._free(name), at.shape) for name, at in entries.items()}
        self.count = sum([at.size for at in entries.values()])
        self.p = next((i.variable.name for i in arrays.inputs if i.argument == PARAMETERS), None)

    def _free(self, name: str) -> str:
        """Return a name that no variable has, as Python writes names."""
        made = "".join([c if c.isalnum() else "_" for c in name])
        made = made if not made[:1].isdigit() else f"p{made}"
        while made in self.taken:
            made += "_"
        self.taken.add(made)
        return made

    def program(self, output: tuple[int, ...]) -> ArrayProgram:
        """Return the program; its one output has the batch in front."""
        forward: list[Statement] = []
        for s in self.arrays.forward:
            if isinstance(s, Let) and s.target.name == self.p:
                continue
            forward.append(with_nodes(s, self._node))
        if any(self.p in names_in(s) for s in forward):
            forward = [*self._joined(), *forward]
        result = self._result(forward, output)
        x = [i for i in self.arrays.inputs if i.argument not in (None, PARAMETERS)]
        if not x:
            raise ValueError("what is exported does not depend on x")
        names = [*self.of_constant.values(), *self.of_entry.values()]
        inputs = [Given(v, k, False, _lengths(v.shape)) for k, v in enumerate(names)]
        inputs.append(replace(x[0], argument=len(names), gradient=None))
        return ArrayProgram(inputs, forward, [(0, result)], [], [], True)

    def _node(self, node: Node) -> Node:
        if isinstance(node, Constant):
            return self._constant(node.numbers)
        if self.p is not None and _reads_only(node, self.p):
            return self._weights(_evaluated(node, np.arange(self.count))) or node
        return rebuilt(node, self._node)

    def _constant(self, numbers: np.ndarray) -> Variable:
        if id(numbers) not in self.of_constant:
            name = self._free(f"c{len(self.of_constant)}")
            self.of_constant[id(numbers)] = Variable(name, numbers.shape)
            self.constants[name] = numbers
        return self.of_constant[id(numbers)]

    def _weights(self, at: np.ndarray) -> Node | None:
        """Return weights by their places: an entry, a run of neighbours in one, or turned over."""
        flat, shape = at.reshape(-1), at.shape
        for name, entry in self.entries.items():
            variable, places = self.of_entry[name], entry.reshape(-1)
            if at.ndim == 2 and entry.shape == shape[::-1] and (at == entry.T).all():
                return Transposed(variable, (1, 0), shape)
            start = np.flatnonzero(places == flat[0])
            if not len(start) or (
                places[start[0] : start[0] + len(flat)].tolist() != flat.tolist()
            ):
                continue
            whole: Node = variable
            if len(flat) < len(places):
                row = _reshaped(variable, (len(places),))
                first = int(start[0])
                whole = Indexed(row, (slice(first, first + len(flat), None),), (len(flat),))
            return _reshaped(whole, shape)
        return None

    def _joined(self) -> list[Statement]:
        """Put all weights one after the other, as the function takes them."""
        assert self.p is not None
        p = Variable(self.p, (self.count,))
        made: list[Statement] = [Let(p, Expanded(Fill(0.0), p.shape), fresh=True)]
        for name, at in self.entries.items():
            value = _reshaped(self.of_entry[name], (at.size,))
            made.append(Put(p, value, False, (self._constant(at.reshape(-1)),)))
        return made

    def _result(self, forward: list[Statement], output: tuple[int, ...]) -> Node:
        outputs = [node for _, node in self.arrays.outputs]
        nodes = [self._node(node) for node in outputs]
        count = prod(output)
        if len(nodes) == 1 and nodes[0].shape[-1:] == (BATCH,):
            rows = nodes[0]
        else:
            rows = Variable(self._free("y"), (count, BATCH))
            forward.append(Let(rows, Expanded(Fill(0.0), rows.shape), fresh=True))
            start = 0
            for node in nodes:
                batched = node.shape[-1:] == (BATCH,)
                size = prod(_lengths(node.shape[:-1] if batched else node.shape))
                part = Indexed(rows, (slice(start, start + size),), (size, BATCH))
                flat = _reshaped(node, (size, BATCH) if batched else (size, 1))
                forward.append(Put(part, flat if batched else Expanded(flat, part.shape), False))
                start += size
        rank = len(rows.shape)
        turned = Transposed(rows, (rank - 1, *range(rank - 1)), (BATCH, *rows.shape[:-1]))
        return _reshaped(turned if rank > 1 else rows, (BATCH, *output))


def _lengths(shape: Shape) -> tuple[int, ...]:
    assert BATCH not in shape
    return tuple([int(n) for n in shape])


def _reshaped(node: Node, shape: Shape) -> Node:
    return node if node.shape == shape else Reshaped(node, shape)


def _reads_only(node: Node, name: str) -> bool:
    """Tell whether an expression only picks and lays out the numbers of one variable."""
    return all(
        isinstance(n, Reshaped | Transposed)
        or (isinstance(n, Indexed) and not any(isinstance(i, StepIndex) for i in n.items))
        or (isinstance(n, Variable) and n.name == name)
        for n in inside(node)
    )


def _evaluated(node: Node, numbers: np.ndarray) -> np.ndarray:
    match node:
        case Indexed(x, items):
            known: Any = items
            return np.asarray(_evaluated(x, numbers)[known])
        case Reshaped(x, shape):
            return _evaluated(x, numbers).reshape(_lengths(shape))
        case Transposed(x, order):
            return _evaluated(x, numbers).transpose(order)
    return numbers
