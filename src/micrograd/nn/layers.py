"""Neuron, Layer, MLP: the original library's networks, by default with its behaviour and draws."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from operator import mul
from random import Random
from typing import Any

from ..arguments import flag, values, whole
from ..engine import Value
from ..value.numeric import is_array
from .init import Initialiser, drawing
from .module import Module
from .parameters import source

Activation = str | Callable[[Any], Any] | None
_TITLES = {
    "relu": "ReLU",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "softplus": "Softplus",
    "linear": "Linear",
}


class Neuron(Module):
    """activation(b + w1 x1 + w2 x2 + ...).

    Args:
        nin: the number of inputs.
        nonlin: False leaves the activation out.
        activation: "relu", "tanh", "sigmoid", "softplus", "linear" (or None), or a function of one
            Value.
        init: how the weights are drawn: the name of a function in ``micrograd.nn.init``, or such a
            function. The default is uniform from -1 to 1. The bias starts at 0.
        seed: an int, or a ``random.Random`` to draw from; None draws from Python's own, so that
            ``random.seed`` counts.
        nout: the number of outputs of the layer this belongs to, for initialisations that ask.

    Raises:
        ValueError: a count below 1, or an unknown activation or initialisation.
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        activation: Activation = "relu",
        init: str | Initialiser = "uniform",
        seed: int | Random | None = None,
        nout: int = 1,
    ) -> None:
        nonlin = flag("nonlin", nonlin)
        _check_activation(activation)
        draw = drawing(init, seed, whole("nin", nin, 1), whole("nout", nout, 1))
        self.w = [Value(draw()) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin and activation not in (None, "linear")
        self.activation = activation or "linear"

    @property
    def in_features(self) -> int:
        """The number of inputs."""
        return len(self.w)

    def __call__(self, x: Any) -> Value:
        """Return the output for ``nin`` numbers or Values; one number will do for one input."""
        x = _inputs(x, self)
        if len(x) != len(self.w):
            _refuse_rows(x, self)
            count = f"{len(self.w)} input{'s' if len(self.w) != 1 else ''}"
            raise ValueError(f"{self!r} expects {count}, got {len(x)}")
        try:
            act = sum(map(mul, self.w, x), self.b)
        except TypeError:
            _refuse_rows(x, self)
            raise
        if not self.nonlin:
            return act
        if callable(self.activation):
            return self.activation(act)
        return getattr(act, self.activation)()

    def __repr__(self) -> str:
        activation = self.activation if self.nonlin else "linear"
        if callable(activation):
            title = getattr(activation, "__name__", type(activation).__name__)
        else:
            title = _TITLES[activation]
        return f"{title}Neuron({len(self.w)})"


class Layer(Module):
    """Several neurons with the same inputs.

    Args:
        nin: the number of inputs.
        nout: the number of neurons.
        seed, kwargs: as for ``Neuron``; the neurons draw from one sequence.
    """

    def __init__(
        self, nin: int, nout: int, *, seed: int | Random | None = None, **kwargs: Any
    ) -> None:
        kwargs = {"nout": nout, "seed": source(seed)} | kwargs
        self.neurons = [Neuron(nin, **kwargs) for _ in range(whole("nout", nout, 1))]

    def __call__(self, x: Any) -> Any:
        """Return the list of the neurons' outputs; the output itself where there is one neuron."""
        x = _inputs(x, self.neurons[0])
        out = [n(x) for n in self.neurons]
        return out[0] if len(out) == 1 else out

    def tensors(self) -> dict[str, Any]:
        """Return ``weight``, shape (nout, nin), and ``bias``, (nout,): those of torch.nn.Linear."""
        if len({len(n.w) for n in self.neurons}) != 1:  # neurons were changed one by one
            return super().tensors()
        return {"weight": [n.w for n in self.neurons], "bias": [n.b for n in self.neurons]}

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(str(n) for n in self.neurons)}]"


class MLP(Module):
    """A multi-layer perceptron: layers one after the other.

    Args:
        nin: the number of inputs.
        nouts: the number of neurons of each layer.
        activation: of all layers but the last.
        output_activation: of the last layer: none, unless given.
        init, seed: as for ``Neuron``.

    The lecture's network has tanh in every layer, the original library's ReLU in all but the last:
    on the lecture's four rows, with its rate of 0.05, ReLU often dies (docs/migrating.md).

    >>> MLP(2, [3, 1])
    MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(3)]]
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation = "relu",
        output_activation: Activation = None,
        init: str | Initialiser = "uniform",
        seed: int | Random | None = None,
    ) -> None:
        if not hasattr(nouts, "__iter__") or isinstance(nouts, (str, bytes, dict)):
            raise TypeError(
                f"nouts is a list, a number for each layer, as in [16, 1]; got {nouts!r}"
            )
        _check_activation(activation)
        _check_activation(output_activation)
        sizes = [nin, *nouts]
        if len(sizes) < 2:
            raise ValueError("an MLP needs at least one layer: MLP(2, [16, 1]) has two")
        rng = source(seed)
        activations = [activation] * (len(sizes) - 2) + [output_activation]
        self.layers = [
            Layer(n, m, activation=f, init=init, seed=rng)
            for (n, m), f in zip(pairwise(sizes), activations, strict=True)
        ]

    def __call__(self, x: Any) -> Any:
        """Return the last layer's outputs: a list, or one Value where it has one neuron."""
        for layer in self.layers:
            x = layer(x)
        return x

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(str(layer) for layer in self.layers)}]"


def _check_activation(activation: Any) -> None:
    if callable(activation) or activation is None:
        return
    if not isinstance(activation, str) or activation not in _TITLES:
        known = ", ".join(_TITLES)
        raise ValueError(
            f"activation {activation!r:.60} is unknown: use a function or one of {known}"
        )


def _refuse_rows(x: Any, first: Neuron) -> None:
    """Refuse a batch where one example should be."""
    if len(x) and isinstance(x[0], (list, tuple)):
        raise ValueError(
            f"{first!r} expects the numbers of one example, got {len(x)} rows: model.predict takes "
            "many and gives numbers, vmap(model) gives Values"
        )


def _inputs(x: Any, first: Neuron) -> Any:
    """Make a list of an array's row, of an iterator, and of the number for a single input."""
    if type(x) is list:  # the usual case first
        return x
    if is_array(x):
        if not hasattr(x, "tolist"):  # a table of pandas
            raise TypeError(
                f"{first!r} expects the numbers of one example, got a {type(x).__name__}: "
                "model.predict takes many rows"
            )
        x = x.tolist()  # Python's floats are quicker to compute with than NumPy's
    if isinstance(x, (dict, str, bytes)):
        values(f"{first!r}", x)  # refuses it: what is computed with would be keys or letters
    if hasattr(x, "__len__"):
        return x
    if hasattr(x, "__iter__"):
        return list(x)
    if len(first.w) != 1:
        raise TypeError(f"{first!r} expects a list of {len(first.w)} numbers, got {x!r}")
    return [x]
