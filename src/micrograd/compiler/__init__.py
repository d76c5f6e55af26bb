"""Scalars in, tensors out: the loops and matrices of scalar code, found again and run as C or NumPy.

trace -> Graph -> reroll -> loops -> differentiate -> Program -> C or NumPy -> run.
"""

from .errors import JitError
from .jit import Jitted, jit

__all__ = ["JitError", "Jitted", "jit"]
