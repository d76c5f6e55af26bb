"""Optimisers with PyTorch's names and arithmetic.

An update rule is written once, for one parameter, as scalar code: ``step`` hands it arrays of all
parameters (NumPy's, or what acts as these and computes in C), the compiler hands it Values. So a
rule uses + - * / ** and the ops' own functions.
"""

from .adaptive import Adagrad, Adam, AdamW, RMSprop, SparseAdam
from .clipping import clip_grad_norm
from .optimizer import Optimizer
from .sgd import SGD

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Optimizer",
    "RMSprop",
    "SparseAdam",
    "clip_grad_norm",
]
