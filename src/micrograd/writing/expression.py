"""Formulas typed by a person, turned into Values: parsed, never run as Python.

Python's own parser reads the text; each kind of node that is allowed is then computed here, and
any other is refused by name. So an expression can compute, and nothing else.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from ..engine import Value
from ..functions import mean
from ..ops import OPS
from ..value.numeric import number
from .textbook import as_python

MOST_CHARACTERS = 5_000
MOST_NESTED = 200
LARGEST_EXPONENT = 1_000

_ALIASES = {"max": "maximum", "min": "minimum", "ReLU": "relu"}
_NOT_CALLED = ("add", "mul", "powc", "take", "detach", "lt", "le", "gt", "ge")
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: op for name, op in OPS.items() if name not in _NOT_CALLED},
    **{alias: OPS[name] for alias, name in _ALIASES.items()},
    "mean": mean,
}
_OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS = {ast.Lt: OPS["lt"], ast.LtE: OPS["le"], ast.Gt: OPS["gt"], ast.GtE: OPS["ge"]}
_ALLOWED = "names, numbers, + - * / **, comparisons, name = ..., and functions such as tanh(x)"


class ExpressionError(ValueError):
    """Raised for an expression that cannot be computed; the message says what and what to do."""


def evaluate(text: str, values: Mapping[str, float]) -> Value:
    """Compute an expression and return its last result, with the names as labels.

    Args:
        text: statements separated by ; or new lines, each an expression or ``name = expression``.
        values: a number for each name that the text does not assign itself.

    Raises:
        ExpressionError: anything but arithmetic, names and known functions; a name without a value,
            a value without a use; a power, number or text too large.

    >>> evaluate("c = a*b + b", {"a": 2, "b": 3})
    Value(data=9.0, grad=0.0, label='c')
    """
    if not isinstance(text, str) or not isinstance(values, Mapping):
        raise ExpressionError(
            "an expression is text, and its values a dict of numbers by name, got "
            f"{type(text).__name__} {str(text)[:60]!r} and {str(values)[:60]!r}"
        )
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(
            f"the expression has {len(text):,} characters, more than {MOST_CHARACTERS:,}: "
            "write it in Python, with Values"
        )
    try:
        statements = ast.parse(text.strip()).body
    except SyntaxError as error:
        part = (error.text or text).strip()
        raise ExpressionError(
            f"cannot read {part[:60]!r}: {_in_python(part) or error.msg}"
        ) from None
    except (ValueError, RecursionError, MemoryError) as error:
        reason = "nested too deep" if isinstance(error, (RecursionError, MemoryError)) else error
        if isinstance(error, UnicodeEncodeError):
            reason = "it holds half a character: leave that out"
        raise ExpressionError(f"cannot read {text[:60]!r}: {reason}") from None
    if not statements:
        raise ExpressionError("the expression is empty: write something like 'c = a*b + b'")
    return _Evaluation(values).run(statements)


class _Evaluation:
    """One reading of one text: the names so far, and which of the given values were used."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self.names: dict[str, Any] = {}
        for name, x in values.items():
            if name in FUNCTIONS:
                raise ExpressionError(f"{name} is a function, so it cannot have a value: rename it")
            if not isfinite(number(x, f"{name} expects")):
                raise ExpressionError(f"{name}={x}: expected a finite number")
            self.names[name] = Value(float(x), label=name)
        self.unused = dict(values)

    def run(self, statements: list[ast.stmt]) -> Value:
        result: Any = None
        for statement in statements:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=body):
                    result = self._assigned(name, self._computed(body, 0))
                case ast.Expr(value=body):
                    result = self._computed(body, 0)
                case _:
                    raise _refused(statement)
        for name, x in self.unused.items():
            raise ExpressionError(f"{name}={x:g} is not used in the expression: leave it out")
        return result if isinstance(result, Value) else Value(result)

    def _assigned(self, name: str, result: Any) -> Value:
        if name in FUNCTIONS:
            raise ExpressionError(f"{name} is a function, so it cannot be assigned: rename it")
        if name in self.unused:
            x = self.unused[name]
            raise ExpressionError(f"{name} has the value {x:g} and is assigned too: drop one")
        value = result if isinstance(result, Value) else Value(result)
        value.label = value.label or name
        self.names[name] = value
        return value

    def _computed(self, node: ast.expr, depth: int) -> Any:
        """Return a Value, or a number if no name is involved."""
        if depth > MOST_NESTED:
            raise ExpressionError(
                f"the expression is nested more than {MOST_NESTED} deep: "
                "give parts of it names, x = ...; y = ..."
            )
        match node:
            case ast.Constant(value=x) if type(x) in (int, float):
                return _finite(x)
            case ast.Name(id=name):
                return self._looked_up(name)
            case ast.UnaryOp(op=ast.USub(), operand=x):
                return -self._computed(x, depth + 1)
            case ast.UnaryOp(op=ast.UAdd(), operand=x):
                return self._computed(x, depth + 1)
            case ast.BinOp(left=x, op=ast.Pow(), right=y):
                return _power(node, self._computed(x, depth + 1), self._computed(y, depth + 1))
            case ast.BinOp(left=x, op=op, right=y) if type(op) in _OPERATORS:
                left, right = self._computed(x, depth + 1), self._computed(y, depth + 1)
                return _on_numbers_too(_OPERATORS[type(op)], left, right)
            case ast.Compare(left=x, ops=[op], comparators=[y]) if type(op) in _COMPARISONS:
                left, right = self._computed(x, depth + 1), self._computed(y, depth + 1)
                return _COMPARISONS[type(op)](left, right)
            case ast.Call(func=ast.Name(id=name)) if name in self.names:
                raise ExpressionError(f"in {_short(node)}: {name} is a number, write {name}*(...)")
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return _call(name, [self._computed(arg, depth + 1) for arg in args])
        raise _refused(node)

    def _looked_up(self, name: str) -> Value:
        if name in FUNCTIONS:
            raise ExpressionError(f"{name} is a function: call it, {name}(...)")
        if name not in self.names:
            raise ExpressionError(f"{name} has no value: add {name}=1.0, or assign it first")
        self.unused.pop(name, None)
        value: Value = self.names[name]
        return value


def _in_python(text: str) -> str:
    """Say how a formula of a textbook is written in Python; nothing where that is not known."""
    better = as_python(text)
    try:
        ast.parse(better)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return f"write {better[:60]}" if better != text else ""


def _call(name: str, args: list[Any]) -> Any:
    if name not in FUNCTIONS:
        known = ", ".join(sorted(FUNCTIONS))
        raise ExpressionError(f"{name} is not a known function; these are: {known}")
    arity = getattr(FUNCTIONS[name], "arity", None)
    if len(args) != arity if arity else not args:
        expected = f"{arity} argument{'s' if arity != 1 else ''}" if arity else "at least one"
        raise ExpressionError(f"{name} takes {expected}, got {len(args)}")
    return FUNCTIONS[name](*args)


def _power(node: ast.expr, base: Any, exponent: Any) -> Any:
    if not isinstance(exponent, Value) and abs(exponent) > LARGEST_EXPONENT:
        raise ExpressionError(
            f"the power {_short(node)} has an exponent beyond {LARGEST_EXPONENT:,}: "
            "take a smaller one, or exp(n * log(x))"
        )
    return _on_numbers_too(operator.pow, base, exponent)


def _on_numbers_too(op: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
    """Apply an operator by the rules of Value, which never raise, to two numbers also."""
    if isinstance(x, Value) or isinstance(y, Value):
        return op(x, y)
    return op(Value(x), y).data


def _finite(x: Any) -> Any:
    try:
        if isfinite(x):
            return x
    except OverflowError:
        pass
    raise ExpressionError("a number in the expression is beyond 1.8e308, the largest float")


def _refused(node: ast.AST) -> ExpressionError:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
        return ExpressionError(f"in {_short(node)}: for a power write a**2, not a^2")
    if isinstance(node, ast.Call) and (better := _in_python(ast.unparse(node))):
        return ExpressionError(f"in {_short(node)}: {better}")
    kinds = {
        ast.Attribute: "the attribute access",
        ast.Call: "the call",
        ast.Constant: "the constant",
        ast.Subscript: "the index",
        ast.Compare: "the comparison",
        ast.Assign: "the assignment",
    }
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func
    kind = kinds.get(type(node), "the part")
    return ExpressionError(f"{kind} {_short(node)} is not allowed; allowed are {_ALLOWED}")


def _short(node: ast.AST) -> str:
    text = ast.unparse(node)
    return repr(text if len(text) <= 40 else text[:39] + "…")
