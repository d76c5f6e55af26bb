"""Chains of additions, of multiplications and of maxima, seen as one sum, product or maximum.

Sums may be made in another order, but nothing may cancel that did not cancel as written:
compensated sums and ``(x + c) - c`` live by their rounding. So a chain in which a term meets its
own negative, or a sum that holds it, keeps its brackets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign, inf

from .... import ops
from ....ops import Op
from ...graph import Graph

_SUMS = (ops.ADD, ops.SUM)
_PRODUCTS = (ops.MUL, ops.PROD)
_EXTREMES = (ops.MAXIMUM, ops.MINIMUM)
_MOST_FACTORS = 4

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


def chains_of(graph: Graph, live: Sequence[int]) -> dict[int, Chain]:
    """Return the chain that ends at each live node, for all nodes that are no part of another."""
    return _Chains(graph, live).all()


class _Chains:
    def __init__(self, graph: Graph, live: Sequence[int]) -> None:
        self.graph, self.live = graph, live
        self.ops, self.parents, self.batched = graph.ops, graph.parents, graph.batched
        self.uses = [0] * len(graph.ops)
        for i in live:
            for p in graph.parents[i]:
                self.uses[p] += 1
        for i in graph.outputs:
            self.uses[i] += 2  # an output keeps its address
        self.signed = self._signed()
        self.absorbed = bytearray(len(graph.ops))
        self.within: dict[int, _Signs] = {}

    def all(self) -> dict[int, Chain]:
        chains: dict[int, Chain] = {}
        for i in reversed(self.live):
            op = self.ops[i]
            if self.absorbed[i] or op is None:
                continue
            if op in _SUMS:
                chains[i] = self.sum(i)
            elif op in _PRODUCTS:
                product = self.absorb(*self.chain(i, _PRODUCTS, _MOST_FACTORS))
                chains[i] = Chain(ops.SUM, [tuple(product or self.parents[i])])
            elif op in _EXTREMES:
                chained = self.absorb(*self.chain(i, (op,), inf))
                chains[i] = Chain(op, [(p,) for p in chained or self.parents[i]])
            else:
                chains[i] = Chain(op, [self.parents[i]])
        return chains

    def sum(self, i: int) -> Chain:
        """The sum that ends at i: as long as it can be, or with its differences left alone."""
        for alone in (False, True):
            arguments, inner = self.chain(i, _SUMS, inf, alone)
            if not arguments:
                break
            if self.graph.strict or not self.cancels(arguments):
                self.absorb(arguments, inner)
                return Chain(ops.SUM, self.products(arguments))
        arguments = list(self.parents[i])
        ordered = len(arguments) > 2 and self.cancels(arguments)
        return Chain(ops.SUM, self.products(arguments), ordered)

    def products(self, arguments: Sequence[int]) -> list[Factors]:
        """The factors of each argument of a sum."""
        terms = []
        for t in arguments:
            factors: list[int] = []
            if self.ops[t] in _PRODUCTS and self.uses[t] == 1:
                factors = self.absorb(*self.chain(t, _PRODUCTS, _MOST_FACTORS))
            terms.append(tuple(factors) or (t,))
        return terms

    def chain(
        self, i: int, family: Sequence[Op], limit: float, differences_alone: bool = False
    ) -> tuple[list[int], list[int]]:
        """The arguments of i, those of its single-use parents of the same family in their place.

        Also returns the nodes that are thereby absorbed. Nothing where there are too many.
        """
        arguments: list[int] = []
        inner: list[int] = []
        stack = [i]
        while stack:
            j = stack.pop()
            joins = self.ops[j] in family and self.uses[j] == 1
            joins = joins and self.batched[j] == self.batched[i]
            if differences_alone and joins:
                joins = not any(self.signed[p] & _ITSELF for p in self.parents[j])
            # a + (b + c) keeps its brackets if the order counts
            if j == i or (joins and not (self.graph.strict and arguments)):
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
        if not any(self.signed[t] for t in arguments):
            return False
        signs = self.signs_of(arguments)
        if _BOTH in signs.values():
            return True
        for t in arguments:
            factors, size, sign = self.term(t)
            if size == 1.0 and len(factors) == 1 and self.ops[factors[0]] in _SUMS:
                for term, inside in self.signs_within(factors[0]).items():
                    meets = signs.get(term, 0)
                    if meets and meets | (inside if sign > 0 else _OPPOSITE[inside]) == _BOTH:
                        return True
        return False

    def signs_within(self, node: int) -> _Signs:
        """The signs of the terms of a sum."""
        if node not in self.within:
            inside = self.chain(node, _SUMS, inf)[0] or self.parents[node]
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
        product, factors = 1.0, []
        for f in self.chain(t, _PRODUCTS, inf)[0] if self.ops[t] in _PRODUCTS else [t]:
            if f in self.graph.constants:
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
            if self.ops[i] in _SUMS:
                signed[i] = _WITHIN if any(signed[p] for p in self.parents[i]) else 0
            elif self.ops[i] in _PRODUCTS and sum(p not in constants for p in self.parents[i]) < 2:
                for p in self.parents[i]:
                    signed[i] |= signed[p]
        return signed
