"""Sums of products as products of matrices, or stacks of them, which read both where they lie.

einsum first copies arrays of three axes and more into two, and thinks longer than a small product
takes. A product of matrices that has the batch as its columns, or sums over it, needs no copy.
"""

from collections.abc import Sequence
from typing import NamedTuple

from .program import BATCH, Contracted, Dim, Indexed, Node, Transposed

_LARGE = 64  # numbers of an example, at which matrices that are added up are no smaller than copies


class Product(NamedTuple):
    """left @ right, then the sum over its first ``summed`` axes."""

    left: Node
    right: Node
    summed: int


def product_of(node: Contracted) -> Product | None:
    """Return a sum of products of two arrays as one of matrices, None where einsum is as good."""
    operands, _, out = node.letters.partition("->")
    letters = operands.split(",")
    if len(letters) != 2:
        return None
    if len(out) == 1:
        return _of_vector(letters, out, node.args)
    if len(out) < 2:
        return None
    rows, columns = out[-2], out[-1]
    sides = dict(zip(letters, node.args))
    left = next((x for x in letters if rows in x and columns not in x), None)
    right = next((x for x in letters if columns in x and rows not in x), None)
    summed = [x for x in letters[0] if x in letters[1] and x not in out]
    if len(sides) < 2 or left is None or right is None or not summed:
        return None
    if {*left, *right} != {*out, *summed}:
        return None
    inner = "b" if "b" in summed else summed[-1]
    stacked = [x for x in summed if x != inner]
    if stacked and (inner != "b" or not _small(node.shape[-2:])):
        return None
    first = [*stacked, *out[:-2]]
    return Product(
        _laid(sides[left], left, first, rows + inner),
        _laid(sides[right], right, first, inner + columns),
        len(stacked),
    )


def _of_vector(letters: Sequence[str], out: str, args: Sequence[Node]) -> Product | None:
    """Return a sum of products of a matrix and a vector as their product."""
    vector, matrix = sorted(range(2), key=lambda k: len(letters[k]))
    summed, x, y = letters[vector], args[vector], args[matrix]
    if len(summed) == 1 and letters[matrix] == summed + out:
        return Product(x, y, 0)
    if len(summed) == 1 and letters[matrix] == out + summed:
        return Product(y, x, 0)
    return None


def _small(shape: Sequence[Dim]) -> bool:
    """Tell whether matrices are smaller than what they are products of, of a batch of some size."""
    rows, columns = shape
    if rows == BATCH or columns == BATCH:
        return False
    return int(rows) * int(columns) <= _LARGE * (int(rows) + int(columns))


def _laid(x: Node, letters: str, first: Sequence[str], last: str) -> Node:
    """Return an operand as a stack of matrices: new axes where the other one alone has some."""
    wanted = [*first, *last]
    order = tuple([letters.index(letter) for letter in wanted if letter in letters])
    if order != tuple(range(len(order))):
        x = Transposed(x, order, tuple([x.shape[k] for k in order]))
    while wanted[0] not in letters:  # added in front by broadcasting
        del wanted[0]
    if len(wanted) == len(order):
        return x
    items = tuple([slice(None) if letter in letters else None for letter in wanted])
    sizes = iter(x.shape)
    return Indexed(x, items, tuple([1 if item is None else next(sizes) for item in items]))
