"""Which statements of a loop have to wait for which, from step to step and within one.

Two statements wait where one writes what the other reads or writes. Where that is, is compared as
numbers: of every address, the first and the last step that comes there. What is added may come in
any order.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..ir.footprint import ONE_EXAMPLE, Use, addresses, spans, uses
from ..ir.program import For, Nest, Route, Statement
from ..ir.sizes import evaluate, variables
from ..ir.visit import loop_variables, opened, walk

_Numbers = NDArray[np.int64]
_BETWEEN = 1 << 40  # addresses of one iteration of the loops around and of the next


class _Touched(NamedTuple):
    """An operand, in all iterations of the loops around it: ``env`` has their variables."""

    unit: int
    use: Use
    env: Mapping[str, _Numbers]
    added: bool
    low: int
    high: int


class _Addresses(NamedTuple):
    """The addresses that an operand comes to, and in which step first and last."""

    at: _Numbers
    first: _Numbers
    last: _Numbers


class Waits:
    """The order that the statements of a loop need.

    Args:
        body: of the loop, in which what is a loop counts as one statement.
        around: the loops around it, the loop itself last.
    """

    def __init__(self, body: Sequence[Statement], around: tuple[For, ...]) -> None:
        self.around = around
        self.after: list[set[int]] = [set() for _ in body]  # who has to wait for a statement
        self.itself: set[int] = set()  # what needs what it did itself in another step
        some = [t for k, s in enumerate(body) for t in self._touched(k, s)]
        met = _met(some)
        places = {k: self._places(some[k]) for k in np.flatnonzero(met.any(0)).tolist()}
        for a, b in zip(*map(np.ndarray.tolist, np.nonzero(np.triu(met)))):
            self._compare((some[a].unit, places[a]), (some[b].unit, places[b]))

    def groups(self, stays: Sequence[bool]) -> Iterator[list[int]]:
        """Yield what waits for each other, every group after those that it waits for.

        Args:
            stays: which statements stay in the loop whatever they wait for; such come together.
        """
        groups = self._together()
        of = {k: n for n, group in enumerate(groups) for k in group}
        after = [{of[m] for k in group for m in self.after[k]} - {of[group[0]]} for group in groups]
        bound = [len(g) > 1 or stays[g[0]] or g[0] in self.itself for g in groups]
        left, in_loop = dict.fromkeys(range(len(groups))), False
        while left:
            waiting = set().union(*[after[n] for n in left])
            ready = [n for n in left if n not in waiting]
            chosen = next((n for n in ready if bound[n] == in_loop), ready[0])
            in_loop = bound[chosen]
            del left[chosen]
            yield groups[chosen]

    def _together(self) -> list[list[int]]:
        """Return the statements in groups, in which each waits for each other."""
        reached = [self._reached(k) for k in range(len(self.after))]
        groups: list[list[int]] = []
        for k in range(len(self.after)):
            same = next((g for g in groups if k in reached[g[0]] and g[0] in reached[k]), None)
            if same is None:
                groups.append([k])
            else:
                same.append(k)
        return groups

    def _reached(self, k: int) -> set[int]:
        seen, left = set[int](), [k]
        while left:
            new = self.after[left.pop()] - seen
            seen |= new
            left += new
        return seen

    def _touched(self, unit: int, statement: Statement) -> Iterator[_Touched]:
        for inner, loops in walk([statement]):
            env = loop_variables((*self.around, *loops))
            for s in opened(inner):
                adds = isinstance(s, Route) or (isinstance(s, Nest) and s.accumulate)
                for use in uses(s):
                    lows, highs = spans(use.ref, use.dims, env)
                    added = adds and use.written
                    yield _Touched(unit, use, env, added, int(lows.min()), int(highs.max()))

    def _places(self, touched: _Touched) -> _Addresses:
        ref, dims = touched.use.ref, touched.use.dims
        numbers: dict[str, Any] = {**touched.env, **ONE_EXAMPLE}
        sizes = [*dims, *ref.strides, *(ref.table.strides if ref.table else ())]
        if ref.index is None and not any(variables(x) & touched.env.keys() for x in sizes):
            start = evaluate(ref.address, numbers)
            zero = dict.fromkeys(touched.env, 0)
            each = np.unique(addresses(ref, dims, zero)) - evaluate(ref.address, zero | ONE_EXAMPLE)
            at = np.reshape(start, (-1, 1)) + each
        else:  # all between its ends
            low, high = spans(ref, dims, touched.env)
            at = np.minimum(low[:, None] + np.arange((high - low).max() + 1), high[:, None])
        step, outer = self._steps(touched.env)
        at, step = np.broadcast_arrays(at + outer[:, None] * _BETWEEN, step[:, None])
        found, which = np.unique(at, return_inverse=True)
        first = np.full(len(found), np.iinfo(np.int64).max)
        last = np.full(len(found), -1)
        np.minimum.at(first, which.reshape(-1), step.reshape(-1))
        np.maximum.at(last, which.reshape(-1), step.reshape(-1))
        return _Addresses(found, first, last)

    def _steps(self, env: Mapping[str, _Numbers]) -> tuple[_Numbers, _Numbers]:
        """Return in which step of the loop each iteration is, and in which of those around."""
        *around, loop = self.around
        step = env[loop.var]
        outer = np.zeros(len(step), np.int64)
        for one in around:
            outer = outer * (int(env[one.var].max()) + 1) + env[one.var]
        return (step.max() - step if loop.backwards else step), outer

    def _compare(self, one: tuple[int, _Addresses], other: tuple[int, _Addresses]) -> None:
        """Note who waits, where both come to the same addresses."""
        (a, x), (b, y) = one, other
        _, i, j = np.intersect1d(x.at, y.at, True, return_indices=True)
        if a == b:
            if ((x.first[i] < y.last[j]) | (y.first[j] < x.last[i])).any():
                self.itself.add(a)
            return
        same = ((x.first[i] <= y.last[j]) & (y.first[j] <= x.last[i])).any()
        if (x.first[i] < y.last[j]).any() or (same and a < b):
            self.after[a].add(b)
        if (y.first[j] < x.last[i]).any() or (same and b < a):
            self.after[b].add(a)


def _met(some: Sequence[_Touched]) -> NDArray[np.bool_]:
    """Tell of which pairs of operands the order may matter, by their ends alone."""
    low, high = np.array([t.low for t in some]), np.array([t.high for t in some])
    grad, added, written = (
        np.array(flags, bool)
        for flags in (
            [t.use.ref.grad for t in some],
            [t.added for t in some],
            [t.use.written for t in some],
        )
    )
    meet = (low[:, None] <= high) & (low <= high[:, None]) & (grad[:, None] == grad)
    return meet & (written[:, None] | written) & ~(added[:, None] & added)
