"""Gradients that are too long are made shorter."""

import math
from collections.abc import Iterable
from typing import Any

from ..engine import Value
from ..value import buffers
from ..value.tables import Parameters
from .arguments import rate, values_of


def clip_grad_norm(params: Iterable[Value], max_norm: float) -> float:
    """Shrink all gradients by one factor, so that their Euclidean norm is at most ``max_norm``.

    Returns:
        The norm before.
    """
    values = params.moving()[0] if isinstance(params, Parameters) else values_of(params)
    g = buffers.grad_of(values)
    buffers.set_grad(values, shrunk(g, rate("max_norm", max_norm)))
    return math.sqrt(g @ g)


def shrunk(g: Any, max_norm: float) -> Any:
    """Return an array of gradients, by one factor shorter where it is longer than this."""
    factor = max_norm / (math.sqrt(g @ g) + 1e-6)  # 1e-6 as in PyTorch
    return g * factor if factor < 1 else g
