"""Large products of matrices are blocked for the cache: NumPy's numbers, at every edge."""

import numpy as np
import pytest
from c_programs import Compiled

from micrograd import jit, mean, ops, vmap
from micrograd.compiler.c.source import source
from micrograd.compiler.ir.program import Apply, Nest, Program, Ref, Term
from micrograd.nn import MLP

FORMS = [
    ("float64", {}),
    ("float32", {}),
    ("float64", {"strict": True}),
    ("float64", {"lanes": 2}),
    ("float64", {"lanes": 4}),
    ("float32", {"lanes": 4}),
    ("float32", {"lanes": 8}),
]
# of c[rows, columns] = Σ a[rows, depth]·b[depth, columns], each at least 2²⁰ products
SIZES = [
    (96, 128, 96),
    (103, 107, 97),
    (16, 65, 1030),
    (17, 1000, 66),
    (1001, 17, 64),
    (70, 33, 513),
]


def product(rows, columns, depth, *, across, standing, start):
    """The program, where a, b and c are, and how long memory is; c's rows have a number more."""
    a, b, c = 0, rows * depth, rows * depth + depth * columns
    left = (1, 0, rows) if across else (depth, 0, 1)
    right = (0, depth, 1) if standing else (0, 1, columns)
    terms = [Term((depth,), Apply(ops.MUL, (Ref(a, left), Ref(b, right))))]
    if start:
        terms.insert(0, Term((), Ref(c + columns, (columns + 1, 0))))
    size = c + rows * (columns + 1)
    nest = Nest((rows, columns), Ref(c, (columns + 1, 1)), tuple(terms))
    return Program([nest], size, (0, c), (0, 0), (c, ()), tuple(range(c, size))), b, c, size


@pytest.mark.parametrize(("dtype", "form"), FORMS, ids=str)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_a_large_product_is_numpys(sizes, dtype, form, tmp_path):
    rows, columns, depth = sizes
    for case, (across, standing) in enumerate([(False, False), (True, False), (False, True)]):
        program, b, c, size = product(*sizes, across=across, standing=standing, start=case != 1)
        v = np.random.default_rng(case).integers(-8, 8, size).astype(dtype)  # sums are exact
        left = v[:b].reshape(depth, rows).T if across else v[:b].reshape(rows, depth)
        right = v[b:c].reshape(columns, depth).T if standing else v[b:c].reshape(depth, columns)
        expected = v[c:].copy().reshape(rows, columns + 1)
        expected[:, :-1] = left @ right + (expected[:, -1:] if case != 1 else 0)
        folder = tmp_path / str(case)
        folder.mkdir()
        assert not Compiled(program, folder, dtype, **form).forward(v)
        np.testing.assert_array_equal(v[c:].reshape(rows, columns + 1), expected)


def test_only_large_products_bring_the_code_that_blocks_them():
    large, *_ = product(96, 128, 96, across=False, standing=False, start=False)
    small, *_ = product(24, 32, 24, across=False, standing=False, start=False)
    assert "contract(" in source(large)
    assert "contract(" not in source(small)
    assert "contract(" not in source(large, portable=True)


@pytest.mark.parametrize("batch", [256, 301])
@pytest.mark.parametrize(("dtype", "close"), [("float64", 1e-12), ("float32", 2e-5)])
def test_a_dense_layer_and_its_gradients_are_numpys(dtype, close, batch):
    model = MLP(70, [65, 67, 1], activation="tanh", seed=1)
    random = np.random.default_rng(1)
    X, Y = random.standard_normal((batch, 70)), random.standard_normal(batch)

    @jit(backend="c", dtype=dtype)
    def step(X, Y):
        return mean(vmap(lambda x, y: (model(x) - y) ** 2)(X, Y))

    step(X, Y)
    loss = step(X, Y)
    loss.backward()
    layers, hidden = [], [X]
    for layer in model.layers:
        w = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
        layers.append((layer, w))
        h = hidden[-1] @ w.T + np.array([neuron.b.data for neuron in layer.neurons])
        hidden.append(h if layer is model.layers[-1] else np.tanh(h))
    assert loss.data == pytest.approx(np.mean((hidden[-1][:, 0] - Y) ** 2), rel=close)
    slopes = 2 * (hidden[-1] - Y[:, None]) / batch
    for (layer, w), inputs in zip(reversed(layers), reversed(hidden[:-1]), strict=True):
        made = np.array([[w.grad for w in neuron.w] for neuron in layer.neurons])
        expected = slopes.T @ inputs
        np.testing.assert_allclose(made, expected, rtol=0, atol=close * np.abs(expected).max())
        slopes = slopes @ w * (1 - inputs**2)
