"""How to run through a nest: which dim goes along the lanes of a vector.

Along the lanes every operand should lie side by side or stay the same. Either a dim of the nest
does so ("outer": each lane is an element of the target), or one that is reduced ("inner": the lanes
are added up at the end). The cheapest by a rough count of instructions wins; what does not fit
stays one number at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, prod

from ... import ops
from ..ir.program import Apply, Expr, Nest, Ref, Schedule, Term
from ..ir.sizes import Size, evaluate, variables

VECTOR_BYTES = 64  # the widest vectors; rows of padded arrays are a multiple of it
_USUAL_BATCH, _USUAL_SIZE = 256, 8  # of dims known at run time only
_COSTS = {"exp": 12, "log": 14, "tanh": 24, "sigmoid": 18, "softplus": 30, "powc": 6, "sqrt": 6}
_COSTS |= {"log1p": 20, "erf": 50, "erfc": 36, "gauss": 12}
_SLOW = {"pow", "sin", "cos", "expm1", "logsumexp"}  # lane by lane
_SLOW_COST = 20.0
_EXTREME = 2  # of nan and another, too; a sum is taken with its product


@dataclass(frozen=True, slots=True)
class Target:
    """What C is made for.

    Attributes:
        lanes: of the widest vectors.
        strict: whether sums keep their order.
        registers: for vectors; half of them and more hold the sums of a block.
    """

    lanes: int
    strict: bool = False
    registers: int = 32

    @property
    def sums(self) -> int:
        """How many sums a block has at most: their operands need registers, too."""
        return 16 if self.registers >= 32 else 12

    @property
    def halves(self) -> int:
        """How many vectors there are at least in what the widest ones of any processor hold."""
        return 1 if self.registers >= 32 else 2


def width(dtype: str) -> int:
    """Return the lanes of the widest vectors."""
    return VECTOR_BYTES // {"float64": 8, "float32": 4}[dtype]


def usual(size: Size) -> int:
    """Guess a size."""
    guesses = {n: _USUAL_BATCH if n in "BP" else _USUAL_SIZE for n in variables(size)}
    return max(1, evaluate(size, guesses))


def operands(expr: Expr) -> Iterator[Ref]:
    """Yield the memory operands of an expression, without their indices."""
    if isinstance(expr, Ref):
        yield expr
    elif isinstance(expr, Apply):
        for arg in expr.args:
            yield from operands(arg)


def along(strides: Sequence[Size], dim: int) -> Size:
    """Return the stride of a dim, 0 where there is none."""
    return strides[dim] if dim < len(strides) else 0


def irregular(ref: Ref, dim: int) -> bool:
    """Tell whether a table or a run-time index changes along a dim."""
    if ref.table is not None and along(ref.table.strides, dim) != 0:
        return True
    index = ref.index
    return index is not None and (along(index.strides, dim) != 0 or irregular(index, dim))


class Costs:
    """What nests cost on a target, each worked out once: one number at a time, and along a dim."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._of: dict[tuple[int, int | None], tuple[Nest, float | None]] = {}

    def together(self, group: Sequence[Nest], nest: Nest) -> bool:
        """Tell whether a nest shares the loops of a group without loss."""
        apart = self.best(group)[0] + self.best([nest])[0]
        cost, choice = self.best([*group, nest])
        return choice.lanes is not None and cost <= apart * 1.01

    def along_lanes(self, nests: Sequence[Nest]) -> bool:
        """Tell whether nests of equal dims run together with a dim of theirs along the lanes."""
        return self.best(nests)[1].lanes is not None

    def best(self, nests: Sequence[Nest]) -> tuple[float, Schedule]:
        """Return the least cost of nests of equal dims that share their loops, and how to run."""
        best, choice = self._sum(nests, None), Schedule()
        assert best is not None
        for dim, extent in enumerate(nests[0].dims):
            cost = self._sum(nests, dim) if extent != 1 else None
            if cost is not None and cost < best:
                best, choice = cost, Schedule(dim)
        if len(nests) == 1 and not self.target.strict:
            nest, width = nests[0], self.target.lanes
            inner = [_inner(nest, term, width) for term in nest.terms]
            cost = _cost(nest, None, inner, width)
            if any(i is not None for i in inner) and cost < best:
                best, choice = cost, Schedule(None, tuple(inner))
        return best, choice

    def _sum(self, nests: Sequence[Nest], lanes: int | None) -> float | None:
        """The cost of nests with a dim along the lanes; None where one of them cannot."""
        total = 0.0
        for nest in nests:
            cost = self._cost(nest, lanes)
            if cost is None:
                return None
            total += cost
        return total

    def _cost(self, nest: Nest, lanes: int | None) -> float | None:
        key = id(nest), lanes
        if key not in self._of:
            cost = None
            if lanes is None or _fits(nest, lanes):
                width = 1 if lanes is None else self.target.lanes
                cost = _cost(nest, lanes, [None] * len(nest.terms), width)
            self._of[key] = nest, cost  # with the nest, so that its identity stays
        return self._of[key][1]


def heavy(expr: Expr) -> bool:
    """Tell whether an expression is so long in C that it should not stand there many times."""
    if not isinstance(expr, Apply):
        return False
    long = expr.op.name in _SLOW or _COSTS.get(expr.op.name, 0) > 10
    return long or any(map(heavy, expr.args))


def _fits(nest: Nest, dim: int) -> bool:
    refs = [nest.target, *(ref for term in nest.terms for ref in operands(term.expr))]
    return along(nest.target.strides, dim) != 0 and not any(irregular(ref, dim) for ref in refs)


def _inner(nest: Nest, term: Term, width: int) -> int | None:
    """The reduced dim of a term that is cheapest along the lanes, None for one number at a time."""
    best, choice = _term_cost(nest, term, None, 1), None
    for dim in range(len(nest.dims), len(nest.dims) + len(term.dims)):
        if not any(irregular(ref, dim) for ref in operands(term.expr)):
            cost = _term_cost(nest, term, dim, width)
            if cost < best:
                best, choice = cost, dim
    return choice


def _cost(nest: Nest, lanes: int | None, inner: Sequence[int | None], width: int) -> float:
    """Instructions, roughly, of a whole nest."""
    total = 0.0
    for term, dim in zip(nest.terms, inner, strict=True):
        lane = dim if lanes is None else lanes
        total += _term_cost(nest, term, lane, width if lane is not None else 1)
        total += 4.0 * prod(map(usual, nest.dims)) if dim is not None else 0.0
    vector = width if lanes is not None else 1
    return total + _steps(nest.dims, lanes, vector) * _access(nest.target, lanes, vector)


def _term_cost(nest: Nest, term: Term, lane: int | None, width: int) -> float:
    steps = _steps(nest.dims + term.dims, lane, width)
    work = _work(term.expr, width) + (_EXTREME if _takes_extremes(nest, term) else 0)
    return steps * (work + sum(_access(r, lane, width) for r in operands(term.expr)))


def _takes_extremes(nest: Nest, term: Term) -> bool:
    return bool(term.dims) and nest.reduce in (ops.MAXIMUM, ops.MINIMUM)


def _steps(dims: Sequence[Size], lane: int | None, width: int) -> int:
    return prod(ceil(usual(d) / width) if i == lane else usual(d) for i, d in enumerate(dims))


def _access(ref: Ref, lane: int | None, width: int) -> float:
    stride = 0 if lane is None else along(ref.strides, lane)
    apart = 2.0 * width if width > 1 else 1.0
    return {0: 0.5, 1: 1.0}.get(stride, apart) if isinstance(stride, int) else apart


def _work(expr: Expr, width: int) -> float:
    if not isinstance(expr, Apply):
        return 0.0
    own = _SLOW_COST * width if expr.op.name in _SLOW else _COSTS.get(expr.op.name, 1)
    if width == 1 and expr.op.name in _COSTS:
        own = _SLOW_COST
    return own * max(1, len(expr.args) - 1) + sum(_work(a, width) for a in expr.args)
