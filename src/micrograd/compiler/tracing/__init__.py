"""Run a function on ordinary Values and record what it does, as a scalar graph.

signature     what kind of argument each one is
trace         run the function; the engine puts every Value on a tape
arrays        what it sees in place of arrays and batches
captured      in which order parameters are kept
draws         random numbers, drawn anew at each call
names         what people call the arguments and parameters
numbering     from the recording to the graph
"""
