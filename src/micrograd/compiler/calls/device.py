"""A call whose arrays stay on a device: only outputs and gradients come back."""

from collections.abc import Sequence

import numpy as np

from ...engine import Value
from ...value.buffers import read_data
from ..arrays.kernel import ArrayKernel
from ..arrays.program import PARAMETERS
from ..tracing.signature import Argument


class DeviceRun:
    """What a call has computed, by a library of arrays.

    Args:
        kernel: the program.
        captured: the Values that come first.
        args: the call's arguments.
        most: how many examples are looked at; all, where not given.

    Raises:
        IndexError: a run-time index is outside its range, or not a whole number.
    """

    __slots__ = ("_captured", "_computed", "_kernel", "_place")

    def __init__(
        self,
        kernel: ArrayKernel,
        captured: Sequence[Value],
        args: Sequence[Argument],
        most: int | None = None,
    ) -> None:
        self._kernel, self._captured = kernel, len(captured)
        parameters = np.empty(len(captured))
        read_data(captured, parameters)
        self._computed = kernel.forward(parameters, [_numbers(a) for a in args], most)
        self._place = [
            (k, row)
            for k, numbers in enumerate(self._computed.numbers)
            for row in range(len(numbers))
        ]

    def number(self, k: int) -> float:
        """Return output k, of one example where it has a number for each."""
        run, row = self._place[k]
        return float(self._computed.numbers[run][row].item())

    def truths(self, guards: int) -> bytes:
        """Return which of the first outputs are true, a byte each."""
        return bytes([bool(self.number(k)) for k in range(guards)])

    def numbers(self, first: int) -> np.ndarray:
        """Return all outputs from this one on, which are numbers."""
        return np.array([self.number(k) for k in range(first, len(self._place))])

    def column(self, k: int) -> np.ndarray:
        """Return output k, which has a number for each example."""
        run, row = self._place[k]
        return self._computed.numbers[run][row].copy()

    def shares(self, k: int, seed: float) -> tuple[np.ndarray, dict[int, np.ndarray]]:
        """Return what output k passes on to the captured values, and to each argument wanted."""
        slopes = self._kernel.backward(self._computed, {k: seed})
        captured = slopes.pop(PARAMETERS, np.zeros(self._captured))
        return captured, slopes


def _numbers(argument: Argument) -> np.ndarray | None:
    if argument.kind == "static":
        return None
    value = argument.value if argument.kind == "array" else argument.numbers()
    return np.asarray(value, dtype=np.float64)
