"""The table of operations: all that micrograd knows about one function stands in its one record.

``partials`` are written once and hold for numbers, for Values (higher derivatives) and for symbols
alike: an Op called on anything but numbers hands itself to that thing's ``_apply``. The rest is
composed, as in the original: a - b is a + b * -1, and a / b is a * b ** -1.
"""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .value import ieee

__all__ = ["OPS", "Op", "named"]
NUMBER = (float, int)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Op:
    """One primitive: its value, its derivatives, and how it is written."""

    name: str
    symbol: str  # what ``Value._op`` shows
    arity: int | None  # None: one or more; a written form then stands for two and is repeated
    fn: Callable[..., float]  # (*numbers) -> number, by IEEE 754; never raises
    partials: Callable[..., tuple] | None  # (*arguments, out) -> one derivative per argument
    tex: str  # {0}, {1}, {2} are the arguments; {{ and }} are braces
    code: str  # means the same in C and in JavaScript, given functions of these names
    domain: tuple[tuple[float, float], ...] = ((-3.0, 3.0),)  # for tests; the last one repeats
    kinks: tuple[float, ...] = ()  # x (x - y for two arguments) where the derivative jumps
    static: int | float | None = None  # the exponent of ``powc``; {static} in the written forms

    def __call__(self, *args: Any) -> Any:
        """Compute it, of numbers or of whatever else its first argument that is no number is."""
        for arg in args:
            if not isinstance(arg, NUMBER):
                return arg._apply(self, *args)
        return self.fn(*args)

    def __repr__(self) -> str:
        return f"<op {self.name} {self.symbol}>"

    def __reduce__(self) -> tuple:
        return named, (self.name, self.symbol if self.partials is None else self.static)


# fmt: off
def _pow_partials(x: Any, y: Any, out: Any) -> tuple:
    """y x^(y-1) and x^y log x; where x = 0 and y >= 0, the power does not change with y."""
    slope, growth = y * POW(x, y - 1), out * LOG(x)
    dx, dy = WHERE(y > 0, slope, WHERE(y < 0, slope, 0.0 * y)), WHERE(y < 0, growth, 0.0 * x)
    return (WHERE(x > 0, slope, WHERE(x < 0, slope, dx)),  # dx and dy: for x = 0, and for nan
            WHERE(x > 0, growth, WHERE(x < 0, growth, dy)))


def _selected(xs: tuple, out: Any, reaches: Callable[[Any, Any], Any]) -> tuple:
    """1 for the first argument that is the result, 0 for the others."""
    left, partials = 1.0, []
    for x in xs:
        partials.append(WHERE(test := reaches(x, out), left, 0.0))
        left = WHERE(test, 0.0, left)  # a tie goes to the first
    return tuple(partials)


def _comparison(name: str, symbol: str, fn: Callable[[Any, Any], bool]) -> Op:
    form = f"{{0}} {symbol} {{1}}"
    return Op(name, symbol, 2, lambda x, y: float(fn(x, y)), lambda x, y, out: (0.0, 0.0),
              form, f"({form})", kinks=(0.0,))


@lru_cache(maxsize=4096, typed=True)
def power(n: int | float) -> Op:
    """Return the op x -> x ** n for a constant n. x ** 0 is 1 with slope 0, also at x = 0."""
    factor = float(n)
    return Op("powc", f"**{n}", 1, lambda x: ieee.pow(x, factor),
              lambda x, out: (factor * power(n - 1)(x) if factor else 0.0,),
              "{{{0}}}^{{{static}}}", "pow({0}, {static})", domain=((0.2, 3.0),), static=n)


ADD = Op("add", "+", 2, operator.add, lambda x, y, out: (1.0, 1.0), "{0} + {1}", "({0} + {1})")
MUL = Op("mul", "*", 2, operator.mul, lambda x, y, out: (y, x), r"{0} \cdot {1}", "({0} * {1})")
SUM = Op("sum", "+", None, ieee.sum, lambda *args: (1.0,) * (len(args) - 1), ADD.tex, ADD.code)
PROD = Op("prod", "*", None, ieee.prod, lambda *args: ieee.products_of_others(*args[:-1]),
          MUL.tex, MUL.code)
POW = Op("pow", "**", 2, ieee.pow, _pow_partials,
         "{{{0}}}^{{{1}}}", "pow({0}, {1})", domain=((0.2, 3.0), (-3.0, 3.0)))
EXP = Op("exp", "exp", 1, ieee.exp, lambda x, out: (out,), "e^{{{0}}}", "exp({0})")
EXPM1 = Op("expm1", "expm1", 1, ieee.expm1, lambda x, out: (EXP(x),),
           "(e^{{{0}}} - 1)", "expm1({0})")
LOG = Op("log", "log", 1, ieee.log, lambda x, out: (power(-1)(x),),
         r"\ln({0})", "log({0})", domain=((0.1, 3.0),))
LOG1P = Op("log1p", "log1p", 1, ieee.log1p, lambda x, out: (power(-1)(x + 1.0),),
           r"\ln(1 + {0})", "log1p({0})", domain=((-0.8, 3.0),))
SQRT = Op("sqrt", "sqrt", 1, ieee.sqrt, lambda x, out: (0.5 * power(-1)(out),),
          r"\sqrt{{{0}}}", "sqrt({0})", domain=((0.1, 3.0),))
SIN: Op = Op("sin", "sin", 1, ieee.sin, lambda x, out: (COS(x),), r"\sin({0})", "sin({0})")
COS: Op = Op("cos", "cos", 1, ieee.cos, lambda x, out: (-1.0 * SIN(x),), r"\cos({0})", "cos({0})")
TANH = Op("tanh", "tanh", 1, math.tanh, ieee.slope(lambda x, out: 1.0 - out * out, lambda x, out:
          SIGMOID((side := WHERE(x > 0, -2.0, 2.0)) * x) * (2.0 - side * out)),
          r"\tanh({0})", "tanh({0})")
SIGMOID: Op = Op("sigmoid", "sigmoid", 1, ieee.sigmoid, ieee.slope(
                 lambda x, out: out * (1.0 - out), lambda x, out: out * SIGMOID(-1.0 * x)),
                 r"\sigma({0})", "sigmoid({0})")
SOFTPLUS = Op("softplus", "softplus", 1, ieee.softplus, lambda x, out: (SIGMOID(x),),
              r"\ln(1 + e^{{{0}}})", "softplus({0})")
ERF = Op("erf", "erf", 1, math.erf, lambda x, out: (2 / math.sqrt(math.pi) * EXP(-1.0 * x * x),),
         r"\operatorname{{erf}}({0})", "erf({0})")
RELU = Op("relu", "ReLU", 1, ieee.relu, lambda x, out: (WHERE(x > 0, 1.0, 0.0),),  # relu'(0) = 0
          r"\operatorname{{ReLU}}({0})", "({0} < 0 ? 0.0 : {0})", kinks=(0.0,))
ABS = Op("abs", "abs", 1, abs, lambda x, out: (WHERE(x > 0, 1.0, WHERE(x < 0, -1.0, 0.0)),),
         r"\left|{0}\right|", "fabs({0})", kinks=(0.0,))  # abs'(0) = 0
MAXIMUM = Op("maximum", "max", None, ieee.maximum,
             lambda *args: _selected(args[:-1], args[-1], lambda x, out: x >= out),
             r"\max({0}, {1})", "maximum({0}, {1})", kinks=(0.0,))
MINIMUM = Op("minimum", "min", None, ieee.minimum,
             lambda *args: _selected(args[:-1], args[-1], lambda x, out: x <= out),
             r"\min({0}, {1})", "minimum({0}, {1})", kinks=(0.0,))
LOGSUMEXP = Op("logsumexp", "logsumexp", None, ieee.logsumexp,  # its partials are the softmax
               lambda *args: tuple(EXP(x - args[-1]) for x in args[:-1]),
               r"\ln(e^{{{0}}} + e^{{{1}}})", "logaddexp({0}, {1})")
WHERE: Op = Op("where", "where", 3, lambda test, x, y: x if test else y,
               lambda test, x, y, out: (0.0, WHERE(test, 1.0, 0.0), WHERE(test, 0.0, 1.0)),
               r"({0}\,?\,{1} : {2})", "({0} ? {1} : {2})", domain=((1.0, 1.0), (-3.0, 3.0)))
TAKE = Op("take", "take", None, lambda index, *rows: rows[int(index)],  # take(index, *rows)
          lambda index, *args: (0.0, *(WHERE(index >= i, WHERE(index <= i, 1.0, 0.0), 0.0)
                                       for i in range(len(args) - 1))),
          "{0}, {1}", "{0}, {1}", domain=((0.0, 0.0), (-3.0, 3.0)))
DETACH = Op("detach", "detach", 1, lambda x: x, lambda x, out: (0.0,), "{0}", "{0}")
LT, LE = _comparison("lt", "<", operator.lt), _comparison("le", "<=", operator.le)
GT, GE = _comparison("gt", ">", operator.gt), _comparison("ge", ">=", operator.ge)
# fmt: on


@lru_cache(maxsize=4096)
def handmade(symbol: str) -> Op:
    """Return the op of a value made by hand: it passes no gradient on by itself."""
    return Op("handmade", symbol, None, lambda *xs: math.nan, None, tex="", code="")


OPS: dict[str, Op] = {op.name: op for op in [*globals().values(), power(3)] if isinstance(op, Op)}


def named(name: str, static: Any = None) -> Op:
    """Find an op by name; ``static`` is the exponent of powc, or the symbol of handmade."""
    return {"powc": power, "handmade": handmade}[name](static) if static is not None else OPS[name]
