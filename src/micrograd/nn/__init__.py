"""Networks: a ``Module`` finds its parameters, and layers are modules.

``Neuron``, ``Layer`` and ``MLP`` are the original library's; the others have PyTorch's names,
settings and numbers. All take one example, as vectors of numbers in lists; ``vmap`` takes a batch.
"""

from .activations import (
    ELU,
    GELU,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from .attention import MultiheadAttention, causal_mask, positional_encoding
from .batch_norm import BatchNorm, BatchNorm1d, BatchNorm2d
from .containers import Flatten, ModuleList, Residual, Sequential
from .convolution import Conv1d, Conv2d
from .dropout import Dropout
from .layers import MLP, Layer, Neuron
from .linear import Embedding, Linear
from .module import Module
from .normalisation import LayerNorm, RMSNorm
from .pooling import AvgPool2d, MaxPool2d
from .recurrent import GRU, LSTM, RNN
from .summary import summary
from .transformer import TransformerEncoderLayer

__all__ = [
    "ELU",
    "GELU",
    "GRU",
    "LSTM",
    "MLP",
    "RNN",
    "AvgPool2d",
    "BatchNorm",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv1d",
    "Conv2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MaxPool2d",
    "Module",
    "ModuleList",
    "MultiheadAttention",
    "Neuron",
    "RMSNorm",
    "ReLU",
    "Residual",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "TransformerEncoderLayer",
    "causal_mask",
    "positional_encoding",
    "summary",
]
