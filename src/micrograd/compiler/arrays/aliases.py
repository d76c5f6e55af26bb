"""Which expressions show the numbers of a variable, where a library's arrays share memory."""

from ... import ops
from .program import Applied, Expanded, Indexed, Node, Reshaped, Transposed, Variable
from .visit import children


def viewed(node: Node) -> str:
    """Return the name of the variable whose numbers an expression may show, not have of its own."""
    while not isinstance(node, Variable):
        if isinstance(node, Indexed | Reshaped | Transposed | Expanded):
            node = node.x
        elif is_same(node):
            node = children(node)[0]
        else:
            return ""
    return node.name


def is_same(node: Node) -> bool:
    """Tell whether an expression is its only argument, as it is."""
    same = (ops.SUM, ops.PROD, ops.DETACH)
    return isinstance(node, Applied) and len(node.args) == 1 and node.op in same
