"""The lecture's file in the variants that are right as well: another activation, a mean loss."""

from collections.abc import Callable
from typing import Any

from .adapter import Adapter


def varied(variant: str) -> Callable[[Adapter], None] | None:
    """Return the change that turns the lecture's file into a variant.

    Args:
        variant: an activation or "linear"; ", last linear" and "/mean" may follow.
    """
    network, _, loss = variant.partition("/")
    if not variant:
        return None

    def change(adapter: Adapter) -> None:
        activation, _, last = network.partition(", ")
        if network:
            _activate(adapter.copy.namespace, activation, linear_end=bool(last))
        if loss:
            adapter.copy.namespace["train"] = _mean(adapter.copy.namespace["train"])

    return change


def _activate(names: dict[str, Any], activation: str, linear_end: bool) -> None:
    def neuron(self: Any, x: Any) -> Any:
        total = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return (
            total
            if activation in ("linear", self.__dict__.get("end"))
            else (getattr(total, activation)())
        )

    def network(self: Any, x: Any) -> Any:
        if linear_end:
            for last in self.layers[-1].neurons:
                last.end = activation
        for layer in self.layers:
            x = layer(x)
        return x

    names["Neuron"].__call__ = neuron
    names["MLP"].__call__ = network


def _mean(train: Any) -> Callable[..., Any]:
    """A mean loss is a sum with a step that is as many times smaller, and losses divided."""

    def mean_train(model: Any, xs: Any, ys: Any, steps: int, lr: float) -> list[float]:
        return [loss / len(xs) for loss in train(model, xs, ys, steps, lr / len(xs))]

    return mean_train
