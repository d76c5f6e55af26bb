"""How an operation is written: as plain text, as TeX, as Python.

A writer gets the op and its arguments already written, and adds the parentheses that they need. It
goes from the arguments to the result, never back, so that a graph of any depth can be written.
"""

import re
from collections.abc import Callable, Sequence
from functools import reduce
from math import floor, isfinite, log10
from typing import NamedTuple

from ..ops import Op

DIGITS = 5  # significant ones, of every number that is shown
CHOICE, COMPARISON, SUM, PRODUCT, POWER, ATOM = range(6)  # how tightly an expression holds together
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_COMPARISONS = ("lt", "le", "gt", "ge")
_COMMUTATIVE = ("+", "*", "·", "×")
_PLAIN = re.compile(r"[\w.#'^]+(\[[\w, ]+\])*")  # a name: w, w_1, layers.0.w, w#2, x', w[0]


class Written(NamedTuple):
    """An expression, how tightly it holds together, and what it is the negative or inverse of."""

    text: str
    level: int = ATOM
    negated: "Written | None" = None
    inverted: "Written | None" = None


Writer = Callable[[Op, Sequence[Written]], Written]


def number(x: float, digits: int = DIGITS) -> str:
    """Write a number with five significant digits, as Python does; a whole one keeps its ``.0``.

    The explorer's page has the same rule, so that a number looks the same wherever it is shown.

    >>> number(2.0), number(1 / 3), number(123456.0), number(1.5e-9)
    ('2.0', '0.33333', '123456.0', '1.5e-9')
    """
    mantissa, exponent = _parts(x, digits)
    if exponent:
        return f"{mantissa}e{exponent}"
    return mantissa + ".0" if isfinite(x) and x == floor(x) else mantissa


def _parts(x: float, digits: int = DIGITS) -> tuple[str, int]:
    """Round a number: its digits without ending zeros, and the power of ten they are to be read at.

    From a million on, and below a ten-thousandth, there is a power of ten and two digits less.
    """
    if not isfinite(x):
        return str(x), 0
    size = abs(x)
    if x and (size >= 1e6 or size < 1e-4):
        mantissa, _, exponent = f"{x:.{digits - 2}e}".partition("e")
        return _trimmed(mantissa), int(exponent)
    places = digits - 1 - (floor(log10(size)) if x else 0)
    return _trimmed(f"{x or 0.0:.{max(places, 0)}f}"), 0


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def number_text(x: float) -> Written:
    """Write a number inside a formula, where 2 is enough for 2.0."""
    mantissa, exponent = _parts(x)
    text = f"{mantissa}e{exponent}" if exponent else mantissa
    if x < 0:
        return Written(text, PRODUCT, negated=Written(text[1:]))
    return Written(text)


def number_tex(x: float) -> Written:
    """Write a number in TeX, with a power of ten where the text has an e."""
    mantissa, exponent = _parts(x)
    text = {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\mathrm{nan}"}.get(mantissa, mantissa)
    level = PRODUCT if exponent or x < 0 else ATOM
    if exponent:
        text += rf" \cdot 10^{{{exponent}}}"
    return Written(text, level, negated=Written(text[1:], level) if x < 0 else None)


def name_text(label: str) -> str:
    """Write a label where something follows it: one that is itself a formula goes in brackets.

    >>> name_text("w"), name_text("layers.0.w"), name_text("x1*w1")
    ('w', 'layers.0.w', '(x1*w1)')
    """
    return label if _PLAIN.fullmatch(label) or inside(label) is not None else f"({label})"


def name_tex(name: str) -> str:
    """Write a name in TeX: v12 gets an index, several letters are upright, no character is lost.

    >>> print(name_tex("v12"), name_tex("w_1"), name_tex("(x1*w1)"))
    v_{12} \\mathrm{w\\_1} \\left(\\mathrm{x1*w1}\\right)
    """
    bare = inside(name)
    if bare is not None:
        return rf"\left({_upright(bare)}\right)"
    stem = name.rstrip("0123456789")
    index = name[len(stem) :]
    if not stem.isalpha():
        return _upright(name)
    return (stem if len(stem) == 1 else _upright(stem)) + (f"_{{{index}}}" if index else "")


def inside(name: str) -> str | None:
    """Return what stands between the brackets around a name; None where there are none.

    >>> inside("(a + b)"), inside("(a)(b)"), inside("a")
    ('a + b', None, None)
    """
    depth = 0
    for place, c in enumerate(name):
        depth += (c == "(") - (c == ")")
        if depth <= 0:
            return name[1:-1] if depth == 0 and 0 < place == len(name) - 1 else None
    return None


def _upright(text: str) -> str:
    special = {c: "\\" + c for c in "#$%&_{}"} | {
        "\\": r"\backslash ",
        "^": r"\hat{}",
        "~": r"\sim ",
        " ": r"\ ",
    }
    return rf"\mathrm{{{''.join(special.get(c, c) for c in text)}}}"


def sign(op: Op) -> str:
    """Write what stands for an operation by itself, in pictures: +, ·, x², ReLU, or ? by hand."""
    match op.name:
        case "mul" | "prod":
            return "·"
        case "pow":
            return "xʸ"
        case "powc":
            return write_text(op, [Written("x")]).text
    return op.symbol or "?"


def write_text(op: Op, args: Sequence[Written]) -> Written:
    """Write an operation as people do: a · b, x², ReLU(x)."""
    match op.name:
        case "add" | "sum":
            return _sum(args, bracketed)
        case "mul" | "prod":
            return _product(
                args, " · ", lambda over, below: f"{over} / {bracketed(below, POWER)}", bracketed
            )
        case "powc":
            (x,) = args
            exponent = f"{op.static:g}"
            if exponent == "-1":
                return Written(f"1 / {bracketed(x, POWER)}", PRODUCT, inverted=x)
            whole = exponent.lstrip("-").isdigit()
            power = exponent.translate(_SUPERSCRIPT) if whole else "^" + exponent
            return Written(bracketed(x, ATOM) + power, POWER)
        case "pow":
            return Written(f"{bracketed(args[0], ATOM)}^{bracketed(args[1], ATOM)}", POWER)
        case "abs":
            return Written(f"|{args[0].text}|")
        case "where":
            condition, chosen, other = (bracketed(arg, COMPARISON) for arg in args)
            return Written(f"{chosen} if {condition} else {other}", CHOICE)
    if op.partials is None and not op.symbol:
        return Written(f"made by hand({', '.join(arg.text for arg in args)})")
    is_sign = not any(c.isalnum() for c in op.symbol)
    if op.partials is None and is_sign and len(args) == 1:  # the other operand is not recorded
        args, is_sign = [*args, Written("…")], op.symbol in _COMMUTATIVE
    if op.name in _COMPARISONS or (is_sign and len(args) > 1):
        return Written(f" {op.symbol} ".join(bracketed(arg, SUM) for arg in args), COMPARISON)
    return Written(f"{op.symbol}({', '.join(arg.text for arg in args)})")


def write_tex(op: Op, args: Sequence[Written]) -> Written:
    """Write an operation in TeX, by the form in its record."""
    if op.name in ("add", "sum"):
        return _sum(args, bracketed_tex)
    if op.name in ("mul", "prod"):
        return _product(
            args, r" \cdot ", lambda over, below: rf"\frac{{{over}}}{{{below.text}}}", bracketed_tex
        )
    if op.partials is None:
        name = name_tex(op.symbol or "made by hand")
        return Written(rf"{name}\left({', '.join(arg.text for arg in args)}\right)")
    if op.name == "powc" and op.static == -1:
        return Written(rf"\frac{{1}}{{{args[0].text}}}", ATOM, inverted=args[0])
    if op.name in ("powc", "pow"):
        args = [Written(bracketed_tex(args[0], ATOM)), *args[1:]]
    elif op.name in _COMPARISONS:
        sign = {"le": r" \le ", "ge": r" \ge "}.get(op.name, f" {op.symbol} ")
        return Written(sign.join(bracketed_tex(arg, SUM) for arg in args), COMPARISON)
    elif op.name == "take":  # the row of an index: its form in the table has no brackets
        return Written(rf"\operatorname{{take}}\left({', '.join(x.text for x in args)}\right)")
    texts = [arg.text for arg in args]
    if op.arity is not None:
        text = op.tex.format(*texts, static=f"{op.static or 0:g}")
    elif op.name == "logsumexp":
        text = rf"\ln({' + '.join(f'e^{{{x}}}' for x in texts)})"
    elif "{0}, {1}" in op.tex:  # a list of arguments, however many
        text = op.tex.replace("{0}, {1}", "{0}").format(", ".join(texts))
    else:
        text = reduce(op.tex.format, texts)
    levels = {"exp": POWER, "pow": POWER, "powc": POWER, "detach": args[0].level}
    return Written(text, levels.get(op.name, ATOM))


def write_python(op: Op, args: Sequence[Written]) -> Written:
    """Write an operation so that Python, run on Values, makes the same node."""
    texts = [arg.text for arg in args]
    match op.name:
        case "add":
            if args[1].negated:
                return Written(
                    f"{bracketed(args[0], SUM)} - {bracketed(args[1].negated, PRODUCT)}", SUM
                )
            return Written(f"{bracketed(args[0], SUM)} + {bracketed(args[1], PRODUCT)}", SUM)
        case "mul":
            x, y = args
            if y.text == "-1.0":
                return Written("-" + bracketed(x, POWER), PRODUCT, negated=x)
            if y.inverted:
                return Written(f"{bracketed(x, PRODUCT)} / {bracketed(y.inverted, POWER)}", PRODUCT)
            return Written(f"{bracketed(x, PRODUCT)} * {bracketed(y, POWER)}", PRODUCT)
        case "powc":
            inverted = args[0] if op.static == -1 else None
            return Written(f"{bracketed(args[0], ATOM)} ** {op.static}", POWER, inverted=inverted)
        case "pow":
            return Written(f"{bracketed(args[0], ATOM)} ** {bracketed(args[1], ATOM)}", POWER)
        case "abs":
            return Written(f"abs({texts[0]})")
        case "sum" | "prod" | "maximum" | "minimum" | "logsumexp":
            return Written(f"micrograd.{op.name}([{', '.join(texts)}])")
        case "where":
            return Written(f"micrograd.where({', '.join(texts)})")
        case "lt" | "le" | "gt" | "ge" | "take":
            return Written(f"OPS[{op.name!r}]({', '.join(texts)})")
    return Written(f"{bracketed(args[0], ATOM)}.{op.name}()")


def bracketed(x: Written, level: int) -> str:
    """Write an expression where only one that holds together this tightly needs no brackets."""
    return x.text if x.level >= level else f"({x.text})"


def bracketed_tex(x: Written, level: int) -> str:
    """Do the same in TeX, with brackets that grow."""
    return x.text if x.level >= level else rf"\left({x.text}\right)"


def _sum(args: Sequence[Written], wrap: Callable[[Written, int], str]) -> Written:
    if len(args) == 1:
        return args[0]
    text = wrap(args[0], SUM)
    for arg in args[1:]:
        text += f" - {wrap(arg.negated, PRODUCT)}" if arg.negated else f" + {wrap(arg, PRODUCT)}"
    return Written(text, SUM)


def _product(
    args: Sequence[Written],
    times: str,
    fraction: Callable[[str, Written], str],
    wrap: Callable[[Written, int], str],
) -> Written:
    """Join the factors, with one sign in front, and those that are inverses below a line."""
    minus = False
    over: list[Written] = []
    below: list[Written] = []
    for arg in args:
        if arg.negated:
            minus, arg = not minus, arg.negated
        if arg.inverted:
            below.append(arg.inverted)
        elif arg.text != "1":
            over.append(arg)
    if len(over) == 1 and not below:
        positive = over[0]
    else:
        text = times.join(wrap(arg, PRODUCT) for arg in over) or "1"
        if below:
            if len(below) == 1:
                text = fraction(text, below[0])
            else:
                text = fraction(
                    text, Written(times.join(wrap(arg, POWER) for arg in below), PRODUCT)
                )
        positive = Written(
            text, PRODUCT, inverted=below[0] if len(below) == 1 and not over else None
        )
    if minus:
        return Written("-" + wrap(positive, PRODUCT), PRODUCT, negated=positive)
    return positive
