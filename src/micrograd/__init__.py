"""Write a model one scalar at a time, see every gradient, and run it at the speed of C."""

from typing import TYPE_CHECKING, Any

from . import random as random
from ._version import __version__
from .elementary import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    ceil,
    clip,
    cos,
    cosh,
    cumsum,
    elu,
    erf,
    erfc,
    exp,
    expm1,
    floor,
    gelu,
    hypot,
    leaky_relu,
    log,
    log1p,
    log2,
    log10,
    norm,
    relu,
    sigmoid,
    sign,
    silu,
    sin,
    sinh,
    softplus,
    sqrt,
    tan,
    tanh,
)
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
    take,
    where,
)
from .functions import sum as sum
from .namesake import warn_of_the_original
from .transforms import grad, hessian, hvp, jvp, value_and_grad, vmap
from .transforms.differences import GradientError, check_grads, numeric_grad
from .transforms.jacobians import jacfwd, jacobian, jacrev, vjp
from .value.backend import backend
from .value.modes import AnomalyError, detect_anomaly, no_grad

if TYPE_CHECKING:
    from .compiler import JitError, JitWarning
    from .compiler.jit import jit
    from .compiler.replay import compile_graph
    from .explorer.explore import explore

__all__ = [  # without ``sum``, so that ``import *`` hides no built-in
    "AnomalyError",
    "GradientError",
    "JitError",
    "JitWarning",
    "Value",
    "__version__",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "backend",
    "cbrt",
    "ceil",
    "check_grads",
    "clip",
    "compile_graph",
    "cos",
    "cosh",
    "cumsum",
    "detect_anomaly",
    "dot",
    "elu",
    "erf",
    "erfc",
    "exp",
    "explore",
    "expm1",
    "floor",
    "gelu",
    "grad",
    "hessian",
    "hvp",
    "hypot",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jit",
    "jvp",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "no_grad",
    "norm",
    "numeric_grad",
    "prod",
    "relu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "take",
    "tan",
    "tanh",
    "value_and_grad",
    "vjp",
    "vmap",
    "where",
]


def __getattr__(name: str) -> Any:
    if name in (
        "jit",
        "compile_graph",
        "JitError",
        "JitWarning",
    ):  # NumPy comes with them, when they are used
        from . import compiler

        return getattr(compiler, name)
    if name == "explore":
        from .explorer import explore

        return explore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


warn_of_the_original()
