"""Programs written out by hand for the tests of the back ends, and a way to run their C."""

import ctypes
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from program_reference import run_backward, run_forward

from micrograd import ops
from micrograd.compiler.c.source import FLAGS, STRICT_FLAGS, source, tables
from micrograd.compiler.ir.program import (
    Apply,
    Expr,
    Literal,
    Nest,
    Program,
    Ref,
    Statement,
    Term,
)
from micrograd.compiler.ir.sizes import Size, evaluate

COMPILER = next((path for name in ("cc", "gcc", "clang") if (path := shutil.which(name))), "cc")
DEEP = os.environ.get("MICROGRAD_TEST_DEEP") == "1"  # make test-deep
LEVELS = ("-O0", "-O1", "-O2", "-O3", "-Os") if DEEP else ("-O0", "-O2")
_WARNINGS = ("-Wall", "-Wextra", "-Werror")

FORMS = [
    ("float64", {}),
    ("float32", {}),
    ("float64", {"strict": True}),
    ("float64", {"portable": True}),
    ("float32", {"portable": True}),
    ("float64", {"lanes": 2}),
    ("float64", {"lanes": 4}),
    ("float32", {"lanes": 4}),
    ("float32", {"lanes": 8}),
]
TOLERANCE = {"float64": 1e-12, "float32": 2e-4}


class Compiled:
    """A program's C, compiled and loaded: forward(v), backward(v, g) on arrays, in place."""

    def __init__(
        self,
        program: Program,
        folder: Path,
        dtype: str = "float64",
        *,
        strict: bool = False,
        portable: bool = False,
        compiler: Sequence[str] = (COMPILER,),
        lanes: int | None = None,
    ) -> None:
        self.program, self.dtype = program, dtype
        self.text = source(program, dtype, strict=strict, portable=portable)
        self.tables = [np.array(t.values, np.int64) for t in tables(program)]
        flags = STRICT_FLAGS if strict else FLAGS
        flags = ("-std=c11",) if portable else flags
        if lanes is not None:
            flags += (f"-DBYTES={lanes * np.dtype(dtype).itemsize}",)
        path = Path(tempfile.mkdtemp(dir=folder)) / "program.c"  # a loaded file must not change
        library = path.with_suffix(".so")
        path.write_text(self.text)
        command = [*compiler, *_WARNINGS, *flags, "-shared", "-fPIC", path, "-o", library, "-lm"]
        subprocess.run(command, check=True)
        self.library = ctypes.CDLL(str(library))

    def forward(self, v: np.ndarray, sizes: Mapping = {}, scalars: Mapping = {}) -> int:
        return self.library.forward(_pointer(v), *self._rest(sizes, scalars))

    def backward(
        self, v: np.ndarray, g: np.ndarray, sizes: Mapping = {}, scalars: Mapping = {}
    ) -> int:
        return self.library.backward(_pointer(v), _pointer(g), *self._rest(sizes, scalars))

    def _rest(self, sizes: Mapping, scalars: Mapping) -> Sequence[object]:
        self._kept = (
            np.array([sizes[s] for s in self.program.sizes], np.int64),
            np.array([scalars[s] for s in self.program.scalars], self.dtype),
            (ctypes.c_void_p * (len(self.tables) + 1))(*(t.ctypes.data for t in self.tables)),
        )
        return (_pointer(self._kept[0]), _pointer(self._kept[1]), self._kept[2])


def _pointer(array: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


def check(
    tested: Program,
    folder: Path,
    start: Sequence[float] | np.ndarray,
    *,
    dtype: str = "float64",
    sizes: Mapping[str, int] = {},
    scalars: Mapping[str, float] = {},
    **form: Any,
) -> tuple[np.ndarray, np.ndarray]:
    """Run C and the reference from the same memory; compare outputs and gradients."""
    v, g = np.array(start, dtype), np.zeros(len(start), dtype)
    wanted, gradients = [float(x) for x in v], [0.0] * len(start)
    compiled = Compiled(tested, folder, dtype, **form)
    assert compiled.forward(v, sizes, scalars) == 0
    with np.errstate(all="ignore"):
        run_forward(tested, wanted, sizes, scalars)
    at = [evaluate(o, sizes) for o in tested.outputs] or slice(None)
    close = {"rtol": TOLERANCE[dtype], "atol": TOLERANCE[dtype]}
    np.testing.assert_allclose(v[at], np.array(wanted)[at], **close)
    if tested.backward:
        g[at], seeds = 1.0, np.zeros(len(start))
        seeds[at] = 1.0
        gradients = list(seeds)
        assert compiled.backward(v, g, sizes, scalars) == 0
        run_backward(tested, wanted, gradients, sizes, scalars)
        leaves = slice(0, sum(tested.parameters) + tested.inputs[1])
        np.testing.assert_allclose(g[leaves], np.array(gradients)[leaves], **close)
    return v, g


def program(
    nests: Sequence[Statement],
    size: Size,
    outputs: Sequence[Size] = (),
    backward: Sequence[Statement] = (),
    **other: Any,
) -> Program:
    """Return a program without parameters and inputs; if no outputs are named, all numbers are."""
    outputs = outputs or range(size)
    return Program(
        list(nests), size, (0, 0), (0, 0), (0, ()), tuple(outputs), list(backward), **other
    )


def relu_of(ref: Ref) -> Apply:
    return Apply(ops.RELU, (ref,))


def elementwise(dims: tuple, target: Ref, expr: Expr, *, accumulate: bool = False) -> Nest:
    return Nest(dims, target, (Term((), expr),), accumulate=accumulate)


def moons(samples: int = 100, hidden: int = 16, padding: int = 16) -> Program:
    """Hinge loss plus L2 of an MLP 2-hidden-hidden-1, batch innermost; the loss comes last."""
    n, h = samples, hidden
    p = -(-n // padding) * padding
    w2, w3 = 3 * h, 3 * h + h * (h + 1)
    count = w3 + h + 1
    x = -(-count // padding) * padding
    y = x + 2 * p
    u1 = y + p  # before and after relu, layer by layer
    h1, u2, h2 = u1 + h * p, u1 + 2 * h * p, u1 + 3 * h * p
    s = u1 + 4 * h * p
    m, hinge = s + p, s + 2 * p
    loss = s + 3 * p

    def row(at: int, grad: bool = False) -> Ref:  # [units, samples], or [samples]
        return Ref(at, (p, 1), grad=grad, padded=True)

    def line(at: int, grad: bool = False) -> Ref:
        return Ref(at, (1,), grad=grad, padded=True)

    def layer(units: int, inputs: int, w: int, source: int, target: int) -> Nest:
        weight = Ref(w, (inputs + 1, 0, 1))
        value = Ref(source, (0, 1, p), padded=True)
        bias = Ref(w + inputs, (inputs + 1, 0))
        return Nest((units, n), row(target), (Term((inputs,), weight * value), Term((), bias)))

    def weights(units: int, inputs: int, w: int, source: int, target: int) -> list[Statement]:
        out = Ref(target, (p, 0, 1), grad=True, padded=True)
        value = Ref(source, (0, p, 1), padded=True)
        slope = Ref(w, (inputs + 1, 1), grad=True)
        bias = Ref(w + inputs, (inputs + 1,), grad=True)
        return [
            Nest((units, inputs), slope, (Term((n,), out * value),), accumulate=True),
            Nest((units,), bias, (Term((n,), row(target, True)),), accumulate=True),
        ]

    def unless(at: Ref, grad: Ref) -> Apply:
        return Apply(ops.WHERE, (at > 0.0, grad, Literal(0.0)))

    seed = Ref(loss, (0,), grad=True)
    forward: list[Statement] = [
        layer(h, 2, 0, x, u1),
        elementwise((h, n), row(h1), relu_of(row(u1))),
        layer(h, h, w2, h1, u2),
        elementwise((h, n), row(h2), relu_of(row(u2))),
        Nest((n,), line(s), (Term((h,), Ref(w3, (0, 1)) * Ref(h2, (1, p), padded=True)),
                             Term((), Ref(w3 + h, (0,))))),
        elementwise((n,), line(m), 1.0 + -1.0 * (line(y) * line(s))),
        elementwise((n,), line(hinge), relu_of(line(m))),
        Nest((), Ref(loss, ()), (Term((n,), (1 / n) * line(hinge)),
                                 Term((count,), 1e-4 * (Ref(0, (1,)) * Ref(0, (1,)))))),
    ]  # fmt: skip
    backward: list[Statement] = [
        elementwise((count,), Ref(0, (1,), True), 2e-4 * (seed * Ref(0, (1,)))),
        elementwise((n,), line(hinge, True), (1 / n) * seed),
        elementwise((n,), line(m, True), unless(line(m), line(hinge, True))),
        elementwise((n,), line(s, True), -1.0 * (line(y) * line(m, True))),
        Nest((h,), Ref(w3, (1,), True),
             (Term((n,), Ref(s, (0, 1), True, padded=True) * Ref(h2, (p, 1), padded=True)),),
             accumulate=True),
        Nest((), Ref(w3 + h, (), True), (Term((n,), line(s, True)),), accumulate=True),
        elementwise((h, n), row(h2, True), Ref(w3, (1, 0)) * Ref(s, (0, 1), True, padded=True)),
        elementwise((h, n), row(u2, True), unless(row(u2), row(h2, True))),
        *weights(h, h, w2, h1, u2),
        Nest((h, n), row(h1, True),
             (Term((h,), Ref(w2, (1, 0, h + 1)) * Ref(u2, (0, 1, p), True, padded=True)),)),
        elementwise((h, n), row(u1, True), unless(row(u1), row(h1, True))),
        *weights(h, 2, 0, x, u1),
    ]  # fmt: skip
    return Program(forward, loss + padding, (0, count), (x, 3 * p), (0, ()), (loss,), backward)
