"""Find the loops and matrices in a scalar graph.

periods       where a graph does the same again and again, and the same with fewer steps
chains        what is added or multiplied, however it was bracketed
flatten       chains become sums of terms, and rows of one kind become classes
templates     rows that do the same, wherever they stand, are alike
waves         those at one depth of a step become classes
families      an array for all that the same operands read
operands      rows of sums that are alike become groups
addressing    every value gets an address
gathers       rows of a take are brought together
fit           addresses become strides
terms         terms of a sum that advance in steps become one
reroll        groups become loop nests
roll          repeated nests become loops over them
separate      what a statement of a loop writes becomes an array
"""
