"""Loops over arrays of numbers: what the passes change and the printers print.

program       what a Program is made of
array         an Array; joins: in which one each operand is, and which are one
sizes         polynomials in what is known at run time only
visit         walk through statements, and rebuild them
specialise    a program at known sizes
footprint     what a statement touches, and which addresses; scope: these as plain numbers
verify        what holds of every program
exact         a program as text, with every offset; parsing: read back
"""
