"""How ONNX writes each operation; what it lacks is made of what it has."""

from collections.abc import Callable
from math import inf
from typing import Any

from ..compiler.errors import JitError

Make = Callable[..., str]


def _one(kind: str) -> Make:
    return lambda g, *xs: g.node(kind, xs)


def _single(kind: str) -> Make:
    def make(g: Any, x: str) -> str:
        if g.dtype != "float32":
            raise JitError(
                f"onnxruntime has {kind.lower()} in float32 alone: export with dtype='float32'"
            )
        return g.node(kind, [x])

    return make


_erf = _single("Erf")


def _folded(kind: str) -> Make:
    def make(g: Any, first: str, *rest: str) -> str:
        for x in rest:
            first = g.node(kind, [first, x])
        return first

    return make


def _compared(kind: str) -> Make:
    return lambda g, x, y: g.cast(g.node(kind, [x, y]))


def _where(g: Any, kind: str, x: str, bound: float, then: str, other: str) -> str:
    return g.node("Where", [g.node(kind, [x, g.number(bound)]), then, other])


def _relu(g: Any, x: str) -> str:
    return _where(g, "Less", x, 0.0, g.number(0.0), x)


def _sigmoid(g: Any, x: str) -> str:
    e = g.node("Exp", [g.node("Neg", [g.node("Abs", [x])])])  # so that it cannot overflow
    above = _where(g, "Less", x, 0.0, e, g.number(1.0))
    return g.node("Div", [above, g.node("Add", [g.number(1.0), e])])


def _log1p(g: Any, x: str) -> str:
    """Kahan's way: log(u)·x/(u − 1) with u = 1 + x is exact where log(1 + x) has lost digits."""
    u = g.node("Add", [g.number(1.0), x])
    less = g.node("Sub", [u, g.number(1.0)])
    same = g.node("Equal", [less, g.number(0.0)])
    divisor = g.node("Where", [same, g.number(1.0), less])
    scaled = g.node("Mul", [g.node("Log", [u]), g.node("Div", [x, divisor])])
    endless = g.node("Equal", [u, g.number(inf)])
    return g.node("Where", [same, x, g.node("Where", [endless, u, scaled])])


def _expm1(g: Any, x: str) -> str:
    """Kahan's way: (u − 1)·x/log(u) with u = exp(x); −1 and ∞ at the ends."""
    u = g.node("Exp", [x])
    less = g.node("Sub", [u, g.number(1.0)])
    log = g.node("Log", [u])
    one = g.node("Equal", [u, g.number(1.0)])
    divisor = g.node("Where", [one, g.number(1.0), log])
    scaled = g.node("Mul", [less, g.node("Div", [x, divisor])])
    far = g.node("Or", [g.node("Equal", [u, g.number(inf)]), g.node("Equal", [u, g.number(0.0)])])
    return g.node("Where", [one, x, g.node("Where", [far, less, scaled])])


def _softplus(g: Any, x: str) -> str:
    e = g.node("Exp", [g.node("Neg", [g.node("Abs", [x])])])
    return g.node("Add", [_relu(g, x), _log1p(g, e)])


def _gelu(g: Any, x: str) -> str:
    scaled = g.node("Mul", [x, g.number(2**-0.5)])
    share = g.node("Add", [g.number(1.0), _erf(g, scaled)])
    return g.node("Mul", [g.node("Mul", [g.number(0.5), x]), share])


def _elu(g: Any, x: str, a: str) -> str:
    return _where(g, "Greater", x, 0.0, x, g.node("Mul", [a, _expm1(g, x)]))


def _leaky_relu(g: Any, x: str, a: str) -> str:
    return _where(g, "Greater", x, 0.0, x, g.node("Mul", [a, x]))


def _logsumexp(g: Any, *xs: str) -> str:
    top = _folded("Max")(g, *xs)
    finite = g.node("Less", [g.node("Abs", [top]), g.number(inf)])
    shift = g.node("Where", [finite, top, g.number(0.0)])
    powers = [g.node("Exp", [g.node("Sub", [x, shift])]) for x in xs]
    total = g.node("Log", [_folded("Add")(g, *powers)])
    return g.node("Where", [finite, g.node("Add", [shift, total]), top])


OPERATORS: dict[str, Make] = {
    **{name: _one(name.capitalize()) for name in (
        "exp", "log", "sqrt", "sin", "cos", "tanh", "floor", "ceil", "abs", "sign")},
    **{name: _single(name.capitalize()) for name in (
        "tan", "sinh", "cosh", "asin", "acos", "atan", "asinh", "acosh", "atanh", "erf")},
    "pow": _one("Pow"), "powc": _one("Pow"),
    "add": _folded("Add"), "sum": _folded("Add"), "mul": _folded("Mul"), "prod": _folded("Mul"),
    "maximum": _folded("Max"), "minimum": _folded("Min"),
    "lt": _compared("Less"), "le": _compared("LessOrEqual"),
    "gt": _compared("Greater"), "ge": _compared("GreaterOrEqual"),
    "detach": lambda g, x: x,
    "relu": _relu, "sigmoid": _sigmoid, "softplus": _softplus, "gelu": _gelu, "elu": _elu,
    "leaky_relu": _leaky_relu, "log1p": _log1p, "expm1": _expm1, "logsumexp": _logsumexp,
    "silu": lambda g, x: g.node("Mul", [x, _sigmoid(g, x)]),
    "erfc": lambda g, x: g.node("Sub", [g.number(1.0), _erf(g, x)]),
    "log2": lambda g, x: g.node("Mul", [g.node("Log", [x]), g.number(1.4426950408889634)]),
    "log10": lambda g, x: g.node("Mul", [g.node("Log", [x]), g.number(0.4342944819032518)]),
}  # fmt: skip
