"""Whole numbers in a trace: exact, and numbers for Python wherever it wants an int.

They are computed as floats, which are exact below 2^53. What floats cannot give exactly, and what
freezes the number (an index, a range, an exponent), holds for this number only: a guard says so.
"""

import operator
from collections.abc import Callable
from typing import Any

from ... import ops
from ...value.modes import mode
from ...value.number import Number, is_number

EXACT = 2**53
_LONGEST_POWER = 8
_WHOLE = (ops.SUM, ops.PROD, ops.MAXIMUM, ops.MINIMUM)
_Binary = Callable[[Any, Any], Any]


class Integer(Number):
    """A traced int."""

    __slots__ = ()
    is_whole = True  # as functions outside the compiler ask

    def __index__(self) -> int:
        if mode.tracer is not None:
            mode.tracer.frozen(self)
        return int(self._data)

    __int__ = __trunc__ = __floor__ = __ceil__ = __index__
    __hash__ = Number.__hash__

    def item(self) -> Any:
        """Return Python's own, as NumPy's ints do."""
        return self

    def __round__(self, digits: int | None = None) -> Any:
        return self if digits is None or digits >= 0 else round(self.__index__(), digits)

    @staticmethod
    def _apply(op: ops.Op, *args: Any) -> Any:
        if op in _WHOLE and all(map(is_int, args)):
            result = int(op.fn(*map(_int, args)))
            if abs(result) < EXACT:
                return node(op, result, *args)
            return op.fn(*map(operator.index, args))
        return Number._apply(op, *args)

    def __pos__(self) -> "Integer":
        return self

    def __neg__(self) -> Any:
        return self * -1

    def __abs__(self) -> Any:
        return node(ops.ABS, abs(int(self._data)), self)


def is_int(x: Any) -> bool:
    """Tell whether x is an int, or stands for one."""
    return type(x) is Integer or (is_number(x) and not isinstance(x, (Number, float)))


def node(op: ops.Op, result: int, *args: Any) -> Any:
    """Make the traced int that an op gives."""
    parents = tuple([x if isinstance(x, Number) else Number(x) for x in args])
    made = Number._make(Integer, float(result), 0.0, op, parents, "")
    if mode.tracer is not None:
        mode.tracer.tape.append(made)
    return made


def whole_of(x: Number) -> Any:
    """Return a traced float without a fraction as a traced int."""
    if mode.tracer is not None:
        mode.tracer.exact(x, EXACT)
    return node(ops.ADD, int(x._data), x, 0.0)


def _added(x: Any, y: Any) -> Any:
    return node(ops.ADD, _int(x) + _int(y), x, y)


def _multiplied(x: Any, y: Any) -> Any:
    out = node(ops.MUL, _int(x) * _int(y), x, y)
    if mode.tracer is not None:
        mode.tracer.exact(out, EXACT)
    return out


def _subtracted(x: Any, y: Any) -> Any:
    return _added(x, node(ops.MUL, -_int(y), y, -1) if isinstance(y, Integer) else -_int(y))


def _int(x: Any) -> int:
    return int(getattr(x, "_data", x))


def _exact(name: str, plain: _Binary, traced: _Binary, reflected: bool) -> _Binary:
    """An operation whose result is a traced int while floats hold it, then Python's own."""
    of_floats = getattr(Number, name)

    def operation(self: Integer, other: Any) -> Any:
        if not is_int(other):
            return of_floats(self, other)
        x, y = (other, self) if reflected else (self, other)
        if abs(plain(_int(x), _int(y))) < EXACT:
            return traced(x, y)
        return plain(operator.index(x), operator.index(y))

    return operation


def _frozen(name: str, plain: _Binary, reflected: bool) -> _Binary:
    """An operation that Python does, with this very number; a power of floats is one of floats."""
    of_floats = getattr(Number, name, None) if plain is operator.pow else None

    def operation(self: Integer, other: Any) -> Any:
        if of_floats is not None and not is_int(other):
            return of_floats(self, other)
        x = operator.index(self)
        y = operator.index(other) if isinstance(other, Integer) else other
        return plain(y, x) if reflected else plain(x, y)

    return operation


_python_power = _frozen("__pow__", operator.pow, False)


def _power(self: Integer, n: Any) -> Any:
    """A small power is a product; all else Python does, with this very number."""
    if type(n) is not int or not 0 < n <= _LONGEST_POWER:
        return _python_power(self, n)
    product: Any = self
    for _ in range(n - 1):
        product = product * self
    return product


for _name, _plain, _traced in (
    ("add", operator.add, _added),
    ("mul", operator.mul, _multiplied),
    ("sub", operator.sub, _subtracted),
):
    setattr(Integer, f"__{_name}__", _exact(f"__{_name}__", _plain, _traced, False))
    setattr(Integer, f"__r{_name}__", _exact(f"__r{_name}__", _plain, _traced, True))
setattr(Integer, "__pow__", _power)  # noqa: B010
setattr(Integer, "__rpow__", _frozen("__rpow__", operator.pow, True))  # noqa: B010
for _name, _plain in (
    ("floordiv", operator.floordiv),
    ("mod", operator.mod),
    ("divmod", divmod),
    ("lshift", operator.lshift),
    ("rshift", operator.rshift),
    ("and", operator.and_),
    ("or", operator.or_),
    ("xor", operator.xor),
):
    setattr(Integer, f"__{_name}__", _frozen(f"__{_name}__", _plain, False))
    setattr(Integer, f"__r{_name}__", _frozen(f"__r{_name}__", _plain, True))
