"""Each layer by PyTorch, JAX and onnxruntime, compiled and exported, is the plain one.

In batches of 3, 1 and 0 examples, of ties, nan and infinities.
"""

import jax
import numpy as np
import onnxruntime
import pytest
import torch
from layer_sweep import LAYERS, assert_plain, batches, flat, same

from micrograd import JitError
from micrograd.export import to_jax, to_onnx, to_torch

EACH = pytest.mark.parametrize("name", LAYERS)


@EACH
@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_a_layer_in_batches_of_any_size_and_numbers_is_the_plain_one(name, backend):
    assert_plain(name, backend)


def by_torch(layer, x, folder):
    module = to_torch(layer, x)
    return lambda X: module(torch.tensor(X)).detach().numpy()


def by_jax(layer, x, folder):
    def run(X):
        with jax.enable_x64(True):
            return np.asarray(jax.jit(f)(params, X))

    with jax.enable_x64(True):
        f, params = to_jax(layer, x, dtype="float64")
    return run


def by_onnx(layer, x, folder):
    dtype = "float64"
    try:
        file = to_onnx(layer, x, folder / "layer.onnx", dtype=dtype)
    except JitError:  # erf, which onnxruntime does not compute in float64
        dtype = "float32"
        file = to_onnx(layer, x, folder / "layer.onnx", dtype=dtype)
    session = onnxruntime.InferenceSession(str(file))
    # of a batch of none onnxruntime 1.32 divides by 0 in Einsum, and ends the process
    return lambda X: session.run(None, {"x": X.astype(dtype)})[0] if len(X) else X


@EACH
@pytest.mark.parametrize("export", [by_torch, by_jax, by_onnx])
def test_an_exported_layer_is_the_plain_one(name, export, tmp_path):
    make, _ = LAYERS[name]
    layer = make().eval()
    run = export(layer, batches(name)["3"][0].tolist(), tmp_path)
    for kind, X in batches(name).items():
        expected, found = [flat(layer(x)) for x in X.tolist()], run(X)
        assert len(found) == len(X)
        if len(X):
            numbers = [[getattr(y, "data", y) for y in row] for row in expected]
            rel = 1e-12 if found.dtype == np.float64 else 1e-5
            assert same(found.reshape(len(X), -1), numbers, rel), kind
