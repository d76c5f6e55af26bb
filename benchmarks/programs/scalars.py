"""Three kinds of scalars behind one interface, so that each piece of work is written once.

"micrograd" is any library of that name, "torch" a 0-dimensional float64 tensor, and "autograd" the
box that HIPS autograd puts around a float. All have the operators, relu, exp, log and data.
"""

import sys


def micrograd():
    from micrograd.engine import Value

    sys.setrecursionlimit(10**6)  # the original's backward recurses
    return Value, _backward, lambda out, leaves: [out.data, *(leaf.grad for leaf in leaves)]


def torch():
    import torch

    torch.set_num_threads(1)
    return (
        lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True),
        _backward,
        lambda out, leaves: [out.item(), *(leaf.grad.item() for leaf in leaves)],
    )


def autograd():
    from autograd import numpy as np
    from autograd.core import VJPNode, add_outgrads
    from autograd.numpy.numpy_boxes import ArrayBox
    from autograd.tracer import getval, new_box, trace_stack
    from autograd.util import toposort

    ArrayBox.relu = lambda self: np.maximum(0.0, self)
    ArrayBox.exp, ArrayBox.log = np.exp, np.log
    ArrayBox.data = property(getval)

    def gradient(f, leaves):
        with trace_stack.new_trace() as trace:
            boxes = [new_box(x, trace, VJPNode.new_root()) for x in leaves]
            out = f(boxes)
        given = {out._node: (1.0, False)}
        for node in toposort(out._node):  # as its own backward_pass, which keeps one leaf only
            if node.parents:
                for parent, share in zip(node.parents, node.vjp(given.pop(node)[0])):
                    given[parent] = add_outgrads(given.get(parent), share)
        return [getval(out), *(given[box._node][0] for box in boxes if box._node in given)]

    return float, gradient, lambda out, leaves: [float(x) for x in out]


def _backward(f, leaves):
    out = f(leaves)
    out.backward()
    return out


def chosen(name):
    """Return three functions: leaf(number); gradient(f, leaves), which evaluates f(leaves) and its
    derivatives; and read(result of that, leaves) -> [f, its derivatives]."""
    return {"micrograd": micrograd, "torch": torch, "autograd": autograd}[name]()
