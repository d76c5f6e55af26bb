"""Run a function on ordinary Values and record what it does, as a scalar graph.

signature     what kind of argument each one is
trace         run the function; the engine puts every Value on a tape
stand_ins     what it sees in place of its arguments; arrays: in place of arrays; dtypes
batch_axis    vmap: one example stands for all; batches: what comes of it
guarding      where Python branches on a number, or raises; domains: which arithmetic raises
writing       data and gradients that are set, and backward, as numbers of every call
effects       what of it a call leaves behind
markers       backward as the end of a stage; stages: one graph after the other
passed        what f returns of its arguments as it came
trees         results, and what is left in places, by their leaves
captured      in which order parameters are kept
draws         random numbers, drawn anew at each call
patches       makers of arrays know traced numbers; extensions: compiled modules do not
names         what people call the arguments and parameters
numbering     from the recording to the graph
"""
