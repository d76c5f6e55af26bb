"""Addresses as plain numbers, to be compared: sizes and loop variables get values for that."""

from collections.abc import Iterator, Sequence

from ..ir import For, Nest, Ref, Statement
from ..sizes import Size, bound, evaluate, substitute

_SOME_SIZE = 64  # arrays lie in the same order whatever the run-time sizes are


class Scope(dict[str, int]):
    """Sizes to compare addresses with: loop variables at their last values, the rest at some."""

    def __missing__(self, name: str) -> int:
        return _SOME_SIZE

    def inside(self, loop: For) -> "Scope":
        """Return the scope of a loop's body."""
        return Scope(self | bound(loop.var, evaluate(loop.count, self) - 1))


def nests(body: Sequence[Statement], scope: Scope) -> Iterator[tuple[Nest, Scope]]:
    """Yield every nest, those inside sequential loops included."""
    for statement in body:
        if isinstance(statement, For):
            yield from nests(statement.body, scope.inside(statement))
        elif isinstance(statement, Nest):
            yield statement, scope


def span(ref: Ref, dims: Sequence[Size], scope: Scope) -> tuple[int, int]:
    """Return the lowest and the highest address that an operand may have."""
    ends = [evaluate(ref.offset, at) for at in (scope, Scope(dict.fromkeys(scope, 0)))]
    moves = [
        [0, evaluate(stride, scope) * (evaluate(dim, scope) - 1)]
        for stride, dim in zip(ref.strides, dims)
    ]
    if ref.table is not None:
        moves.append([x * evaluate(ref.table.scale, scope) for x in ref.table.values or (0,)])
    if ref.index is not None:
        moves.append([0, evaluate(ref.row, scope) * (evaluate(ref.rows, scope) - 1)])
    return min(ends) + sum(map(min, moves)), max(ends) + sum(map(max, moves))


def at_start(offset: Size, scope: Scope) -> Size:
    """Return an address as it is in the first round of all loops."""
    return substitute(offset, dict.fromkeys(scope, 0))
