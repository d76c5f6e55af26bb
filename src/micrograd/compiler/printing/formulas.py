"""How expressions and sizes are written for people: ``relu(-0.5·a + b²)``, ``Σ₂``, ``n - 1``."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ... import ops
from ..ir.program import Apply, Expr, Literal, Ref, Scalar
from ..ir.sizes import Poly, Size, chosen_two, variables

COMPARISON, ADDITIVE, SUMMATION, MULTIPLICATIVE, POWER, ATOM = range(6)

_SUBSCRIPTS = str.maketrans("0123456789+-aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_REDUCTIONS = {ops.SUM: "Σ", ops.PROD: "Π", ops.MAXIMUM: "max", ops.MINIMUM: "min"}


class Formula(NamedTuple):
    """A written expression, and how tightly its outermost operation binds."""

    text: str
    binds: int = ATOM

    def within(self, level: int) -> str:
        """Return the text, in parentheses where it binds less tightly than its surroundings."""
        return self.text if self.binds >= level else f"({self.text})"


def expression(expr: Expr, operand: Callable[[Ref], Formula]) -> Formula:
    """Write an expression; ``operand`` writes what is in memory."""
    if isinstance(expr, Ref):
        return operand(expr)
    if isinstance(expr, Literal):
        return Formula(number(expr.value), ADDITIVE if expr.value < 0 else ATOM)
    if isinstance(expr, Scalar):
        return Formula(expr.name)
    assert isinstance(expr, Apply)
    if expr.op in (ops.ADD, ops.SUM):
        return added([expression(x, operand) for x in _flat(expr, (ops.ADD, ops.SUM))])
    if expr.op in (ops.MUL, ops.PROD):
        return _product(list(_flat(expr, (ops.MUL, ops.PROD))), operand)
    if expr.op.name == "powc":
        return _product([expr], operand)
    args = [expression(x, operand) for x in expr.args]
    if expr.op in (ops.LT, ops.LE, ops.GT, ops.GE):
        left, right = (x.within(ADDITIVE) for x in args)
        return Formula(f"{left} {expr.op.symbol} {right}", COMPARISON)
    if expr.op.name == ops.WHERE.name and expr.args[1:] == (Literal(1.0), Literal(0.0)):
        return args[0]  # a condition is a number
    if expr.op is ops.POW:
        return Formula(f"{args[0].within(ATOM)}**{args[1].within(ATOM)}", POWER)
    return Formula(f"{expr.op.name}({', '.join(x.text for x in args)})")


def added(terms: Sequence[Formula]) -> Formula:
    """Write a sum."""
    alike = Counter(terms)
    if len(alike) == 1:
        return _times(*alike.popitem())
    written = [_times(*item).within(ADDITIVE) for item in alike.items()]
    if written[0].startswith("-"):
        written.sort(key=lambda text: text.startswith("-"))
    parts = written[:1]
    parts += [f" - {text[1:]}" if text.startswith("-") else f" + {text}" for text in written[1:]]
    return Formula("".join(parts), ADDITIVE)


def reduced(op: ops.Op, dims: Sequence[Size], body: Formula) -> Formula:
    """Write what is added up (or multiplied, or compared) over dims: ``Σ₃ₓ₃ a·b``."""
    if not dims:
        return body
    sign = _REDUCTIONS[op] + subscript(dims)
    if op in (ops.MAXIMUM, ops.MINIMUM):
        return Formula(f"{sign}({body.text})")
    return Formula(f"{sign} {body.within(MULTIPLICATIVE)}", SUMMATION)


def joined(op: ops.Op, texts: Sequence[Formula]) -> Formula:
    """Write the terms of a reduction together."""
    if op is ops.SUM or len(texts) == 1:
        return added(texts)
    if op is ops.PROD:
        return Formula("·".join(x.within(MULTIPLICATIVE) for x in texts), MULTIPLICATIVE)
    return Formula(f"{_REDUCTIONS[op]}({', '.join(x.text for x in texts)})")


def number(x: float) -> str:
    """Write a number: whole ones without a point, and an ellipsis where digits are left out."""
    if (x.is_integer() and 0 < abs(x) < 1e9) or str(x) == "0.0":
        return str(int(x))
    if abs(x) == float("inf"):
        return "∞" if x > 0 else "-∞"
    return repr(x) if len(repr(x)) <= 8 else f"{x:.6g}…"


def primed(name: str) -> str:
    """Return the name with one more prime."""
    one, two, three = "\N{PRIME}", "\N{DOUBLE PRIME}", "\N{TRIPLE PRIME}"
    return f"{name}{one}".replace(two + one, three).replace(one + one, two)


def size(x: Size) -> str:
    """Write a size: ``B``, ``2n + 1``."""
    if isinstance(x, int):
        return str(x)
    terms, parts = dict(x.terms), []
    pairs = [(name, chosen_two(name)) for name in sorted({v.split("_")[0] for v in variables(x)})]
    for name, both in pairs:
        if terms.get((both,)) == 1:  # a·n + n·(n - 1)/2 is n·(n + 2a - 1)/2
            del terms[both,]
            more = Poly.var(name) + 2 * terms.pop((name,), 0) - 1
            parts.append(f"{name}·{more}/2")
    number = str(terms.pop((), "")) if parts else ""
    if terms:
        parts.insert(0, str(Poly(terms))[1:-1])
    text = " + ".join([*parts, number] if number else parts).replace("+ -", "- ")
    for name, both in pairs:
        text = text.replace(both, f"({name}·({name} - 1)/2)")
    return text.replace("-1*", "-").replace("*", "·")


def subscript(dims: Sequence[Size]) -> str:
    """Write dims below the line, or after an underscore where there are no such letters."""
    plain = "x".join(size(d) for d in dims).replace(" ", "").replace("·", "")
    low = plain.translate(_SUBSCRIPTS)
    if not any(a == b for a, b in zip(plain, low)):
        return low
    return f"_{plain}" if plain.isalnum() and len(dims) == 1 else f"_({plain.replace('x', '×')})"


def divided(x: Size, by: Size) -> Size | None:
    """Return x / by where that is a size without remainder."""
    (monomial, factor), *others = by.terms.items() if isinstance(by, Poly) else [((), by)]
    if others or not factor:
        return None
    total: Size = 0
    for names, c in x.terms.items() if isinstance(x, Poly) else [((), x)]:
        left = list(names)
        for name in monomial:
            if name not in left:
                return None
            left.remove(name)
        if c % factor:
            return None
        term: Size = c // factor
        for name in left:
            term = term * Poly.var(name)
        total = total + term
    return total


def _flat(expr: Expr, same: tuple[ops.Op, ...]) -> Iterator[Expr]:
    if isinstance(expr, Apply) and expr.op in same:
        for arg in expr.args:
            yield from _flat(arg, same)
    else:
        yield expr


def _times(term: Formula, count: int) -> Formula:
    if count == 1:
        return term
    return Formula(f"{count}·{term.within(MULTIPLICATIVE)}", MULTIPLICATIVE)


def _product(factors: list[Expr], operand: Callable[[Ref], Formula]) -> Formula:
    """Write numbers first, negative powers below the line, and a sum last."""
    literals = [f.value for f in factors if isinstance(f, Literal)]
    negative = sum(x < 0 for x in literals) % 2 == 1
    above = [Formula(number(abs(x))) for x in literals if abs(x) != 1]
    below: list[Formula] = []
    for factor in factors:
        if isinstance(factor, Apply) and factor.op.static is not None:
            base, exponent = expression(factor.args[0], operand), factor.op.static
            (below if exponent < 0 else above).append(_power(base, abs(exponent)))
        elif not isinstance(factor, Literal):
            text = expression(factor, operand)
            if isinstance(factor, Ref) and text.text.startswith("1/"):
                below.append(Formula(text.text[2:]))
            else:
                above.append(text)
    above, below = ([_power(x, n) for x, n in Counter(xs).items()] for xs in (above, below))
    if not below and len(above) == 1 and not negative:
        return above[0]
    above.sort(key=lambda text: text.binds == SUMMATION)
    top = "·".join(x.within(MULTIPLICATIVE) for x in above[:-1])
    if above:
        last = above[-1].within(MULTIPLICATIVE if below else SUMMATION)
        top = f"{top}·{last}" if top else last
    sign, top = "-" if negative else "", top or "1"
    if not below:
        return Formula(sign + top, MULTIPLICATIVE)
    under = "·".join(x.within(POWER) for x in below)
    return Formula(f"{sign}{top} / {under if len(below) == 1 else f'({under})'}", MULTIPLICATIVE)


def _power(base: Formula, exponent: float) -> Formula:
    if exponent == 1:
        return base
    if exponent == int(exponent):
        return Formula(base.within(ATOM) + str(int(exponent)).translate(_SUPERSCRIPTS), POWER)
    return Formula(f"{base.within(ATOM)}**{number(float(exponent))}", POWER)
