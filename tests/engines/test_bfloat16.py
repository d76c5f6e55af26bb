"""bfloat16: a float32 of which the first half is kept, so eight bits of a number."""

import numpy as np
import pytest
from array_runs import same_as_loops
from ir_programs import PROGRAMS
from layer_cases import CASES, layer_of, weighted

from micrograd import JitError, Value, jit, mean, sum, take, vmap
from micrograd.data import moons
from micrograd.nn import MLP, Module
from micrograd.optim import SGD, Adam
from micrograd.train import fit

BACKENDS = pytest.mark.parametrize("backend", ["torch", "jax"])
LAYERS = {case["layer"]: case for case in CASES}
CHAIN = 2.0**-5  # of the largest number: some roundings of 2⁻⁸ each, one after the other


class Weight(Module):
    """One number."""

    def __init__(self):
        self.w = Value(1.0)


def fitted(model, loss, data, optimizer, **settings):
    return fit(loss, data, model=model, optimizer=optimizer, seed=1, progress=False, **settings)


@BACKENDS
@pytest.mark.parametrize("make", [PROGRAMS[0], PROGRAMS[-1]], ids=lambda make: make.__name__)
def test_programs_are_within_its_rounding(make, backend):
    same_as_loops(*make(), backend, dtype="bfloat16", rel=CHAIN)


@pytest.mark.parametrize("name", ["Linear", "Conv2d", "LayerNorm", "TransformerEncoderLayer"])
def test_layers_are_within_its_rounding(name):
    case = LAYERS[name]
    layer = layer_of(case)
    inputs = tuple(case["inputs"])
    same_as_loops(
        lambda *inputs: weighted(case, layer, inputs)[0], inputs, "torch", "bfloat16", 4 * CHAIN
    )


@BACKENDS
def test_a_compiled_function_computes_in_it(backend):
    model, (X, Y) = MLP(2, [8, 1], seed=1), moons(50)

    def loss(X, Y):
        return mean(vmap(lambda x, y: (1 - y * model(x)).relu())(X, Y))

    compiled, slopes = jit(loss, backend=backend, dtype="bfloat16"), []
    assert "bfloat16" in compiled.source(X, Y)
    compiled(X, Y)  # the first is the plain run
    for f in (compiled, loss):
        model.zero_grad()
        value = f(X, Y)
        value.backward()
        slopes.append([value.data, *[p.grad for p in model.parameters()]])
    found, exact = map(np.array, slopes)
    assert found == pytest.approx(exact, abs=CHAIN * abs(exact).max())
    assert not (found.astype(np.float32).view(np.uint32) & 0xFFFF).any()


@BACKENDS
def test_fit_learns_in_it_what_it_learns_in_float64(backend):
    def ends(dtype):
        model = MLP(2, [16, 1], seed=1)
        history = fitted(
            model, lambda x, y: (1 - y * model(x)).relu(), moons(100),
            Adam(model.parameters(), lr=0.01), epochs=30, batch_size=20,
            backend=backend, dtype=dtype,
        )  # fmt: skip
        return history.loss[0], history.loss[-1]

    first, last = ends("bfloat16")
    assert last == pytest.approx(ends("float64")[1], rel=0.1)
    assert last < 0.5 * first


@BACKENDS
def test_small_steps_add_up(backend):
    model = Weight()
    fitted(
        model, lambda x: model.w * x, (np.ones(4),), SGD([model.w], lr=1e-4), epochs=100,
        backend=backend, dtype="bfloat16",
    )  # fmt: skip
    assert model.w.data == pytest.approx(0.99, abs=1e-5)  # 1 - 1e-4 is 1 in bfloat16


@BACKENDS
def test_an_index_that_it_has_no_number_for_is_refused(backend):
    def picked(rows, i):
        return sum(take(rows, i))

    few, many = ([[Value(k % 8), Value(1.0)] for k in range(n)] for n in (257, 258))
    f = jit(picked, backend=backend, dtype="bfloat16")
    assert [f(few, 255.0).data for _ in range(2)] == [8.0, 8.0]
    with pytest.raises(JitError, match="no index among the 258 rows of a take"):
        f(many, 257.0)


@BACKENDS
def test_whole_numbers_that_it_does_not_have_are_refused(backend):
    model = Weight()
    with pytest.raises(JitError, match="argument 0 of the loss holds numbers that bfloat16 cannot"):
        fitted(
            model, lambda x: model.w * x, (np.array([1, 257]),), SGD([model.w], lr=0.1), epochs=1,
            backend=backend, dtype="bfloat16",
        )  # fmt: skip
