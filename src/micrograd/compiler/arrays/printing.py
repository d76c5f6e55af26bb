"""The text of array expressions."""

from collections.abc import Sequence
from math import copysign, isfinite

import numpy as np

from ... import ops
from ..errors import JitError
from ..ir.program import in_pairs
from .aliases import viewed
from .dialects import Dialect
from .indices import item_text, step_text
from .kinds import COMPARISONS, equal, is_number, is_truth, is_truth_of, negated
from .products import product_of
from .program import (
    Accumulated,
    Applied,
    Constant,
    Contracted,
    Expanded,
    Fill,
    First,
    Gathered,
    Indexed,
    Item,
    Joined,
    Node,
    Padded,
    Range,
    Reduced,
    Reshaped,
    Shape,
    StepIndex,
    Transposed,
    Variable,
    Whole,
)

_COMPARED, _ADDED, _MULTIPLIED, _ATOM = range(4)  # how closely operators bind
_INFIX = {ops.ADD: (" + ", _ADDED), ops.SUM: (" + ", _ADDED)}
_INFIX |= {ops.MUL: (" * ", _MULTIPLIED), ops.PROD: (" * ", _MULTIPLIED)}


class ArrayPrinter:
    """Writes expressions in one dialect, and notes which helpers and constants they use."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect, self.m = dialect, dialect.module
        self.helpers: dict[str, None] = {}
        self.constants: list[np.ndarray] = []
        self.calls: list[ops.Op] = []  # what is called for each number
        self.like = ""  # what zeros are made like: under torch.vmap, then one for each model
        self.checks: list[str] = []  # what is to be whole numbers, and within which range
        self.most_rows = 0  # that one of these picks among
        self.checking = True
        self.conditions: set[str] = set()  # variables that are true or false, no numbers
        self.changing: set[str] = set()  # variables of which a copy is read, as they change later

    def write(self, node: Node, level: int = 0) -> str:
        """Write an expression, in parentheses where it binds less than its surroundings."""
        if self.changing and viewed(node) in self.changing:
            return f"{self.as_is(node, _ATOM)}.clone()"
        text, binds = self._text(node)
        return text if binds >= level else f"({text})"

    def as_is(self, node: Node, level: int = 0) -> str:
        """Write an expression that is no copy, as what is changed."""
        changing, self.changing = self.changing, set()
        text = self.write(node, level)
        self.changing = changing
        return text

    def _text(self, node: Node) -> tuple[str, int]:
        match node:
            case Fill(value):
                return self._number(value), _ATOM if value >= 0 else _MULTIPLIED
            case Variable(name):
                return name, _ATOM
            case Constant():
                return self._constant(node), _ATOM
            case Indexed(x, items):
                return f"{self.write(x, _ATOM)}[{self.items(items)}]", _ATOM
            case Reshaped(x, shape):
                return f"{self.write(x, _ATOM)}.reshape({self.shape(shape)})", _ATOM
            case Transposed(x, order):
                return self._transposed(x, order), _ATOM
            case Expanded(x, shape):
                return self._expanded(x, shape), _ATOM
            case Padded(x):
                self.helpers.setdefault("with_zero")
                return f"with_zero({self.write(x)})", _ATOM
            case Joined(parts):
                name = "cat" if self.m == "torch" else "concatenate"
                return f"{self.m}.{name}([{', '.join(map(self.write, parts))}])", _ATOM
            case Applied(op, args):
                return self._applied(op, args)
            case Contracted():
                return self._contracted(node)
            case Reduced(op, x, axes):
                return self._reduced(op, x, axes), _ATOM
            case Accumulated(op, x):
                name = "running_sum" if op is ops.SUM else "running_product"
                self.helpers.setdefault(name)
                return f"{name}({self.write(x)})", _ATOM
            case First(x, result, axes):
                self.helpers.setdefault("first")
                equal = f"{self.write(x, _ADDED)} == {self.write(result, _ADDED)}"
                return f"first({equal}, {len(node.shape) - axes}, {axes})", _ATOM
            case Gathered(x, places):
                return f"{self.write(x, _ATOM)}[{self.indices(places)}]", _ATOM
            case Whole() | Range():
                return self._whole(node), _ATOM
            case StepIndex():
                return step_text(node), _ADDED
        raise AssertionError(node)

    def _number(self, value: float) -> str:
        if isfinite(value):
            return repr(float(value))
        return "nan" if value != value else "inf" if value > 0 else "-inf"

    def _constant(self, node: Constant) -> str:
        for k, numbers in enumerate(self.constants):
            if numbers is node.numbers or equal(numbers, node.numbers):
                return f"C{k}"
        self.constants.append(node.numbers)
        return f"C{len(self.constants) - 1}"

    def items(self, items: Sequence[Item]) -> str:
        """Write what stands between the brackets."""
        items = list(items)
        while len(items) > 1 and items[-1] == slice(None):
            items.pop()
        return ", ".join(map(item_text, items))

    def shape(self, shape: Shape) -> str:
        """Write a shape."""
        return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"

    def _transposed(self, x: Node, order: tuple[int, ...]) -> str:
        if order == (1, 0):
            return f"{self.write(x, _ATOM)}.T"
        name = "permute" if self.m == "torch" else "transpose"
        return f"{self.write(x, _ATOM)}.{name}{order}"

    def _expanded(self, x: Node, shape: Shape) -> str:
        rest = f"dtype=dtype{self.dialect.device}"
        if isinstance(x, Fill) and x.value == 0.0 and copysign(1.0, x.value) == 1.0:
            if self.like:
                return f"{self.like}.new_zeros({self.shape(shape)})"
            return f"{self.m}.zeros({self.shape(shape)}, {rest})"
        if is_number(x):
            return f"{self.m}.full({self.shape(shape)}, {self.write(x)}, {rest})"
        return f"{self.m}.broadcast_to({self.array(x)}, {self.shape(shape)})"

    def _contracted(self, node: Contracted) -> tuple[str, int]:
        product = product_of(node) if self.dialect.products else None
        if product:
            left, right, summed = product
            text = f"{self.write(left, _MULTIPLIED)} @ {self.write(right, _ATOM)}"
            over = "0" if summed == 1 else str(tuple(range(summed)))
            return (f"({text}).sum({over})", _ATOM) if summed else (text, _MULTIPLIED)
        self.helpers.setdefault("einsum")
        rest = ", ".join(self.write(arg) for arg in node.args)
        return f"{self.dialect.function('einsum')}('{node.letters}', {rest})", _ATOM

    def array(self, node: Node, level: int = 0) -> str:
        """Write an expression as an array, also where it is one number; see ``write``."""
        return self._expanded(node, ()) if is_number(node) else self.write(node, level)

    def _applied(self, op: ops.Op, args: Sequence[Node]) -> tuple[str, int]:
        if op in (ops.ADD, ops.SUM):
            return self._added(args), _ADDED
        if op in _INFIX:
            sign, binds = _INFIX[op]
            first, *rest = args
            return sign.join(
                [
                    self._factor(first, args, binds),
                    *[self._factor(a, args, binds + 1) for a in rest],
                ]
            ), binds
        condition = self._truth(op, args)
        if condition is not None:
            return self.dialect.truth.format(f"({condition})"), _ATOM
        if op.name == ops.WHERE.name:
            return self._chosen(args), _ATOM
        if op.name == "powc":
            return self._power(args[0], float(op.static or 0))
        if op.name == "detach":
            return self.write(args[0], _ATOM), _ATOM
        if op.name in ("maximum", "minimum"):
            of_two = f"{self.m}.{op.name}"
            return in_pairs([*map(self.array, args)], lambda x, y: f"{of_two}({x}, {y})"), _ATOM
        if op.name == "take":
            self._check(args[0], len(args) - 1)
        name = self.dialect.function(op.name) if ops.OPS.get(op.name) is op else None
        if name is None and self.dialect.calls:
            if op not in self.calls:
                self.calls.append(op)
            return f"F{self.calls.index(op)}({', '.join(self.array(arg) for arg in args)})", _ATOM
        if name is None:
            raise JitError(
                f"there is no {op.name} in {self.dialect.name}: compile or export it as C "
                "(backend='c', to_c), or write it with operations that are there"
            )
        self.helpers.setdefault(op.name)
        return f"{name}({', '.join(self.array(arg) for arg in args)})", _ATOM

    def _added(self, args: Sequence[Node]) -> str:
        """Write a sum; what is multiplied by -1 is subtracted, which is one operation less."""
        parts = [(arg, negated(arg)) for arg in args]
        if parts[0][1] and len(parts) > 1 and not parts[1][1]:
            parts[:2] = parts[1::-1]  # of two terms any may be the first
        text = self.write(parts[0][0], _ADDED)
        for arg, positive in parts[1:]:
            sign, term = ("-", positive) if positive else ("+", arg)
            text += f" {sign} {self.write(term, _ADDED + 1)}"
        return text

    def _factor(self, arg: Node, args: Sequence[Node], level: int) -> str:
        """Write a factor; what is 1 or 0 as true or false, where an array is multiplied by it."""
        if self.dialect.truths and isinstance(arg, Applied):
            condition = self._truth(arg.op, arg.args)
            others = [x for x in args if x is not arg and x.shape and not is_truth(x)]
            if condition is not None and others:
                return condition if condition.startswith("~") else f"({condition})"
        return self.write(arg, level)

    def _truth(self, op: ops.Op, args: Sequence[Node]) -> str | None:
        """Write what is 1 or 0 as true or false; None where it may be another number."""
        if not is_truth_of(op, args):
            return None
        if op in COMPARISONS:
            return self._condition(op, args)
        text = self._test(args[0])
        return f"~({text})" if args[1].value == 0.0 else text  # type: ignore[union-attr]

    def _condition(self, op: ops.Op, args: Sequence[Node]) -> str:
        left, right = (self.write(arg, _ADDED) for arg in args)
        if all(map(is_number, args)):
            left = self.array(args[0])
        return f"{left} {op.symbol} {right}"

    def _test(self, node: Node) -> str:
        """Write a number as a condition."""
        if isinstance(node, Applied) and node.op in COMPARISONS:
            return self._condition(node.op, node.args)
        if isinstance(node, First) or viewed(node) in self.conditions:
            return self.write(node)
        return f"{self.array(node, _ADDED)} != 0"

    def condition(self, node: Node) -> str:
        """Write a comparison as what is true or false."""
        return self._test(node)

    def _chosen(self, args: Sequence[Node]) -> str:
        test, x, y = args
        x_text = self.array(x) if is_number(x) and is_number(y) else self.write(x)
        return f"{self.m}.where({self._test(test)}, {x_text}, {self.write(y)})"

    def _power(self, x: Node, exponent: float) -> tuple[str, int]:
        if exponent == -1.0:
            return f"1.0 / {self.write(x, _ATOM)}", _MULTIPLIED
        if exponent == 1.0:
            return self.write(x, _ATOM), _ATOM
        if exponent == 2.0:
            return f"{self.m}.square({self.array(x)})", _ATOM
        self.helpers.setdefault("power")
        return f"power({self.array(x)}, {self._number(exponent)})", _ATOM

    def _reduced(self, op: ops.Op, x: Node, axes: tuple[int, ...]) -> str:
        text = self.write(x, _ATOM)
        over = str(axes[0]) if len(axes) == 1 else str(axes)
        if op is ops.SUM:
            return f"{text}.sum({over})"
        if op is ops.PROD:
            for axis in reversed(axes):
                text = f"{text}.prod({axis})"
            return text
        name = "max" if op is ops.MAXIMUM else "min"
        return f"{text}.{'a' * (self.m == 'torch')}{name}({over})"

    def indices(self, places: Sequence[Node]) -> str:
        """Write places, one for each axis."""
        return ", ".join(self._whole(place) for place in places)

    # ---- whole numbers

    def _check(self, x: Node, rows: int) -> None:
        self.most_rows = max(self.most_rows, rows)
        if self.checking:
            self.helpers.setdefault("wrong")
            self.checks.append(f"wrong({self.write(x)}, {rows})")

    def _whole(self, node: Node) -> str:
        """Write places: whole numbers, not of the dtype of all others."""
        match node:
            case Whole(x, rows):
                self._check(x, rows)
                self.helpers.setdefault("whole")
                return f"whole({self.write(x)}, {rows})"
            case Range(count, axes):
                text = f"{self.m}.arange({count}{self.dialect.device})"
                return text if axes == 1 else f"{text}.reshape({self.shape(node.shape)})"
            case Applied(op, args):
                return "(" + _INFIX[op][0].join(self._whole(arg) for arg in args) + ")"
            case Indexed(x, items):
                return f"{self._whole(x)}[{self.items(items)}]"
            case Transposed(x, order):
                return f"{self._whole(x)}.T" if order == (1, 0) else self.write(node)
        return self.write(node)
