"""From a graph to loops, and from loops to better ones: ``pipeline`` has the order.

rerolling/    the loops and matrices in a graph
picked        what is only taken from is computed where it is taken
differentiate the chain rule on loops; rules: those that somebody has written for an op
place         the order of the numbers of arrays, for vectors, by cost
allocate      the addresses of arrays
clears        gradients that are cleared together
generalise    one program for all lengths
phases        before the examples of a batch, for each of them, and after
short_sums, products, fusion, powers, exponentials, recompute, stores, schedules     for C, in order
regions       which addresses these find that statements touch
"""
