"""The models that ``benchmarks.devices`` trains, one scalar at a time.

Each is a function of a batch, the batch, and the model's matrices by name, for the peers.
"""

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from micrograd import Value, mean, sum, vmap
from micrograd.data import moons
from micrograd.losses import cross_entropy
from micrograd.nn import MLP, Conv2d, Linear, MaxPool2d, TransformerEncoderLayer

PENALTY = 1e-4


class Problem(NamedTuple):
    """A loss of a batch, the batch, and the parameters in matrices."""

    loss: Callable[..., Any]
    batch: tuple[np.ndarray, ...]
    matrices: dict[str, Any]


def of_moons() -> Problem:
    """MLP 2-16-16-1 on 100 samples, hinge loss and L2."""
    model = MLP(2, [16, 16, 1], seed=1)

    def loss(X: Any, Y: Any) -> Any:
        margin = mean(vmap(lambda x, y: (1 - y * model(x)).relu())(X, Y))
        return margin + PENALTY * sum(p * p for p in model.parameters())

    matrices: dict[str, Any] = {}
    for k, layer in enumerate(model.layers):
        matrices[f"w{k}"] = [neuron.w for neuron in layer.neurons]
        matrices[f"b{k}"] = [neuron.b for neuron in layer.neurons]
    return Problem(loss, tuple(np.array(x, float) for x in moons(100)), matrices)


def of_gpt() -> Problem:
    """The GPT of ``examples/gpt.py``: 256 texts of 16 letters, four heads, width 16."""
    from gpt import BLOCK, GPT

    random.seed(1)
    model = GPT("abcdefghijklmnopqrstuvwxyz")
    texts = np.random.default_rng(1).integers(0, 27, (256, BLOCK + 1)).astype(float)
    names = "token_embedding position_embedding query key value out up down head".split()  # noqa: SIM905

    def loss(X: Any) -> Any:
        return mean(vmap(model.loss)(X))

    return Problem(loss, (texts,), {name: getattr(model, name) for name in names})


def of_lenet() -> Problem:
    """Two convolutions and two layers on 256 pictures of 16 × 16."""
    first, second, pool = Conv2d(1, 6, 5, seed=1), Conv2d(6, 16, 3, seed=2), MaxPool2d(2)
    hidden, out = Linear(64, 32, seed=3), Linear(32, 10, seed=4)

    def relu(x: Any) -> Any:
        return [relu(part) for part in x] if isinstance(x, list) else x.relu()

    def scores(picture: Any) -> Any:
        maps = pool(relu(first([picture])))
        maps = pool(relu(second(maps)))
        return out(relu(hidden([x for plane in maps for row in plane for x in row])))

    def loss(X: Any, Y: Any) -> Any:
        return mean(vmap(lambda x, y: cross_entropy(scores(x), y))(X, Y))

    draw = np.random.default_rng(1)
    batch = draw.normal(size=(256, 16, 16)), draw.integers(0, 10, 256).astype(float)
    modules = {"first": first, "second": second, "hidden": hidden, "out": out}
    return Problem(loss, batch, _weights(modules))


def of_transformer() -> Problem:
    """A transformer's encoder layer, width 16, two heads, on 64 sequences of 8."""
    layer, out = TransformerEncoderLayer(16, 2, 32, dropout=0.0, seed=1), Linear(16, 10, seed=2)

    def scores(sequence: Any) -> Any:
        return out([mean(list(column)) for column in zip(*layer(sequence))])

    def loss(X: Any, Y: Any) -> Any:
        return mean(vmap(lambda x, y: cross_entropy(scores(x), y))(X, Y))

    draw = np.random.default_rng(1)
    batch = draw.normal(size=(64, 8, 16)), draw.integers(0, 10, 64).astype(float)
    return Problem(loss, batch, _weights({"layer": layer, "out": out}))


PROBLEMS = {
    "moons": of_moons,
    "gpt": of_gpt,
    "lenet": of_lenet,
    "transformer": of_transformer,
}


def _weights(modules: dict[str, Any]) -> dict[str, Any]:
    """All parameters by the names that PyTorch has for them."""
    return {
        f"{name}.{key}": nest
        for name, module in modules.items()
        for key, nest in _named(module, "")
    }


def _named(module: Any, path: str) -> list[tuple[str, Any]]:
    found = []
    for name, x in vars(module).items():
        key = f"{path}{name}"
        if isinstance(x, list) and x and _first(x) is not None:
            found.append((key, x))
        elif hasattr(x, "parameters") and hasattr(x, "__dict__"):
            found += _named(x, f"{key}.")
    return found


def _first(nest: Any) -> Any:
    while isinstance(nest, list) and nest:
        nest = nest[0]
    return nest if isinstance(nest, Value) else None
