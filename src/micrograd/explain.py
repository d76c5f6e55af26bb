"""The backward pass in words and numbers."""

import html
from dataclasses import dataclass
from math import isclose
from typing import Any, NamedTuple

from .arguments import whole
from .engine import Value, toposort
from .value.likeness import Likeness, doubtful, likeness_of, source_of
from .writing.ledger import Contribution, ledger
from .writing.naming import Name, constants_of, names_of
from .writing.notation import (
    ATOM,
    PRODUCT,
    SUM,
    Written,
    bracketed_tex,
    number,
    number_tex,
    write_tex,
    write_text,
)
from .writing.symbols import Symbol

__all__ = ["Explanation", "explain"]

_LONG = 60  # characters, after which a derivative in symbols explains nothing
_WIDE = 8  # an operation on more values than this is shortened, and has no derivative in symbols


class Line(NamedTuple):
    """One statement, and the reason for it where there is one to give."""

    text: str
    tex: str
    why: str = ""


@dataclass(frozen=True)
class Explanation:
    """What ``explain`` says: printed as text, shown as a table in a notebook."""

    forward: list[Line]  # how each value was computed
    backward: list[Line]  # one contribution each, in the order of backward
    sums: list[Line]  # of the contributions, for leaves and for values used more than once
    left_out: int  # contributions not listed, because of the limit

    def _sections(self) -> list[tuple[str, list[Line]]]:
        sections = [
            ("Forward: each value from those before it", self.forward),
            ("Backward: local derivative times the gradient from above", self.backward),
            ("Gradients: the sum of what was added", self.sums),
        ]
        if self.left_out:
            text = f"{self.left_out:,} more contributions; explain(root, limit=None) lists all"
            backward = [*self.backward, Line(text, rf"\text{{{text}}}")]
            sections[1] = (sections[1][0], backward)
        return [(title, lines) for title, lines in sections if lines]

    def __str__(self) -> str:
        parts = []
        for title, lines in self._sections():
            width = max((len(line.text) for line in lines if line.why), default=0)
            rows = [f"  {x.text:<{width}}   {x.why}" if x.why else f"  {x.text}" for x in lines]
            parts.append("\n".join([title, *rows]))
        return "\n\n".join(parts)

    __repr__ = __str__  # so that a prompt shows it too

    def latex(self) -> str:
        """Return the same as three aligned blocks of TeX, without dollar signs."""
        blocks = []
        for _, lines in self._sections():
            rows = " \\\\\n".join(line.tex for line in lines)
            blocks.append(f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}")
        return "\n\n".join(blocks)

    def _repr_latex_(self) -> str:
        return "\n\n".join(f"$${block}$$" for block in self.latex().split("\n\n"))

    def _repr_html_(self) -> str:
        rows = []
        for title, lines in self._sections():
            rows.append(
                f'<tr><th colspan="2" style="text-align:left;padding-top:.7em">{title}</th></tr>'
            )
            for line in lines:
                text, why = html.escape(line.text), html.escape(line.why)
                style = "text-align:left;font-family:monospace;white-space:pre;padding:0 2em 0 0"
                rows.append(f'<tr><td style="{style}">{text}</td>')
                rows.append(f'<td style="{style};opacity:.7">{why}</td></tr>')
        return f"<table>{''.join(rows)}</table>"


def explain(root: Any, limit: int | None = 500) -> Explanation:
    """Explain how ``root.backward()`` finds every gradient, one line for each contribution.

    Args:
        root: the result: a Value, or the like of one from another engine, with data, grad, and
            _prev or _children, or attributes of other names that do the same. Neither its data
            nor any gradient is changed.
        limit: how many contributions to list, from the root down; None lists all.

    Returns:
        An Explanation: ``print`` it, let a notebook show it, or take its ``latex()``.

    >>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
    >>> c = a * b
    >>> c.label = "c"
    >>> print(explain(c).backward[1].text)
    a.grad += ∂c/∂a · c.grad = 3.0 · 1.0 = 3.0
    """
    if limit is not None:
        whole("limit", limit, 1)
    likeness = None if isinstance(root, Value) else likeness_of(root, "explain")
    root = likeness.roots[0] if likeness else root
    recorded = likeness is not None and root.grad != 0  # another engine's backward has been here
    order = toposort(root)
    unsure = doubtful(order)
    names, constants = names_of(order), constants_of(order)
    entries = [entry for entry in ledger(root) if entry.parent not in constants]
    shown = entries[:limit]
    touched = {root, *(e.value for e in shown), *(e.parent for e in shown)}
    added: dict[Value, list[float]] = {value: [] for value in order}
    for entry in entries:
        added[entry.parent].append(entry.amount)
    top = names[root].text
    backward = [Line(f"{top}.grad = 1.0", f"{_grad_tex(names[root])} &= 1", f"∂{top}/∂{top} = 1")]
    backward += [_contribution(entry, names) for entry in shown]
    return Explanation(
        forward=[
            _computation(value, names, _of_backward(value, names[value].text, likeness, recorded))
            for value in order
            if value in touched
        ],
        backward=backward,
        sums=[
            _sum_of(
                names[value], added[value], value.grad if recorded and value not in unsure else None
            )
            for value in order
            if value in touched and (len(added[value]) > 1 or (added[value] and not value.parents))
        ],
        left_out=len(entries) - len(shown),
    )


def derivatives(value: Value, names: dict[Value, Name]) -> list[Symbol | float]:
    """Return d(value)/d(parent) for each use, as formulas of the names; [] where there are none."""
    if value._closure is not None or value.op is None or value.op.partials is None:
        return []
    if len(value.parents) > _WIDE:
        return []
    symbols = {v: Symbol(names[v].written, names[v].tex) for v in (*value.parents, value)}
    return list(value.op.partials(*[symbols[v] for v in value.parents], symbols[value]))


def _of_backward(value: Value, name: str, likeness: Likeness | None, recorded: bool) -> str:
    """Say what is unusual about how a value passes its gradient on."""
    if likeness is None:
        return "a hand-set _backward gives its gradient" if value._closure else ""
    if value not in likeness.silent:
        return ""
    return f"{name} has no _backward, so nothing {'was' if recorded else 'is'} passed on"


def _computation(value: Value, names: dict[Value, Name], why: str) -> Line:
    name, tex, data = names[value].text, names[value].tex.text, number(value.data)
    if not value.parents or value.op is None:
        return Line(f"{name} = {data}", f"{tex} &= {number_tex(value.data).text}")
    parents: list[Value | None] = list(value.parents)
    if len(parents) > _WIDE:
        parents[3:-1] = [None]
    text = [names[v].written if v else Written("…") for v in parents]
    formula = [names[v].tex if v else Written(r"\dots") for v in parents]
    numbers = [_number(v.data) if v else Written("…") for v in parents]
    steps = [write_text(value.op, text).text, write_text(value.op, numbers).text, data]
    return Line(
        " = ".join([name, *steps]),
        f"{tex} &= {write_tex(value.op, formula).text} = {number_tex(value.data).text}",
        why,
    )


def _number(x: float) -> Written:
    text = number(x)
    return Written(text, SUM if text.startswith("-") else ATOM)


def _contribution(entry: Contribution, names: dict[Value, Name]) -> Line:
    value, parent = names[entry.value].text, names[entry.parent].text
    upstream, into = _grad_tex(names[entry.value]), _grad_tex(names[entry.parent])
    amount = number(entry.amount)
    if entry.partial is None:
        text = f"{parent}.grad += {amount}"
        tex = f"{into} &\\mathrel{{+}}= {number_tex(entry.amount).text}"
        return Line(text, tex, source_of(entry.value, value))
    numbers = f"{_signed(entry.partial)} · {_signed(entry.upstream)} = {amount}"
    formulas = derivatives(entry.value, names)
    formula = formulas[entry.place] if formulas else None
    above, below = names[entry.value].tex.text, names[entry.parent].tex.text
    fraction = rf"\frac{{\partial {above}}}{{\partial {below}}}"
    why, inner = "", ""
    if isinstance(formula, Symbol) and len(formula.text.text) <= _LONG:
        why = f"∂{value}/∂{parent} = {formula.text.text}"
        inner = f" = {bracketed_tex(formula.tex, PRODUCT)} \\cdot {upstream}"
    uses = [i for i, other in enumerate(entry.value.parents) if other is entry.parent]
    if len(uses) > 1:
        use = f"use {uses.index(entry.place) + 1} of {len(uses)}"
        why = f"{why}, {use}" if why else use
    if entry.value.op is not None and entry.value.op.partials is None:
        why = f"{value} was made by hand, without a _backward: it passes nothing on"
    return Line(
        f"{parent}.grad += ∂{value}/∂{parent} · {value}.grad = {numbers}",
        f"{into} &\\mathrel{{+}}= {fraction} \\cdot {upstream}{inner}"
        f" = {_signed_tex(entry.partial)} \\cdot {_signed_tex(entry.upstream)}"
        f" = {number_tex(entry.amount).text}",
        why,
    )


def _sum_of(named: Name, amounts: list[float], recorded: float | None) -> Line:
    name, left = named.text, _grad_tex(named)
    total = 0.0
    for amount in amounts:
        total += amount
    differs = recorded is not None and not isclose(recorded, total, rel_tol=1e-9, abs_tol=1e-12)
    holds = f"but it holds {number(recorded)}" if recorded is not None and differs else ""
    total_tex = number_tex(total).text
    if len(amounts) == 1:
        return Line(f"{name}.grad = {number(total)}", f"{left} &= {total_tex}", holds)
    terms: list[float | None] = list(amounts)
    if len(terms) > _WIDE:
        terms[3:-1] = [None]
    text = " + ".join("…" if x is None else _signed(x) for x in terms)
    tex = " + ".join(r"\dots" if x is None else _signed_tex(x) for x in terms)
    return Line(
        f"{name}.grad = {text} = {number(total)}",
        f"{left} &= {tex} = {total_tex}",
        f"{len(amounts)} contributions" + (f", {holds}" if holds else ""),
    )


def _signed(x: float) -> str:
    text = number(x)
    return f"({text})" if text.startswith("-") else text


def _signed_tex(x: float) -> str:
    text = number_tex(x).text
    return rf"\left({text}\right)" if text.startswith("-") else text


def _grad_tex(name: Name) -> str:
    return rf"{name.tex.text}.\mathrm{{grad}}"
