"""What loops cost, roughly: in operations on whole vectors, where these are possible."""

from math import prod

from ..ir.program import Nest, Statement, refs
from ..ir.sizes import evaluate

_VECTOR = 8
_SUM_ACROSS = 6  # the cost of adding up the lanes of one vector, in vector operations
_TYPICAL = {"B": 64, "P": 64}


def cost(statements: list[Statement]) -> float:
    """Return an estimate for all nests, to compare two orders of the same arrays."""
    return sum(_nest_cost(s) for s in statements if isinstance(s, Nest))


def _nest_cost(nest: Nest) -> float:
    """Estimate vector operations: the best dim along which all operands have stride 1 or 0."""
    total = 0.0
    for term in nest.terms:
        dims = [evaluate(d, _TYPICAL) for d in (*nest.dims, *term.dims)]
        work = prod(dims)
        operands = [nest.target, *refs(term.expr)]
        best = float(work)
        for d, dim in enumerate(dims):
            along = [r.strides[d] if d < len(r.strides) else 0 for r in operands]
            if dim < 2 or any(s not in (0, 1) for s in along):
                continue
            vectors = work / dim * -(-dim // _VECTOR)
            if along[0] == 0:
                vectors += work / dim * _SUM_ACROSS
            best = min(best, vectors)
        total += best
    return total
