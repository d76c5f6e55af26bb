"""Chains of additions, of multiplications and of maxima, seen as one sum, product or maximum.

Sums may be made in another order, but nothing may cancel that did not cancel as written:
compensated sums and ``(x + c) - c`` live by their rounding. So a chain in which a term meets its
own negative, or a sum that holds it, keeps its brackets. A product that is added without being
rounded, as processors can, makes x·x - y·y another number than 0 where y is x: what has no root of
that, or decides by it, has each product rounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from math import copysign, inf, isnan

import numpy as np

from .... import ops
from ....ops import Op
from ...graph import Graph

_SUM, _PRODUCT = 1, 2  # kinds of operations that make chains, 0 for all others
KINDS = {
    **{ops.ADD: _SUM, ops.SUM: _SUM, ops.MUL: _PRODUCT, ops.PROD: _PRODUCT},
    **{ops.MAXIMUM: 3, ops.MINIMUM: 4},
}
_MOST_FACTORS = 4
_MOST_MIXED = 8  # numbers of several kinds, of which an extreme is one statement

Factors = tuple[int, ...]
_PLUS, _MINUS, _BOTH = 1, 2, 3
_ITSELF, _WITHIN = 1, 2
_OPPOSITE = (0, _MINUS, _PLUS, _BOTH)
_Signs = dict[tuple[Factors, float], int]  # of what is added


@dataclass(slots=True)
class Chain:
    """What a node that stays a row of its own does: ``op`` of terms, each a product of factors."""

    op: Op
    terms: list[Factors]
    ordered: bool = False  # the terms are to be added in this order


@cache
def is_sharp(op: Op) -> bool:
    """Tell whether a rounding next to -1, 0 or 1 may change what it gives by more than that."""
    if op.arity == 1:
        forms = [op.fn]
    elif op.arity == 2:
        forms = [lambda x, y=y: op.fn(x, y) for y in (-1.0, 0.0, 0.5)]
        forms += [lambda y, x=x: op.fn(x, y) for x in (-1.0, 0.0, 1.0)]
    else:
        return False
    around = [(x - 1e-15, x, x + 1e-15) for x in (-1.0, 0.0, 1.0)]
    near = [[form(x) for x in xs] for form in forms for xs in around]
    return any(isnan(sum(ys)) != all(map(isnan, ys)) or max(ys) - min(ys) > 1e-3 for ys in near)


def chains_of(graph: Graph, live: Sequence[int]) -> dict[int, Chain]:
    """Return the chain that ends at each live node, for all nodes that are no part of another."""
    return _Chains(graph, live).all()


class _Chains:
    def __init__(self, graph: Graph, live: Sequence[int]) -> None:
        self.graph, self.live = graph, live
        self.ops, self.parents, self.batched = graph.ops, list(graph.parents), graph.batched
        read = chain.from_iterable([self.parents[i] for i in live])
        uses = np.bincount(np.fromiter(read, np.int64), minlength=len(graph.ops))
        uses[graph.outputs] += 2  # an output keeps its address
        kinds = np.array([KINDS.get(op, 0) if op else 0 for op in graph.ops])
        self.kinds: list[int] = kinds.tolist()
        self.joins: list[int] = np.where(uses == 1, kinds, 0).tolist()  # the next one's chain
        self.signed = self._signed()
        self.absorbed, self.by_two = bytearray(len(graph.ops)), bytearray(len(graph.ops))
        self.within: dict[int, _Signs] = {}
        self.exact = self._exact()

    def all(self) -> dict[int, Chain]:
        chains: dict[int, Chain] = {}
        for i in reversed(self.live):
            op, kind = self.ops[i], self.kinds[i]
            if self.absorbed[i] or op is None:
                continue
            if kind == _SUM:
                chains[i] = self.sum(i)
                self.graph.by_rounding |= bool(self.exact[i]) and self.differs(chains[i])
            elif kind == _PRODUCT:
                product = self.absorb(*self.chain(i, _MOST_FACTORS))
                chains[i] = Chain(ops.SUM, [tuple(product or self.parents[i])])
            elif kind:
                chains[i] = Chain(op, [(p,) for p in self.extreme(i)])
            else:
                chains[i] = Chain(op, [self.parents[i]])
        return chains

    def sum(self, i: int) -> Chain:
        """The sum that ends at i: as long as it can be, or with its differences left alone."""
        for alone in (False, True):
            arguments, inner = self.chain(i, inf, alone)
            if not arguments:
                break
            if self.graph.strict or not self.cancels(arguments):
                self.absorb(arguments, inner)
                return Chain(ops.SUM, self.products(arguments))
            self.graph.by_rounding = True
        arguments = list(self.parents[i])
        ordered = len(arguments) > 2 and self.cancels(arguments)
        return Chain(ops.SUM, self.products(arguments), ordered)

    def extreme(self, i: int) -> Sequence[int]:
        """The numbers of which i is the largest or smallest; two, where all would be of many kinds.

        Each of them would be a statement of its own, with all before it in its gradient.
        """
        if not self.by_two[i]:
            arguments, inner = self.chain(i, inf)
            if len(arguments) <= _MOST_MIXED or len({self.ops[j] for j in arguments}) == 1:
                return self.absorb(arguments, inner)
            for j in inner:
                self.by_two[j] = 1
        return self.parents[i]

    def differs(self, sum_of: Chain) -> bool:
        """Tell whether a product is subtracted, or subtracted from."""
        constants, data = self.graph.constants, self.graph.data
        signs, multiplies = set(), False
        for factors in sum_of.terms:
            negative = [f for f in factors if f in constants and data[f] < 0.0]
            signs.add(len(negative) % 2)
            multiplies |= sum(f not in constants for f in factors) > 1
        return multiplies and len(signs) > 1

    def products(self, arguments: Sequence[int]) -> list[Factors]:
        """The factors of each argument of a sum."""
        joins = self.joins
        terms = []
        for t in arguments:
            factors: Sequence[int] = (t,)
            if joins[t] == _PRODUCT:
                if self.is_pair(t):
                    factors = self.parents[t]
                    self.absorbed[t] = 1
                else:
                    factors = self.absorb(*self.chain(t, _MOST_FACTORS)) or (t,)
            terms.append(tuple(factors))
        return terms

    def is_pair(self, t: int) -> bool:
        """Tell whether a product has two factors, as most have: its parents, as ``chain`` says."""
        above, joins = self.parents[t], self.joins
        return len(above) == 2 and joins[above[0]] != _PRODUCT and joins[above[1]] != _PRODUCT

    def chain(
        self, i: int, limit: float, differences_alone: bool = False
    ) -> tuple[list[int], list[int]]:
        """The arguments of i, those of its single-use parents of the same kind in their place.

        Also returns the nodes that are thereby absorbed. Nothing where there are too many.
        """
        kind, batched, strict = self.kinds[i], self.batched[i], self.graph.strict
        arguments: list[int] = []
        inner = [i]
        stack = list(self.parents[i][::-1])
        while stack:
            j = stack.pop()
            joins = self.joins[j] == kind and self.batched[j] == batched
            if joins and differences_alone:
                joins = not any(self.signed[p] & _ITSELF for p in self.parents[j])
            if joins and not (strict and arguments):  # a + (b + c) keeps its brackets then
                inner.append(j)
                stack += self.parents[j][::-1]
            else:
                arguments.append(j)
                if len(arguments) > limit:
                    return [], []
        return arguments, inner

    def absorb(self, arguments: list[int], inner: Sequence[int]) -> list[int]:
        for j in inner:
            self.absorbed[j] = 1
        return arguments

    # Signs.

    def cancels(self, arguments: Sequence[int]) -> bool:
        """Tell whether a term meets its own negative, or a sum in which that stands."""
        if not any(map(self.signed.__getitem__, arguments)):
            return False
        signs = self.signs_of(arguments)
        if _BOTH in signs.values():
            return True
        for t in arguments:
            factors, size, sign = self.term(t)
            if size == 1.0 and len(factors) == 1 and self.kinds[factors[0]] == _SUM:
                for term, inside in self.signs_within(factors[0]).items():
                    meets = signs.get(term, 0)
                    if meets and meets | (inside if sign > 0 else _OPPOSITE[inside]) == _BOTH:
                        return True
        return False

    def signs_within(self, node: int) -> _Signs:
        """The signs of the terms of a sum."""
        if node not in self.within:
            inside = self.chain(node, inf)[0] or self.parents[node]
            self.within[node] = self.signs_of(inside)
        return self.within[node]

    def signs_of(self, arguments: Sequence[int]) -> _Signs:
        signs: _Signs = {}
        for t in arguments:
            factors, size, sign = self.term(t)
            key = (factors, size)
            signs[key] = signs.get(key, 0) | (_PLUS if sign > 0 else _MINUS)
        return signs

    def term(self, t: int) -> tuple[Factors, float, float]:
        """The factors of a term that are no constants; the size and the sign of those that are."""
        if self.kinds[t] != _PRODUCT:
            above: Sequence[int] = (t,)
        elif self.is_pair(t):
            above = self.parents[t]
        else:
            above = self.chain(t, inf)[0]
        constants, product, factors = self.graph.constants, 1.0, []
        for f in above:
            if f in constants:
                product *= self.graph.data[f]
            else:
                factors.append(f)
        return tuple(sorted(factors)), abs(product), copysign(1.0, product)

    def _signed(self) -> bytearray:
        """Mark negative constants and multiples, and the sums in which such a term stands."""
        constants, signed = self.graph.constants, bytearray(len(self.ops))
        for i in constants:
            signed[i] = _ITSELF if self.graph.data[i] < 0 else 0
        for i in self.live:
            kind, above = self.kinds[i], self.parents[i]
            if kind == _SUM:
                for p in above:
                    if signed[p]:
                        signed[i] = _WITHIN
                        break
            elif kind == _PRODUCT:
                for p in above:
                    if signed[p] and sum(p not in constants for p in above) < 2:
                        signed[i] |= signed[p]
        return signed

    def _exact(self) -> bytearray:
        """Mark what sharp operations are given, or a multiple of it."""
        exact = bytearray(len(self.ops))
        for i in reversed(self.live):
            op = self.ops[i]
            if op is not None and (is_sharp(op) or (exact[i] and self.kinds[i] == _PRODUCT)):
                for p in self.parents[i]:
                    exact[p] = 1
        return exact
