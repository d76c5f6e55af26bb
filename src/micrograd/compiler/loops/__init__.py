"""Work on loops.

footprint     which addresses a statement touches
differentiate the chain rule on loops
place         the order of arrays in memory, for vectors
phases        before the examples of a batch, for each of them, and after
scope         addresses compared as plain numbers
"""
