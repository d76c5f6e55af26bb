"""An array program, ready for calls: ``forward`` computes values, ``backward`` gradients."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import wrong_index
from ..ir.program import Program
from .building import arrays_of
from .dialects import HERE
from .engines import Engine
from .program import BATCH, PARAMETERS, ArrayProgram, Given
from .source import arguments_of, printed


class Computed(NamedTuple):
    """What forward leaves: the outputs as numbers, and on the device what backward reads."""

    numbers: list[np.ndarray]  # a row for each run of neighbours among the outputs
    saved: tuple[Any, ...]


class ArrayKernel:
    """A program ready to run by a library of arrays.

    Args:
        program: what to run, before arrays have addresses.
        arguments: of each of its inputs which argument it is, None for 1/B.
        engine: the library, with dtype and device.
    """

    def __init__(self, program: Program, arguments: Sequence[int | None], engine: Engine) -> None:
        self.engine = engine
        self.arrays = arrays_of(program, arguments)
        self._given = {i.argument: i for i in reversed(self.arrays.inputs)}
        self._order = arguments_of(self.arrays)
        parts = ["forward", "backward"]
        text = printed(self.arrays, engine.dialect, engine.dtype, engine.device, parts)
        self.source = str(text)
        with engine.context():
            names = text.namespace(engine.dialect, engine.device)
            self._forward = engine.compiled(names["forward"])
            self._backward = engine.compiled(names["backward"])

    def forward(
        self, parameters: np.ndarray, args: Sequence[Any], most: int | None = None
    ) -> Computed:
        """Compute all values of a call.

        Args:
            parameters: the numbers of the captured Values.
            args: of each argument its numbers, as an array.
            most: how many examples are looked at; all, where not given.

        Raises:
            IndexError: a run-time index is outside its range, or not a whole number.
        """
        given = [parameters if k == PARAMETERS else args[k] for k in self._order]
        shaped = [_shaped(x, self._given[k], most) for k, x in zip(self._order, given)]
        with self.engine.context():
            outputs, saved, bad = self._forward(*[self.engine.put(x) for x in shaped])
            if bool(bad):
                index_named(self.arrays, shaped)
            numbers = [self.engine.get(x).astype(np.float64) for x in outputs]
        return Computed([self._rows(k, x) for k, x in enumerate(numbers)], saved)

    def backward(self, computed: Computed, seeds: Mapping[int, float]) -> dict[int, np.ndarray]:
        """Return the gradients of parameters and arguments, given those of some outputs.

        Args:
            computed: what forward has left.
            seeds: the gradient of each output that has one.
        """
        wanted = [i for i in self.arrays.inputs if i.gradient]
        last = max((k for k, _ in self.arrays.seeds), default=-1)
        with self.engine.context():
            numbers = np.array([seeds.get(k, 0.0) for k in range(last + 1)])
            found = self._backward(computed.saved, self.engine.put(numbers))
            arrays = [self.engine.get(x).astype(np.float64).reshape(-1) for x in found]
        return {i.argument: x for i, x in zip(wanted, arrays) if i.argument is not None}

    def _rows(self, k: int, x: np.ndarray) -> np.ndarray:
        batched = self.arrays.outputs[k][1].shape[-1:] == (BATCH,)
        return x.reshape(-1, x.shape[-1]) if batched else x.reshape(-1)


def index_named(
    program: ArrayProgram, args: Sequence[np.ndarray], scalars: Sequence[Any] = ()
) -> None:
    """Compute a program by NumPy, to say which index is wrong.

    Args:
        program: whose index it is.
        args: of its forward.
        scalars: the numbers that come with a call, where it takes them.

    Raises:
        IndexError: it is outside its range, or not a whole number.
    """
    text = printed(program, HERE, "float64", "cpu", ["forward"])
    names = text.namespace(HERE, "cpu")

    def wrong(x: Any, rows: int) -> bool:
        outside = ~((x >= 0) & (x < rows) & (x == np.floor(x)))
        if outside.any():
            raise wrong_index(np.asarray(x)[outside][0], rows)
        return False

    names["wrong"] = wrong
    names["forward"](*[np.asarray(x, float) for x in args], *scalars)


def _shaped(x: Any, given: Given, most: int | None) -> np.ndarray:
    """Return an argument in the shape in which the program's text expects it."""
    return np.reshape(x, (-1, *given.shape))[:most] if given.batched else np.reshape(x, given.shape)
