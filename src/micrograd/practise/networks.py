"""Networks of the learner's, under the names that programs use on them."""

import inspect
from collections.abc import Callable
from typing import Any

from ..value.attributes import number
from .adapter import Adapter, Handle
from .stand_in import StandIn
from .weights import neurons

ROWS = ([2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0])
TARGETS = (1.0, -1.0, -1.0, 1.0)
ARGUMENTS = {
    "model": ("model", "net", "network", "mlp", "n", "nn", "m"),
    "xs": ("xs", "x", "inputs", "x_train", "data"),
    "ys": ("ys", "y", "targets", "labels", "y_train", "outputs"),
    "steps": ("steps", "n_steps", "num_steps", "epochs", "n_epochs", "iterations", "k", "iters"),
    "lr": ("lr", "learning_rate", "alpha", "step_size", "eta", "rate", "h"),
}


def starting_weight(k: int) -> float:
    """Return the k-th number that ``set_weights`` sets: none is 0, neighbours differ."""
    return ((7 * k + 3) % 11 - 5) / 10 + 0.05


class Network:
    """A neuron, a layer or a network of the learner's, under the names that programs use."""

    def __init__(self, adapter: Adapter, inner: Any) -> None:
        self.adapter = adapter
        self.inner = inner

    def __call__(self, xs: list[float]) -> Any:
        """Call it on plain numbers."""
        return self.adapter.wrap(self.inner(self.adapter.inputs(xs)))

    def parameters(self) -> list[Handle]:
        """Return what the learner's ``parameters`` gives, as a list."""
        names = ("parameters", "params", "get_parameters", "_parameters")
        name = next((n for n in names if hasattr(self.inner, n)), names[0])
        parameters = getattr(self.inner, name)
        return self.adapter.wrap(list(parameters() if callable(parameters) else parameters))

    def _set(self, numbers: list[float], of_neuron: Callable[[list, Any], list]) -> None:
        for weights, bias in neurons(self.inner, self.adapter.cls):
            for value, x in zip(of_neuron(weights, bias), numbers, strict=True):
                Handle(self.adapter, value).data = x

    def _weights(self) -> list[Handle]:
        return [self.adapter.wrap(w) for ws, _ in neurons(self.inner, self.adapter.cls) for w in ws]

    w = property(_weights, lambda self, xs: self._set(xs, lambda weights, bias: weights))
    b = property(None, lambda self, x: self._set([x], lambda weights, bias: [bias]))


def values(model: Network) -> list[Handle]:
    """Return every weight and bias, found without the learner's ``parameters``."""
    adapter = model.adapter
    return [
        adapter.wrap(value)
        for weights, bias in neurons(model.inner, adapter.cls)
        for value in (*weights, *([] if bias is None else [bias]))
    ]


def set_weights(model: Network) -> None:
    """Give every weight the number that belongs to its place."""
    for k, value in enumerate(values(model)):
        value.data = starting_weight(k)


class Watch:
    """What one training step does to a model: gradients that arrive, sums made of parameters.

    ``names_before`` and ``names_after`` say what of a parameter was assigned before and after
    backward, in our names.
    """

    def __init__(self, model: Network) -> None:
        self.adapter = model.adapter
        self.outputs: list[Any] = []
        self.sums_outside = 0
        self.backward_calls = 0
        self.names_before: set[str] = set()
        self.names_after: set[str] = set()
        self._inside = False
        self._watch_backward()
        inner = model.inner
        inner.__class__ = self._recording(type(inner))
        for value in values(model):
            value.inner.__class__ = self._counting(type(value.inner))

    def outputs_have_gradients(self) -> bool:
        """Say whether a gradient came back to what the model gave."""
        return any(out.grad for out in self.outputs)

    def _watch_backward(self) -> None:
        forms, names = self.adapter.forms, self.adapter.copy.namespace
        method, function = forms.method("backward"), forms.function("backward")
        if method:
            setattr(self.adapter.cls, method, self._counted(getattr(self.adapter.cls, method)))
        elif function:
            names[function] = self._counted(names[function])

    def _counted(self, backward: Callable) -> Callable:
        def counted(*arguments: Any, **more: Any) -> Any:
            out = backward(*arguments, **more)
            self.backward_calls += 1
            return out

        return counted

    def _recording(self, cls: Any) -> type:
        def call(model: Any, *arguments: Any) -> Any:
            self._inside = True
            try:
                out = cls.__call__(model, *arguments)
            finally:
                self._inside = False
            wrapped = self.adapter.wrap(out)
            self.outputs += wrapped if isinstance(wrapped, list) else [wrapped]
            return out

        return type(cls.__name__, (cls,), {"__call__": call, "__slots__": ()})

    def _counting(self, cls: Any) -> type:
        def counted(name: str) -> Callable:
            def method(value: Any, other: Any) -> Any:
                self.sums_outside += not self._inside
                return getattr(super(kind, value), name)(other)

            return method

        forms = self.adapter.forms

        def setting(value: Any, name: str, x: Any) -> None:
            seen = self.names_after if self.backward_calls else self.names_before
            seen.add({forms.data: "data", forms.grad: "grad"}.get(name, name))
            super(kind, value).__setattr__(name, x)

        names = [n for n in ("__add__", "__sub__", "__isub__", "__iadd__") if hasattr(cls, n)]
        members: dict[str, Any] = {n: counted(n) for n in names}
        members |= {"__slots__": (), "__setattr__": setting}
        kind: Any = type(cls.__name__, (cls,), members)
        return kind


def build(adapter: Adapter, name: str, *sizes: Any) -> Network:
    """Make a Neuron, a Layer or an MLP of the learner's; ours on their Value where there is none.

    ``MLP(3, [4, 4, 1])`` may be written for one list of sizes, or for sizes one by one.
    """
    taken = adapter.forms.function(name)
    if taken is None:
        return Network(adapter, StandIn(adapter, *sizes))
    cls = adapter.copy.namespace[taken]
    if name == "MLP":
        parameters = list(inspect.signature(cls).parameters.values())
        required = [p for p in parameters if p.default is p.empty]
        if any(p.kind is p.VAR_POSITIONAL for p in parameters):
            sizes = (sizes[0], *sizes[1])
        elif len(required) == 1 and len(parameters) == 1:
            sizes = ([sizes[0], *sizes[1]],)
    return Network(adapter, cls(*sizes))


def train(adapter: Adapter, model: Network, xs: Any, ys: Any, steps: int, lr: float) -> list[float]:
    """Call the learner's ``train``, by the names of its parameters where these are known."""
    function = adapter.copy.namespace[adapter.forms.function("train") or "train"]
    rows = [adapter.inputs(list(row)) for row in xs]
    targets = adapter.inputs(list(ys))
    arguments = dict(
        zip(("model", "xs", "ys", "steps", "lr"), (model.inner, rows, targets, steps, lr))
    )
    parameters = inspect.signature(function).parameters
    places = {name: _argument(name) for name in parameters}
    if None in places.values() or len(set(places.values())) < len(arguments):
        losses = function(*arguments.values())
    else:
        losses = function(**{name: arguments[place or ""] for name, place in places.items()})
    return [number(loss) for loss in losses]


def _argument(name: str) -> str | None:
    """Return which of our five arguments a parameter of the learner's is."""
    return next((ours for ours, theirs in ARGUMENTS.items() if name.lower() in theirs), None)
