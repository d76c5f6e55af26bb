"""The cases of golden/layers.json, which are PyTorch's layers, and what ours make of them.

Run as a program it compares all of them, on whichever engine the environment chooses.
"""

import json
from pathlib import Path

import numpy as np

from micrograd import backend, nn
from micrograd.engine import Value
from micrograd.functions import sum

CASES = json.loads((Path(__file__).parents[1] / "golden" / "layers.json").read_text())["cases"]
NAMES = [f"{i}-{case['layer']}" for i, case in enumerate(CASES)]


def layer_of(case):
    """Our layer with PyTorch's numbers."""
    layer = getattr(nn, case["layer"])(*case["arguments"], **case["settings"])
    layer.load_state_dict(case["state"])
    return layer


def flat(tree):
    """The numbers of a nest of lists and tuples, in order."""
    return [x for part in tree for x in flat(part)] if isinstance(tree, (list, tuple)) else [tree]


def valued(tree):
    """The same nest, of Values."""
    return [valued(part) for part in tree] if isinstance(tree, list) else Value(tree)


def weighted(case, layer, inputs):
    """A number that all outputs count in, and the outputs."""
    masks = {key: nn.causal_mask(n) for key, n in case["causal"].items()}
    outputs = flat(layer(*inputs, **masks))
    return sum([x * w for x, w in zip(outputs, flat(case["weights"]), strict=True)]), outputs


def gradients(layer):
    """The gradients of the parameters under the names of ``state_dict``; they take their place."""
    for p in layer.parameters():
        p.data = p.grad
    return {name: array.tolist() for name, array in layer.state_dict().items()}


def close(x, y):
    """Equal to twelve digits, or to 1e-12 where numbers are small."""
    x, y = np.array(flat(x)), np.array(flat(y))
    return x.shape == y.shape and bool(np.all(np.abs(x - y) <= 1e-12 * np.maximum(1, np.abs(y))))


def differences(case):
    """What of our layer is not as PyTorch's, computed one Value at a time."""
    layer, inputs = layer_of(case), [valued(x) for x in case["inputs"]]
    loss, outputs = weighted(case, layer, inputs)
    loss.backward()
    state, found = layer.state_dict(), gradients(layer)
    pairs = {
        "outputs": ([getattr(x, "data", x) for x in outputs], case["outputs"]),
        "input gradients": ([x.grad for x in flat(inputs)], case["input_gradients"]),
        **{name: (found[name], g) for name, g in case["gradients"].items()},
        **{name: (state[name].tolist(), x) for name, x in case["state_after"].items()},
    }
    return [name for name, (ours, theirs) in pairs.items() if not close(ours, theirs)]


if __name__ == "__main__":
    for name, case in zip(NAMES, CASES, strict=True):
        assert not differences(case), (name, differences(case))
    print(len(CASES), backend)
