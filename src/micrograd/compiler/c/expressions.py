"""Expressions in C: one number at a time, or a vector of them, whichever the operands are.

An expression is a vector as soon as one of its operands is; single numbers meet vectors by C's own
rules, which gcc and clang share. Tests are masks of a vector (or plain tests), and become numbers
only where somebody calculates with them.
"""

import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from ...ops import Op
from ..ir.program import Apply, Expr, Literal, Ref, Scalar, in_pairs


class CText(NamedTuple):
    """C text of an operand; whether it is a vector, and whether a test instead of a number."""

    code: str
    vector: bool = False
    test: bool = False


# Functions of single numbers that C's library lacks: {T} is the type, {f} how its functions end.
SCALAR_FUNCTIONS = {
    "maximum": "{T} {name}({T} x, {T} y) {{ return x >= y || x != x ? x : y; }}",
    "minimum": "{T} {name}({T} x, {T} y) {{ return x <= y || x != x ? x : y; }}",
    "relu": "{T} {name}({T} x) {{ return x < 0 ? 0 : x; }}",
    "sigmoid": """{T} {name}({T} x) {{
    {T} e = exp{f}(-fabs{f}(x));  /* never overflows */
    return (x < 0 ? e : 1) / (1 + e);
}}""",
    "softplus": "{T} {name}({T} x) {{ return (x > 0 ? x : 0) + log1p{f}(exp{f}(-fabs{f}(x))); }}",
    "logaddexp": """{T} {name}({T} x, {T} y) {{
    {T} top = x >= y || x != x ? x : y, low = x >= y || x != x ? y : x;
    return isfinite(top) ? top + log1p{f}(exp{f}(low - top)) : low != low ? low : top;
}}""",
    "gauss": "{T} {name}({T} x) {{ return exp{f}(-(x * x)); }}",
    "root": "{T} {name}({T} x) {{ return x == -({T})INFINITY ? ({T})INFINITY : sqrt{f}(x + 0); }}",
    "modulo": """{T} {name}({T} x, {T} y) {{
    {T} rest = fmod{f}(x, y);
    return rest == 0 ? copysign{f}(0, y) : (rest < 0) != (y < 0) ? rest + y : rest;
}}""",
    "floor_divide": """{T} {name}({T} x, {T} y) {{
    {T} rest = fmod{f}(x, y), whole = (x - rest) / y, down;
    if (y == 0)
        return x / y;
    if (rest != 0 && (rest < 0) != (y < 0))
        whole -= 1;
    if (whole == 0)
        return copysign{f}(0, x / y);
    down = floor{f}(whole);
    return whole - down > ({T})0.5 ? down + 1 : down;
}}""",
    "row_of": """int64_t {name}({T} x, int64_t rows, int *bad) {{
    if (x >= 0 && x < rows && x == floor{f}(x)) return (int64_t)x;
    *bad = 1;
    return 0;
}}""",
}
_VECTOR_FUNCTIONS = {"exp", "log", "tanh", "sigmoid", "softplus", "relu", "maximum", "minimum"}
_VECTOR_FUNCTIONS |= {"abs", "sqrt", "root", "log1p", "erf", "erfc", "gauss"}
_VECTOR_FUNCTIONS |= {"silu", "gelu", "leaky_relu"}
_LIBRARY = {"exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "erf", "pow"}
_LIBRARY |= {"tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "asinh", "acosh", "atanh"}
_LIBRARY |= {"log2", "log10", "cbrt", "erfc", "hypot", "floor", "ceil"}
_OURS = {"sigmoid", "softplus", "relu", "abs", "gauss"}
_OF_TWO = {"pow", "logaddexp", "atan2", "hypot"}
_COMPARISONS = {"lt", "le", "gt", "ge"}
_LONGEST_POWER = 16


class Writer:
    """Write expressions as C for one type of numbers, noting which functions they need.

    Args:
        dtype: of the numbers.
        scalars: what the scalars are called.
        prefix: before the name of every function that is defined.
    """

    def __init__(self, dtype: str, scalars: dict[str, str], prefix: str = "") -> None:
        self.prefix = prefix
        self.type = {"float64": "double", "float32": "float"}[dtype]
        self.ending = "" if dtype == "float64" else "f"
        self.scalars = scalars
        self.divides = False  # 1 / x is a division, which the work beside it hides
        self.functions: dict[str, str] = {}  # name -> definition, in the order of their use
        self.pieces: dict[str, str] = {}  # likewise: what is long, and compiled once of all files
        self.own: dict[tuple[Op, str], str] = {}  # the functions of ops that have no other form

    def literal(self, x: float) -> str:
        """Write a number so that C reads the same bits."""
        if math.isnan(x):
            return f"({self.type})NAN"
        if math.isinf(x):
            return f"({'-' if x < 0 else ''}({self.type})INFINITY)"
        text = repr(float(x)) + self.ending
        return f"({text})" if math.copysign(1.0, x) < 0 else text

    def number(self, expr: Expr, leaf: Callable[[Ref], CText]) -> CText:
        """Write an expression whose operands ``leaf`` writes."""
        return self.as_number(self._any(expr, leaf))

    def mask_or_number(self, expr: Expr, leaf: Callable[[Ref], CText]) -> CText:
        """Write an expression; a comparison of vectors stays the mask that it is."""
        x = self._any(expr, leaf)
        return x if x.vector else self.as_number(x)

    def as_number(self, x: CText) -> CText:
        """Write a test as the number 1 or 0."""
        if not x.test:
            return x
        if x.vector:
            return CText(f"keep({x.code}, splat(1))", True)
        return CText(f"({self.type})({x.code})")

    def select(self, test: CText, x: CText, y: CText) -> CText:
        """Write ``test ? x : y``."""
        if not (test.vector or x.vector or y.vector):
            return CText(f"({test.code} ? {x.code} : {y.code})")
        if not test.vector:
            return CText(f"({test.code} ? {self.splat(x)} : {self.splat(y)})", True)
        if y.code == self.literal(0.0):
            return CText(f"keep({test.code}, {self.splat(x)})", True)
        if x.code == self.literal(0.0):
            return CText(f"keep(~{test.code}, {self.splat(y)})", True)
        return CText(f"choose({test.code}, {self.splat(x)}, {self.splat(y)})", True)

    def splat(self, x: CText) -> str:
        """Write an operand as a vector."""
        return x.code if x.vector else f"splat({x.code})"

    def call(self, name: str, *args: CText) -> CText:
        """Write a function call, of vectors if one argument is a vector."""
        if any(a.vector for a in args):
            return CText(f"{self._vector(name)}({', '.join(map(self.splat, args))})", True)
        return CText(f"{self._scalar(name)}({', '.join(a.code for a in args)})")

    def combine(self, op: Op, x: CText, y: CText) -> CText:
        """Write one step of a sum, product, maximum or minimum."""
        if op.name in ("maximum", "minimum"):
            return self.call(op.name, x, y)
        sign = "+" if op.name in ("sum", "add") else "*"
        return CText(f"({x.code} {sign} {y.code})", x.vector or y.vector)

    def row(self, index: str, rows: str) -> str:
        """Write the whole number that a value in memory is, checked against the number of rows."""
        return f"{self._scalar('row_of')}({index}, {rows}, &bad)"

    def _any(self, expr: Expr, leaf: Callable[[Ref], CText]) -> CText:
        match expr:
            case Literal(value):
                return CText(self.literal(value))
            case Scalar(name):
                return CText(self.scalars[name])
            case Ref():
                return leaf(expr)
            case Apply(op, _) if op.name == "powc" and op.static == 0:
                return CText(self.literal(1.0))
            case Apply(op, args):
                return self._apply(op, [self._any(a, leaf) for a in args])
        raise TypeError(f"not an expression: {expr!r}")

    def _apply(self, op: Op, args: list[CText]) -> CText:
        if op.name == "where":
            return self.select(self._as_test(args[0]), *map(self.as_number, args[1:]))
        args = [self.as_number(a) for a in args]
        if op.name in _COMPARISONS:
            vector = any(a.vector for a in args)
            return CText(f"({args[0].code} {op.symbol} {args[1].code})", vector, True)
        if op.name in ("maximum", "minimum"):
            return in_pairs(args, partial(self.combine, op))
        if op.name in ("add", "sum", "mul", "prod", "logsumexp"):
            total = args[0]
            for arg in args[1:]:
                if op.name == "logsumexp":
                    total = self.call("logaddexp", total, arg)
                else:
                    total = self.combine(op, total, arg)
            return total
        if op.name == "powc":
            return self._power(float(op.static), args[0])  # type: ignore[arg-type]
        if op.name == "detach":
            return args[0]
        in_lanes = op.name in _VECTOR_FUNCTIONS and any(a.vector for a in args)
        if in_lanes or op.name in _LIBRARY or op.name in _OURS:
            return self.call(op.name, *args)
        return self._of_code(op, args)

    def _of_code(self, op: Op, args: list[CText]) -> CText:
        """Write a call of a function that is the op's own form in C."""
        form = op.code
        for name in SCALAR_FUNCTIONS:
            if re.search(rf"\b{name}\(", form):
                form = re.sub(rf"\b{name}\(", f"{self._scalar(name)}(", form)
        count = op.arity or 2  # a form for two arguments is repeated
        names = [f"x{i}" for i in range(count)]
        static = {} if op.static is None else {"static": self.literal(float(op.static))}
        function = f"{self.prefix}op_{re.sub(r'[^A-Za-z0-9_]', '_', op.name)}_{len(self.functions)}"
        code = form.format(*names, **static)
        function = self.own.setdefault((op, code), function)
        taken = ", ".join(f"{self.type} {x}" for x in names)
        text = f"static inline {self.type} {function}({taken}) {{ return {code}; }}"
        self.functions[function] = text
        if len(args) < count:
            return args[0]
        total = self._called(function, args[:count])
        for arg in args[count:]:
            total = self._called(function, [total, arg])
        return total

    def _called(self, name: str, args: Sequence[CText]) -> CText:
        if not any(a.vector for a in args):
            return CText(f"{name}({', '.join(a.code for a in args)})")
        self.functions[f"v_{name}"] = f"LANEWISE_{len(args)}(v_{name}, {name})"
        return CText(f"v_{name}({', '.join(map(self.splat, args))})", True)

    def _power(self, n: float, x: CText) -> CText:
        """Write a constant power: products and one square root if it is half of a small number."""
        if not ((2 * n).is_integer() and abs(n) <= _LONGEST_POWER):
            return self.call("pow", x, CText(self.literal(n)))
        factors, whole = [], int(abs(n))
        if abs(n) != whole:
            factors.append(self.call("root", x))
            x = self.call("abs", x) if whole else x  # the power of -inf is inf
        if whole:
            factors.append(x if whole == 1 else self._multiplied(whole, x))
        product = CText("(" + " * ".join(f.code for f in factors) + ")", x.vector)
        if n > 0:
            return product
        if product.vector and not self.divides:
            return CText(f"v_reciprocal{product.code}", True)
        return CText(f"(1 / {product.code})", product.vector)

    def _multiplied(self, n: int, x: CText) -> CText:
        """x to the n by repeated squaring."""
        kind, name = ("V", f"v_power_{n}") if x.vector else (self.type, f"{self.prefix}power_{n}")
        lines, product, square = [], "", "x"
        for bit in range(n.bit_length()):
            if n >> bit & 1:
                product = f"{product} * {square}" if product else square
            if n >> bit > 1:
                lines.append(f"{kind} x{2 << bit} = {square} * {square};")
                square = f"x{2 << bit}"
        body = " ".join([*lines, f"return {product};"])
        self.functions[name] = f"static inline {kind} {name}({kind} x) {{ {body} }}"
        return CText(f"{name}({x.code})", x.vector)

    def _as_test(self, x: CText) -> CText:
        return x if x.test else CText(f"({x.code} != 0)", x.vector, True)

    def _scalar(self, name: str) -> str:
        if name in SCALAR_FUNCTIONS:
            called = self.prefix + name
            text = SCALAR_FUNCTIONS[name].format(T=self.type, f=self.ending, name=called)
            self.functions[called] = "static inline " + text
            return called
        return ("fabs" if name == "abs" else name) + self.ending

    def _vector(self, name: str) -> str:
        if name in _VECTOR_FUNCTIONS:
            return f"v_{name}"
        lanes = 2 if name in _OF_TWO else 1
        scalar = self._scalar(name)
        self.functions[f"v_{name}"] = f"LANEWISE_{lanes}(v_{name}, {scalar})"
        return f"v_{name}"
