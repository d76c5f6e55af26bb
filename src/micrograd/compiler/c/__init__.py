"""Print loops as C, build them with the C compiler of the machine, and keep what is built.

source        the C of a Program, with vector_math.inc
plans         what to vectorise and how to block; fusion, regions, short_sums: what to join
loops, blocks, routes, expressions, printer     the text, from the outside in
standalone    one C11 header for a function, by itself; arrays: its arguments
build         call the C compiler; disk_cache: what it has made before
"""
