"""What a nest computes: the sum, product, largest or smallest over the dims of its terms."""

from collections.abc import Callable, Sequence

from ... import ops
from ...ops import Op
from ..ir.program import Apply, Expr, Literal, Nest, Term
from ..ir.sizes import Size
from .expressions import Expressions, Piece
from .program import (
    BATCH,
    Accumulated,
    Contracted,
    Expanded,
    Fill,
    Joined,
    Node,
    Reduced,
    Reshaped,
    Transposed,
    Variable,
)

_LETTERS = "ijklmnopqrstuvwxyzacdefgh"


def value_of(
    nest: Nest, make: Callable[[Sequence[Size]], Expressions], strict: bool = False
) -> Piece:
    """Return what a nest computes, with the axes of its dims.

    Args:
        nest: what computes it.
        make: gives the expressions over some dims.
        strict: whether a sum or product is in the order in which it is written.
    """
    if strict and nest.reduce in (ops.SUM, ops.PROD):
        return _in_order(nest, make)

    def one(term: Term) -> Piece:
        made, kept = make((*nest.dims, *term.dims)), len(nest.dims)
        if not term.dims:
            return made.piece(term.expr)
        if nest.reduce is ops.SUM:
            return _summed(made, term.expr, kept)
        return _reduced(made, nest.reduce, term.expr, kept)

    terms = sorted(nest.terms, key=lambda term: not term.dims)
    pieces = [one(term) for term in terms]
    if len(pieces) == 1:
        return pieces[0]
    return make(nest.dims).applied(nest.reduce, pieces)


def _in_order(nest: Nest, make: Callable[[Sequence[Size]], Expressions]) -> Piece:
    """Return the sum or product of all terms, one element after the other."""
    kept = len(nest.dims)
    makers = [make((*nest.dims, *term.dims)) for term in nest.terms]
    pieces = [made.piece(term.expr) for made, term in zip(makers, nest.terms)]
    if not any(term.dims for term in nest.terms):
        return pieces[0] if len(pieces) == 1 else make(nest.dims).applied(nest.reduce, pieces)
    left = tuple(sorted({a for piece in pieces for a in piece.axes if a < kept}))
    shape = make(nest.dims).shape(left)
    rows: list[Node] = []
    for made, piece in zip(makers, pieces):
        over = tuple(range(kept, len(made.dims)))
        axes = (*left, *over)
        if not axes:  # a single number, of which there is no array yet
            rows.append(Expanded(piece.node, (1,)))
            continue
        full = piece.full(axes, made.shape(axes))
        order = (*range(len(left), len(axes)), *range(len(left)))
        turned = Transposed(full, order, (*made.shape(over), *shape))
        rows.append(Reshaped(turned, (-1, *shape)))
    joined = rows[0] if len(rows) == 1 else Joined(tuple(rows), (-1, *shape))
    return Piece(Accumulated(nest.reduce, joined, shape), left)


def _summed(made: Expressions, expr: Expr, kept: int) -> Piece:
    """Return the sum of an expression over the axes after the first ``kept``."""
    factors = [f for f in _factors(expr) if not isinstance(f, Literal)]
    numbers = [Fill(f.value) for f in _factors(expr) if isinstance(f, Literal)]
    pieces = _joined(made, [made.piece(f) for f in factors])
    moving = {axis for piece in pieces for axis in piece.axes}
    idle = [d for a, d in enumerate(made.dims) if a >= kept and a not in moving and d != 1]
    left = tuple(sorted(axis for axis in moving if axis < kept))
    shape = tuple([made.dims[axis] for axis in left])
    if len(pieces) == 1 and left == tuple(sorted(moving)):
        total = pieces[0]
    elif len(pieces) == 1:
        (piece,) = pieces
        over = tuple([k for k, axis in enumerate(piece.axes) if axis >= kept])
        rest = tuple([axis for axis in piece.axes if axis < kept])
        node = Reduced(ops.SUM, piece.node, over, tuple([made.dims[a] for a in rest]))
        total = Piece(node, rest)
    elif pieces:
        letters = [_letters(made, piece.axes) for piece in pieces]
        spec = f"{','.join(letters)}->{_letters(made, left)}"
        nodes = tuple([piece.node for piece in pieces])
        total = Piece(Contracted(spec, nodes, shape), left)
    else:
        total = Piece(Fill(1.0))
    repeated = [Variable(BATCH, ()) if d == BATCH else Fill(float(d)) for d in idle]
    scale = [*numbers, *repeated]
    return made.applied(ops.PROD, [*map(Piece, scale), total]) if scale else total


def _joined(made: Expressions, pieces: list[Piece]) -> list[Piece]:
    """Multiply factors of the same axes, and of more than two each into one with all its axes.

    Two others are for einsum: a vector and a matrix, say.
    """
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: -len(p.axes)):
        same = next((k for k, p in enumerate(kept) if set(p.axes) == set(piece.axes)), None)
        if same is None:
            kept.append(piece)
        else:
            kept[same] = made.applied(ops.MUL, [kept[same], piece])
    while len(kept) > 2:
        last = set(kept[-1].axes)
        k = next((k for k, p in enumerate(kept[:-1]) if last <= set(p.axes)), None)
        if k is None:
            break
        kept[k] = made.applied(ops.MUL, [kept[k], kept.pop()])
    return kept


def _letters(made: Expressions, axes: Sequence[int]) -> str:
    plain = [axis for axis, d in enumerate(made.dims) if d != BATCH]
    return "".join(["b" if made.dims[a] == BATCH else _LETTERS[plain.index(a)] for a in axes])


def _reduced(made: Expressions, op: Op, expr: Expr, kept: int) -> Piece:
    """Return the product, the largest or the smallest over the axes after the first."""
    piece = made.piece(expr).ordered()
    if op is ops.PROD:  # what does not move counts as often as it stands there
        axes = tuple(sorted({*piece.axes, *range(kept, len(made.dims))}))
        piece = Piece(piece.full(axes, tuple([made.dims[a] for a in axes])), axes)
    over = tuple([k for k, axis in enumerate(piece.axes) if axis >= kept])
    rest = tuple([axis for axis in piece.axes if axis < kept])
    if not over:
        return piece
    return Piece(Reduced(op, piece.node, over, tuple([made.dims[a] for a in rest])), rest)


def _factors(expr: Expr) -> list[Expr]:
    if isinstance(expr, Apply) and expr.op in (ops.MUL, ops.PROD):
        return [factor for arg in expr.args for factor in _factors(arg)]
    return [expr]
