"""Work on loops.

visit         walk through statements, and rebuild them
footprint     what a statement touches, and which addresses
verify        what holds of every program
differentiate the chain rule on loops
place         the order of arrays in memory, for vectors
phases        before the examples of a batch, for each of them, and after
scope         addresses compared as plain numbers
"""
