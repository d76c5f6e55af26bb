"""Gradients that are too long are made shorter."""

import math
from collections.abc import Iterable

from ..engine import Value
from ..value import buffers
from .arguments import rate, values_of


def clip_grad_norm(params: Iterable[Value], max_norm: float) -> float:
    """Shrink all gradients by one factor, so that their Euclidean norm is at most ``max_norm``.

    Returns:
        The norm before.
    """
    values = values_of(params)
    g = buffers.grad_of(values)
    norm = math.sqrt(g @ g)
    factor = rate("max_norm", max_norm) / (norm + 1e-6)  # 1e-6 as in PyTorch
    if factor < 1:
        buffers.set_grad(values, g * factor)
    return norm
