"""Copies and pickles of values, for every implementation of Value and for graphs of any depth.

A pickle names neither the implementation nor its memory: a leaf is its numbers, a graph is columns
of them, in the order of their making. Two separately pickled results share their leaves, not their
inner values, nor what belongs to one of these alone, such as the 2 of ``x * 2``.
"""

import copy
from array import array
from itertools import accumulate
from typing import Any

from .. import ops
from .modes import mode

_in_use: list[type] = []  # the Value that pickles are read as


def rebuild_as(value: type) -> None:
    """Read pickles as values of this implementation from now on."""
    _in_use[:] = [value]


def _duplicate(value: Any, parents: tuple, attributes: dict | None) -> Any:
    if callable(value._closure):
        raise TypeError(
            f"{value!r} has a hand-set _backward, which refers to the original: "
            "build the copy anew instead"
        )
    twin = value._make(type(value), value._data, value.grad, value.op, parents, value.label)
    twin._closure = value._closure  # local gradients, or None
    if attributes:
        vars(twin).update(attributes)
    return twin


def shallow(value: Any) -> Any:
    """Copy one value; the copy has the same parents."""
    if mode.tracer is not None:
        return mode.tracer.copied(value, deep=False)
    return _duplicate(value, value.parents, value._attributes)


def deep(value: Any, memo: dict) -> Any:
    """Copy the whole graph below a value, each value once."""
    if mode.tracer is not None:
        return mode.tracer.copied(value, deep=True)
    order, at = value._toposort(value), 0
    while (at := copy_nodes(order, at, memo)) < len(order):
        v = order[at]
        twin = memo[id(v)] = _duplicate(v, tuple([memo[id(p)] for p in v.parents]), None)
        if v._attributes:  # after the twin is known: they may refer to the value itself
            vars(twin).update(copy.deepcopy(v._attributes, memo))
    return memo[id(value)]


def copy_nodes(order: list[Any], start: int, memo: dict[int, Any], /) -> int:
    """Copy what is nothing but numbers, op and parents, which the engine in C does at once.

    Args:
        order: values, parents before children.
        start: where to begin.
        memo: the copies, by identity.

    Returns:
        The place of the next value that is to be copied otherwise.
    """
    while start < len(order) and id(order[start]) in memo:
        start += 1
    return start


def reduce(value: Any) -> tuple:
    """Take a value apart for pickle."""
    if not value.parents:
        return leaf, _record(value), value._attributes or None
    order = value._toposort(value)
    *table_and_columns, places = columns_of(order) or _columns(order)
    apart = {i: _beside_numbers(order[i]) for i in places}
    return columns, (*table_and_columns, apart)


def _beside_numbers(v: Any) -> Any:
    if not v.parents:
        return v  # pickled as an object, so that a parameter stays one parameter
    cls, *_, label, slopes = _record(v)
    return cls, label, slopes, v._attributes or None


def columns_of(order: list[Any], /) -> tuple | None:
    """Return a graph as columns, which the engine in C does at once for its own values.

    Args:
        order: all values, parents before children.

    Returns:
        A table of ops; of each value a code of the table, where its parents begin, the numbers of
        all parents, data, grads; the places of those that are more than these. A leaf is, unless
        nothing knows of it but the one value that is made of it.
    """
    return None


def _columns(order: list[Any]) -> tuple:
    place = {id(v): i for i, v in enumerate(order)}
    code: dict[Any, int] = {None: 0}
    codes = array("i", [code.setdefault(v.op, len(code)) for v in order])
    starts = array("i", accumulate([len(v.parents) for v in order], initial=0))
    numbers = array("i", [place[id(p)] for v in order for p in v.parents])
    data, grads = array("d", [v._data for v in order]), array("d", [v._grad for v in order])
    apart = [
        i
        for i, v in enumerate(order)
        if not v.parents or v.label or v._closure is not None or v._attributes or _class(v)
    ]
    return list(code), codes, starts, numbers, data, grads, apart


def columns(
    table: list, codes: Any, starts: Any, numbers: Any, data: Any, grads: Any, apart: dict
) -> Any:
    """Rebuild a pickled graph; return its root."""
    values: list[Any] = [None] * len(data)
    for i, beside in apart.items():
        values[i] = beside
    at, made = 0, (table, codes, starts, numbers, data, grads)
    while (at := make_nodes(_in_use[0], values, at, *made)) < len(values):
        cls, label, slopes, attributes = values[at] or (None, "", None, None)
        parents = tuple([values[k] for k in numbers[starts[at] : starts[at + 1]]])
        op = table[codes[at]]
        value: Any = cls or _in_use[0]
        value = values[at] = value._make(value, data[at], grads[at], op, parents, label)
        value._closure = slopes
        if attributes:
            vars(value).update(attributes)
    return values[-1]


def make_nodes(cls: type, values: list[Any], start: int, /, *made: Any) -> int:
    """Make values of columns in place of None, which the engine in C does at once.

    Args:
        cls: their class.
        values: those there are, None, and what there is to know of others beside their numbers.
        start: where to begin.
        made: the columns, see ``columns_of``.

    Returns:
        The place of the next value that is to be made otherwise.
    """
    while start < len(values) and values[start] is not None and type(values[start]) is not tuple:
        start += 1
    return start


def leaf(*record: Any) -> Any:
    """Rebuild a pickled leaf as a value of the implementation in use."""
    return _rebuilt(record, ())


def graph(steps: list) -> Any:
    """Rebuild a graph that was pickled before there were columns; return its root."""
    values: list[Any] = []
    for step in steps:
        if isinstance(step, tuple):
            record, parents, attributes = step
            step = _rebuilt(record, tuple([values[i] for i in parents]))
            if attributes:
                vars(step).update(attributes)
        values.append(step)
    return values[-1]


def _record(value: Any) -> tuple:
    if callable(value._closure):
        raise TypeError(
            f"{value!r} has a hand-set _backward, which cannot be pickled: "
            "pickle the leaves instead"
        )
    op = value.op.__reduce__()[1] if value.op else None
    return _class(value), value._data, value._grad, op, value.label, value._closure


def _class(value: Any) -> type | None:
    """The class of a subclass; None for Value itself, which is not the same class everywhere."""
    return None if "_make" in vars(type(value)) else type(value)


def _rebuilt(record: tuple, parents: tuple) -> Any:
    cls, data, grad, op, label, *rest = record  # the first version had no local gradients
    made: Any = cls or _in_use[0]
    made = made._make(made, data, grad, ops.named(*op) if op else None, parents, label)
    made._closure = rest[0] if rest else None
    return made
