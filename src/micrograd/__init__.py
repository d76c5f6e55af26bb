"""Write a model one scalar at a time, see every gradient, and run it at the speed of C."""

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
from .modes import AnomalyError

from ._version import __version__
from .namesake import warn_of_the_original

warn_of_the_original()
