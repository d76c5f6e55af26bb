"""Addresses as plain numbers, to be compared: sizes and loop variables get values for that."""

from collections.abc import Iterator, Sequence

from .footprint import reach
from .program import For, Nest, Ref, Statement
from .sizes import Size, bound, evaluate, known, substitute
from .visit import opened, walk

_SOME_SIZE = 64  # arrays lie in the same order whatever the run-time sizes are


class Scope(dict[str, int]):
    """Sizes to compare addresses with: loop variables at their last values, the rest at some."""

    def __missing__(self, name: str) -> int:
        return _SOME_SIZE

    def inside(self, loop: For) -> "Scope":
        """Return the scope of a loop's body."""
        return Scope(self | bound(loop.var, evaluate(loop.count, self) - 1))


def nests(body: Sequence[Statement]) -> Iterator[tuple[Nest, Scope]]:
    """Yield every nest, those inside sequential loops included."""
    for statement, around in walk(body):
        scope = Scope()
        for loop in around:
            scope = scope.inside(loop)
        yield from ((s, scope) for s in opened(statement) if isinstance(s, Nest))


def span(ref: Ref, dims: Sequence[Size], scope: Scope) -> tuple[int, int]:
    """Return the lowest and the highest address of an operand in all iterations of the loops."""
    low, high = reach(ref, dims, scope)
    back = evaluate(ref.address, Scope(dict.fromkeys(scope, 0))) - evaluate(ref.address, scope)
    return known(low) + min(back, 0), known(high) + max(back, 0)


def at_start(offset: Size, scope: Scope) -> Size:
    """Return an address as it is in the first iteration of all loops."""
    return substitute(offset, dict.fromkeys(scope, 0))
