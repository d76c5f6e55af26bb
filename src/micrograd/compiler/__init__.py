"""Scalars in, tensors out: the loops and matrices of scalar code, found again and run as C.

The stages, in the order in which a call meets them, and what each module is for:

    jit             the function that users call; finds or makes the variant for its arguments
    signature         what kind of argument each one is
    lengths           when to look for one program for lists of all lengths
    general           how to make it, from programs for four lengths
    collector         no garbage collection while many objects are made
    errors            what is said when a function cannot be compiled

    trace           run the function and record the Values it makes
    arrays            what it sees in place of arrays and batches
    captured          in which order parameters are kept
    draws             random numbers, drawn anew at each call
    numbering         from the recording to a scalar graph
    graph             that graph

    lower           from a scalar graph to a Program; calls all that follow
    flatten           chains of additions and products become sums of terms
    operands          rows of sums that are alike become groups
    addressing        every value gets an address
    fit               addresses become strides
    gathers           rows of a take are brought together
    reroll            groups become loop nests
    roll              repeated nests become loops over them
    differentiate     the chain rule on loops
    place             the order of arrays in memory, for vectors
    ir                the loops themselves
    sizes             polynomials in what is known at run time only
    footprint         which addresses a statement touches

    kernel          a Program ready to run, in C or by NumPy
    c                 the C of a Program, in c_*: plans, loops, blocks, expressions, fusion, ...
    scope             addresses compared as plain numbers, for the C
    cc, disk_cache    the C compiler, and what it has made before
    numpy_loops       the NumPy back end, with its functions in numpy_ops

    variant         one compiled recording: arguments in, Values out
    check             trust: it must give what the eager run gave
    chunks, phases    large batches in parts, on all cores

    replay          the same for a graph that is there already
    standalone      one C header for a function, by itself
    layouts           where its numbers lie, in few words
    training        what compiled training is made of; run by training_loops, in training_c
    columns           its data, as flat arrays
    show            programs as people read them
    formulas          expressions and sizes as formulas
    names             the names of arguments and parameters; array_names: of arrays
    unflatten         runs over whole matrices get their rows and columns again
"""

from .errors import JitError
from .jit import Jitted, jit
from .replay import Replay, compile_graph

__all__ = ["JitError", "Jitted", "Replay", "compile_graph", "jit"]
