"""Large products of matrices: loops over them are blocked for the cache, by ``c/contract.inc``.

A dense layer is one in each of its three uses: c[i, j] = Σ_k a[i, k]·b[k, j] is what it computes
(rows are neurons, columns examples), its input's gradient (rows are inputs), and its weights'
(columns are inputs). Small ones lie in the nearest cache as a whole, and stay loops.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod

from ... import ops
from ..ir.program import Apply, Fused, Nest, Program, Ref, Schedule, Statement
from ..ir.visit import Simple, regrouped
from .regions import Regions
from .schedules import Target, along, usual

_LEAST = 1 << 20  # products of two numbers
_SIDES = 8, 16, 16  # the fewest rows and columns, and terms of a sum


@dataclass(frozen=True, slots=True)
class Matmul:
    """A sum of products in a nest: its operands, and which dims are what.

    Along ``rows`` only ``a`` moves, along ``columns`` only ``b``, the target by 1; ``depth`` is
    what is summed over, and at each index of the dims ``around`` it is another product.
    """

    a: Ref
    b: Ref
    rows: int
    columns: int
    depth: int
    around: tuple[int, ...]


def pack_products(program: Program, target: Target) -> Program:
    """Let large products of matrices be blocked for the cache."""
    regions = Regions(target.lanes)

    def packed(s: Simple | Fused) -> Iterator[Statement]:
        if isinstance(s, Nest) and _large(s) and _in_order(s, target.strict) and _apart(s, regions):
            yield Fused((s,), (True,), Schedule(packed=True))
        else:
            yield s

    forward, backward = (regrouped(body, packed) for body in (program.forward, program.backward))
    return replace(program, forward=forward, backward=backward)


def matmul(nest: Nest) -> Matmul | None:
    """Return what is a product of matrices in a nest, None where nothing is, or not all sums."""
    sums = [term for term in nest.terms if term.dims]
    if len(sums) != 1 or len(sums[0].dims) != 1 or nest.reduce is not ops.SUM or nest.scatter:
        return None
    expr, depth = sums[0].expr, len(nest.dims)
    if not (isinstance(expr, Apply) and expr.op in (ops.MUL, ops.PROD) and len(expr.args) == 2):
        return None
    a, b = expr.args
    if not (isinstance(a, Ref) and isinstance(b, Ref)) or _indirect(a, b, nest.target):
        return None
    columns = next((d for d, s in enumerate(nest.target.strides) if s == 1), None)
    if columns is None:
        return None
    if along(a.strides, columns) != 0:
        a, b = b, a
    others = [d for d in range(depth) if d != columns]
    rows = [d for d in others if along(b.strides, d) == 0 != along(nest.target.strides, d)]
    moving = along(a.strides, depth) != 0 and along(b.strides, depth) != 0
    if not rows or not moving or along(a.strides, columns) != 0 or along(b.strides, columns) == 0:
        return None
    longest = max(rows, key=lambda d: usual(nest.dims[d]))
    around = tuple([d for d in others if d != longest])
    return Matmul(a, b, longest, columns, depth, around)


def _indirect(*refs: Ref) -> bool:
    return any(ref.table is not None or ref.index is not None for ref in refs)


def _large(nest: Nest) -> bool:
    if sum(len(term.dims) for term in nest.terms) != 1:
        return False
    product = matmul(nest)
    if product is None:
        return False
    (dims,) = [term.dims for term in nest.terms if term.dims]
    sides = [nest.dims[product.rows], nest.dims[product.columns], *dims]
    counts = [usual(side) for side in sides]
    return prod(counts) >= _LEAST and all(n >= least for n, least in zip(counts, _SIDES))


def _in_order(nest: Nest, strict: bool) -> bool:
    """Tell whether the sum may begin with its single terms, and with what is there."""
    return not strict or not (nest.accumulate or any(not t.dims for t in nest.terms[1:]))


def _apart(nest: Nest, regions: Regions) -> bool:
    """Tell whether the product writes nothing that it reads."""
    written = regions.of(nest.dims, nest.target)
    (term,) = [term for term in nest.terms if term.dims]
    assert isinstance(term.expr, Apply)
    dims = (*nest.dims, *term.dims)
    return not any(
        regions.of(dims, ref).meets(written) for ref in term.expr.args if isinstance(ref, Ref)
    )
