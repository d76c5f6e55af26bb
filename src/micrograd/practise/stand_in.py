"""Our network on a learner's Value, for a learner who writes training before having a network."""

from typing import Any

from .adapter import Adapter


class StandIn:
    """Our network on the learner's Value, for a learner who trains before having a network."""

    def __init__(self, adapter: Adapter, nin: int, nouts: list[int]) -> None:
        self.layers = [
            [StandInNeuron(adapter, n) for _ in range(m)]
            for n, m in zip([nin, *nouts], nouts)
        ]  # fmt: skip

    def __call__(self, x: Any) -> Any:
        """Compute its output, a list where there are several."""
        for layer in self.layers:
            x = [neuron(x) for neuron in layer]
        return x[0] if len(x) == 1 else x

    def parameters(self) -> list:
        """Return all weights and biases."""
        return [p for layer in self.layers for neuron in layer for p in (*neuron.w, neuron.b)]

    def zero_grad(self) -> None:
        """Set all gradients to 0."""
        for layer in self.layers:
            for neuron in layer:
                neuron.zero_grad()


class StandInNeuron:
    """One of its neurons."""

    def __init__(self, adapter: Adapter, nin: int) -> None:
        self._activate = adapter.activate
        self._wrap = adapter.wrap
        self.w = [adapter.Value(0.0).inner for _ in range(nin)]
        self.b = adapter.Value(0.0).inner

    def __call__(self, x: Any) -> Any:
        """Compute the neuron's output."""
        total = self.b
        for w, xi in zip(self.w, x):
            total = total + w * xi
        return self._activate(total)

    def zero_grad(self) -> None:
        """Set its gradients to 0."""
        for value in (*self.w, self.b):
            self._wrap(value).grad = 0.0
