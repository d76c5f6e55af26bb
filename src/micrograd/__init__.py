"""Write a model one scalar at a time, see every gradient, and run it at the speed of C."""

from typing import TYPE_CHECKING, Any

from . import random as random
from ._version import __version__
from .engine import Value
from .functions import (
    dot,
    log_softmax,
    logsumexp,
    maximum,
    mean,
    minimum,
    prod,
    softmax,
    sum,
    take,
    where,
)
from .namesake import warn_of_the_original
from .transforms import grad, hessian, hvp, jvp, value_and_grad, vmap
from .transforms.differences import GradientError, check_grads, numeric_grad
from .transforms.jacobians import jacfwd, jacobian, jacrev, vjp
from .value.backend import backend
from .value.modes import AnomalyError, detect_anomaly, no_grad

if TYPE_CHECKING:
    from .compiler import JitError
    from .compiler.jit import jit
    from .compiler.replay import compile_graph
    from .explorer.explore import explore

__all__ = [
    "AnomalyError",
    "GradientError",
    "JitError",
    "Value",
    "__version__",
    "backend",
    "check_grads",
    "compile_graph",
    "detect_anomaly",
    "dot",
    "explore",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jit",
    "jvp",
    "log_softmax",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "no_grad",
    "numeric_grad",
    "prod",
    "softmax",
    "sum",
    "take",
    "value_and_grad",
    "vjp",
    "vmap",
    "where",
]


def __getattr__(name: str) -> Any:
    if name in ("jit", "compile_graph", "JitError"):  # NumPy comes with them, when they are used
        from . import compiler

        return getattr(compiler, name)
    if name == "explore":
        from .explorer import explore

        return explore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


warn_of_the_original()
