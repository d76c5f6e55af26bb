"""Loops as array programs: what NumPy runs, or a GPU, and what is written out.

program       the data types: statements and expressions over whole arrays; visit: what is in them
storage       which variable holds an array, of which shape, under which name
windows       where an operand lies, as reshape and slice
expressions   what operands read, and operations of that; sums: sums of products as einsum
statements    what is made in which order; ends: arguments, constants, outputs, gradients
building      statement by statement, from loops to array code; even: which loops stay loops
finishing     rows that steps keep to themselves, copies; joining: arrays made of their parts
scans         loops as scans
dialects      how NumPy, JAX and PyTorch write it
printing      expressions as text; lines: statements; source: whole functions
engines       the libraries; kernel: a program ready to run by one; in_memory: by NumPy
"""
