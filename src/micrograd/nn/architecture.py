"""The architecture of a model as the expression that makes it, and models made of such.

``Sequential(Linear(2, 8), Tanh(), Linear(8, 1))`` says it all of what consists of the package's own
modules; of one's own classes there is nothing to say. Reading it runs no code of a file's.
"""

import ast
from typing import Any

from ..arguments import shown
from . import (
    activations,
    attention,
    batch_norm,
    containers,
    convolution,
    dropout,
    layers,
    linear,
    normalisation,
    pooling,
    recurrent,
    transformer,
)
from .batch_norm import BatchNorm
from .containers import ModuleList, Residual, Sequential
from .dropout import Dropout
from .layers import MLP, Layer, Neuron
from .module import Module

_PLACES = (
    activations, attention, batch_norm, containers, convolution, dropout, layers, linear,
    normalisation, pooling, recurrent, transformer,
)  # fmt: skip
KINDS: dict[str, type[Module]] = {
    name: kind
    for place in _PLACES
    for name, kind in vars(place).items()
    if isinstance(kind, type) and issubclass(kind, Module) and not name.startswith("_")
}


def written(model: Module) -> str | None:
    """Return the expression that makes a model of this architecture; None where there is none."""
    if KINDS.get(type(model).__name__) is not type(model) or type(model) is Module:
        return None
    if isinstance(model, ModuleList):
        inside = [written(module) for module in model]
        if None in inside:
            return None
        listed = ", ".join(map(str, inside))
        listed = listed if isinstance(model, Sequential) else f"[{listed}]"
        return f"{type(model).__name__}({listed})"
    if isinstance(model, Residual):
        ways = [written(way) for way in (model.body, model.shortcut) if way is not None]
        return None if None in ways else f"Residual({', '.join(map(str, ways))})"
    if isinstance(model, (Neuron, Layer, MLP)):
        return _original(model)
    if any(isinstance(part, Dropout) and part.generator for part in model.modules()):
        return None
    if type(model) is BatchNorm:
        return f"BatchNorm({len(model.running.mean)}, {model.momentum}, {model.eps})"
    return repr(model)


def made(expression: str) -> Module:
    """Return a model of an architecture, as ``written`` says it, with new parameters.

    Raises:
        ValueError: it is no such expression.
    """
    try:
        model = _evaluated(ast.parse(expression, mode="eval").body)
    except (SyntaxError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{shown(expression)} is no architecture: {error}") from None
    if not isinstance(model, Module):
        raise ValueError(f"{shown(expression)} is no architecture: it makes no module")
    return model


def _evaluated(node: ast.expr) -> Any:
    """Literals, lists and tuples, and calls of the package's own modules: nothing else."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            if name not in KINDS:
                raise ValueError(f"there is no module {name}")
            named = {k.arg: _evaluated(k.value) for k in node.keywords if k.arg is not None}
            return KINDS[name](*map(_evaluated, node.args), **named)
        case ast.List(elts=items):
            return [_evaluated(item) for item in items]
        case ast.Tuple(elts=items):
            return tuple([_evaluated(item) for item in items])
    return ast.literal_eval(node)


def _original(model: Neuron | Layer | MLP) -> str | None:
    """The expression of one of the original library's networks, whose repr is no code."""
    if isinstance(model, Neuron):
        activation = _activation([model])
        settings = f"{len(model.w)}, activation={activation!r}"
        return None if activation is None else f"Neuron({settings})"
    stack = model.layers if isinstance(model, MLP) else [model]
    found = [_activation(layer.neurons) for layer in stack]
    if None in found or len(set(found[:-1])) > 1:
        return None
    nin, nouts = len(stack[0].neurons[0].w), [len(layer.neurons) for layer in stack]
    if isinstance(model, Layer):
        return f"Layer({nin}, {nouts[0]}, activation={found[0]!r})"
    return f"MLP({nin}, {nouts}, {found[0] if len(found) > 1 else 'relu'!r}, {found[-1]!r})"


def _activation(neurons: list[Neuron]) -> str | None:
    """The activation of all neurons; None where they differ, or it is a function of one's own."""
    found = {n.activation if n.nonlin else "linear" for n in neurons}
    return str(*found) if len(found) == 1 and all(isinstance(f, str) for f in found) else None
