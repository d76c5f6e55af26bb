"""How weights are drawn, under PyTorch's names, from a random source and a layer's two sizes.

xavier: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
networks" (2010); kaiming: He et al., "Delving deep into rectifiers" (2015), for ReLU.
"""

from collections.abc import Callable
from functools import partial
from math import sqrt
from typing import Any

from .parameters import source

__all__ = [
    "kaiming_normal",
    "kaiming_uniform",
    "uniform",
    "xavier_normal",
    "xavier_uniform",
    "zeros",
]

Initialiser = Callable[[Any, int, int], float]


def uniform(rng: Any, nin: int, nout: int) -> float:
    """Draw from -1 to 1, whatever the sizes: the original library's way."""
    return rng.uniform(-1, 1)


def zeros(rng: Any, nin: int, nout: int) -> float:
    """Return 0."""
    return 0.0


def xavier_uniform(rng: Any, nin: int, nout: int) -> float:
    """Draw uniformly with variance 2 / (nin + nout)."""
    bound = sqrt(6 / (nin + nout))
    return rng.uniform(-bound, bound)


def xavier_normal(rng: Any, nin: int, nout: int) -> float:
    """Draw from a Gaussian with variance 2 / (nin + nout)."""
    return rng.gauss(0, sqrt(2 / (nin + nout)))


def kaiming_uniform(rng: Any, nin: int, nout: int) -> float:
    """Draw uniformly with variance 2 / nin."""
    bound = sqrt(6 / nin)
    return rng.uniform(-bound, bound)


def kaiming_normal(rng: Any, nin: int, nout: int) -> float:
    """Draw from a Gaussian with variance 2 / nin."""
    return rng.gauss(0, sqrt(2 / nin))


NAMED: dict[str, Initialiser] = {
    f.__name__: f
    for f in (uniform, zeros, xavier_uniform, xavier_normal, kaiming_uniform, kaiming_normal)
}


def drawing(init: str | Initialiser, seed: Any, nin: int, nout: int) -> Callable[[], float]:
    """Return a function without arguments that draws one weight.

    Raises:
        ValueError: no initialisation has this name.
    """
    function = init if callable(init) else NAMED.get(init) if isinstance(init, str) else None
    if function is None:
        known = ", ".join(NAMED)
        raise ValueError(f"init {init!r:.60} is unknown: use a function or one of {known}")
    rng = source(seed)
    return partial(function, rng, nin, nout)
