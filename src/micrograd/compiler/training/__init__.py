"""Whole training runs as compiled loops.

columns       the data, as flat arrays
objective     the loss of a step as loops
update        the optimiser's rule in C; driver: the C around both; steps: run it
parted        large batches, in parts on all cores; stepwise: the same loop by NumPy
loops         which of them a run takes
"""
