"""Run loops by NumPy: the living definition of a loop, where there is no C compiler.

loops         each nest as a few whole-array operations
ops           the functions of the op table, for arrays
"""
