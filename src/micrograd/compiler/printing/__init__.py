"""Print programs as people read them.

show          a program, line by line, as formulas
array_names   the names of arrays; layouts: where numbers lie, in few words
formulas      expressions and sizes; slices: parts of arrays
unflatten     runs over whole matrices get their rows and columns again
"""
