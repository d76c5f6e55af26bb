"""Where everything lies in the memory of a call, worked out once for its run-time sizes."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...engine import Value
from ...value.buffers import read_data
from ..ir.array import Placement
from ..ir.program import Program
from ..ir.sizes import SIZE, evaluate
from ..passes.generalise import Coefficient
from ..tape import Tape
from ..tracing.signature import Argument
from .kernel import allocate

_SPARE = 4  # memories kept for the next call
_MOST = 1 << 23  # numbers in those of the parts of a large batch
_LONG = 64  # numbers in a range on average, from which on it is quicker to copy than to gather

# Of each input: its argument (None: 1 / batch size), whether it is batched, where it lies.
Inputs = Sequence[tuple[int | None, bool, Placement]]


class Span(NamedTuple):
    """Where the numbers of one input lie: one after the other, or as columns of rows.

    Of ``outer`` examples each number has a row of its own, as long as ``row``; 0: they lie as they
    are given.
    """

    start: int
    length: int
    outer: int
    row: int

    @staticmethod
    def of(place: Placement, batched: bool, sizes: Mapping[str, int]) -> "Span":
        """Evaluate a place."""
        start, length = evaluate(place.start, sizes), evaluate(place.count, sizes)
        outer, row = (sizes["B"], sizes["P"]) if batched else (place.outer, place.row)
        return Span(start, length, outer, row)

    def put(self, v: np.ndarray, numbers: Any) -> None:
        """Put numbers, or examples, one after the other as they are given, in their places."""
        if not self.outer:
            flat = isinstance(numbers, np.ndarray) and numbers.ndim != 1
            v[self.start : self.start + self.length] = numbers.reshape(-1) if flat else numbers
            return
        columns = np.asarray(numbers).reshape(self.outer, -1).T
        rows = v[self.start : self.start + len(columns) * self.row].reshape(-1, self.row)
        rows[:, : self.outer] = columns


class Addresses:
    """The addresses and sizes of a program when its run-time sizes are known.

    Args:
        program: the program.
        inputs: what its inputs are read from.
        coefficients: constants that depend on the length.
        sizes: the run-time sizes, by name.
        dtype: of the memory.
    """

    def __init__(
        self,
        program: Program | Tape,
        inputs: Inputs,
        coefficients: Sequence[Coefficient],
        sizes: Mapping[str, int],
        dtype: np.dtype,
    ) -> None:
        self.dtype = dtype
        self.env = dict(sizes)
        self.size = evaluate(program.size, sizes)
        self.sizes = tuple([sizes[name] for name in program.sizes])
        self.outputs = [evaluate(address, sizes) for address in program.outputs]
        self._places: dict[int, np.ndarray] = {}
        self._pieces: dict[int, Any] = {}  # of the outputs from one on: see ``_pieces``
        self.scalars = np.zeros(len(program.scalars), dtype)
        for k, c in enumerate(reversed(coefficients), 1):
            self.scalars[-k] = c.at(sizes[SIZE])
        self.spans = [(k, batched, Span.of(p, batched, sizes)) for k, batched, p in inputs]
        self._spare: list[np.ndarray] = []  # memories of calls whose results are gone
        self._constants = evaluate(program.constants[0], sizes), np.asarray(program.constants[1])

    def outputs_in(self, memory: np.ndarray, first: int) -> np.ndarray:
        """Return all outputs from this one on, which are numbers."""
        pieces = self._pieces.get(first)
        if pieces is None:
            pieces = self._pieces[first] = _pieces(self.outputs[first:])
        if isinstance(pieces, np.ndarray):
            return memory[pieces]
        return np.concatenate([memory[a:b] for a, b in pieces])

    def places(self, count: int) -> np.ndarray:
        """Return where the first outputs lie."""
        if count not in self._places:
            self._places[count] = np.array(self.outputs[:count], dtype=int)
        return self._places[count]

    def blank(self) -> np.ndarray:
        """Return a memory with anything in it."""
        try:
            return self._spare.pop()
        except IndexError:
            return allocate(max(self.size, 1), self.dtype)  # of constants alone: C wants an address

    def give_back(self, memory: np.ndarray, parts: int = 0) -> None:
        """Take a memory that nothing refers to any more, to be used again; one of so many parts."""
        if len(self._spare) < _SPARE + min(parts, _MOST // max(self.size, 1)):
            self._spare.append(memory)

    def memory(
        self, captured: Sequence[Value], args: Sequence[Argument], batched: bool = True
    ) -> np.ndarray:
        """Return a new memory with parameters, inputs and constants in their places.

        Args:
            captured: the values that come first.
            args: what the inputs are read from.
            batched: False leaves the batched inputs to ``put_batch``.
        """
        v = self.blank()
        if captured and self.dtype == np.float64:
            read_data(captured, v[: len(captured)])
        elif captured:
            wide = np.empty(len(captured))
            read_data(captured, wide)
            v[: len(captured)] = wide
        start, constants = self._constants
        if len(constants):
            v[start : start + len(constants)] = constants
        for k, of_batch, span in self.spans:
            if k is None:
                v[span.start] = 1.0 / self.env["B"]
            elif not of_batch:
                argument = args[k]
                value = argument.value if argument.kind == "array" else argument.numbers()
                span.put(v, value)
        if batched:
            self.put_batch(v, args)
        return v

    def put_batch(self, v: np.ndarray, args: Sequence[Argument], first: int = 0) -> None:
        """Put the batch's examples, from the first on, into the batched inputs."""
        for k, of_batch, span in self.spans:
            if of_batch and k is not None:
                span.put(v, args[k].value[first : first + span.outer])

    def fixed(self) -> tuple[list[int], np.ndarray]:
        """Return where the numbers are that are the same at each call, and these."""
        start, constants = self._constants
        of_size = [span.start for k, _, span in self.spans if k is None]
        places = [*range(start, start + len(constants)), *of_size]
        return places, np.array([*constants, *[1.0 / self.env["B"] for _ in of_size]], dtype=float)

    def end_of_leaves(self) -> int:
        """Return where the last of the captured values, inputs and constants ends."""
        start, constants = self._constants
        ends = [start + len(constants)]
        for _, batched, span in self.spans:
            rows = span.length if batched else span.length // max(span.outer, 1)
            ends.append(span.start + (rows * span.row if span.outer else span.length))
        return max(ends)

    def leaves(self, captured: int) -> np.ndarray:
        """Where the captured values and all inputs lie, of a batch its first example."""
        places = [np.arange(captured)]
        for _, batched, span in self.spans:
            steps = np.arange(span.length)
            if batched:
                steps = steps * span.row
            elif span.outer:
                inner = span.length // span.outer
                steps = steps % inner * span.row + steps // inner
            places.append(span.start + steps)
        return np.concatenate(places)


def _pieces(addresses: Sequence[int]) -> Any:
    """Return a few ranges, each a begin and an end, or an array of the addresses one by one."""
    places = np.array(addresses, dtype=int)
    cuts = np.flatnonzero(np.diff(places) != 1) + 1
    if not len(places) or len(cuts) > len(places) // _LONG:
        return places
    begins, ends = places[[0, *cuts]], places[[*(cuts - 1), len(places) - 1]] + 1
    return list(zip(begins.tolist(), ends.tolist()))
