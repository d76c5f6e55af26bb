"""Whole training runs as compiled loops.

columns       the data, as flat arrays
objective     the loss of a step, and the optimiser's rule, as loops
update        the rule in C; driver: the C around both; steps: run it, or the same by NumPy
"""
