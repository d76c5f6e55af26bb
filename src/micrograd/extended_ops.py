"""The second table of operations: what scientific code and newer networks use besides ``ops.py``.

A record here is an op like any other. The engine in C computes it by calling the record. What is a
step (``floor``, ``ceil``, ``sign``, ``//``) has slope 0 everywhere, also where it jumps.
"""

import math
from collections.abc import Callable, Mapping
from math import inf, nan, pi
from typing import Any

from . import ops
from .ops import EXP, EXPM1, MINIMUM, SIGMOID, WHERE, Op, power
from .value import ieee


def _quiet(f: Callable[[float], float], poles: Mapping[float, float] | None = None) -> Callable:
    """A function of ``math`` by IEEE 754: infinite at its poles, nan outside its domain."""

    def computed(x: float) -> float:
        try:
            return f(x)
        except OverflowError:
            return f(math.copysign(1.0, x)) * inf
        except ValueError:
            return (poles or {}).get(x, nan)

    return computed


def _modulo(x: float, y: float) -> float:
    """The rest of x // y, with the sign of y, as Python's; nan where y is 0."""
    if y == 0 or not math.isfinite(x) or y != y:
        return nan
    rest = math.fmod(x, y)
    if rest:
        return rest + y if (rest < 0) != (y < 0) else rest
    return math.copysign(0.0, y)


def _floor_divide(x: float, y: float) -> float:
    """The quotient rounded down, as Python's; by IEEE 754 where y is 0."""
    if y == 0 or not math.isfinite(x) or y != y:
        return x * math.copysign(inf, y) if y == 0 and x == x else nan
    rest = math.fmod(x, y)
    quotient = (x - rest) / y
    if rest and (rest < 0) != (y < 0):
        quotient -= 1.0
    if not quotient:
        return math.copysign(0.0, x / y)
    whole = math.floor(quotient) if math.isfinite(quotient) else quotient
    return float(whole) + (1.0 if quotient - whole > 0.5 else 0.0)


def _steps(f: Callable[[float], int]) -> Callable[[float], float]:
    def whole(x: float) -> float:  # -0.5 is rounded up to -0.0, as in C
        return math.copysign(float(f(x)), x) if math.isfinite(x) else x

    return whole


def _sign(x: float) -> float:
    return 1.0 if x > 0 else -1.0 if x < 0 else x


def _over(x: Any, out: Any) -> Any:
    """x / out; 0 where out is 0: the slope of a distance at its corner."""
    return WHERE(out > 0, x * power(-1)(out), WHERE(out < 0, 0.0, 0.0 * out))


def _atan2_partials(y: Any, x: Any, out: Any) -> tuple:
    distance = HYPOT(y, x)
    inverse = power(-1)(distance)
    return _over(x, distance) * inverse, -1.0 * _over(y, distance) * inverse


_SLOPE_OF_ERF = 2 / math.sqrt(pi)
_NARROW = ((-0.9, 0.9),)
_POSITIVE = ((0.1, 3.0),)
_APART = ((0.3, 3.0), (-3.0, 3.0))

# fmt: off
TAN = Op("tan", "tan", 1, _quiet(math.tan), lambda x, out: (1.0 + out * out,),
         r"\tan({0})", "tan({0})", domain=((-1.2, 1.2),))
ASIN = Op("asin", "asin", 1, _quiet(math.asin),
          lambda x, out: (power(-0.5)((1.0 - x) * (1.0 + x)),),
          r"\arcsin({0})", "asin({0})", domain=_NARROW)
ACOS = Op("acos", "acos", 1, _quiet(math.acos),
          lambda x, out: (-1.0 * power(-0.5)((1.0 - x) * (1.0 + x)),),
          r"\arccos({0})", "acos({0})", domain=_NARROW)
ATAN = Op("atan", "atan", 1, math.atan, lambda x, out: (power(-1)(1.0 + x * x),),
          r"\arctan({0})", "atan({0})")
SINH: Op = Op("sinh", "sinh", 1, _quiet(math.sinh), lambda x, out: (COSH(x),),
              r"\sinh({0})", "sinh({0})")
COSH: Op = Op("cosh", "cosh", 1, _quiet(math.cosh), lambda x, out: (SINH(x),),
              r"\cosh({0})", "cosh({0})")
ASINH = Op("asinh", "asinh", 1, math.asinh, lambda x, out: (power(-1)(HYPOT(x, 1.0)),),
           r"\operatorname{{arsinh}}({0})", "asinh({0})")
ACOSH = Op("acosh", "acosh", 1, _quiet(math.acosh),
           lambda x, out: (power(-0.5)(x - 1.0) * power(-0.5)(x + 1.0),),
           r"\operatorname{{arcosh}}({0})", "acosh({0})", domain=((1.1, 3.0),))
ATANH = Op("atanh", "atanh", 1, _quiet(math.atanh, {1.0: inf, -1.0: -inf}),
           lambda x, out: (power(-1)((1.0 - x) * (1.0 + x)),),
           r"\operatorname{{artanh}}({0})", "atanh({0})", domain=_NARROW)
LOG2 = Op("log2", "log2", 1, _quiet(math.log2, {0.0: -inf}),
          lambda x, out: (1 / math.log(2) * power(-1)(x),),
          r"\log_2({0})", "log2({0})", domain=_POSITIVE)
LOG10 = Op("log10", "log10", 1, _quiet(math.log10, {0.0: -inf}),
           lambda x, out: (1 / math.log(10) * power(-1)(x),),
           r"\log_{{10}}({0})", "log10({0})", domain=_POSITIVE)
CBRT = Op("cbrt", "cbrt", 1, math.cbrt, lambda x, out: (1 / 3 * power(-2)(out),),
          r"\sqrt[3]{{{0}}}", "cbrt({0})", domain=_POSITIVE)
ERFC = Op("erfc", "erfc", 1, math.erfc, lambda x, out: (-_SLOPE_OF_ERF * EXP(-1.0 * x * x),),
          r"\operatorname{{erfc}}({0})", "erfc({0})")
HYPOT: Op = Op("hypot", "hypot", 2, math.hypot, lambda x, y, out: (_over(x, out), _over(y, out)),
               r"\sqrt{{{{{0}}}^2 + {{{1}}}^2}}", "hypot({0}, {1})", domain=_APART)  # 0 at (0, 0)
ATAN2 = Op("atan2", "atan2", 2, math.atan2, _atan2_partials,
           r"\operatorname{{atan2}}({0}, {1})", "atan2({0}, {1})", domain=_APART)  # nan at (0, 0)
FLOOR = Op("floor", "floor", 1, _steps(math.floor), lambda x, out: (0.0,),
           r"\lfloor {0} \rfloor", "floor({0})", domain=((0.2, 0.8),))
CEIL = Op("ceil", "ceil", 1, _steps(math.ceil), lambda x, out: (0.0,),
          r"\lceil {0} \rceil", "ceil({0})", domain=((0.2, 0.8),))
SIGN = Op("sign", "sign", 1, _sign, lambda x, out: (0.0,), r"\operatorname{{sign}}({0})",
          "({0} > 0 ? 1.0 : {0} < 0 ? -1.0 : {0})", domain=_POSITIVE)
FLOORDIV = Op("floordiv", "//", 2, _floor_divide, lambda x, y, out: (0.0, 0.0),
              r"\lfloor {0} / {1} \rfloor", "floor_divide({0}, {1})",
              domain=((2.2, 2.8), (1.9, 2.0)))
MOD = Op("mod", "%", 2, _modulo, lambda x, y, out: (1.0, -1.0 * FLOORDIV(x, y)),
         r"{0} \bmod {1}", "modulo({0}, {1})", domain=((2.2, 2.8), (1.9, 2.0)))
SILU = Op("silu", "silu", 1, lambda x: x * ieee.sigmoid(x),
          lambda x, out: (SIGMOID(x) * (1.0 + x * SIGMOID(-1.0 * x)),),
          r"\operatorname{{SiLU}}({0})", "({0} * sigmoid({0}))")
GELU = Op("gelu", "gelu", 1, lambda x: 0.5 * x * math.erfc(-math.sqrt(0.5) * x),
          lambda x, out: (0.5 * ERFC(-math.sqrt(0.5) * x)
                          + x * (1 / math.sqrt(2 * pi) * EXP(-0.5 * x * x)),),
          r"\operatorname{{GELU}}({0})", "(0.5 * {0} * erfc(-0.7071067811865476 * {0}))")
ELU = Op("elu", "elu", 2, lambda x, a: x if x > 0 else a * ieee.expm1(x),  # slope a at 0
         lambda x, a, out: (WHERE(x > 0, 1.0, out + a), WHERE(x > 0, 0.0, EXPM1(MINIMUM(x, 0.0)))),
         r"\operatorname{{ELU}}_{{{1}}}({0})", "({0} > 0 ? {0} : {1} * expm1({0}))",
         domain=((-3.0, -0.2), (0.5, 2.0)))
LEAKY_RELU = Op("leaky_relu", "leaky_relu", 2, lambda x, a: x if x > 0 else a * x,  # slope a at 0
                lambda x, a, out: (WHERE(x > 0, 1.0, a), WHERE(x > 0, 0.0, x)),
                r"\operatorname{{ReLU}}_{{{1}}}({0})", "({0} > 0 ? {0} : {1} * {0})",
                domain=((-3.0, -0.2), (0.01, 0.9)))
# fmt: on

TABLE: dict[str, Op] = {
    op.name: op
    for op in globals().values()
    if isinstance(op, Op) and op not in ops.OPS.values() and op.static is None
}
ops.OPS.update(TABLE)


def _method(op: Op) -> Callable:
    def method(value: Any) -> Any:
        return op(value)

    method.__doc__ = f"Return {op.name} of this value."
    return method


def _clipped(value: Any, low: Any = None, high: Any = None) -> Any:
    """Return this value within limits; outside of them no gradient passes."""
    above = value if low is None else ops.MAXIMUM(value, low)
    return above if high is None else MINIMUM(above, high)


def _atan2(value: Any, x: Any) -> Any:
    """Return the angle of the point (x, this value)."""
    return ATAN2(value, x)


def _hypot(value: Any, other: Any) -> Any:
    """Return the length of the vector (this value, other)."""
    return HYPOT(value, other)


def _elu(value: Any, alpha: Any = 1.0) -> Any:
    """Return this value where it is positive, else alpha · (exp(value) - 1)."""
    return ELU(value, alpha)


def _leaky_relu(value: Any, negative_slope: Any = 0.01) -> Any:
    """Return this value where it is positive, else its product with a small slope."""
    return LEAKY_RELU(value, negative_slope)


def _exp2(value: Any) -> Any:
    """Return 2 to the power of this value."""
    return ops.POW(2.0, value)


def _fabs(value: Any) -> Any:
    """Return abs of this value."""
    return ops.ABS(value)


def _radians(value: Any) -> Any:
    """Return an angle in degrees in radians."""
    return value * (pi / 180)


def _degrees(value: Any) -> Any:
    """Return an angle in radians in degrees."""
    return value * (180 / pi)


_METHODS: dict[str, Callable] = {
    **{name: _method(op) for name, op in TABLE.items() if op.arity == 1},
    "clip": _clipped,
    "atan2": _atan2,
    "hypot": _hypot,
    "elu": _elu,
    "leaky_relu": _leaky_relu,
}
_ARCS = ("asin", "acos", "atan", "asinh", "acosh", "atanh", "atan2")  # arcsin and so on
_NUMPYS = {"exp2": _exp2, "fabs": _fabs, "radians": _radians, "degrees": _degrees}
_NUMPYS |= {"deg2rad": _radians, "rad2deg": _degrees}  # NumPy calls methods of these names
METHODS = _METHODS | {f"arc{name[1:]}": _METHODS[name] for name in _ARCS} | _NUMPYS
