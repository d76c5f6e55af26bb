"""``backward()`` in a trace as a mark: the loops before it are differentiated, not their scalars.

A mark ends a stage. The stage is a program of its own, whose last number is differentiated as that
of any compiled function; its gradients are an input of the stages behind it. What does not suit is
traced, scalar by scalar: a graph that an earlier stage has begun, or whose leaves were set since.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...engine import Value
from ...value.modes import changed
from ...value.number import Number
from ..errors import JitError

_MOST = 8  # stages are built one by one


class NotInStages(JitError):
    """Something needs what marks leave out; the function is to be traced without them."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a stage begins and ends on the tape, what it differentiates, and by which leaves.

    ``gradients`` are the numbers that stand for the gradients of ``leaves`` from there on.
    """

    begins: int
    ends: int
    out: Value
    leaves: list[Value]
    gradients: list[Number]


class Marks:
    """The marks of a trace.

    Args:
        tape: of the trace.
        version_of: the number that the data of a Value was set to last, and since when; or None.
        is_new: tells whether a Value was made by the function.
        is_batched: tells whether a Value has a batch axis.
        ranks: of the Values that the function finds in lists and modules, by identity.
    """

    def __init__(
        self,
        tape: list[Value],
        version_of: Callable[[Value], tuple[int, Value] | None],
        is_new: Callable[[Value], bool],
        is_batched: Callable[[Value], bool],
        ranks: Mapping[int, int],
    ) -> None:
        self._tape, self._version_of = tape, version_of
        self._is_new, self._is_batched, self._ranks = is_new, is_batched, ranks
        self.made: list[Mark] = []
        self._places: dict[int, int] = {}
        self._looked_through = 0

    def mark(self, out: Value, order: Sequence[Value], computed: Sequence[Value]) -> Mark | None:
        """End a stage by ``out``; None where it is to be traced instead.

        Args:
            out: what is differentiated.
            order: what it is computed from.
            computed: that of it to whose parents backward goes on.
        """
        begins = self.made[-1].ends if self.made else 0
        inner = set(map(id, computed))
        leaves = [v for v in order if id(v) not in inner and not isinstance(v, Number)]
        leaves = [v for v in leaves if not self._is_new(v)]
        for v in leaves:
            since = self._version_of(v)
            if since is not None and not since[1].parents:
                return None  # set to a constant, of which there is no gradient
            begins = max(begins, since[0] if since else 0)
        whole = all(self._place(v) >= begins and self._is_plain(v) for v in computed)
        if not leaves or not whole or self._is_batched(out) or len(self.made) == _MOST:
            return None
        leaves.sort(key=lambda v: self._ranks.get(id(v), len(self._ranks)))  # as optimisers go
        gradients = [Number(x) for x in _gradients(out, leaves)]
        self.made.append(Mark(begins, len(self._tape) - len(leaves), out, leaves, gradients))
        return self.made[-1]

    def _place(self, value: Value) -> int:
        """Where a value stands on the tape; -1 for one from outside."""
        for place in range(self._looked_through, len(self._tape)):
            self._places[id(self._tape[place])] = place
        self._looked_through = len(self._tape)
        return self._places.get(id(value), -1)

    def _is_plain(self, v: Value) -> bool:
        by_op = v._closure is None and v.op is not None and v.op.partials is not None
        return by_op and self._version_of(v) is None


def _gradients(out: Value, leaves: Sequence[Value]) -> list[float]:
    """The gradients in the numbers of the traced call, by which its branches are taken."""
    kept = [v._grad for v in leaves]
    for v in leaves:
        v._grad = 0.0
    with changed(tracer=None):
        out.backward()
    gradients = [v._grad for v in leaves]
    for v, grad in zip(leaves, kept):
        v._grad = grad
    return gradients
