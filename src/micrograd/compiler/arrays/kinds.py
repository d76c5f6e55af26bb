"""What an expression of an array program is: a comparison, a negative, the size of a batch."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ... import ops
from .program import BATCH, Applied, Fill, Indexed, Node, Reshaped, Transposed, Variable

COMPARISONS = (ops.LT, ops.LE, ops.GT, ops.GE)


def equal(a: np.ndarray, b: np.ndarray) -> bool:
    """Tell whether two arrays are the same, to the bit."""
    return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())


def is_truth(node: Node) -> bool:
    """Tell whether an expression is 1 or 0."""
    return isinstance(node, Applied) and is_truth_of(node.op, node.args)


def is_truth_of(op: ops.Op, args: Sequence[Node]) -> bool:
    """Tell whether a number is a comparison, or a choice between 1 and 0."""
    if op in COMPARISONS:
        return True
    values = [arg.value for arg in args[1:] if isinstance(arg, Fill)]
    return op.name == ops.WHERE.name and values in ([1.0, 0.0], [0.0, 1.0])


def negated(node: Node) -> Node | None:
    """Return what an expression is -1 times of, or None."""
    if isinstance(node, Indexed | Reshaped | Transposed):
        inner = negated(node.x)
        return None if inner is None else replace(node, x=inner)
    if not isinstance(node, Applied) or node.op not in (ops.MUL, ops.PROD):
        return None
    first, *rest = node.args
    if not rest or not isinstance(first, Fill) or first.value != -1.0:
        return None
    return rest[0] if len(rest) == 1 else Applied(node.op, tuple(rest), node.shape)


def is_number(node: Node) -> bool:
    """Tell whether an expression is a Python number: of constants and the number of examples."""
    if isinstance(node, Applied):
        return all(map(is_number, node.args))
    return isinstance(node, Fill) or (isinstance(node, Variable) and node.name == BATCH)
