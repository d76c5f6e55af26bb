"""What people do to a value by hand: name it, say what it came from, cut it off from there.

Both engines share this: the attributes are of the original and of the many programs after it. What
was computed keeps its parents, because its op's derivatives are by these.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from .. import extended_ops, ops
from . import copies, operators
from .modes import mode
from .numeric import number

Origin = tuple[tuple[Any, ...], ops.Op | None, Any]  # parents, op, and local gradients or None
LEAF: Origin = ((), None, None)
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class CallShare:
    """A ``_backward`` that is told the value that it is of: to refer to that would be a cycle."""

    __slots__ = ("_pass_on",)

    def __init__(self, pass_on: Callable[[Any], None]) -> None:
        self._pass_on = pass_on

    def __call__(self, value: Any) -> None:
        """Add the value's share to its parents' gradients."""
        self._pass_on(value)


def closure(value: Any, by_op: Callable[[], None]) -> Callable[[], None]:
    """Return what was assigned to the ``_backward`` of a value of the readable engine, or by_op."""
    if type(value._closure) is CallShare:
        return partial(value._closure, value)
    return value._closure if callable(value._closure) else by_op


def datum(x: Any) -> float:
    """Return as a float what a new value is made of: a number, or what a trace has for one."""
    if mode.tracer is not None and hasattr(x, "_is_micrograd_value") and mode.tracer.is_number(x):
        return x._data
    return number(x, "Value expects")


def text(what: str, x: Any) -> str:
    """Return a label or a symbol; refuse what is no text, or none that can be shown and saved."""
    if not isinstance(x, str):
        raise TypeError(f"{what} is text, got {type(x).__name__} {str(x)[:60]!r}: pass str() of it")
    if hidden := _UNSHOWN.search(x):
        raise ValueError(
            f"{what} is one line of text that can be shown, got {x[:60]!r}: "
            f"leave out the {hidden[0]!r}"
        )
    return str(x)


def named(label: Any, name: Any) -> str:
    """Return the label of a new value, which may be passed under either name."""
    if label == "" or name == "":
        return text("label", name if label == "" else label)
    raise TypeError(f"label and name are the same thing: pass one, got {label!r} and {name!r}")


def set_label(value: Any, label: Any) -> None:
    """Set the label of a value of the readable engine."""
    value._label = text("label", label)


def origin(children: Any, op: Any, cls: type) -> Origin:
    """Return parents, op and local gradients of a value made by hand out of what was passed."""
    parents = values(children, cls)
    if isinstance(op, (tuple, list)):
        slopes = local_gradients(op)
        if len(slopes) != len(parents) or (slopes and isinstance(children, (set, frozenset))):
            raise ValueError(
                "local gradients are a number for each child, in their order, got "
                f"{len(slopes)} for {len(parents)} in a {type(children).__name__}"
            )
        return parents, ops.handmade("") if parents else None, slopes or None
    symbol = text("_op", op)
    return parents, ops.handmade(symbol) if parents or symbol else None, None


def values(children: Any, cls: type) -> tuple:
    """Return children as a tuple; refuse what is no iterable of values of this class."""
    if not hasattr(children, "__iter__") or isinstance(children, (str, bytes)):
        raise TypeError(f"a Value's children are a tuple of Values, got {children!r}")
    parents = tuple(children)
    for child in parents:
        if not isinstance(child, cls):
            raise TypeError(f"a Value's children are Values, got {child!r}")
    return parents


def local_gradients(numbers: Any) -> tuple[float, ...]:
    """Return numbers, one for each child, as floats."""
    if not isinstance(numbers, (tuple, list)):
        raise TypeError(f"_local_grads are a tuple of numbers, one for each child, got {numbers!r}")
    if mode.tracer is not None and any(hasattr(x, "_is_micrograd_value") for x in numbers):
        raise TypeError(
            "local gradients of one's own are numbers of one call, which jit cannot compile: "
            "compose the operation of micrograd's functions, or make it a record, ops.Op; what "
            "solves an equation ends in one Newton step that is differentiated (derivatives.md)"
        )
    return tuple([number(x, "a local gradient is") for x in numbers])


def partials(value: Any) -> tuple[float, ...]:
    """Return the partials of a value without an op that has some: its local gradients, or 0."""
    slopes, count = value._closure, len(value.parents)
    if type(slopes) is not tuple or not count:
        return (0.0,) * count
    if len(slopes) != count:
        raise ValueError(
            f"{value!r} has {count} children, but {len(slopes)} local gradients: "
            "assign _local_grads, a number for each child"
        )
    return slopes


def is_computed(value: Any) -> bool:
    """Tell whether a value's own op passes its gradient on."""
    return value.op is not None and value.op.partials is not None


def set_children(value: Any, children: Any) -> None:
    """Give a value made by hand other parents; none at all cut any value off from its own."""
    cls = next(c for c in type(value).__mro__ if "_make" in vars(c))
    parents, by_hand = values(children, cls), not is_computed(value)
    if parents and not by_hand:
        if set(parents) == set(value.parents):
            return
        raise TypeError(
            f"{value!r} was computed by {value._op!r} and keeps its parents: assign () to cut it "
            "off from them, or make a value by hand, Value(data, children, local_gradients)"
        )
    if value in parents:
        raise ValueError(f"{value!r} cannot be its own child")
    symbol = value._op if by_hand else ""
    value._rewire(ops.handmade(symbol) if parents or symbol else None, parents)
    if not parents and type(value._closure) is tuple:
        value._closure = None


def set_symbol(value: Any, symbol: Any) -> None:
    """Set what is shown as the operation; what was computed keeps the op itself."""
    symbol = text("_op", symbol)
    if is_computed(value):
        value._symbol = symbol
    else:
        value._rewire(ops.handmade(symbol) if symbol or value.parents else None, value.parents)


def set_local_gradients(value: Any, numbers: Any) -> None:
    """Set what a value made by hand multiplies its gradient by, for each child."""
    if is_computed(value):
        raise TypeError(
            f"{value!r} was computed by {value._op!r}, which gives its local gradients: make a "
            "value by hand, Value(data, children, local_gradients), or assign _backward"
        )
    value._closure = local_gradients(numbers) or None


def symbol(value: Any) -> str:
    """Return what is shown as the operation that made a value."""
    if value._symbol is not None:
        return value._symbol
    return value.op.symbol if value.op else ""


def item(value: Any) -> float:
    """Return the data, a float."""
    return value.data


def negative(value: Any) -> Any:
    """Return minus this value."""
    return -value


def unchanged(value: Any) -> Any:
    """Return the value itself, as ``+v``; a real number is its own conjugate."""
    return value


def power(value: Any, exponent: Any) -> Any:
    """Return this value to the power of a number or a Value."""
    return value**exponent


def divided(value: Any, other: Any) -> tuple[Any, Any]:
    """Return the quotient rounded down, and the rest: ``divmod(value, other)``."""
    return value // other, value % other


def dividing(value: Any, other: Any) -> tuple[Any, Any]:
    """Return ``divmod(other, value)``, where other is no Value."""
    return other // value, other % value


ATTRIBUTES: dict[str, Any] = {  # of Value, whichever engine it is of
    "name": property(lambda value: value.label, lambda value, x: setattr(value, "label", x)),
    "_op": property(symbol, set_symbol),
    "_prev": property(lambda value: set(value.parents), set_children),
    "_children": property(lambda value: value.parents, set_children),
    "_local_grads": property(lambda value: value.partials(), set_local_gradients),
    "_symbol": None,
    "item": item,
    "neg": negative,
    "pow": power,
    "conjugate": unchanged,  # NumPy asks for it: np.var, np.vdot
    "__pos__": unchanged,
    **extended_ops.METHODS,
    **dict(zip(("__mod__", "__rmod__"), operators.both_sides("%", extended_ops.MOD))),
    **dict(
        zip(("__floordiv__", "__rfloordiv__"), operators.both_sides("//", extended_ops.FLOORDIV))
    ),
    "__divmod__": divided,
    "__rdivmod__": dividing,
    "__copy__": copies.shallow,
    "__deepcopy__": copies.deep,
    "__reduce__": copies.reduce,
    "__float__": operators.no_float,
    "__index__": operators.no_index,
    "__round__": operators.no_round,
    "__format__": operators.formatted,
}


def completed(cls: Any) -> Any:
    """Give a class the attributes that both engines share."""
    for name, attribute in ATTRIBUTES.items():
        setattr(cls, name, attribute)
    return cls
