"""Find the loops and matrices in a scalar graph.

flatten       chains of additions and products become sums of terms
operands      rows of sums that are alike become groups
addressing    every value gets an address
gathers       rows of a take are brought together
fit           addresses become strides
reroll        groups become loop nests
roll          repeated nests become loops over them
"""
