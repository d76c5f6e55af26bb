"""Scalars in, tensors out: the loops and matrices of scalar code, found again and run as C.

The stages, in the order in which a call meets them:

    jit           the function that users call
    jitted        what it returns; finds or makes the variant for its arguments
    tracing/      run the function and record the Values it makes: a graph
    pipeline      the list of passes from a graph to its loops
    passes/       the passes, a file each
    ir/           the loops themselves: how they are made, walked through, checked, written
    c/            the printer of C
    arrays/       loops as array programs, for NumPy, JAX and PyTorch
    calls/        run a Program: arguments in, Values out; and the trial that it has to pass

Beside them:

    replay        the same for a graph that is there already
    training/     whole training runs as one program
    printing/     programs as people read them
    collector     no garbage collection while many objects are made
    errors        what is said when a function cannot be compiled
"""

from .errors import JitError, JitWarning
from .jit import jit
from .jitted import Jitted
from .replay import Replay, compile_graph

__all__ = ["JitError", "JitWarning", "Jitted", "Replay", "compile_graph", "jit"]
