"""A program ready for calls: numbers go to their places, the loops run, numbers come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from ...engine import Value
from ..arrays.engines import ENGINES, engine, wide
from ..arrays.in_memory import NumpyKernel
from ..arrays.kernel import ArrayKernel
from ..c.target import native_target
from ..ir.footprint import needs_gradient
from ..ir.joins import outputs_of
from ..ir.program import WHOLE_VECTORS, Program
from ..ir.sizes import SIZE, bound
from ..passes.generalise import Coefficient
from ..passes.phases import phased
from ..tape import Tape
from ..tracing.signature import Argument
from .device import DeviceRun
from .kernel import CKernel, TapeKernel, make_kernel
from .mapped import Mapped, MappedRun, is_mapped, rows_elsewhere
from .memory import Addresses, Inputs
from .parts import PartedRun, Parts, part_size

_SIZES = 256  # of how many run-time sizes the addresses are kept


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the numbers of a call go: captured Values come first, then the inputs.

    ``lengths`` says of each argument whose length is the program's size how much longer than it
    the argument is, ``least`` is the smallest such size. The first outputs are guards, of which
    the truth is ``guards``, and ``apart`` where they hold of a batch if they do of all its parts;
    ``columns`` are the outputs that have a number for each example.
    ``differentiated`` are the arguments whose gradient is wanted.
    """

    captured: Sequence[Value]
    inputs: Inputs = ()
    guards: Sequence[bool] = ()
    apart: bool = False
    columns: frozenset[int] = frozenset()
    differentiated: frozenset[int] = frozenset()
    lengths: Mapping[int, int] | None = None
    least: int = 0
    coefficients: Sequence[Coefficient] = ()

    def accepts(self, args: Sequence[Argument]) -> bool:
        """Tell whether the lengths of the arguments agree with each other and with the program."""
        if self.lengths:
            sizes = {args[k].shape[0] - longer for k, longer in self.lengths.items()}
            return len(sizes) == 1 and sizes.pop() >= self.least
        batches = {args[k].shape[0] for k, batched, _ in self.inputs if batched and k is not None}
        return len(batches) <= 1 and 0 not in batches

    def sizes(self, args: Sequence[Argument]) -> dict[str, int]:
        """Return the run-time sizes of a call."""
        for j, longer in (self.lengths or {}).items():
            return bound(SIZE, args[j].shape[0] - longer)
        for k, batched, _ in self.inputs:
            if batched and k is not None:
                return batch_sizes(args[k].shape[0])
        return {}


def batch_sizes(batch: int) -> dict[str, int]:
    """Return the run-time sizes of a batch: B, and P, with its padding."""
    return {"B": batch, "P": -(-batch // WHOLE_VECTORS) * WHOLE_VECTORS}


def loops_only(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of loops: they run where they are called, as soon as they are there."""
    return {name: x for name, x in options.items() if name not in ("device", "when")}


def until_of(options: Mapping[str, Any]) -> str:
    """Return the pass after which a program is ready for its back end, empty for the last."""
    return "distribute" if options["backend"] in ENGINES else ""


class Run:
    """What a call has computed: all values of a program."""

    __slots__ = ("at", "compiled", "made", "memory")

    def __init__(
        self, compiled: "Compiled", at: Addresses, memory: np.ndarray, made: Any = None
    ) -> None:
        self.compiled, self.at, self.memory, self.made = compiled, at, memory, made

    def number(self, k: int) -> float:
        """Return output k."""
        return float(self.memory[self.at.outputs[k]])

    def truths(self, guards: int) -> bytes:
        """Return which of the first outputs are true, a byte each."""
        return (self.memory[self.at.places(guards)] != 0.0).tobytes()

    def numbers(self, first: int) -> np.ndarray:
        """Return all outputs from this one on, which are numbers."""
        return self.at.outputs_in(self.memory, first).astype(np.float64, copy=False)

    def column(self, k: int) -> np.ndarray:
        """Return output k, which has a number for each example."""
        start = self.at.outputs[k]
        return self.memory[start : start + self.at.env["B"]].copy()

    def gradients(self, seeds: Mapping[int, float]) -> np.ndarray:
        """Return the gradients of all values, given those of some outputs."""
        g = self.at.blank()
        scalars = self.compiled.seeded(self.at, seeds)
        kernel = self.compiled.kernel
        assert not isinstance(kernel, ArrayKernel)
        kernel.backward(self.memory, g, self.at.sizes, scalars, self.made)
        return g

    def __del__(self) -> None:
        self.at.give_back(self.memory)


AnyRun = Run | MappedRun | PartedRun | DeviceRun


class Compiled:
    """A program, built, and the way of a call's numbers through it.

    Args:
        program: what to run.
        layout: where a call's numbers go.
        options: of the kernel: backend, dtype, strict, device.
    """

    kernel: CKernel | NumpyKernel | ArrayKernel | TapeKernel
    program: Any  # a Program or a Tape
    is_mapped = False

    def __init__(self, program: Program | Tape, layout: Layout, options: Mapping[str, Any]) -> None:
        self.program, self.layout = program, layout
        if isinstance(program, Tape):
            self.kernel = TapeKernel(program)
        elif options["backend"] in ENGINES:
            library = engine(options["backend"], options["dtype"], options["device"])
            self.kernel = ArrayKernel(program, [k for k, _, _ in layout.inputs], library)
        else:
            guards = len(layout.guards)
            apart = layout.apart or not guards
            self.is_mapped = apart and is_mapped(program, guards, len(layout.columns))
            rows = None
            if self.is_mapped:
                target = native_target(options["dtype"], options["strict"])
                rows = rows_elsewhere(program, layout.inputs, guards, target)
            self.kernel = make_kernel(program, **loops_only(options), rows=rows)
        self.precision = options["dtype"]
        self.dtype = np.dtype(wide(self.precision))
        self._options = options
        self._truths = np.array(layout.guards, dtype=bool).tobytes()
        self._at: dict[tuple[int, ...], Addresses] = {}
        self._large: dict[int, Mapped] = {}  # by the size of the batch

    @property
    def backend(self) -> str:
        """What runs it, as people call it."""
        if isinstance(self.kernel, ArrayKernel):
            engine = self.kernel.engine
            return f"{engine.dialect.title} on {engine.device}"
        if isinstance(self.kernel, TapeKernel):
            return f"the engine, one operation after the other{self.program.why}"
        return "C" if isinstance(self.kernel, CKernel) else "NumPy"

    def at(self, sizes: Mapping[str, int]) -> Addresses:
        """Return where everything lies at these run-time sizes; those of the last are kept."""
        key = tuple(sizes.values())
        addresses = self._at.get(key)
        if addresses is None:
            if len(self._at) >= _SIZES:
                self._at.clear()
            inputs, coefficients = self.layout.inputs, self.layout.coefficients
            addresses = Addresses(self.program, inputs, coefficients, sizes, self.dtype)
            self._at[key] = addresses
        return addresses

    def run(self, args: Sequence[Argument], guarded: bool = True) -> AnyRun | None:
        """Compute the values of a call; None when a branch would have gone another way.

        Args:
            args: its arguments, with random numbers behind them.
            guarded: False takes this program's branches whatever the numbers are.
        """
        sizes = self.layout.sizes(args)
        guards = self.layout.guards
        on_device = isinstance(self.kernel, ArrayKernel)
        lanes = self.lanes(sizes)
        if lanes and self.is_mapped:
            mapped = self.mapped(sizes["B"], lanes)
            run_of_all = MappedRun(self, mapped.at, *mapped.results(args))
            return run_of_all if run_of_all.holds or not guarded else None
        if lanes and isinstance(self.kernel, CKernel) and self._parts is not None:
            return PartedRun(self, self._parts, args, sizes["B"], lanes)
        try:
            run = self.on_device(args) if on_device else self.computed(args, sizes)
        except IndexError:
            if guarded and guards:  # one of them may be what keeps the index in its range
                return None
            raise
        return run if not (guarded and guards) or run.truths(len(guards)) == self._truths else None

    def mapped(self, batch: int, lanes: int) -> Mapped:
        """Return the way of a large batch through it; those of the last sizes are kept."""
        if batch not in self._large:
            if len(self._large) >= _SIZES:
                self._large.clear()
            self._large[batch] = Mapped(self, batch, lanes)
        return self._large[batch]

    def lanes(self, sizes: Mapping[str, int]) -> int | None:
        """Return how many examples are done at a time; None where all are done in one go."""
        if isinstance(self.kernel, ArrayKernel) or "B" not in sizes:
            return None
        if self.layout.guards and not self.is_mapped:
            return None
        return part_size(self.program, sizes["B"])

    def computed(self, args: Sequence[Argument], sizes: Mapping[str, int]) -> Run:
        """Compute the values of a call in one go, at sizes that may be smaller than its own."""
        at = self.at(sizes)
        return self.of_memory(at, at.memory(self.layout.captured, args))

    def on_device(self, args: Sequence[Argument], most: int | None = None) -> DeviceRun:
        """Compute the values of a call, or of its first examples, by a library of arrays."""
        assert isinstance(self.kernel, ArrayKernel)
        return DeviceRun(self.kernel, self.layout.captured, args, most)

    def of_memory(self, at: Addresses, memory: np.ndarray) -> Run:
        """Compute the values from a memory that holds all that they are computed from."""
        assert not isinstance(self.kernel, ArrayKernel)
        return Run(self, at, memory, self.kernel.forward(memory, at.sizes, at.scalars))

    @cached_property
    def _parts(self) -> Parts | None:
        """The program in phases, for large batches; None where it cannot be divided."""
        divided = phased(self.program) if isinstance(self.program, Program) else None
        return Parts(divided, loops_only(self._options)) if divided else None

    def seeded(self, at: Addresses, seeds: Mapping[int, float]) -> np.ndarray:
        """Return the program's scalars, with the gradients of some outputs among them."""
        scalars = at.scalars.copy()
        for k, seed in seeds.items():
            scalars[k] = seed
        return scalars

    def is_number(self, k: int) -> bool:
        """Tell whether output k is one number, not one for each example."""
        return k not in self.layout.columns

    def passes_on(self, k: int) -> bool:
        """Tell whether output k has a gradient to pass on, not that of a constant."""
        return self._passing[k]

    @cached_property
    def _passing(self) -> list[bool]:
        if isinstance(self.program, Tape):
            return self.program.passing
        return [needs_gradient(replace(out, grad=True)) for out in outputs_of(self.program)]

    def shares(self, run: AnyRun, k: int, seed: float) -> tuple[np.ndarray, dict[int, np.ndarray]]:
        """Return what output k passes on to the captured values, and to each argument wanted."""
        if isinstance(run, DeviceRun):
            return run.shares(k, seed)
        g = run.gradients({k: seed})
        captured = g[: len(self.layout.captured)].astype(np.float64)
        slopes = {}
        for j, batched, span in run.at.spans:
            if j is not None and j in self.layout.differentiated and not batched:
                slopes[j] = g[span.start : span.start + span.length].astype(np.float64)
        if isinstance(run, Run | PartedRun):
            run.at.give_back(g)
        return captured, slopes
