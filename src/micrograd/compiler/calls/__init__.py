"""From a call's arguments to its results: the one way in which every compiled program runs.

binding       arguments passed by name; cache: the variants by structure of arguments
first         the first call: it is the plain run; attempts: traces until one stands for it
reach, state  what a function can reach from outside; kept, compared, put back; contents: of
              things without places; streams: of random numbers
judge         trust: a program must give what the plain run gives; differences, closeness, rounding,
              nudges; mismatch: what is said where it does not
maker         from arguments to a variant: trace, lower, build; lengths: one for all of them
variant       a compiled recording: which calls it is for, and its results
guards        what it takes for granted of the world outside, looked at before each call
places        where numbers outside stand that a function reads and changes; changes: which;
              outside: those that were learnt of so far
writes        what a call leaves behind, once all guards have held
staged        the parts of a step that end with backward
compiled      a program and its layout: numbers to their places, the loops, numbers back
memory        where a call's numbers lie, once its sizes are known
kernel        a program printed and built as C, or run by NumPy; parts: large batches
mapped        large batches in which every example stands by itself
results       what comes out: Values that backpropagate, columns of a batch
gradients       f's own gradient as its result
trial         a recording and its program, compared at another length
report        what was made and why; listings: what there is to read of it
"""
