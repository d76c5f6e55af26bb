"""Programs of memory as a whole, for a back end that wants arrays: all that is there goes out."""

from dataclasses import replace

import numpy as np

from micrograd.compiler.arrays.in_memory import NumpyKernel
from micrograd.compiler.ir.array import MEMORY, Array, Placement
from micrograd.compiler.ir.program import Clear, Nest, Program, Ref, Term
from micrograd.compiler.ir.sizes import substitute
from micrograd.compiler.ir.visit import rewritten, with_refs, with_sizes


def in_arrays(program: Program, count: int, sizes: dict[str, int] | None = None) -> Program:
    """Return a program that takes ``count`` numbers and as many gradients, one after the other.

    It computes in a memory of its own, which it gives back behind them, all of it an output. The
    gradients of the first numbers are those that memory has in the end.
    """
    values = Array(0, count, False, True, "variable")
    slopes = Array(count, count, False, False, "input")
    memory = Array(2 * count, count, False, True, "computed")

    def moved(ref: Ref) -> Ref:
        return ref.within(memory) if ref.array is not MEMORY else replace(ref, array=memory)

    def cleared(s: object) -> list:
        return [replace(s, array=memory) if isinstance(s, Clear) else s]

    def body(statements: list) -> list:
        known = with_sizes(statements, lambda size: substitute(size, sizes or {}))
        return rewritten(with_refs(known, moved), cleared)

    def copied(target: Array, source: Array, grad: bool, of: bool = False) -> Nest:
        read = Ref(0, (1,), of, array=source)
        return Nest((count,), Ref(0, (1,), grad, array=target), (Term((), read),))

    return Program(
        [copied(memory, values, False), *body(program.forward)],
        3 * count,
        (0, 0),
        (0, 2 * count),
        (3 * count, ()),
        tuple(range(2 * count, 3 * count)),
        [copied(memory, slopes, True), *body(program.backward), copied(values, memory, True, True)],
        scalars=program.scalars,
        arrays=(values, slopes, memory),
        segments=(Placement(0, count), Placement(count, count)),
    )


def computed(
    program: Program,
    v: np.ndarray,
    g: np.ndarray | None = None,
    sizes: dict[str, int] | None = None,
    scalars: dict[str, float] | None = None,
    strict: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return what NumPy leaves in a memory that holds these numbers and gradients before."""
    n, numbers = len(v), list((scalars or {}).values())
    kernel = NumpyKernel(in_arrays(program, n, sizes), v.dtype.name, strict)
    memory = np.concatenate([v, np.zeros_like(v) if g is None else g, v])
    slopes = np.full(3 * n, 7.0, v.dtype)
    made = kernel.forward(memory, (), numbers)
    kernel.backward(memory, slopes, (), numbers, made)
    return memory[2 * n :], slopes[:n]
