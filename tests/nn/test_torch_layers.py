"""Layers give PyTorch's numbers and gradients, one Value at a time and compiled."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from layer_cases import (
    CASES,
    NAMES,
    close,
    differences,
    flat,
    gradients,
    layer_of,
    valued,
    weighted,
)
from thorough import DEEP

from micrograd import Value, jit, vmap
from micrograd import sum as total

each = pytest.mark.parametrize("case", CASES, ids=NAMES)


@each
def test_a_state_has_pytorchs_names_and_shapes(case):
    ours = {name: array.shape for name, array in layer_of(case).state_dict().items()}
    assert ours == {name: np.shape(x) for name, x in case["state"].items()}


@each
def test_outputs_and_gradients_are_pytorchs(case):
    assert differences(case) == []


def test_they_are_also_on_the_engine_in_python():
    script = Path(__file__).parents[1] / "support" / "layer_cases.py"
    ran = subprocess.run(
        [sys.executable, script],
        env=os.environ | {"MICROGRAD_PURE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == f"{len(CASES)} python\n", ran.stderr


@each
def test_compiled_layers_give_the_same(case):
    layer = layer_of(case)
    compiled = jit(lambda *inputs: weighted(case, layer, inputs)[0], backend="numpy")
    for _ in range(2):  # the first call is the plain run
        layer.load_state_dict(case["state"])
        layer.zero_grad()
        inputs = [valued(x) for x in case["inputs"]]
        out = compiled(*inputs)
        out.backward()
    assert close([out.data], [np.dot(flat(case["outputs"]), flat(case["weights"]))])
    assert close([x.grad for x in flat(inputs)], case["input_gradients"])
    found = gradients(layer)
    assert all(close(found[name], g) for name, g in case["gradients"].items())


def _batched(case):
    """Whether it is tried in a batch: it has one input; one of each kind by ``make test``."""
    first = next(other for other in CASES if other["layer"] == case["layer"])
    return len(case["inputs"]) == 1 and (DEEP or (case is first and case["layer"] in QUICK))


QUICK = ("Linear", "Conv2d", "MaxPool2d", "LayerNorm", "GRU")
BATCHED = {name: case for name, case in zip(NAMES, CASES, strict=True) if _batched(case)}


@pytest.mark.parametrize("case", BATCHED.values(), ids=BATCHED)
def test_a_batch_of_examples_gives_the_sum_of_what_each_gives(case):
    layer = layer_of(case).eval()
    X = np.stack([np.array(case["inputs"][0]) * scale for scale in (1.0, 0.5, -0.25)])

    def f(x):
        return weighted(case, layer, [x])[0]

    compiled = jit(lambda X: total(vmap(f)(X)), backend="numpy")
    compiled(X)
    out, one_by_one = Value(0.0) + compiled(X), Value(0.0) + total([f(x) for x in X.tolist()])
    assert close([out.data], [one_by_one.data])
    one_by_one.backward()
    expected = [p.grad for p in layer.parameters()]
    layer.zero_grad()
    out.backward()
    assert close([p.grad for p in layer.parameters()], expected)
