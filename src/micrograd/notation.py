"""How an operation is written: as plain text, as TeX, as Python.

A writer gets the op and its arguments already written, and adds the parentheses that they need. It
goes from the arguments to the result, never back, so that a graph of any depth can be written.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import NamedTuple

from .ops import Op

CHOICE, COMPARISON, SUM, PRODUCT, POWER, ATOM = range(6)  # how tightly an expression holds together
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_COMPARISONS = ("lt", "le", "gt", "ge")


class Written(NamedTuple):
    """An expression, how tightly it holds together, and what it is the negative or inverse of."""

    text: str
    level: int = ATOM
    negated: "Written | None" = None
    inverted: "Written | None" = None


Writer = Callable[[Op, Sequence[Written]], Written]


def number(x: float) -> str:
    """Write a number with six significant digits; a whole one keeps its ``.0``."""
    text = f"{x:.6g}"
    return text + ".0" if text.lstrip("-").isdigit() else text


def number_text(x: float) -> Written:
    """Write a number inside a formula, where 2 is enough for 2.0."""
    text = f"{x:.6g}"
    if x < 0:
        return Written(text, PRODUCT, negated=Written(text[1:]))
    return Written(text)


def number_tex(x: float) -> Written:
    """Write a number in TeX, with a power of ten where the text has an e."""
    mantissa, _, exponent = f"{x:.6g}".partition("e")
    text = {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\mathrm{nan}"}.get(mantissa, mantissa)
    level = PRODUCT if exponent or x < 0 else ATOM
    if exponent:
        text += rf" \cdot 10^{{{int(exponent)}}}"
    return Written(text, level, negated=Written(text[1:], level) if x < 0 else None)


def name_tex(name: str) -> str:
    """Write a name in TeX: v12 gets an index, several letters are upright, no character is lost."""
    special = {c: "\\" + c for c in "#$%&_{}"} | {
        "\\": r"\backslash ",
        "^": r"\hat{}",
        "~": r"\sim ",
        " ": r"\ ",
    }
    stem = name.rstrip("0123456789")
    index = name[len(stem) :]
    upright = "".join(special.get(c, c) for c in stem)
    if len(stem) != 1:
        upright = rf"\mathrm{{{upright or index}}}"
    return upright + (f"_{{{index}}}" if stem and index else "")


def write_text(op: Op, args: Sequence[Written]) -> Written:
    """Write an operation as people do: a · b, x², ReLU(x)."""
    match op.name:
        case "add" | "sum":
            return _sum(args, _round)
        case "mul" | "prod":
            return _product(
                args, " · ", lambda over, below: f"{over} / {_round(below, POWER)}", _round
            )
        case "powc":
            (x,) = args
            exponent = f"{op.static:g}"
            if exponent == "-1":
                return Written(f"1 / {_round(x, POWER)}", PRODUCT, inverted=x)
            whole = exponent.lstrip("-").isdigit()
            power = exponent.translate(_SUPERSCRIPT) if whole else "^" + exponent
            return Written(_round(x, ATOM) + power, POWER)
        case "pow":
            return Written(f"{_round(args[0], ATOM)}^{_round(args[1], ATOM)}", POWER)
        case "abs":
            return Written(f"|{args[0].text}|")
        case "where":
            condition, chosen, other = (_round(arg, COMPARISON) for arg in args)
            return Written(f"{chosen} if {condition} else {other}", CHOICE)
    if op.partials is None and not op.symbol:
        return Written(f"made by hand({', '.join(arg.text for arg in args)})")
    if op.name in _COMPARISONS or (op.partials is None and not op.symbol.isidentifier()):
        return Written(f" {op.symbol} ".join(_round(arg, SUM) for arg in args), COMPARISON)
    return Written(f"{op.symbol}({', '.join(arg.text for arg in args)})")


def write_tex(op: Op, args: Sequence[Written]) -> Written:
    """Write an operation in TeX, by the form in its record."""
    if op.name in ("add", "sum"):
        return _sum(args, _stretched)
    if op.name in ("mul", "prod"):
        return _product(
            args, r" \cdot ", lambda over, below: rf"\frac{{{over}}}{{{below.text}}}", _stretched
        )
    if op.partials is None:
        name = name_tex(op.symbol or "made by hand")
        return Written(rf"{name}\left({', '.join(arg.text for arg in args)}\right)")
    if op.name == "powc" and op.static == -1:
        return Written(rf"\frac{{1}}{{{args[0].text}}}", ATOM, inverted=args[0])
    if op.name in ("powc", "pow"):
        args = [Written(_stretched(args[0], ATOM)), *args[1:]]
    elif op.name in _COMPARISONS:
        sign = {"le": r" \le ", "ge": r" \ge "}.get(op.name, f" {op.symbol} ")
        return Written(sign.join(_stretched(arg, SUM) for arg in args), COMPARISON)
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
                return Written(f"{_round(args[0], SUM)} - {_round(args[1].negated, PRODUCT)}", SUM)
            return Written(f"{_round(args[0], SUM)} + {_round(args[1], PRODUCT)}", SUM)
        case "mul":
            x, y = args
            if y.text == "-1.0":
                return Written("-" + _round(x, POWER), PRODUCT, negated=x)
            if y.inverted:
                return Written(f"{_round(x, PRODUCT)} / {_round(y.inverted, POWER)}", PRODUCT)
            return Written(f"{_round(x, PRODUCT)} * {_round(y, POWER)}", PRODUCT)
        case "powc":
            inverted = args[0] if op.static == -1 else None
            return Written(f"{_round(args[0], ATOM)} ** {op.static}", POWER, inverted=inverted)
        case "pow":
            return Written(f"{_round(args[0], ATOM)} ** {_round(args[1], ATOM)}", POWER)
        case "abs":
            return Written(f"abs({texts[0]})")
        case "sum" | "prod" | "maximum" | "minimum" | "logsumexp":
            return Written(f"micrograd.{op.name}([{', '.join(texts)}])")
        case "where":
            return Written(f"micrograd.where({', '.join(texts)})")
        case "lt" | "le" | "gt" | "ge" | "take":
            return Written(f"OPS[{op.name!r}]({', '.join(texts)})")
    return Written(f"{_round(args[0], ATOM)}.{op.name}()")


def _round(x: Written, level: int) -> str:
    return x.text if x.level >= level else f"({x.text})"


def _stretched(x: Written, level: int) -> str:
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
