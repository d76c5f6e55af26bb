"""Loops: what rerolling finds, differentiation transforms, and the back ends print.

A ``Program`` works on arrays of floats, in the end in one memory, and on gradients of the same
shape. A ``Nest`` computes one element for each index of its dims; where operand element [i, j, ...]
lies in its array is affine in the indices, but for an optional index table and an optional run-time
index. Everything is a plain printable value.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import is_
from typing import Any, TypeVar

from ... import ops
from ...ops import Op
from ...value.arithmetic import Arithmetic
from .array import MEMORY, Array, Placement
from .sizes import Poly, Size, evaluate

BATCH = Poly.var("B")  # how many examples a batch has, known at run time only
PADDED = Poly.var("P")  # the same, rounded up to whole vectors: the length of a batched row
WHOLE_VECTORS = 16  # numbers, of float64 and of float32 alike: what rows of examples are padded to

_T = TypeVar("_T")


class Expr(Arithmetic):
    """An expression of one element, with the arithmetic that derivative rules are written in."""

    @staticmethod
    def _apply(op: Op, *args: Any) -> "Expr":
        return simplified(op, *(a if isinstance(a, Expr) else Literal(float(a)) for a in args))


@dataclass(frozen=True, slots=True)
class Literal(Expr):
    """A constant that is the same for every element."""

    value: float


@dataclass(frozen=True, slots=True)
class Scalar(Expr):
    """A number given at each call and the same for every element: a learning rate, 1/n."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Offsets that follow no rule: ``values[Σ strides·index] * scale`` is added to the address.

    Tables are run-time arrays, never source text.
    """

    name: str
    values: tuple[int, ...]
    strides: tuple[Size, ...]
    scale: Size = 1


@dataclass(frozen=True, slots=True)
class Ref(Expr):
    """An operand: element [i, j, ...] of an array, at offset + i·strides[0] + j·strides[1] + ...

    ``strides`` has one entry per dim of the nest, then one per dim of the term it stands in.
    ``grad`` means the gradient memory. ``index`` is for ``take``: it refers to a value k in memory
    (a whole number), and k·row is added, 0 <= k < rows. ``padded``: along its dim of stride 1 there
    is room up to a multiple of the vector width.
    """

    offset: Size
    strides: tuple[Size, ...]
    grad: bool = False
    table: Table | None = None
    index: "Ref | None" = None
    row: Size = 0
    rows: Size = 0
    padded: bool = False
    array: Array = field(default=MEMORY, hash=False)

    @property
    def address(self) -> Size:
        """Where it begins in memory."""
        return self.array.start + self.offset

    def at(self, address: Size) -> "Ref":
        """Return it where it begins at another address of its array."""
        return replace(self, offset=address - self.array.start)

    def within(self, array: Array) -> "Ref":
        """Return it as one of another array, at the same address."""
        if array is self.array:
            return self
        return replace(self, array=array, offset=self.address - array.start)

    def with_strides(self, change: Callable[[tuple[Size, ...]], tuple[Size, ...]]) -> "Ref":
        """Return it over other dims: its strides, its table's and its index's changed alike."""
        return replace(
            self,
            strides=change(self.strides),
            table=self.table and replace(self.table, strides=change(self.table.strides)),
            index=self.index and self.index.with_strides(change),
        )


@dataclass(frozen=True, slots=True)
class Apply(Expr):
    """An op of expressions."""

    op: Op
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """What is reduced: the expression at every index of ``dims``, which follow the nest's dims."""

    dims: tuple[Size, ...]
    expr: Expr


@dataclass(frozen=True, slots=True)
class Nest:
    """target[dims] = reduce over the terms and over each term's dims (``+=`` when it accumulates).

    ``reduce`` is SUM, PROD, MAXIMUM or MINIMUM; a single term without dims is a plain
    element-by-element computation. ``scatter``: several indices may share a target, so the sum must
    be made one after the other.
    """

    dims: tuple[Size, ...]
    target: Ref
    terms: tuple[Term, ...]
    reduce: Op = ops.SUM
    accumulate: bool = False
    scatter: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """The gradient of an extreme: grad[first candidate equal to the result] += grad[result].

    ``candidates`` has strides over dims + (the reduced dims); ``result`` over dims.
    """

    dims: tuple[Size, ...]
    reduced: tuple[Size, ...]
    candidates: Ref
    result: Ref
    reduce: Op = ops.MAXIMUM


@dataclass(frozen=True, slots=True)
class For:
    """Run the body for var = 0, 1, ..., count - 1, or backwards; sizes in it may hold var."""

    var: str
    count: Size
    body: tuple["Statement", ...]
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Clear:
    """grad[start : start + count] = 0, of an array or of memory."""

    start: Size
    count: Size
    array: Array = field(default=MEMORY, hash=False)

    @property
    def address(self) -> Size:
        """Where it begins in memory."""
        return self.array.start + self.start


@dataclass(frozen=True, slots=True)
class Schedule:
    """How to run through nests; the dims of a term are counted after those of its nest.

    Along the lanes of vectors goes ``lanes``, a dim of the nests, or, of each term of a single
    nest, one that is reduced: ``inner``. ``blocks`` has the dims of which several indices are taken
    at once, and how many. ``packed``: a single nest is a product of matrices, blocked
    for the cache; see ``passes.products``.
    """

    lanes: int | None = None
    inner: tuple[int | None, ...] = ()
    blocks: tuple[tuple[int, int], ...] = ()
    packed: bool = False


@dataclass(frozen=True, slots=True)
class Fused:
    """Nests of equal dims that share their loops; ``stored``: which targets memory needs.

    For each index all nests are computed, one after the other; the rest stays in registers.
    """

    nests: tuple[Nest, ...]
    stored: tuple[bool, ...]
    schedule: Schedule = Schedule()


Statement = Nest | Route | For | Clear | Fused


@dataclass(slots=True)
class Program:
    """Loops over one memory; ``str`` writes them as formulas: see ``printing.show``.

    Memory holds, from address 0: parameters, inputs, constants, then computed values, and at last
    batched arrays, one padded row of P numbers per element. ``labels`` are what people call the
    parameters, one for each.
    """

    forward: list[Statement]
    size: Size
    parameters: tuple[int, int]  # start, count
    inputs: tuple[Size, Size]
    constants: tuple[Size, tuple[float, ...]]
    outputs: tuple[Size, ...]
    backward: list[Statement] = field(default_factory=list)
    sizes: tuple[str, ...] = ()  # run-time sizes, in calling order
    scalars: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    arrays: tuple[Array, ...] = ()  # all that lies in memory
    segments: tuple[Placement, ...] = ()  # where the numbers of each argument go
    by_rounding: bool = field(default=False, compare=False)  # each product rounds by itself

    @property
    def leaves(self) -> tuple[Array, ...]:
        """The arrays as they were before any were joined."""
        return tuple([leaf for a in self.arrays for leaf in a.leaves])

    @property
    def plain(self) -> int:
        """How many addresses there are before the batched rows."""
        return evaluate(self.size, {"P": 0})

    @property
    def rows(self) -> int:
        """How many batched rows there are."""
        return evaluate(self.size, {"P": 1}) - self.plain


def simplified(op: Op, *args: Expr) -> Expr:
    """Apply an op; drop what is neutral: 1·x, x + 0 (but for zero's sign), a known condition."""
    values = [a.value if isinstance(a, Literal) else None for a in args]
    if all(v is not None for v in values):
        return Literal(op.fn(*values))
    if op in (ops.MUL, ops.PROD):
        kept = tuple(a for a, v in zip(args, values) if v != 1.0)
        return kept[0] if len(kept) == 1 else Apply(op, kept)
    if op in (ops.ADD, ops.SUM):
        kept = tuple(a for a, v in zip(args, values) if v != 0.0)
        return kept[0] if len(kept) == 1 else Apply(op, kept)
    if op.name == ops.WHERE.name and values[0] is not None:
        return args[1] if values[0] else args[2]
    if op is ops.DETACH:
        return args[0]
    return Apply(op, args)


def refs(expr: Expr) -> Iterator[Ref]:
    """Yield every memory operand of an expression, those behind run-time indices included."""
    if isinstance(expr, Ref):
        yield expr
        if expr.index is not None:
            yield expr.index
    elif isinstance(expr, Apply):
        for arg in expr.args:
            yield from refs(arg)


def in_pairs(items: Sequence[_T], join: Callable[[_T, _T], _T]) -> _T:
    """Join neighbours until one is left, by which what is written is nested least."""
    while len(items) > 1:
        joined = [join(x, y) for x, y in zip(items[::2], items[1::2])]
        items = [*joined, *items[2 * len(joined) :]]
    return items[0]


def moved(expr: Expr, change: Any) -> Expr:
    """Rebuild an expression with ``change(ref)`` in place of each of its operands."""
    if isinstance(expr, Ref):
        return change(expr)
    if isinstance(expr, Apply):
        args = tuple([moved(a, change) for a in expr.args])
        return expr if all(map(is_, args, expr.args)) else Apply(expr.op, args)
    return expr
