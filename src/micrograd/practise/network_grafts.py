"""Our constructors, networks and training loop, written for a learner's file."""

import inspect
import random
from collections.abc import Callable
from typing import Any

from ..value.attributes import PARENTS, number
from ..value.duplicate import attributes
from .adapter import Adapter, bare
from .networks import Network, values
from .weights import neurons, shared


def derivative(adapter: Adapter) -> None:
    """Graft the central difference."""
    name = adapter.forms.function("derivative") or "derivative"

    def ours(f: Callable[[float], Any], x: float, h: float = 1e-6) -> float:
        return number((f(x + h) - f(x - h)) / (2 * h))

    adapter.copy.namespace[name] = ours


def constructor(adapter: Adapter) -> None:
    """Graft ``__init__``: the learner's runs first, then the number, the gradient, the parents."""
    cls, forms = adapter.cls, adapter.forms
    original = cls.__init__
    if original is object.__init__:
        original = _bare
    signature = inspect.signature(original)

    def ours(self: Any, *arguments: Any, **named: Any) -> None:
        bound = signature.bind(self, *arguments, **named)
        original(*bound.args, **bound.kwargs)
        first, *rest = [p for p in signature.parameters if p in bound.arguments][1:]
        setattr(self, forms.data, bound.arguments[first])
        setattr(self, forms.grad, 0.0)
        if len(forms.parents) == 1:
            given = [bound.arguments[n] for n in rest if n.strip("_") in _CHILDREN]
            setattr(self, forms.parents[0], forms.container(*given))
        if forms.pass_on and not forms.is_method:
            setattr(self, forms.pass_on, lambda *gradient: None)
        for name in [n for n in getattr(self, "__dict__", ()) if callable(getattr(cls, n, None))]:
            if name != forms.pass_on:
                del self.__dict__[name]  # what hides a method

    cls.__init__ = ours


def _bare(self: Any, data: Any, children: Any = (), *more: Any, **named: Any) -> None:
    """Stand in for a constructor that is not there."""


_CHILDREN = {name.strip("_") for name in PARENTS}


def neuron_call(adapter: Adapter) -> None:
    """Graft what a neuron computes: its activation is tanh, or what the learner has."""

    def ours(self: Any, x: Any) -> Any:
        for weights, bias in neurons(self, adapter.cls):
            total = bias if bias is not None else adapter.Value(0.0).inner
            for w, xi in zip(weights, x):
                total = total + w * xi
            return adapter.activate(total)

    _class(adapter, "Neuron").__call__ = ours


def parameters(name: str) -> Callable[[Adapter], None]:
    """Return the graft of a ``parameters`` method: every weight once, then the bias."""

    def graft(adapter: Adapter) -> None:
        def ours(self: Any) -> list:
            return bare(values(Network(adapter, self)))

        _class(adapter, name).parameters = ours

    return graft


def neuron_start(adapter: Adapter) -> None:
    """Graft a neuron's start: different weights, a bias of 0, each a Value of its own."""
    cls = _class(adapter, "Neuron")
    original = cls.__init__

    def ours(self: Any, nin: int, *more: Any, **named: Any) -> None:
        original(self, nin, *more, **named)
        for name, x in (shared(self, adapter.cls) | attributes(self)).items():
            if isinstance(x, (list, tuple)):
                fresh = [adapter.Value(random.uniform(-1, 1)).inner for _ in range(nin)]
                setattr(self, name, type(x)(fresh))
            elif isinstance(x, (float, adapter.cls)):
                setattr(self, name, adapter.Value(0.0).inner)

    cls.__init__ = ours


def parts(name: str, part: str) -> Callable[[Adapter], None]:
    """Return the graft of how a layer makes its neurons, or a network its layers."""

    def graft(adapter: Adapter) -> None:
        cls, made = _class(adapter, name), _class(adapter, part)
        original = cls.__init__

        def ours(self: Any, nin: int, nout: Any) -> None:
            original(self, nin, nout)
            many = nout if isinstance(nout, list) else [nout]
            pairs = zip([nin, *many], many) if name == "MLP" else [(nin,)] * nout
            setattr(self, _list_of(self, made), [made(*sizes) for sizes in pairs])

        cls.__init__ = ours

    return graft


def layer_call(adapter: Adapter) -> None:
    """Graft what a layer computes: each neuron sees the same; one output is no list."""

    def ours(self: Any, x: Any) -> Any:
        outs = [neuron(x) for neuron in getattr(self, _list_of(self, _class(adapter, "Neuron")))]
        return outs[0] if len(outs) == 1 else outs

    _class(adapter, "Layer").__call__ = ours


def network_call(adapter: Adapter) -> None:
    """Graft what a network computes: each layer sees what the one before gave."""

    def ours(self: Any, x: Any) -> Any:
        for layer in getattr(self, _list_of(self, _class(adapter, "Layer"))):
            x = layer(x)
        return x[0] if isinstance(x, list) and len(x) == 1 else x

    _class(adapter, "MLP").__call__ = ours


def training(adapter: Adapter) -> None:
    """Graft the training loop."""
    name = adapter.forms.function("train") or "train"

    def ours(model: Any, xs: Any, ys: Any, steps: int, lr: float) -> list[float]:
        losses = []
        weights = values(Network(adapter, model))
        for _ in range(steps):
            outs = [adapter.wrap(model(x)) for x in xs]
            errors = [out + (y.data if hasattr(y, "data") else y) * -1 for out, y in zip(outs, ys)]
            loss = errors[0] * errors[0].inner
            for error in errors[1:]:
                loss = loss + (error * error.inner).inner
            for p in weights:
                p.grad = 0.0
            loss.backward()
            for p in weights:
                p.data = p.data - lr * p.grad
            losses.append(loss.data)
        return losses

    adapter.copy.namespace[name] = ours


def _class(adapter: Adapter, name: str) -> Any:
    return adapter.copy.namespace[adapter.forms.function(name) or name]


def _list_of(x: Any, cls: type) -> str:
    for name, items in attributes(x).items():
        if isinstance(items, list) and items and isinstance(items[0], cls):
            return name
    raise AttributeError(f"no list of {cls.__name__}s")
