"""Where everything lies in the memory of a call, worked out once for its run-time sizes."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..buffers import read_data
from ..engine import Value
from .general import SIZE, Coefficient
from .ir import Program
from .kernel import allocate
from .loops.place import Place
from .sizes import evaluate
from .tracing.signature import Argument

_SPARE = 4  # memories kept for the next call

Fills = Sequence[tuple[int | None, bool, Place]]  # argument (None: 1 / batch size), batched, where


class _Fill(NamedTuple):
    argument: int | None
    batched: bool
    start: int
    size: int
    outer: int  # examples in a row, 0 where the numbers lie as they are given
    row: int


class Plan:
    """The addresses and sizes of a program when its run-time sizes are known.

    Args:
        program: the program.
        fills: what its inputs are read from.
        coefficients: constants that depend on the length.
        env: the run-time sizes.
        dtype: of the memory.
    """

    def __init__(
        self,
        program: Program,
        fills: Fills,
        coefficients: Sequence[Coefficient],
        env: Mapping[str, int],
        dtype: np.dtype,
    ) -> None:
        self.dtype = dtype
        self.size = evaluate(program.size, env)
        self.sizes = tuple([env[name] for name in program.sizes])
        self.outputs = [evaluate(address, env) for address in program.outputs]
        self.scalars = np.zeros(len(program.scalars), dtype)
        for k, c in enumerate(reversed(coefficients), 1):
            self.scalars[-k] = c.at(env[SIZE])
        self._spare: list[np.ndarray] = []  # memories of calls whose results are gone
        self._batch = env.get("B", 0)
        self._constants = evaluate(program.constants[0], env), program.constants[1]
        self._fills = [self._fill(k, batched, place, env) for k, batched, place in fills]

    def _fill(self, k: int | None, batched: bool, place: Place, env: Mapping[str, int]) -> _Fill:
        start, count = evaluate(place.new, env), evaluate(place.count, env)
        if batched:
            return _Fill(k, True, start, count, env["B"], env["P"])
        return _Fill(k, False, start, count, place.outer, place.row)

    def blank(self) -> np.ndarray:
        """Return a memory with anything in it."""
        try:
            return self._spare.pop()
        except IndexError:
            return allocate(self.size, self.dtype)

    def give_back(self, memory: np.ndarray) -> None:
        """Take a memory that nothing refers to any more, to be used again."""
        if len(self._spare) < _SPARE:
            self._spare.append(memory)

    def memory(
        self, captured: Sequence[Value], args: Sequence[Argument], batched: bool = True
    ) -> np.ndarray:
        """Return a new memory with parameters, inputs and constants in their places.

        Args:
            captured: the values that come first.
            args: what the inputs are read from.
            batched: False leaves the batched inputs to ``fill_batch``.
        """
        v = self.blank()
        if captured and self.dtype == np.float64:
            read_data(captured, v[: len(captured)])
        elif captured:
            wide = np.empty(len(captured))
            read_data(captured, wide)
            v[: len(captured)] = wide
        start, constants = self._constants
        if constants:
            v[start : start + len(constants)] = constants
        for fill in self._fills:
            if fill.argument is None:
                v[fill.start] = 1.0 / self._batch
            elif not fill.batched:
                argument = args[fill.argument]
                value = argument.value if argument.kind == "array" else argument.numbers()
                if fill.outer:
                    _fill_rows(v, fill, np.asarray(value))
                else:
                    v[fill.start : fill.start + fill.size] = np.reshape(value, -1)
        if batched:
            self.fill_batch(v, args)
        return v

    def fill_batch(self, v: np.ndarray, args: Sequence[Argument], first: int = 0) -> None:
        """Put the batch's examples, from the first on, into the batched inputs."""
        for fill in self._fills:
            if fill.batched and fill.argument is not None:
                value = args[fill.argument].value
                _fill_rows(v, fill, value[first : first + fill.outer])


def _fill_rows(v: np.ndarray, fill: _Fill, value: np.ndarray) -> None:
    """Put examples into rows of memory, one row for each number of an example."""
    table = value.reshape(fill.outer, -1).T
    rows = v[fill.start : fill.start + len(table) * fill.row].reshape(-1, fill.row)
    rows[:, : fill.outer] = table
