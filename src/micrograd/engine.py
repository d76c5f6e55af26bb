"""Value: one number that remembers how it was computed; ``backward()`` applies the chain rule.

``apply`` computes, ``toposort`` orders, ``backward`` differentiates; the rest lets people write
``a * b + c``. What one operation is, its value and its derivatives, stands in ``ops.py``.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from . import ops
from .value import handmade
from .value.backend import prefer_native
from .value.modes import checked, mode, observe
from .value.numeric import number
from .value.operators import Method, assigned, both_sides, exponent


def apply(op: ops.Op, *args: Any) -> "Value":
    """Compute ``op`` of Values and numbers; remember the op and the parents."""
    expects = f"{op.name} expects a Value or"
    parents = tuple([x if isinstance(x, Value) else Value(number(x, expects)) for x in args])
    return _node(op, parents, op.fn(*[p._data for p in parents]))


def _node(op: ops.Op, parents: tuple["Value", ...], data: float) -> "Value":
    out: Value = object.__new__(Value)
    out._data = data
    out._grad = 0.0
    out.op = op
    out.parents = parents
    out._closure = None
    return observe(out) if mode.on else out


def toposort(root: "Value") -> list["Value"]:
    """Return all that root was computed from, each once, parents first: depth-first post-order."""
    order: list[Value] = []
    visited: set[int] = set()  # not the values: a Number is equal to another of the same data
    path: list[Any] = []  # instead of recursion: each value with its siblings that follow it
    siblings = iter((root,))
    while True:
        value = next(siblings, None)
        if value is None:  # all of them are done, and so is what they are the parents of
            if not path:
                return order
            value, siblings = path.pop()
            order.append(value)
        elif id(value) not in visited:
            visited.add(id(value))
            if value.parents:  # they come first
                path.append((value, siblings))
                siblings = iter(value.parents)
            else:
                order.append(value)


def _pass_on(value: "Value") -> None:
    """Give each parent its share of the gradient: the local derivative times this value's own."""
    op, parents, grad = value.op, value.parents, value._grad
    partials = op.partials if op else None
    if partials and len(parents) == 2:  # nearly all have two parents or one
        x, y = parents
        dx, dy = partials(x._data, y._data, value._data)
        x._grad += dx * grad  # the chain rule
        y._grad += dy * grad
    elif partials and len(parents) == 1:
        (x,) = parents
        (dx,) = partials(x._data, value._data)
        x._grad += dx * grad
    elif partials or type(value._closure) is tuple:  # local gradients of a value made by hand
        for parent, slope in zip(parents, value.partials(), strict=True):
            parent._grad += slope * grad


def _unary(op: ops.Op) -> Callable[["Value"], "Value"]:
    def method(self: "Value") -> "Value":
        return _node(op, (self,), op.fn(self._data))

    method.__doc__ = f"Return {op.name} of this value."
    return method


def _binary(op: ops.Op) -> tuple[Method, Method]:
    def f(x: Any, y: Any) -> "Value":
        x = x if isinstance(x, Value) else Value(x)
        y = y if isinstance(y, Value) else Value(y)
        return _node(op, (x, y), op.fn(x._data, y._data))

    return both_sides(op.symbol, f)


def _comparison(op: ops.Op) -> Method:
    def f(x: "Value", y: Any) -> Any:
        y = y if isinstance(y, Value) else Value(y)
        if mode.tracer is not None:
            return mode.tracer.compare(op, x, y)
        return bool(op.fn(x._data, y._data))

    return both_sides(op.symbol, f)[0]


@handmade.completed
class Value:
    """One number, its gradient, and how it was computed.

    Args:
        data: the number; anything else is a TypeError.
        _children: the parents of a value made by hand, to which ``_backward`` is then assigned.
        _op: what to show as the operation; or a tuple, the derivatives by the children.
        label: a name, for pictures and explanations; ``name`` is the same.

    Any other attribute can be set. What both engines share is in ``handmade.py``.
    """

    __slots__ = ("__dict__", "__weakref__", "_closure", "_data", "_grad", "op", "parents")
    _label, _symbol = "", None  # of the few that have one, in __dict__
    _is_micrograd_value = True
    _apply = staticmethod(apply)  # an Op called on Values comes back here
    _toposort = staticmethod(toposort)

    def __init__(
        self, data: float, _children: Any = (), _op: Any = "", label: str = "", name: str = ""
    ) -> None:
        self._data: float = data if type(data) is float else handmade.datum(data)
        self._grad = 0.0
        by_hand = _children != () or _op != ""
        origin = handmade.origin(_children, _op, Value) if by_hand else handmade.LEAF
        self.parents, self.op, self._closure = origin
        if label != "" or name != "":
            self._label = handmade.named(label, name)
        if mode.tracer is not None:
            mode.tracer.made(self, data)

    @property
    def data(self) -> float:
        """The number. Setting it does not recompute what was computed from it."""
        return self._data if mode.tracer is None else mode.tracer.reading(self)

    @data.setter
    def data(self, x: float) -> None:
        self._data = x if type(x) is float and not mode.on else assigned(self, "data", x)

    @property
    def grad(self) -> float:
        """The derivative, with respect to this value, of the one ``backward`` was called on."""
        return self._grad if mode.tracer is None else mode.tracer.reading_grad(self)

    @grad.setter
    def grad(self, x: float | None) -> None:
        self._grad = x if type(x) is float and not mode.on else assigned(self, "grad", x)

    label = property(lambda self: self._label, handmade.set_label, doc="A name, for pictures.")
    _attributes = property(lambda self: {k: x for k, x in vars(self).items() if k != "_label"})

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data}, grad={self._grad}{label})"

    def partials(self) -> tuple[float, ...]:
        """Compute d(self)/d(parent) for each parent, from the parents' present data."""
        if self.op and self.op.partials:
            return self.op.partials(*[p._data for p in self.parents], self._data)
        return handmade.partials(self)

    @property
    def _backward(self) -> Callable[[], None]:
        """Add this value's share to its parents' gradients; assign a function to do it your way."""
        return handmade.closure(self, partial(_pass_on, self))

    @_backward.setter
    def _backward(self, function: Callable[[], None]) -> None:
        if not callable(function):
            raise TypeError(f"_backward expects a function of no arguments, got {function!r}")
        self._closure = function

    def backward(self) -> None:
        """Fill ``grad`` of all that this value was computed from with d(self)/d(that value).

        Leaves accumulate over calls, as in PyTorch; inner values start from zero each time.
        """
        if mode.tracer is not None:
            return mode.tracer.backward(self)
        order = toposort(self)
        for value in order:
            if value.parents:
                value._grad = 0.0
        self._grad += 1.0
        anomaly = mode.anomaly
        for value in reversed(order):
            if anomaly:
                checked(value)
            elif value._closure is not None:
                value._backward()
            elif value.parents:
                _pass_on(value)

    __add__, __radd__ = _binary(ops.ADD)
    __mul__, __rmul__ = _binary(ops.MUL)
    __sub__, __rsub__ = both_sides("-", lambda x, y: x + -y)
    __truediv__, __rtruediv__ = both_sides("/", lambda x, y: x * ops.power(-1)(y))
    _pow, __rpow__ = _binary(ops.POW)

    def __pow__(self, other: Any) -> Any:
        n = exponent(other)
        if not isinstance(n, (int, float)):
            return self._pow(other)
        op = ops.power(n)
        return _node(op, (self,), op.fn(self._data))

    def __neg__(self) -> "Value":
        return self * -1

    __abs__ = abs = _unary(ops.ABS)
    relu = _unary(ops.RELU)
    tanh = _unary(ops.TANH)
    sigmoid = _unary(ops.SIGMOID)
    softplus = _unary(ops.SOFTPLUS)
    exp = _unary(ops.EXP)
    expm1 = _unary(ops.EXPM1)
    log = _unary(ops.LOG)
    log1p = _unary(ops.LOG1P)
    sqrt = _unary(ops.SQRT)
    sin = _unary(ops.SIN)
    cos = _unary(ops.COS)
    erf = _unary(ops.ERF)

    def detach(self) -> "Value":
        """Return the same number as a constant: no gradient passes through it."""
        return Value(self._data) if mode.tracer is None else apply(ops.DETACH, self)

    # Comparisons are of the data; equality and hash are identity, so that sets hold Values.
    __lt__, __le__ = _comparison(ops.LT), _comparison(ops.LE)
    __gt__, __ge__ = _comparison(ops.GT), _comparison(ops.GE)

    @staticmethod
    def _make(
        cls: type["Value"], data: float, grad: float, op: ops.Op | None, parents: Any, label: str
    ) -> "Value":
        """Make a value out of its parts, for copies and pickles."""
        out: Value = cls.__new__(cls)
        out._data, out._grad, out.op, out.parents, out._closure = data, grad, op, parents, None
        if label:
            out._label = label
        return out

    def _rewire(self, op: ops.Op | None, parents: tuple["Value", ...]) -> None:
        self.op, self.parents = op, parents


prefer_native(globals(), "Value", "apply", "toposort")
