"""Value: one number that remembers how it was computed; ``backward()`` applies the chain rule to it.

``apply`` computes, ``toposort`` orders, ``backward`` differentiates; the rest lets people write
``a * b + c``. What one operation is, its value and its derivatives, stands in ``ops.py``.
"""

from collections.abc import Callable, Iterable, Sequence
from numbers import Integral
from typing import Any

from . import copies, ops
from .modes import check_finite, mode
from .numeric import is_array, number
from .ops import Op

_new = object.__new__


def apply(op: Op, *args: Any) -> "Value":
    """Compute ``op`` of Values and numbers; remember the op and the parents."""
    parents = tuple([x if isinstance(x, Value) else _lift(op, x) for x in args])
    return _result(op, parents, op.fn(*[p._data for p in parents]))


def _operand(symbol: str, x: Any) -> Any:
    """Let Values and arrays pass, and make a number a float."""
    if isinstance(x, Value) or is_array(x) and x.ndim:
        return x
    return number(x, f"{symbol} expects a Value or")


def _lift(op: Op, x: Any) -> Any:
    """Make a number a Value; leave arrays to their own operators, element by element."""
    x = _operand(op.symbol, x)
    return Value(x) if isinstance(x, float) else NotImplemented


def _result(op: Op, parents: tuple["Value", ...], data: float) -> "Value":
    out: Value = _new(Value)
    out._data = data
    out._grad = 0.0
    out.op = op
    out.parents = parents
    out.label = ""
    out._closure = None
    return _observed(out) if mode.on else out


def _observed(out: "Value") -> "Value":
    """Do what the thread's mode asks with a value just computed."""
    if mode.anomaly:
        check_finite(out, "value", [p._data for p in out.parents], [out._data])
    if mode.tracer is not None:
        mode.tracer.tape.append(out)
        return out if mode.grad or out.op is ops.DETACH else apply(ops.DETACH, out)
    return out if mode.grad else Value(out._data)


def toposort(root: "Value") -> list["Value"]:
    """Return all that root was computed from, each value once, parents before children.

    The order is the textbook's depth-first post-order over ordered parents, without recursion.
    """
    order: list[Value] = []
    visited: set[Value] = set()
    stack: list[Any] = [root]
    while stack:
        value = stack.pop()
        if value is None:  # the parents of the next one are done
            order.append(stack.pop())
        elif value not in visited:
            visited.add(value)
            if value.parents:
                stack += (value, None)
                stack += value.parents[::-1]
            else:
                order.append(value)
    return order


def _unary(op: Op) -> Callable[["Value"], "Value"]:
    def method(self: "Value") -> "Value":
        return _result(op, (self,), op.fn(self._data))

    method.__doc__ = f"Return {op.name} of this value."
    return method


def _binary(op: Op) -> tuple[Callable[["Value", Any], Any], Callable[["Value", Any], Any]]:
    """Make the two methods behind an operator: ``x + y``, and ``y + x`` where y is no Value."""

    def method(self: "Value", other: Any) -> Any:
        if not isinstance(other, Value):
            other = _lift(op, other)
            if other is NotImplemented:
                return other
        return _result(op, (self, other), op.fn(self._data, other._data))

    def reflected(self: "Value", other: Any) -> Any:
        other = _lift(op, other)
        return other if other is NotImplemented else method(other, self)

    return method, reflected


def _comparison(op: Op) -> Callable[["Value", Any], Any]:
    def method(self: "Value", other: Any) -> Any:
        other = other if isinstance(other, Value) else _lift(op, other)
        if other is NotImplemented:
            return other
        if mode.tracer is not None:
            return mode.tracer.compare(op, self, other)
        return bool(op.fn(self._data, other._data))

    return method


class Value:
    """One number, its gradient, and how it was computed.

    Args:
        data: the number.
        _children: the parents of a value made by hand, to which ``_backward`` is then assigned.
        _op: what to show as the operation that made it.
        label: a name, for pictures and explanations.

    Raises:
        TypeError: data is not a real number, or a child is not a Value.
    """

    __slots__ = ("_data", "_grad", "op", "parents", "label", "_closure", "__weakref__")
    _is_micrograd_value = True
    _apply = staticmethod(apply)  # an Op called on Values comes back here
    _toposort = staticmethod(toposort)

    def __init__(
        self, data: float, _children: Iterable["Value"] = (), _op: str = "", label: str = ""
    ) -> None:
        self._data: float = data if type(data) is float else number(data, "Value expects")
        self._grad = 0.0
        self.parents = tuple(_children)
        for child in self.parents:
            if not isinstance(child, Value):
                raise TypeError(f"a Value's children are Values, got {child!r}")
        self.op: Op | None = ops.handmade(_op) if self.parents or _op else None
        self.label = label
        self._closure: Callable[[], None] | None = None
        if mode.tracer is not None:
            mode.tracer.tape.append(self)

    @property
    def data(self) -> float:
        """The number. Setting it does not recompute what was computed from it."""
        if mode.tracer is not None:
            mode.tracer.reading(self)
        return self._data

    @data.setter
    def data(self, x: float) -> None:
        self._data = x if type(x) is float else number(x, "data expects")

    @property
    def grad(self) -> float:
        """The derivative, with respect to this value, of the one ``backward`` was called on."""
        return self._grad

    @grad.setter
    def grad(self, x: float) -> None:
        self._grad = x if type(x) is float else number(x, "grad expects")

    name = property(lambda self: self.label, lambda self, name: setattr(self, "label", name))
    _op = property(lambda self: self.op.symbol if self.op else "")
    _prev = property(lambda self: set(self.parents))
    _children = property(lambda self: self.parents)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data}, grad={self._grad}{label})"

    def partials(self) -> tuple[float, ...]:
        """Compute d(self)/d(parent) for each parent, from the parents' present data."""
        if self.op is None or self.op.partials is None:
            return (0.0,) * len(self.parents)
        return self.op.partials(*[p._data for p in self.parents], self._data)

    def _contribute(self) -> None:
        op, parents, grad = self.op, self.parents, self._grad
        if op is None or op.partials is None:
            return
        if mode.anomaly:
            contributions = [partial * grad for partial in self.partials()]
            given = [grad, *[p._data for p in parents]]
            check_finite(self, "gradient contributions", given, contributions)
        if len(parents) == 2:  # the general case below, spelled out because most have two parents
            x, y = parents
            dx, dy = op.partials(x._data, y._data, self._data)
            x._grad += dx * grad
            y._grad += dy * grad
        else:
            for parent, partial in zip(parents, self.partials()):
                parent._grad += partial * grad  # the chain rule

    @property
    def _backward(self) -> Callable[[], None]:
        """Add this value's share to its parents' gradients; assign a function to do it your way."""
        return self._closure or self._contribute

    @_backward.setter
    def _backward(self, function: Callable[[], None]) -> None:
        self._closure = function

    def backward(self) -> None:
        """Fill ``grad`` of all that this value was computed from with d(self)/d(that value).

        Leaves accumulate over calls, as in PyTorch; inner values start from zero each time.
        """
        order = toposort(self)
        for value in order:
            if value.parents:
                value._grad = 0.0
        self._grad += 1.0
        for value in reversed(order):
            if value.parents:
                (value._closure or value._contribute)()

    __add__, __radd__ = _binary(ops.ADD)
    __mul__, __rmul__ = _binary(ops.MUL)
    _pow, __rpow__ = _binary(ops.POW)

    def __pow__(self, other: Any) -> Any:
        exponent = _operand("**", other)
        if not isinstance(exponent, float):
            return self._pow(other)
        op = ops.power(int(other) if isinstance(other, Integral) else exponent)
        return _result(op, (self,), op.fn(self._data))

    def __neg__(self) -> "Value":
        return self * -1

    def __sub__(self, other: Any) -> Any:
        return self + -_operand("-", other)

    def __rsub__(self, other: Any) -> Any:
        return other + -self

    def __truediv__(self, other: Any) -> Any:
        other = _operand("/", other)
        if isinstance(other, Value):
            return self * other**-1
        return self * ops.power(-1)(other) if isinstance(other, float) else NotImplemented

    def __rtruediv__(self, other: Any) -> Any:
        return other * self**-1

    __abs__ = _unary(ops.ABS)
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
    __lt__ = _comparison(ops.LT)
    __le__ = _comparison(ops.LE)
    __gt__ = _comparison(ops.GT)
    __ge__ = _comparison(ops.GE)

    def __float__(self) -> float:
        raise TypeError(f"{self!r} is not a float: v.exp() keeps the gradient, v.data is a float")

    def __index__(self) -> int:
        raise TypeError(
            f"{self!r} is not an int: take(rows, value) indexes by data, int(value.data) is an int; "
            "static_argnums=... of jit makes an argument a plain int"
        )

    __copy__ = copies.shallow
    __deepcopy__ = copies.deep
    __reduce__ = copies.reduce

    @staticmethod
    def _make(
        cls: type, data: float, grad: float, op: Op | None, parents: tuple, label: str
    ) -> "Value":
        """Make a value out of its parts, for copies and pickles."""
        out: Value = cls.__new__(cls)
        out._data, out._grad, out.op, out.parents = data, grad, op, parents
        out.label, out._closure = label, None
        return out
