"""One compiled program ready to run: ``forward`` fills a memory of values, ``backward`` gradients.

Kernels do the same by C and by NumPy, which may differ in rounding; one of a tape does what few
loops are found in.
"""

import ctypes
import warnings
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays.in_memory import NumpyKernel
from ..c import build
from ..c.source import flags_of, sources, tables
from ..errors import wrong_index
from ..ir.program import Program
from ..ir.sizes import Size, evaluate
from ..tape import Tape

Array = NDArray[Any]

_ALIGNMENT = 64  # bytes: a line of the cache, and the widest vector

_bytes: Any = ctypes.c_char.from_buffer  # the quickest way to the address of an array


class Columns(NamedTuple):
    """Columns of ``parts.inc``: an array of three whole numbers for each argument and result."""

    rows: int  # how many may lie elsewhere
    sizes: Sequence[int]
    lanes: Any
    batch: Any  # which of the sizes is that of the batch
    inputs: tuple[Any, Any]  # how many, and these
    outputs: tuple[Any, Any]
    tests: tuple[Any, Any]


class CKernel:
    """A program ready to run by C.

    Args:
        program: what to run.
        dtype: of the memory, float64 or float32.
        strict: sum from left to right, as written.
        rows: of a mapped batch that may lie elsewhere; None where it is not done in parts.

    Raises:
        CompilerNotFound: there is no C compiler.
    """

    def __init__(
        self,
        program: Program,
        dtype: str = "float64",
        strict: bool = False,
        rows: Sequence[Size] | None = None,
    ) -> None:
        self.program = program
        self.dtype = np.dtype(dtype)
        self.strict = strict
        self.rows = rows or ()
        files = sources(program, self.dtype.name, strict=strict, rows=rows)
        names = ["forward", "backward", *(["forward_in_parts"] if rows is not None else [])]
        library = build.load(files, flags_of(program, strict), names)
        self._forward, self._backward = library.forward, library.backward
        self._in_parts = library.forward_in_parts if rows is not None else None
        self._arrays = [np.array(table.values, np.int64) for table in tables(program)]
        addresses = [array.ctypes.data for array in self._arrays]
        self._tables = (ctypes.c_void_p * max(len(addresses), 1))(*addresses)
        self._no_scalars = (ctypes.c_double * max(len(program.scalars), 1))()
        self._last: tuple[Sequence[int] | None, Any, int] = (None, None, 0)

    def forward(self, v: Array, sizes: Sequence[int] = (), scalars: Any = ()) -> None:
        """Compute all values in ``v``, where parameters, inputs and constants already are.

        Args:
            v: the memory, one-dimensional and contiguous.
            sizes: one whole number for each of ``program.sizes``.
            scalars: one number for each of ``program.scalars``; nothing where none is read.

        Raises:
            IndexError: a run-time index is outside its range, or not a whole number.
        """
        known, numbers, count = self._last
        if known != sizes:
            known, numbers, count = self._last = self._sized(sizes)
        if v.dtype != self.dtype or v.size < count:
            raise self._unfit("v", v, count)
        given = self._scalars(scalars)
        if self._forward(ctypes.byref(_bytes(v)), numbers, given, self._tables):
            NumpyKernel(self.program, self.dtype.name).forward(v, sizes, scalars)  # names the index

    def backward(
        self,
        v: Array,
        g: Array,
        sizes: Sequence[int] = (),
        scalars: Any = (),
        made: None = None,
    ) -> None:
        """Compute gradients in ``g`` from those of the outputs, after ``forward`` on this ``v``."""
        known, numbers, count = self._last
        if known != sizes:
            known, numbers, count = self._last = self._sized(sizes)
        for name, memory in (("v", v), ("g", g)):
            if memory.dtype != self.dtype or memory.size < count:
                raise self._unfit(name, memory, count)
        at_v, at_g = ctypes.byref(_bytes(v)), ctypes.byref(_bytes(g))
        if self._backward(at_v, at_g, numbers, self._scalars(scalars), self._tables):
            NumpyKernel(self.program, self.dtype.name).forward(v, sizes, scalars)

    def forward_in_parts(
        self,
        v: Array,
        examples: tuple[int, int],
        of: Columns,
        inputs: Any,
        results: Any,
        scalars: Array,
    ) -> int:
        """Compute some examples of a batch, part by part, from columns to columns.

        Args:
            v: the memory of a part, with all that is not of single examples in its place.
            examples: the first, and the one behind the last.
            of: the columns.
            inputs, results: the addresses of arrays of this dtype, contiguous, of all examples.
            scalars: as for ``forward``.

        Returns:
            1 where an index was wrong, 2 where a test failed, 3 for both, 0 for neither.
        """
        assert self._in_parts is not None
        return self._in_parts(
            ctypes.byref(_bytes(v)),
            (ctypes.c_void_p * max(of.rows, 1))(),
            *map(ctypes.c_int64, examples),
            of.lanes,
            (ctypes.c_int64 * len(of.sizes))(*of.sizes),
            of.batch,
            *of.inputs,
            inputs,
            *of.outputs,
            results,
            *of.tests,
            self._scalars(scalars),
            self._tables,
        )

    def addresses(self) -> tuple[int | None, int | None, int]:
        """Return where forward, backward and the tables of indices are, for ``direct.c``."""
        forward, backward = [
            ctypes.cast(f, ctypes.c_void_p).value for f in (self._forward, self._backward)
        ]
        return forward, backward, ctypes.addressof(self._tables)

    def address_in_parts(self) -> int | None:
        """Return where ``forward_in_parts`` is, for ``mapped.c``."""
        assert self._in_parts is not None
        return ctypes.cast(self._in_parts, ctypes.c_void_p).value

    def _sized(self, sizes: Sequence[int]) -> tuple[Sequence[int], Any, int]:
        """Return the sizes as C takes them, and how long the memory must be."""
        env = dict(zip(self.program.sizes, sizes, strict=True))
        numbers = (ctypes.c_int64 * len(sizes))(*sizes)
        return tuple(sizes), numbers, evaluate(self.program.size, env)

    def _scalars(self, scalars: Any) -> Any:
        if len(scalars) == 0:
            return self._no_scalars
        if len(scalars) != len(self.program.scalars):
            wanted = ", ".join(self.program.scalars)
            raise ValueError(f"expected the scalars {wanted}, got {len(scalars)} numbers")
        return ctypes.byref(_bytes(np.ascontiguousarray(scalars, self.dtype)))

    def _unfit(self, name: str, memory: Array, count: int) -> ValueError:
        return ValueError(
            f"{name} must hold {count} numbers of {self.dtype}, got {memory.size} of {memory.dtype}"
        )


class TapeKernel:
    """A tape ready to run, by the engine in C.

    Args:
        program: what to run.
    """

    def __init__(self, program: Tape) -> None:
        self.program = program
        self.dtype = np.dtype(float)
        self._columns = program.columns

    def forward(self, v: Array, sizes: Sequence[int] = (), scalars: Any = ()) -> None:
        """Compute all values in ``v``; see ``CKernel``."""
        if failed := self._columns.forward(v, *sizes):
            index, rows = failed
            raise wrong_index(index, rows)

    def backward(
        self,
        v: Array,
        g: Array,
        sizes: Sequence[int] = (),
        scalars: Any = (),
        made: None = None,
    ) -> None:
        """Compute gradients in ``g`` from those of the outputs; see ``CKernel``."""
        self._columns.backward(v, g, np.ascontiguousarray(scalars, float), *sizes)

    def addresses(self) -> tuple[int, int, int]:
        """Return where its parts are, for ``direct.c``; see ``CKernel``."""
        return self._columns.addresses()


def make_kernel(
    program: Program,
    backend: str = "auto",
    dtype: str = "float64",
    strict: bool = False,
    rows: Sequence[Size] | None = None,
) -> CKernel | NumpyKernel:
    """Return a program ready to run.

    Args:
        backend: "c", "numpy", or "auto": C where it can be compiled, else NumPy with one warning.
        dtype: "float64" or "float32".
        strict: keep the order of every sum.
        rows: as for ``CKernel``.

    Raises:
        CompilerNotFound: the back end is "c", and no C compiler works.
        CompileError: the back end is "c", and the compiler refused this program.
        ValueError: there is no such back end or dtype.
    """
    if dtype not in ("float64", "float32"):
        raise ValueError(f"dtype must be 'float64' or 'float32', got {dtype!r}")
    if backend not in ("auto", "c", "numpy"):
        raise ValueError(f"backend must be 'auto', 'c' or 'numpy', got {backend!r}")
    if backend != "numpy":
        try:
            return CKernel(program, dtype, strict, rows)
        except (build.CompilerNotFound, build.CompileError) as refusal:
            if backend == "c":
                raise
            warn_of_numpy(refusal)
    return NumpyKernel(program, dtype, strict)


def warn_of_numpy(refusal: Exception) -> None:
    """Say, once for each reason, why NumPy runs what was to run by C."""
    report = "; please report it" if isinstance(refusal, build.CompileError) else ""
    _warn_once(f"running by NumPy, which is slower than C: {refusal}{report}")


def warn_of_tape(refusal: Exception) -> None:
    """Say, once for each reason, why what was to run by C stays a tape."""
    report = "" if isinstance(refusal, build.CompilerNotFound) else "; please report it"
    said = refusal if isinstance(refusal, build.CompileError) or not report else repr(refusal)
    _warn_once(f"running one operation after the other, which is slower than C: {said}{report}")


@cache
def _warn_once(message: str) -> None:
    warnings.warn(message, stacklevel=4)


def allocate(count: int, dtype: Any = "float64") -> Array:
    """Return ``count`` zeros whose first lies on a cache line."""
    kind = np.dtype(dtype)
    room = np.zeros(count + _ALIGNMENT // kind.itemsize, kind)
    first = -ctypes.addressof(_bytes(room)) % _ALIGNMENT // kind.itemsize
    return room[first : first + count]
