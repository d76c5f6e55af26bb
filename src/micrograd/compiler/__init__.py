"""Scalars in, tensors out: the loops and matrices of scalar code, found again and run as C.

trace -> Graph -> reroll -> loops -> differentiate -> Program -> C or NumPy -> run.
"""

from .errors import JitError
from .jit import Jitted, jit
from .replay import Replay, compile_graph

__all__ = ["JitError", "Jitted", "Replay", "compile_graph", "jit"]
