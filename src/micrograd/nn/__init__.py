"""Networks: a ``Module`` finds its parameters; ``Neuron``, ``Layer`` and ``MLP`` are made of it."""

from .layers import MLP, Layer, Neuron
from .module import Module

__all__ = ["MLP", "Layer", "Module", "Neuron"]
