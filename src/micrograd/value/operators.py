"""What Python's operators do with a Value on one side and anything at all on the other.

A number becomes a float; an array goes through its elements by NumPy's own operator; all else is
refused, with the operator and the offending object in the message.
"""

import linecache
import math
import re
import sys
from collections.abc import Callable
from itertools import islice
from numbers import Integral
from opcode import opname
from pathlib import Path
from types import FrameType
from typing import Any

from .modes import mode
from .numeric import is_array, number

PACKAGE = str(Path(__file__).resolve().parent.parent)
Method = Callable[[Any, Any], Any]


def both_sides(symbol: str, f: Callable[[Any, Any], Any]) -> tuple[Method, Method]:
    """Make the two methods behind an operator: ``x + y``, and ``y + x`` where y is no Value."""

    def method(self: Any, other: Any) -> Any:
        if type(other) is not type(self):
            other = operand(symbol, other)
        return other if other is NotImplemented else f(self, other)

    def reflected(self: Any, other: Any) -> Any:
        other = operand(symbol, other)
        return other if other is NotImplemented else f(other, self)

    return method, reflected


def operand(symbol: str, x: Any) -> Any:
    """Let a Value pass, make a number a float, and return NotImplemented for an array."""
    if isinstance(x, float) or (type(x) is int and -1e300 < x < 1e300):  # the usual case first
        return float(x)
    if hasattr(x, "_is_micrograd_value"):
        return x
    if (is_array(x) and x.ndim) or hasattr(x, "_traced"):  # a traced comparison counts as 0 or 1
        return NotImplemented
    return number(x, f"{symbol} expects a Value or")


def assigned(value: Any, name: str, x: Any) -> float:
    """Return what is assigned to ``data`` or ``grad`` as a float; a trace goes on with it."""
    x = 0.0 if x is None and name == "grad" else x
    if mode.tracer is not None:
        return mode.tracer.assigning(value, name, x)
    return number(x, f"{name} expects")


def exponent(x: Any) -> Any:
    """Return x as ``operand`` does, but an int stays an int, so that ``_op`` is ``**3``."""
    n = operand("**", x)
    if type(x) is float or type(n) is not float:
        return n
    return int(x) if type(x) is int or isinstance(x, Integral) else n


def no_float(value: Any) -> float:
    """Refuse ``math.exp(value)`` and its like, which would silently lose the gradient."""
    remedy = instead_of_math(
        value,
        "micrograd has a function of its own, v.{called}()",
        "write {called} with what micrograd has, as v.exp() and v.log()",
        "micrograd has functions of its own, as v.exp() and v.log()",
    )
    raise TypeError(
        f"{value!r} is not a float: v.data is one, without a gradient; to keep the gradient, "
        + remedy
    )


def instead_of_math(value: Any, has: str, lacks: str, other: str) -> str:
    """Say what to do instead of what asks a value for a float.

    Args:
        has: where it is a function of math that values have; ``{called}`` stands for its name.
        lacks: where it is another one.
        other: where it is none.
    """
    frame = sys._getframe(1)
    while frame.f_back and _is_inside(frame):
        frame = frame.f_back
    called = _called(frame)
    if opname[frame.f_code.co_code[frame.f_lasti]].startswith("STORE_S") or called.endswith(".at"):
        return (
            "an array that it is written into is made with dtype=object; or fill a list, and take "
            "np.array of it"
        )
    module, _, name = called.rpartition(".")
    if name in INSTEAD:
        return INSTEAD[name]
    if not name or module not in ("", "math") or not hasattr(math, name):
        return other
    return (has if callable(getattr(value, name, None)) else lacks).format(called=name)


INSTEAD = {
    "fsum": "add with sum",
    "isnan": "compare it: not abs(x) <= math.inf",
    "isinf": "compare it: abs(x) >= math.inf",
    "isfinite": "compare it: abs(x) < math.inf",
    "interp": "add ys[0] and slope * (minimum(maximum(x, a), b) - a) for each interval from a to b",
}


def _is_inside(frame: FrameType) -> bool:
    """Tell whether it is micrograd or NumPy that runs in a frame, not their user."""
    name = frame.f_globals.get("__name__", "")
    return frame.f_code.co_filename.startswith(PACKAGE) or name.startswith("numpy.")


def _called(frame: FrameType) -> str:
    """Return what a frame calls just now as it is written, ``math.exp``, if it is a plain name."""
    place = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), None)
    line, last, start, stop = place or (None,) * 4
    if line is None or line != last:
        return ""
    text = linecache.getline(frame.f_code.co_filename, line).encode()[start:stop]
    called = re.match(r"([\w.]+)\(", text.decode(errors="replace"))
    return called[1] if called else ""


def no_index(value: Any) -> int:
    """Refuse ``rows[value]`` and ``range(value)``."""
    if mode.tracer is not None:
        mode.tracer.indexing(value)
    raise TypeError(
        f"{value!r} is not an int: take(rows, value) indexes by data, int(value.data) is an int; "
        "static_argnums=... of jit makes an argument a plain int"
    )


def no_round(value: Any, digits: Any = None) -> float:
    """Refuse ``round(value)``, which has no slope to give."""
    raise TypeError(
        f"{value!r} cannot be rounded, a step has no slope: round(v.data, 2) is a float, "
        "and f'{v:.2f}' is its text"
    )


def formatted(value: Any, spec: str) -> str:
    """Write the data as ``spec`` says, as for a float; the whole value where it says nothing."""
    if mode.tracer is not None:
        mode.tracer.writing(value)
    return format(value.data, spec) if spec else str(value)
