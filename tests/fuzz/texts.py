"""Texts of strangers: expressions are computed or refused, labels do not leave their place."""

import json
import math
import random
import re

from grammar import forms

from micrograd import Value
from micrograd.draw import draw
from micrograd.explain import explain
from micrograd.explorer import explore
from micrograd.writing.expression import FUNCTIONS, ExpressionError, evaluate

PARTS = forms(r"""
    a | b | c | 1 | 2.5 | 0 | -1 | 1e308 | ( | ) | + | - | * | / | ** | < | = | ; | , | tanh |
    max( | where( | sum( | a | lambda | [ | ] | ' | " | __import__ | . | exec | \ | é | if |
    else | == | # | // | % | @ | 1_0 | 0x1F | 1j | None | True | ... | nan | inf | *a | := |
    a=1
""")
PARTS += [" ", "\n", "\x00", "9" * 400, "\U0001d482"]
HOSTILE = forms(r"""
    <script> | </script> | <!-- | ]]> | &lt; | ' | " | \ | ${ | ` | {{ | }} |
    <img/src=x/onerror=alert(1)> | javascript: | %s | \u003c | a | é | $x$ | \input{x} | _^ | # |
    ~
""")
HOSTILE += ["\u2028", "\u202e", "\U0001d482", "<img src=x onerror=alert(1)>"]
NESTED = forms(r"""
    ({0}+{1}) | ({0}-{1}) | ({0}*{1}) | ({0})/({1}) | -({0}) | tanh({0}) | exp({0}) |
    max({0},{1}) | relu({0}) | ({0})**2
""")


def program(seed: int) -> str:
    """Return an expression, valid or not, or a hostile label."""
    rng = random.Random(seed)
    if seed % 2:
        return "label " + "".join(rng.choice(HOSTILE) for _ in range(rng.randint(1, 5)))
    if rng.random() < 0.5:
        return "expression " + _expression(rng, 4)
    return "expression " + "".join(rng.choice(PARTS) for _ in range(rng.randint(1, 12)))


def _expression(rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(["a", "b", "0.5", "2", "-1"])
    inner = [_expression(rng, depth - 1) for _ in range(2)]
    form = rng.choice(NESTED)
    return form.format(*inner)


def verdict(text: str) -> tuple[str, str]:
    """Compute an expression, or show a label in all places."""
    kind, _, text = text.partition(" ")
    return _of_expression(text) if kind == "expression" else _of_label(text)


def _of_expression(text: str) -> tuple[str, str]:
    try:
        out = evaluate(text, {"a": 0.75, "b": -1.5})
    except ExpressionError as error:
        return ("", "") if len(str(error)) < 3000 else ("message", f"{len(str(error))} characters")
    except Exception as error:
        return "crash", f"{type(error).__name__}: {error}"
    space = {name: getattr(op, "fn", op) for name, op in FUNCTIONS.items()} | {"a": 0.75, "b": -1.5}
    try:
        expected = float(eval(text, {"__builtins__": {}}, space))
    except Exception:
        return "", ""  # Python raises, or it has several statements
    if not math.isclose(out.data, expected, rel_tol=1e-12) and expected == expected:
        return "different", f"{out.data} instead of {expected}"
    return "", ""


def _of_label(label: str) -> tuple[str, str]:
    try:
        x = Value(2.0, label=label)
    except (ValueError, TypeError) as error:
        return ("", "") if "label" in str(error) else ("message", str(error))
    out = (x * x).tanh()
    explain(out)
    picture = draw(out).svg
    if "<script" in picture or "<img" in picture:
        return "different", "the label is markup in the picture"
    page = explore(out, show=False).html
    plain = explore((Value(2.0, label="x") * 1.0).tanh(), show=False).html
    for tag in ("script", "img", "!--"):
        if len(re.findall(f"<{tag}", page)) != len(re.findall(f"<{tag}", plain)):
            return "different", f"<{tag} got into the page"
    for found in re.findall(
        r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL
    ):
        if "graph" in found and label not in json.dumps(json.loads(found), ensure_ascii=False):
            escaped = json.dumps(label, ensure_ascii=False)[1:-1]
            if escaped not in json.dumps(json.loads(found), ensure_ascii=False):
                return "different", "the label has changed"
    return "", ""
