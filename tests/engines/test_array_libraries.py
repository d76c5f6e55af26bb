"""JAX and PyTorch compute what the loops compute, and what plain Values are.

``make test-deep`` runs this folder in the environment that has both libraries.
"""

import math

import numpy as np
import pytest
from array_runs import computed, same_as_loops
from ir_programs import PROGRAMS
from loop_cases import LOOPS, RAGGED

from micrograd import (
    JitError,
    Value,
    atan2,
    dot,
    grad,
    jit,
    maximum,
    mean,
    minimum,
    random,
    sum,
    take,
    vmap,
    where,
)
from micrograd.data import moons
from micrograd.nn import MLP, Dropout, Module
from micrograd.optim import SGD, Adam
from micrograd.train import fit

BACKENDS = pytest.mark.parametrize("backend", ["torch", "jax"])
EDGES = (0.0, -0.0, 1.0, -1.0, 0.5, 710.0, -710.0, math.inf, -math.inf, math.nan)
# XLA compiles a program for seconds: it gets some that have all there is.
FOR_JAX = {"classifier", "convolution", "mlp", "oscillator", "pooled", "taken"}


def each(programs):
    """Every program with PyTorch, some with JAX; ``programs`` are by name."""
    return [
        pytest.param(program, backend, id=f"{name}-{backend}")
        for name, program in programs.items()
        for backend in ("torch", *["jax"] * (name in FOR_JAX))
    ]


@pytest.mark.parametrize(("make", "backend"), each({make.__name__: make for make in PROGRAMS}))
def test_arrays_compute_what_loops_compute(make, backend):
    same_as_loops(*make(), backend)


@BACKENDS
@pytest.mark.parametrize("case", LOOPS | RAGGED)
def test_steps_compute_what_loops_compute(case, backend):
    same_as_loops(*(LOOPS | RAGGED)[case], backend)


@BACKENDS
@pytest.mark.parametrize("make", [PROGRAMS[0], PROGRAMS[-1]], ids=lambda make: make.__name__)
def test_float32_is_within_its_rounding(make, backend):
    same_as_loops(*make(), backend, dtype="float32", rel=2e-5)


@BACKENDS
@pytest.mark.parametrize("pick", [maximum, minimum])
def test_the_first_of_equal_candidates_gets_the_gradient(pick, backend):
    x = [Value(v) for v in (3.0, 3.0, 3.0, 3.0)]
    _, slopes = computed(lambda x: pick(*x), (x,), backend)
    assert slopes[0].tolist() == [1.0, 0.0, 0.0, 0.0]


@BACKENDS
@pytest.mark.parametrize(
    "op",
    ["tanh", "relu", "sigmoid", "softplus", "exp", "log", "abs", "sqrt", "sign", "erf", "cbrt"],
)
def test_edges_are_those_of_plain_values(op, backend):
    values, _ = computed(vmap(lambda x: getattr(x * Value(1.0), op)()), (np.array(EDGES),), backend)
    plain = [getattr(Value(x), op)().data for x in EDGES]
    assert values == pytest.approx(plain, rel=1e-14, nan_ok=True)


@BACKENDS
@pytest.mark.parametrize("x", [math.nan, math.inf])
def test_nothing_times_what_is_no_number_is_none_in_gradients_too(x, backend):
    w = [Value(-1.0), Value(2.0)]
    same_as_loops(lambda y: sum([v.relu() * y for v in w]), (x,), backend)


@BACKENDS
@pytest.mark.parametrize("index", [2.0, -1.0, 0.5, math.nan])
def test_a_take_out_of_range_is_named_and_not_clamped(index, backend):
    rows = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    f = jit(lambda i: sum(take(rows, i)), backend=backend)
    assert f(1.0).data == f(1.0).data == 7.0
    with pytest.raises(IndexError, match=f"whole index from 0 to 1, got {index}"):
        f(index)


@BACKENDS
def test_a_compiled_function_is_the_plain_one_for_batches_of_any_size(backend):
    model = MLP(2, [4, 1], seed=1)

    def loss(X, Y):
        return mean(vmap(lambda x, y: (1 - y * model(x)).relu())(X, Y))

    compiled = jit(loss, backend=backend)
    for size in (7, 7, 1):
        X, Y = np.arange(2.0 * size).reshape(size, 2) / 10, np.ones(size)
        slopes = []
        for f in (compiled, loss):
            model.zero_grad()
            value = f(X, Y)
            value.backward()
            slopes.append([value.data, *[p.grad for p in model.parameters()]])
        assert slopes[0] == pytest.approx(slopes[1], rel=1e-12)


@BACKENDS
@pytest.mark.parametrize(
    "f",
    [
        lambda X: mean(vmap(lambda x: 2.0 * x)(X)) + X[0],
        lambda X: sum(vmap(lambda x: x * x)(X)),
        lambda X: [sum(vmap(lambda x: x * x)(X)), sum([x**3 for x in X])],
    ],
)
def test_an_array_can_be_mapped_over_and_read_as_a_whole(f, backend):
    compiled = jit(f, backend=backend)
    for X in (np.array([1.0, 2.0, 3.0]), np.array([0.5, 2.0, 3.0, -4.0]), np.array([0.25])):
        assert compiled(X) == pytest.approx(f(X), rel=1e-14)


@BACKENDS
def test_a_list_that_is_mapped_over_may_have_another_length_at_the_next_call(backend):
    w = Value(3.0)
    compiled = jit(lambda a: [vmap(lambda t: w * t + len(a))(a), len(a)], backend=backend)
    for a in ([0.5], [1.25, -2.0], [0.5, 1.0, 2.0], [0.75]):
        values, n = compiled(a)
        assert [v.data for v in values] == [3.0 * t + len(a) for t in a]
        assert n == len(a)
        w.grad = 0.0
        sum(values).backward()
        assert w.grad == sum(a)


@pytest.mark.parametrize("backend", ["numpy", "torch", "jax"])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: grad(lambda q: q * q)(1) <= 1.125,
        lambda x: x * (grad(lambda q: q * q)(1) <= 1.125),
        lambda x: x * where(grad(lambda q: q * q)(1) <= 1.125, 2.0, 3.0),
        lambda x: grad(lambda q: q * q)(1),
        lambda x: atan2(-0.0, -x),
    ],
)
def test_numbers_that_are_known_are_arrays_where_they_have_to_be(f, backend):
    assert jit(f, backend=backend)(0.5) == f(0.5)


@BACKENDS
def test_what_changes_something_outside_is_refused_before_it_changes_it(backend):
    w = Value(2.0, label="w")

    @jit(backend=backend)
    def step(x):
        w.data -= 0.1 * x
        return w.data

    with pytest.raises(JitError, match=f"backend='{backend}' does not take .* leave out backend"):
        step(1.0)
    assert w.data == 2.0


@BACKENDS
def test_fit_trains_a_single_number(backend):
    class Weight(Module):
        def __init__(self):
            self.w = Value(1.0)

    def trained(where):
        model = Weight()
        fit(
            lambda x: (model.w - x) ** 2, (np.arange(4.0),), model=model,
            optimizer=SGD([model.w], lr=0.1), epochs=2, progress=False, backend=where,
        )  # fmt: skip
        return model.w.data

    assert trained(backend) == pytest.approx(trained(None), rel=1e-12)


@BACKENDS
@pytest.mark.parametrize(("make", "batch_size"), [(SGD, None), (Adam, 32)])
def test_fit_comes_to_the_parameters_of_the_loops(make, batch_size, backend):
    data = moons(100)

    def trained(where):
        random.seed(3)
        model, drop = MLP(2, [8, 1], seed=1), Dropout(0.3)
        history = fit(
            lambda x, y: (1 - y * drop(model(x))).relu(),
            data,
            model=model,
            optimizer=make(model.parameters(), lr=0.05),
            epochs=3,
            batch_size=batch_size,
            clip_grad_norm=0.05,
            seed=0,
            progress=False,
            backend=where,
        )
        return [*history.step_loss, *[p.data for p in model.parameters()]]

    assert trained(backend) == pytest.approx(trained(None), rel=1e-9, abs=1e-12)


@BACKENDS
def test_a_dot_product_takes_one_example(backend):
    w = [Value(0.5), Value(-1.0)]
    same_as_loops(lambda X: mean(vmap(lambda x: dot(w, x).tanh())(X)), (np.ones((1, 2)),), backend)


def test_what_is_printed_for_pytorch_maps_over_many_sets_of_parameters():
    import torch

    from micrograd.compiler.arrays.engines import engine
    from micrograd.compiler.arrays.source import printed, program_and_captured

    model = MLP(2, [3, 1], seed=1)
    X = np.arange(8.0).reshape(4, 2) / 10

    def loss(X):
        return mean(vmap(lambda x: model(x) ** 2)(X))

    program, captured = program_and_captured(loss, jit(loss)._classified((X,)))
    library = engine("torch", "float64", "cpu")
    text = printed(program, library.dialect, "float64", "cpu", ["value_and_grad"])
    f = text.namespace(library.dialect, "cpu")["value_and_grad"]
    p = torch.tensor([v.data for v in captured], dtype=torch.float64) * torch.ones((2, 1))
    p[1] *= 0.5
    _, (slopes,) = torch.func.vmap(f, in_dims=(0, None))(p, torch.tensor(X))
    for k in range(2):
        torch.testing.assert_close(slopes[k], f(p[k], torch.tensor(X))[1][0])
