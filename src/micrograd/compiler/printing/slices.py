"""Which part of an array an operand is, in words: x[t + 1]; x[2:18]; x[t][16], the t-th sixteen."""

from collections.abc import Iterator
from itertools import pairwise

from ..ir.scope import Scope
from ..ir.sizes import Poly, Size, evaluate
from .formulas import divided, size


def part(
    name: str, inside: list[str], own: list[tuple[Size, Size]], begin: Size
) -> tuple[str, list[str]]:
    """Write a part of an array: x[t + 1]; x[2:18]; x[2::5][3]; x[5:][3,16]; x[t][16], a block."""
    if not own:
        return name, [size(begin)]
    joined = list(joined_dims(own, Scope()))
    if isinstance(begin, Poly) and len(joined) == 1 and joined[0][0] == 1:
        block = divided(begin, joined[0][1])
        if block is not None:
            return f"{name}[{size(block)}]", inside
    if isinstance(begin, int) and len(own) == 1 and own[0][0] == 1:
        return name, [f"{size(begin)}:{size(begin + own[0][1])}"]
    if isinstance(begin, int) and len(own) == 1:
        return f"{name}[{begin}::{size(own[0][0])}]", inside
    return f"{name}[{size(begin)}:]", inside


def joined_dims(own: list[tuple[Size, Size]], scope: Scope) -> Iterator[tuple[Size, Size]]:
    """Yield (stride, dim) of a view, with dims that follow each other in memory as one."""
    rest = sorted(own, key=lambda sd: [evaluate(x, scope) for x in sd])
    while rest:
        stride, dim = rest.pop(0)
        while rest and rest[0][0] == stride * dim:
            dim = dim * rest.pop(0)[1]
        yield stride, dim


def outer_first(own: list[tuple[Size, Size]], scope: Scope) -> list[tuple[Size, Size]]:
    """Order dims as they lie in memory, so that an array's shape reads the same everywhere."""
    ordered = sorted(own, key=lambda sd: -evaluate(sd[0], scope))
    steps = [(evaluate(s, scope), evaluate(s * d, scope)) for s, d in ordered]
    nested = all(outer >= reach for (outer, _), (_, reach) in pairwise(steps))
    return ordered if nested else own  # windows that overlap keep the order of the loops
