"""Formulas as they stand in a textbook, put into Python: ``2x``, ``x²``, ``2(x + 1)``, ``sin²(x)``.

They are not computed as they are: whoever types one is told how Python wants it, and learns it.
"""

import re
from keyword import iskeyword

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_AS_DIGITS = str.maketrans(_RAISED, "0123456789-")
_SIGNS = str.maketrans({"·": "*", "×": "*", "÷": "/", "−": "-", "–": "-", "π": "pi"})
_POWER_OF_CALL = re.compile(rf"([A-Za-z]+)([{_RAISED}]+)\s*(\((?:[^()]|\([^()]*\))*\))")
_POWER = re.compile(rf"[{_RAISED}]+")
_ROOT = re.compile(r"√\s*(\([^()]*\)|\w+)")
_SIZE = re.compile(r"\|([^|]+)\|")
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d*)?|\.\d+)\s*(?=[A-Za-z_(])(?![eE][+-]?\d|[xXbBoO]\d)")
_NAMES = re.compile(r"(?<![\w.])([A-Za-z_]\w*)[ \t]+(?=([A-Za-z_]\w*))")  # a b
_BRACKETS = re.compile(r"\)\s*(?=[\w(])")


def as_python(text: str) -> str:
    """Write a formula as Python does; one that is Python already comes back as it was.

    >>> as_python("2x² + 3(x + 1)"), as_python("sin²(x)"), as_python("2e5 * x1"), as_python("a b")
    ('2*x**2 + 3*(x + 1)', 'sin(x)**2', '2e5 * x1', 'a*b')
    """
    text = _POWER_OF_CALL.sub(lambda m: f"{m[1]}{m[3]}**{_exponent(m[2])}", text)
    text = _POWER.sub(lambda m: f"**{_exponent(m[0])}", text)
    text = _ROOT.sub(lambda m: f"sqrt({m[1].strip('()')})", text.translate(_SIGNS))
    text = _SIZE.sub(r"abs(\1)", text)
    text = _NAMES.sub(lambda m: m[0] if iskeyword(m[1]) or iskeyword(m[2]) else f"{m[1]}*", text)
    return _BRACKETS.sub(")*", _NUMBER.sub(r"\1*", text))


def _exponent(raised: str) -> str:
    exponent = raised.translate(_AS_DIGITS)
    return f"({exponent})" if exponent.startswith("-") else exponent
