"""Whole-number polynomials in run-time sizes and loop variables: dims, strides and bases of loops.

A plain int is one too; sums and products that no longer hold a variable come back as plain ints, so
that code which never meets a run-time size never meets this class either.
"""

from collections.abc import Mapping, Sequence
from typing import Union

Size = Union[int, "Poly"]
SIZE = "n"  # the length of a list, where a program is one for all lengths
_Monomial = tuple[str, ...]


class Poly:
    """An immutable polynomial with whole coefficients; ``{("n", "t"): 4, (): 1}`` is 4·n·t + 1."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[_Monomial, int]) -> None:
        self.terms = {m: c for m, c in sorted(terms.items()) if c}

    @staticmethod
    def var(name: str) -> "Poly":
        """Return the variable of this name."""
        return Poly({(name,): 1})

    def __add__(self, other: Size) -> Size:
        if not other:
            return self
        terms = dict(self.terms)
        for m, c in _terms(other).items():
            terms[m] = terms.get(m, 0) + c
        return _plain(terms)

    __radd__ = __add__

    def __mul__(self, other: Size) -> Size:
        if isinstance(other, int):
            return _ordered({m: c * other for m, c in self.terms.items()}) if other else 0
        terms: dict[_Monomial, int] = {}
        for m, c in self.terms.items():
            for n, d in other.terms.items():
                key = tuple(sorted(m + n))
                terms[key] = terms.get(key, 0) + c * d
        return _plain(terms)

    __rmul__ = __mul__

    def __neg__(self) -> Size:
        return self * -1

    def __sub__(self, other: Size) -> Size:
        return self + -1 * other

    def __rsub__(self, other: Size) -> Size:
        return -self + other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(tuple(self.terms.items()))

    def __bool__(self) -> bool:
        return True  # a constant is a plain int, so this holds a variable

    def __str__(self) -> str:
        """Write it as C, and as Python, would read it."""
        parts = []
        for m, c in sorted(self.terms.items(), key=lambda item: (-len(item[0]), item)):
            factors = ([] if c == 1 and m else [str(c)]) + list(m)
            parts.append("*".join(factors))
        return "(" + " + ".join(parts).replace("+ -", "- ") + ")"

    __repr__ = __str__


def _terms(x: Size) -> Mapping[_Monomial, int]:
    return x.terms if isinstance(x, Poly) else {(): int(x)}


def _plain(terms: Mapping[_Monomial, int]) -> Size:
    kept = {m: terms[m] for m in sorted(terms) if terms[m]}
    return _ordered(kept) if any(kept) else kept.get((), 0)


def _ordered(terms: dict[_Monomial, int]) -> Poly:
    """Return the polynomial of terms that are in order, none of them 0."""
    made = Poly.__new__(Poly)
    made.terms = terms
    return made


def evaluate(x: Size, env: Mapping[str, int]) -> int:
    """Return the number that x is when its variables are as in env."""
    if isinstance(x, int):
        return x
    total = 0
    for m, c in x.terms.items():
        for name in m:
            c *= env[name]
        total += c
    return total


def substitute(x: Size, env: Mapping[str, Size]) -> Size:
    """Replace the variables that env names."""
    if isinstance(x, int) or not any(name in env for m in x.terms for name in m):
        return x
    total: Size = 0
    for m, c in x.terms.items():
        product: Size = c
        for name in m:
            product = product * env.get(name, Poly.var(name))
        total = total + product
    return total


def variables(x: Size) -> set[str]:
    """Return the names of the variables in x."""
    return {name for m in x.terms for name in m} if isinstance(x, Poly) else set()


def known(x: Size) -> int:
    """Return a size that holds no variable."""
    assert isinstance(x, int), f"{x} is known at run time only"
    return x


def coefficients(x: Size, monomials: Sequence[tuple[str, ...]]) -> list[int]:
    """Return the coefficient of each monomial in x; () stands for the constant."""
    terms = _terms(x)
    return [terms.get(m, 0) for m in monomials]


def chosen_two(name: str) -> str:
    """Return the name of the variable n·(n - 1)/2, which comes with every variable n."""
    return f"{name}_2"


def bound(name: str, number: int) -> dict[str, int]:
    """Return what a variable means when it has this value: itself and ``chosen_two``."""
    return {name: number, chosen_two(name): number * (number - 1) // 2}
