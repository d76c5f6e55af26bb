"""Print loops as C, build them with the C compiler of the machine, and keep what is built.

source        the C of a Program, with vector_math.inc; it prints, and chooses nothing
loops, blocks, routes, expressions, printer     the text, from the outside in
parts         rows of a large batch that stay with the caller, with parts.inc
standalone    one C11 header for a function, by itself; arrays: its arguments
gcc_sums      sums in such a header that some GCCs add up wrongly
build         call the C compiler; disk_cache: what it has made before
"""
