"""Copies and pickles of values, for every implementation of Value and for graphs of any depth.

A pickle names neither the implementation nor its memory: a leaf is its numbers, a graph is a list
of records that refer to earlier ones. Two separately pickled results share their leaves, not their
inner values.
"""

import copy
from typing import Any

from . import ops


def _duplicate(value: Any, parents: tuple, attributes: dict) -> Any:
    if value._closure is not None:
        raise TypeError(
            f"{value!r} has a hand-set _backward, which refers to the original: "
            "build the copy anew instead"
        )
    twin = value._make(type(value), value._data, value.grad, value.op, parents, value.label)
    if attributes:
        vars(twin).update(attributes)
    return twin


def shallow(value: Any) -> Any:
    """Copy one value; the copy has the same parents."""
    return _duplicate(value, value.parents, getattr(value, "__dict__", {}))


def deep(value: Any, memo: dict) -> Any:
    """Copy the whole graph below a value, each value once."""
    for v in value._toposort(value):
        if id(v) not in memo:
            attributes = copy.deepcopy(getattr(v, "__dict__", {}), memo)
            memo[id(v)] = _duplicate(v, tuple([memo[id(p)] for p in v.parents]), attributes)
    return memo[id(value)]


def reduce(value: Any) -> tuple:
    """Take a value apart for pickle."""
    if not value.parents:
        return (
            leaf,
            (_class(value), value._data, value.grad, _op(value), value.label),
            getattr(value, "__dict__", None),
        )
    order = value._toposort(value)
    place = {id(v): i for i, v in enumerate(order)}
    records: list[Any] = []
    for v in order:
        if v._closure is not None:
            raise TypeError(
                f"{v!r} has a hand-set _backward, which cannot be pickled: "
                "pickle the leaves instead"
            )
        if v.parents:
            records.append(
                (_class(v), v._data, v.grad, _op(v), v.label, [place[id(p)] for p in v.parents])
            )
        else:
            records.append(v)  # pickled as an object, so that a parameter stays one parameter
    return graph, (records,), getattr(value, "__dict__", None)


def leaf(cls: type | None, data: float, grad: float, op: tuple | None, label: str) -> Any:
    """Rebuild a pickled leaf as a value of the implementation in use."""
    return _rebuilt(cls, data, grad, op, (), label)


def graph(records: list) -> Any:
    """Rebuild a pickled graph; return its root."""
    values: list[Any] = []
    for record in records:
        if isinstance(record, tuple):
            cls, data, grad, op, label, parents = record
            record = _rebuilt(cls, data, grad, op, tuple([values[i] for i in parents]), label)
        values.append(record)
    return values[-1]


def _class(value: Any) -> type | None:
    """The class of a subclass; None for Value itself, which is not the same class everywhere."""
    return None if "_make" in vars(type(value)) else type(value)


def _op(value: Any) -> tuple | None:
    return value.op.__reduce__()[1] if value.op else None


def _rebuilt(
    cls: type | None, data: float, grad: float, op: tuple | None, parents: tuple, label: str
) -> Any:
    from .engine import Value  # the one in use when the pickle is read

    made = cls or Value
    return made._make(made, data, grad, ops.named(*op) if op else None, parents, label)
