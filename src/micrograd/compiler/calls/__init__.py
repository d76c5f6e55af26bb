"""From a call's arguments to its results: the one way in which every compiled program runs.

kernel        a program printed and built as C, or run by NumPy
memory        where a call's numbers lie, once its sizes are known
compiled      both together: numbers to their places, the loops, numbers back
parts         large batches a part at a time, on all cores
variant       a compiled recording: which calls it is for, and its results
results         what comes out: Values that backpropagate, columns of a batch
gradients       f's own gradient as its result
trial           trust: it must give what the plain run gives; closeness: up to rounding
lengths       one program for lists of all lengths
"""
