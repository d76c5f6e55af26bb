"""Networks: a ``Module`` finds its parameters; ``Neuron``, ``Layer`` and ``MLP`` are made of it.

``Dropout`` and ``BatchNorm`` do something else while training than afterwards.
"""

from .batch_norm import BatchNorm
from .dropout import Dropout
from .layers import MLP, Layer, Neuron
from .module import Module

__all__ = ["MLP", "BatchNorm", "Dropout", "Layer", "Module", "Neuron"]
