"""A program runs the same by C and by NumPy."""

import math
import threading
from typing import Any

import numpy as np
import pytest
from c_programs import elementwise, moons
from memory_programs import computed, in_arrays
from program_reference import run_backward, run_forward

from micrograd import ops
from micrograd.compiler.arrays.in_memory import NumpyKernel
from micrograd.compiler.c import build
from micrograd.compiler.calls import kernel
from micrograd.compiler.calls.kernel import allocate, make_kernel
from micrograd.compiler.ir.program import Apply, Literal, Nest, Program, Ref, Scalar, Term
from micrograd.compiler.ir.sizes import Poly

BACKENDS = ["c", "numpy"]


def program(*forward: Any, size: Any = 99, **more: Any) -> Program:
    outputs = tuple(nest.target.offset for nest in forward)
    return Program(list(forward), size, (0, 0), (0, 0), (0, ()), outputs, **more)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("strict", [False, True])
def test_the_moons_objective_and_its_gradient(backend: str, dtype: str, strict: bool) -> None:
    tested = moons(samples=21, hidden=5)
    (loss,) = tested.outputs
    start = np.random.default_rng(0).normal(size=tested.size) * 0.5
    v, g = allocate(tested.size, dtype), allocate(tested.size, dtype)
    v[:], g[loss] = start, 1.0
    wanted, gradient = list(start), [0.0] * tested.size
    gradient[loss] = 1.0
    run_forward(tested, wanted)
    run_backward(tested, wanted, gradient)
    if backend == "c":
        ready = make_kernel(tested, "c", dtype, strict)
        ready.forward(v)
        ready.backward(v, g)
    else:
        v, g = computed(tested, v, g, strict=strict)
    close = 1e-12 if dtype == "float64" else 1e-4
    assert v[loss] == pytest.approx(wanted[loss], rel=close)
    parameters = slice(0, tested.parameters[1])
    np.testing.assert_allclose(g[parameters], gradient[parameters], close, close)


@pytest.mark.parametrize("backend", BACKENDS)
def test_strict_gives_the_bits_of_the_written_order(backend: str) -> None:
    total = Nest((7,), Ref(200, (1,)), (Term((20,), Ref(0, (20, 1)) * Ref(1, (0, 3))),))
    v = np.random.default_rng(1).normal(size=207)
    wanted = list(v)
    run_forward(program(total), wanted)
    if backend == "c":
        make_kernel(program(total, size=207), "c", strict=True).forward(v)
    else:
        v, _ = computed(program(total), v, strict=True)
    assert list(v) == wanted


def test_sizes_and_scalars_are_given_at_each_call() -> None:
    b = Poly.var("B")
    nest = elementwise((b,), Ref(b, (1,)), Ref(0, (1,)) * Scalar("rate"))
    ready = make_kernel(program(nest, size=b + b, sizes=("B",), scalars=("rate",)), "c")
    for n, rate in ((3, 2.0), (17, 0.5), (3, -1.0)):
        v = allocate(2 * n)
        v[:n] = range(n)
        ready.forward(v, (n,), np.array([rate]))
        assert list(v[n:]) == [rate * i for i in range(n)]


def test_the_wrong_number_of_scalars_or_sizes_is_an_error() -> None:
    ready = make_kernel(program(sizes=("B",), scalars=("rate", "decay")), "c")
    with pytest.raises(ValueError, match="expected the scalars rate, decay, got 1"):
        ready.forward(allocate(99), (3,), [1.0])
    with pytest.raises(ValueError, match="argument"):
        ready.forward(allocate(99), (3, 4), [1.0, 2.0])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("index", [3.0, -1.0, 0.5, math.nan])
def test_a_wrong_run_time_index_is_named_with_its_range(backend: str, index: float) -> None:
    taken = Ref(0, (0, 1), index=Ref(6, (1, 0)), row=2, rows=3)
    take = program(elementwise((4, 2), Ref(10, (2, 1)), taken))
    ready = make_kernel(in_arrays(take, 99), backend)
    v = allocate(3 * 99)
    v[7] = index
    with pytest.raises(IndexError, match=f"from 0 to 2, got {index}"):
        ready.forward(v)


def test_memory_that_does_not_fit_is_an_error_and_not_a_crash() -> None:
    ready = make_kernel(program(elementwise((), Ref(98, ()), Literal(1.0))), "c")
    with pytest.raises(ValueError, match="v must hold 99 numbers of float64, got 98 of float64"):
        ready.forward(allocate(98))
    with pytest.raises(ValueError, match="g must hold 99 numbers of float64, got 99 of float32"):
        ready.backward(allocate(99), allocate(99, "float32"))


def test_calls_from_several_threads_do_not_disturb_each_other() -> None:
    b = Poly.var("B")
    nest = elementwise((b,), Ref(b, (1,)), Apply(ops.TANH, (Ref(0, (1,)),)))
    ready = make_kernel(program(nest, size=b + b, sizes=("B",)), "c")
    wrong = []

    def run(n: int) -> None:
        for _ in range(300):
            v = allocate(2 * n)
            v[:n] = 1.0
            ready.forward(v, (n,))
            if not np.allclose(v[n:], math.tanh(1.0)):
                wrong.append(n)

    threads = [threading.Thread(target=run, args=(n,)) for n in (3, 50, 700)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_without_a_compiler_numpy_runs_it_and_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler-1")  # of which nobody was told yet
    slower = "by NumPy, which is slower than C: CC='no-such-compiler-1'"
    with pytest.warns(UserWarning, match=slower):
        assert isinstance(make_kernel(program()), NumpyKernel)
    assert isinstance(make_kernel(program()), NumpyKernel)
    with pytest.raises(build.CompilerNotFound):
        make_kernel(program(), "c")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("count", [1, 17, 1000])
def test_memory_begins_as_zeros_on_a_cache_line(dtype: str, count: int) -> None:
    memory = allocate(count, dtype)
    assert memory.dtype == dtype
    assert memory.ctypes.data % 64 == 0
    assert list(memory) == [0.0] * count


def test_unknown_choices_are_named() -> None:
    with pytest.raises(ValueError, match="'auto', 'c' or 'numpy', got 'rust'"):
        make_kernel(program(), "rust")
    with pytest.raises(ValueError, match="'float64' or 'float32', got 'int8'"):
        make_kernel(program(), dtype="int8")
    assert kernel.make_kernel(program()).dtype == np.float64
