"""Models exported to PyTorch and JAX give the numbers of the plain run, and go on from there."""

import copy

import jax
import numpy as np
import pytest
import torch
from exported import CASES, LSTM, plainly, rows, words

from micrograd import Value, nn
from micrograd import sum as total
from micrograd.export import to_jax, to_torch

DIM = torch.export.Dim("batch")


def example(shape):
    return rows(shape, 1)[0].tolist()


@pytest.mark.parametrize("name", CASES)
def test_a_module_of_pytorch_gives_the_numbers_of_the_plain_run(name):
    m, shape = CASES[name]
    module, xs = to_torch(m, example(shape)), rows(shape, 5)
    expected = plainly(m, xs)
    for batch in (5, 1):
        found = module(torch.tensor(xs[:batch])).detach().numpy()
        np.testing.assert_allclose(found, expected[:batch], rtol=1e-12, atol=1e-14)
    names = torch.export.export(module, (torch.tensor(xs),), dynamic_shapes=({0: DIM},)).module()
    found = names(torch.tensor(xs[:3])).detach().numpy()
    np.testing.assert_allclose(found, expected[:3], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["mlp", "normalised", "transformer"])
def test_weights_go_both_ways(name):
    m, shape = CASES[name]
    module, xs = to_torch(m, example(shape)), rows(shape, 3)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    module(torch.tensor(xs)).square().sum().backward()  # trains on in PyTorch
    optimizer.step()
    back = copy.deepcopy(m)
    back.load_state_dict(module.state_dict())
    np.testing.assert_allclose(
        plainly(back, xs), module(torch.tensor(xs)).detach().numpy(), rtol=1e-11, atol=1e-13
    )
    module.load_state_dict({n: torch.tensor(a) for n, a in m.state_dict().items()})
    np.testing.assert_allclose(module(torch.tensor(xs)).detach().numpy(), plainly(m, xs), 1e-11)


def test_pytorch_and_jax_go_back_through_a_recurrence():
    m, shape = CASES["recurrent"]
    xs = rows(shape, 3)
    LSTM.zero_grad()
    total(x * x for row in xs for h in m(row.tolist()) for x in h).backward()
    expected = np.sort([p.grad for p in LSTM.parameters()])
    module = to_torch(m, example(shape))
    module(torch.tensor(xs)).square().sum().backward()
    (weights,) = module.parameters()
    np.testing.assert_allclose(np.sort(weights.grad), expected, rtol=1e-11, atol=1e-13)
    with jax.enable_x64(True):
        f, params = to_jax(m, example(shape), dtype="float64")
        slopes = jax.jit(jax.grad(lambda p: (f(p, xs) ** 2).sum()))(params)
    np.testing.assert_allclose(np.sort(slopes["weights"]), expected, rtol=1e-11, atol=1e-13)


def test_pytorch_and_jax_have_our_slope_at_the_kink_of_a_relu():
    b = Value(-1.0)
    module = to_torch(lambda x: (x[0] + b).relu(), [1.0])
    module(torch.tensor([[1.0]], dtype=torch.float64)).sum().backward()
    f, params = to_jax(lambda x: (x[0] + b).relu(), [1.0])
    slopes = jax.grad(lambda p: f(p, np.ones((1, 1), "float32")).sum())(params)
    assert [p.grad.sum() for p in module.parameters()] == [0.0]
    assert [float(x.sum()) for x in slopes.values()] == [0.0]


def test_torch_compiles_the_module():
    m, shape = CASES["mlp"]
    module, xs = to_torch(m, example(shape)), torch.tensor(rows(shape, 5))
    compiled = torch.compile(module, backend="aot_eager")
    np.testing.assert_allclose(compiled(xs).detach(), module(xs).detach(), rtol=1e-12)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_function_of_jax_gives_the_numbers_of_the_plain_run(name, dtype):
    m, shape = CASES[name]
    xs = rows(shape, 5)
    expected = plainly(m, xs)
    rough = 1e-12 if dtype == "float64" else 1e-4
    with jax.enable_x64(dtype == "float64"):
        f, params = to_jax(m, example(shape), dtype=dtype)
        for batch in (5, 1):
            found = jax.jit(f)(params, xs[:batch])
            assert found.dtype == dtype
            np.testing.assert_allclose(found, expected[:batch], rtol=rough, atol=rough)


def test_jax_differentiates_maps_and_exports_the_function():
    m, shape = CASES["mlp"]
    f, params = to_jax(m, example(shape))
    xs = rows(shape, 6).astype("float32")
    slopes = jax.grad(lambda p: f(p, xs).sum())(params)
    assert {n: g.shape for n, g in slopes.items()} == {n: p.shape for n, p in params.items()}
    mapped = jax.vmap(f, (None, 0))(params, xs.reshape(3, 2, *shape))
    np.testing.assert_allclose(mapped.reshape(-1), f(params, xs), rtol=1e-5)
    (batch,) = jax.export.symbolic_shape("batch")
    shapes = jax.tree.map(lambda p: jax.ShapeDtypeStruct(p.shape, p.dtype), params)
    x = jax.ShapeDtypeStruct((batch, *shape), "float32")
    made = jax.export.export(jax.jit(f), platforms=["cpu", "cuda", "tpu"])(shapes, x)
    assert "stablehlo" in made.mlir_module()
    again = jax.export.deserialize(made.serialize())
    np.testing.assert_allclose(again.call(params, xs), f(params, xs), rtol=1e-5)


def test_an_index_that_is_none_makes_nan_and_not_another_answer():
    xs = np.array([[4.0], [1.0]])
    module = to_torch(words, [1.0])
    f, params = to_jax(words, [1.0])
    np.testing.assert_allclose(module(torch.tensor(xs)).detach(), plainly(words, xs), 1e-12)
    np.testing.assert_allclose(f(params, xs), plainly(words, xs), 1e-4)
    assert torch.isnan(module(torch.tensor([[5.0]]))).all()
    assert np.isnan(f(params, [[5.0]])).all()


def test_a_function_of_jax_takes_numpys_parameters_without_jit_too():
    class Names(nn.Module):
        def __init__(self):
            self.embed, self.cell = nn.Embedding(5, 2, seed=1), nn.GRU(2, 3, seed=2)

        def __call__(self, name):
            return self.cell([self.embed(letter) for letter in name])[0][-1]

    names, xs = Names(), np.array([[3.0, 1.0, 4.0, 1.0], [0.0, 2.0, 2.0, 3.0]])
    f, params = to_jax(names, xs[0])
    assert all(type(array) is np.ndarray for array in params.values())
    np.testing.assert_allclose(f(params, xs), plainly(names, xs), 1e-5)


def test_float64_in_jax_needs_its_switch_and_says_so():
    f, params = to_jax(CASES["mlp"][0], [0.0, 0.0], dtype="float64")
    with pytest.raises(ValueError, match="jax_enable_x64"):
        f(params, [[0.0, 0.0]])
