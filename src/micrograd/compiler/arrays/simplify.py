"""Expressions with fewer transposes: what is turned and turned back, or can be read as it lies.

The batch lies last, and einsum, sums and products of arrays take axes in any order. A transpose
that is left over is a copy in PyTorch and NumPy as soon as a product of matrices reads it.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from ... import ops
from .program import (
    Applied,
    Contracted,
    Expanded,
    Fill,
    Indexed,
    Item,
    Node,
    Reduced,
    Shape,
    Transposed,
)
from .visit import inside, rebuilt

_ALL = slice(None)


def simplified(node: Node) -> Node:
    """Return the same numbers by fewer operations."""
    node = rebuilt(node, simplified)
    match node:
        case Transposed(x, order):
            return _transposed(x, order)
        case Contracted():
            return _contracted(node)
        case Reduced():
            return _reduced(node)
        case Applied(op, args) if op.partials and all(isinstance(arg, Fill) for arg in args):
            return Fill(op(*[arg.value for arg in args if isinstance(arg, Fill)]))
        case Applied(op, (x, y)) if op in (ops.ADD, ops.SUM) and _alike(x, y):
            return Applied(ops.MUL, (Fill(2.0), x), node.shape)
        case Applied(op, args):
            return Applied(op, _without_expanding(args, node.shape), node.shape)
    return node


def _transposed(x: Node, order: Sequence[int]) -> Node:
    """Return x with its axes in another order, turning what x is made of where that is less."""
    order, shape = tuple(order), tuple([x.shape[k] for k in order])
    if order == tuple(range(len(order))):
        return x
    plain = Transposed(x, order, shape)
    match x:
        case Transposed(inner, before):
            return _transposed(inner, [before[k] for k in order])
        case Contracted(letters, args):
            operands, _, out = letters.partition("->")
            return Contracted(f"{operands}->{''.join([out[k] for k in order])}", args, shape)
        case Expanded(Indexed() as part, _) if len(part.shape) == len(order):
            inner = _transposed(part, order)
            return plain if isinstance(inner, Transposed) else Expanded(inner, shape)
        case Indexed(inner, items):
            turned = _reordered(inner, items, order)
            return plain if turned is None else Indexed(inner, turned, shape)
        case Applied(op, args):
            turned_args = tuple([_aligned(arg, order) for arg in args])
            made = Applied(op, turned_args, shape)
            return made if _turns(made) < _turns(plain) else plain
    return plain


def _reordered(x: Node, items: Sequence[Item], order: Sequence[int]) -> tuple[Item, ...] | None:
    """Return an index that only adds axes, with its axes in another order; None if that is none."""
    if any(item is not None and item != _ALL for item in items):
        return None
    every = [*items, *[_ALL] * (len(x.shape) - sum(item == _ALL for item in items))]
    kept = [k for k in order if every[k] is not None]
    return tuple([every[k] for k in order]) if kept == sorted(kept) else None


def _aligned(arg: Node, order: Sequence[int]) -> Node:
    """Return an argument that broadcasts, for a result whose axes are in another order."""
    missing = len(order) - len(arg.shape)
    if not arg.shape:
        return arg
    if missing:
        items = (*(None,) * missing, *(_ALL,) * len(arg.shape))
        arg = Indexed(arg, items, (*(1,) * missing, *arg.shape))
    return _transposed(arg, order)


def _contracted(node: Contracted) -> Node:
    """Read operands as they lie."""
    operands, _, out = node.letters.partition("->")
    letters, args = operands.split(","), list(node.args)
    for k, arg in enumerate(args):
        args[k], order = _as_it_lies(arg)
        letters[k] = "".join([letters[k][axis] for axis in order])
    return Contracted(f"{','.join(letters)}->{out}", tuple(args), node.shape)


def _reduced(node: Reduced) -> Node:
    """Sum over an axis where it lies."""
    x, order = _as_it_lies(node.x)
    kept = [axis for axis in order if axis not in node.axes]
    if kept != sorted(kept):
        return node
    axes = tuple(sorted([order.index(axis) for axis in node.axes]))
    return Reduced(node.op, x, axes, node.shape)


def _as_it_lies(x: Node) -> tuple[Node, list[int]]:
    """Return x with its axes in the order that takes fewest transposes, and which order that is."""
    for inner in inside(x):
        if isinstance(inner, Transposed) and len(inner.order) == len(x.shape):
            order = np.argsort(inner.order).tolist()
            turned = _transposed(x, order)
            if _turns(turned) < _turns(x):
                return turned, order
    return x, list(range(len(x.shape)))


def _without_expanding(args: Sequence[Node], shape: Shape) -> tuple[Node, ...]:
    """Let arguments broadcast by themselves where another one has the whole shape."""
    whole = [arg for arg in args if arg.shape == shape and not _is_expanded(arg)]
    return tuple([_bare(arg) for arg in args]) if whole else tuple(args)


def _bare(arg: Node) -> Node:
    """Return an argument without what broadcasting does by itself."""
    if _is_expanded(arg):
        arg = arg.x  # type: ignore[union-attr]
    if isinstance(arg, Indexed) and arg.items[0] is None:
        return arg.x if all(item == _ALL for item in arg.items[1:]) else arg
    return arg


def _is_expanded(node: Node) -> bool:
    return isinstance(node, Expanded) and not isinstance(node.x, Fill)


def _turns(node: Node) -> int:
    """Count transposes."""
    return sum([isinstance(inner, Transposed) for inner in inside(node)])


def _alike(a: Any, b: Any) -> bool:
    """Tell whether two expressions are the same."""
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(_alike, a, b))
    if isinstance(a, np.ndarray):
        return a is b
    if isinstance(a, Node):
        return all(_alike(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    return bool(a == b)
