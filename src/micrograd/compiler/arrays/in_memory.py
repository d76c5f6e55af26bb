"""The NumPy back end: an array program that takes its numbers from the memory of a call.

Memory has what a call gives and what it wants: leaves and outputs, and of gradients those of the
leaves. All else is arrays of NumPy's own. A program for all lengths has a text for each length.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..ir.array import Array
from ..ir.program import Program
from ..ir.sizes import Size, evaluate
from ..ir.specialise import specialised
from ..passes.distribute import distribute
from .building import arrays_of
from .dialects import HERE
from .ends import leaves_of
from .kernel import index_named
from .program import BATCH, Shape
from .source import arguments_of, printed

Numbers = NDArray[Any]
_TEXTS = 256  # of how many lengths the texts are kept
_BATCH = ("B", "P")  # the sizes that a text takes as they come


class NumpyKernel:
    """A program ready to run by NumPy.

    Args:
        program: what to run.
        dtype: of the memory, float64 or float32.
        strict: sum from left to right, as written; else in whatever order is fast.
    """

    def __init__(self, program: Program, dtype: str = "float64", strict: bool = False) -> None:
        self.program = program
        self.dtype = np.dtype(dtype)
        self.strict = strict
        self._texts: dict[tuple[int, ...], _InMemory] = {}

    def forward(self, v: Numbers, sizes: Sequence[int] = (), scalars: Any = ()) -> Any:
        """Compute the outputs in ``v``, where parameters, inputs and constants already are.

        Args:
            v: the memory, one-dimensional and contiguous.
            sizes: one whole number for each of ``program.sizes``.
            scalars: one number for each of ``program.scalars``; nothing where none is read.

        Returns:
            What ``backward`` reads of it.

        Raises:
            IndexError: a run-time index is outside its range, or not a whole number.
        """
        functions, places = self._at(sizes)
        with np.errstate(all="ignore"):
            return functions.forward(v, places, scalars)

    def backward(
        self, v: Numbers, g: Numbers, sizes: Sequence[int], scalars: Any, made: Any
    ) -> None:
        """Compute the leaves' gradients in ``g``, given those of the outputs.

        Args:
            v: the memory of ``forward``.
            g: a memory with anything in it.
            sizes: as for ``forward``.
            scalars: the outputs' gradients, and what else the program is given.
            made: what ``forward`` returned.
        """
        functions, places = self._at(sizes)
        with np.errstate(all="ignore"):
            functions.backward(g, places, scalars, made)

    def _at(self, sizes: Sequence[int]) -> tuple["_InMemory", "_PlacesInMemory"]:
        env = dict(zip(self.program.sizes, map(int, sizes), strict=True))
        key = tuple([n for name, n in env.items() if name not in _BATCH])
        functions = self._texts.get(key)
        if functions is None:
            if len(self._texts) >= _TEXTS:
                self._texts.clear()
            lengths = {name: n for name, n in env.items() if name not in _BATCH}
            functions = _InMemory(self.program, lengths, self.dtype, self.strict)
            self._texts[key] = functions
        return functions, functions.places(env)


class _PlacesInMemory:
    """Where in memory the numbers of a program lie that come in and go out."""

    def __init__(self, functions: "_InMemory", env: Mapping[str, int]) -> None:
        def of(leaf: Array, shape: Shape = ()) -> "_Place":
            return _Place.of(leaf.start, evaluate(leaf.count, {}), leaf.batched, shape, env)

        self.inputs = [of(leaf, given.shape) for leaf, given in functions.given]
        self.outputs = [
            _Place.of(start, count, batched, (), env) for start, count, batched in functions.outputs
        ]
        self.gradients = [of(leaf) for leaf, given in functions.inputs if given.gradient]
        self.without = [
            of(leaf)
            for leaf, given in functions.inputs
            if not given.gradient and leaf.kind != "input"
        ]


class _Place(NamedTuple):
    """Some neighbours in memory, or rows of a batch; ``shape`` is in which they are read."""

    start: int
    stop: int
    row: int
    batch: int
    shape: tuple[int, ...] | None

    @staticmethod
    def of(
        start: Size, count: int, batched: bool, shape: Shape, env: Mapping[str, int]
    ) -> "_Place":
        row, first = env["P"] if batched else 1, evaluate(start, env)
        batch = env["B"] if batched else 0
        plain = tuple([n for n in shape if isinstance(n, int)])
        full = (batch, *plain) if batched else plain
        flat = full == (batch, count) if batched else full == (count,)
        return _Place(first, first + count * row, row, batch, None if flat else full)

    def read(self, memory: Numbers) -> Any:
        """Return what is there, of a batch one example after the other."""
        if self.shape == ():
            return memory[self.start]
        x = memory[self.start : self.stop]
        if self.batch:
            x = x.reshape(-1, self.row)[:, : self.batch].T
        return x if self.shape is None else x.reshape(self.shape)

    def write(self, memory: Numbers, x: Any) -> None:
        """Put numbers there; those of a batch have the examples last."""
        if self.batch:
            room = memory[self.start : self.stop].reshape(-1, self.row)
            room[:, : self.batch] = np.reshape(x, (-1, self.batch))
        elif self.stop == self.start + 1:
            memory[self.start] = x
        else:
            memory[self.start : self.stop] = x if np.ndim(x) == 1 else np.reshape(x, -1)

    def clear(self, memory: Numbers) -> None:
        """Let zeros be there."""
        memory[self.start : self.stop] = 0.0


class _InMemory:
    """The text of a program at some lengths, run."""

    def __init__(
        self, program: Program, lengths: Mapping[str, int], dtype: np.dtype, strict: bool
    ) -> None:
        program = specialised(program, lengths)
        if not strict:
            program = distribute(program)
        self.arrays = arrays_of(program, None, named=False, strict=strict)
        text = printed(self.arrays, HERE, dtype.name, "cpu", ["forward", "backward"])
        names = text.namespace(HERE, "cpu")
        self._forward, self._backward = names["forward"], names["backward"]
        leaves = leaves_of(program)
        self.inputs = list(zip(leaves, self.arrays.inputs, strict=True))
        self.given = [self.inputs[k] for k in arguments_of(self.arrays)]
        starts = program.outputs
        self.outputs = [
            (starts[k], _count(node.shape), node.shape[-1:] == (BATCH,))
            for k, node in self.arrays.outputs
        ]
        self._takes_scalars = text.forward_scalars
        self._places: tuple[Mapping[str, int], _PlacesInMemory] | None = None

    def places(self, env: Mapping[str, int]) -> _PlacesInMemory:
        """Return where everything lies at some sizes; those of the last are kept."""
        last = self._places
        if last is None or last[0] != env:
            last = self._places = env, _PlacesInMemory(self, env)
        return last[1]

    def forward(self, v: Numbers, places: _PlacesInMemory, scalars: Any) -> Any:
        args = [place.read(v) for place in places.inputs]
        more = [np.asarray(scalars, v.dtype)] if self._takes_scalars else []
        outputs, saved, bad = self._forward(*args, *more)
        if bad:
            index_named(self.arrays, args, more)
        for place, x in zip(places.outputs, outputs):
            place.write(v, x)
        return saved

    def backward(self, g: Numbers, places: _PlacesInMemory, scalars: Any, saved: Any) -> None:
        found = self._backward(saved, np.asarray(scalars, g.dtype))
        for place, x in zip(places.gradients, found):
            place.write(g, x)
        for place in places.without:
            place.clear(g)


def _count(shape: Shape) -> int:
    return int(np.prod([n for n in shape if isinstance(n, int)], initial=1))
