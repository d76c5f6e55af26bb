"""Scalars in, tensors out: the loops and matrices of scalar code, found again and run as C.

The stages, in the order in which a call meets them:

    jit           the function that users call
    jitted        what it returns; finds or makes the variant for its arguments
    tracing/      run the function and record the Values it makes: a graph
    pipeline      the list of passes from a graph to its loops; ir: the loops themselves
    rerolling/    the passes that find loops and matrices in the graph
    loops/        those that differentiate them and place their arrays in memory, and their check
    c/            those for C alone, and the printer of C
    lower         calls the pipeline
    general       one Program for lists of all lengths
    calls/        run a Program: arguments in, Values out; and the trial that it has to pass

Beside them:

    sizes         polynomials in what is known at run time only
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
