"""Anybody's graph as one of ours, so that what draws, explains and explores takes other engines.

A value is whatever has ``data``, ``grad``, and ``_prev`` or ``_children``, or attributes of other
names that do the same; ``_op`` and ``label`` are welcome. An operation whose symbol and number are
those of one in the table becomes that one.
Of others the local derivative is what their own ``_backward`` adds, or what they keep beside the
parents, or is inferred from the recorded gradients, which may be wrong: ``is_inferred`` tells.
The other graph is left as it was.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .. import ops
from ..engine import Value
from ..ops import Op
from .nodes import Node, agrees, attribute, collect, is_node, missing, number_of
from .operands import arrange

_SUB = Op(  # with us these two are made of other operations
    "sub", "-", 2, lambda x, y: x - y, lambda x, y, out: (1.0, -1.0), "{0} - {1}", "({0} - {1})"
)
_DIV = Op(
    "div", "/", 2,
    lambda x, y: x * ops.power(-1)(y),
    lambda x, y, out: (ops.power(-1)(y), -1.0 * out * ops.power(-1)(y)),
    r"\frac{{{0}}}{{{1}}}", "({0} / {1})",
)  # fmt: skip
_SYMBOLS: dict[str, Op] = {
    **{op.name: op for op in ops.OPS.values() if op.partials and op.static is None},
    **dict.fromkeys(("+", "plus"), ops.ADD),
    **dict.fromkeys(("*", "×", "·", "times"), ops.MUL),
    **dict.fromkeys(("**", "^"), ops.POW),
    **dict.fromkeys(("-", "sub", "minus"), _SUB),
    **dict.fromkeys(("/", "÷", "div", "truediv"), _DIV),
}
_ADDED = "added by the _backward of {}"
_KEPT = "by the local gradients that {} keeps"
_UNKNOWN = "a guess from the gradients left: what {} does is unknown"
_UNSURE = "a guess: the set of parents of {} does not tell how often each is used"
_POWER = re.compile(r"(?:\*\*|\^|pow)[\s_(]*(-?\d+(?:\.\d*)?)\)?")


def is_value(x: Any) -> bool:
    """Tell whether x is a number that remembers what it was computed from, of any engine."""
    return isinstance(x, Value) or is_node(x)


def as_value(root: Any, who: str) -> Value:
    """Return root if it is a Value, else its likeness, made of Values.

    Raises:
        TypeError: root is no value of any engine; the message begins with ``who``.
        ValueError: its graph has a cycle, or an array where a number belongs.
    """
    return root if isinstance(root, Value) else likeness_of(root, who).roots[0]


def likeness_of(root: Any, who: str) -> "Likeness":
    """Return the likeness of a value of another engine; raise as ``as_value`` does."""
    if not is_node(root):
        raise TypeError(
            f"{who} expects a Value, the result of a computation, or the like of one "
            f"(with data, grad and _prev or _children); got {root!r:.200}{missing(root)}"
        )
    return Likeness([root])


class Likeness:
    """The graphs of some values of another engine, made of Values.

    Args:
        roots: objects with ``data``, ``grad``, and ``_prev`` or ``_children``.
        labels: names for some of the objects, by id; the others keep what they carry.

    Attributes:
        roots: a Value for each of the roots.
        values: the Value of each object, by id.
        originals: the objects, parents before children.
        silent: what was computed, but got no ``_backward``, so that it passes nothing on.
    """

    def __init__(self, roots: Iterable[Any], labels: Mapping[int, str] | None = None) -> None:
        given = list(roots)
        nodes: dict[int, Node] = {}
        for root in given:
            collect(root, nodes, labels or {}, _arrange)
        self.originals = [node.original for node in nodes.values()]
        unsure = [node for node in nodes.values() if not node.sure]
        tried = _measured(unsure, self.originals)
        for node in unsure:
            _settle(node, tried.get(id(node.original)))
        self.values: dict[int, Value] = {}
        others = []
        for key, node in nodes.items():
            parents = tuple([self.values[id(p)] for p in node.parents])
            op = _recognised(node, [p.data for p in parents]) if parents and node.sure else None
            if op is None and (parents or node.symbol):
                others.append(node)
                op = ops.handmade(node.symbol)
            made = Value._make(Value, node.data, node.grad, op, parents, node.label)
            self.values[key] = made
        added = _measured([node for node in others if node.parents], self.originals)
        kept = {id(node.original): node.kept() for node in others}
        slopes = {key: known for key, known in (kept | added).items() if known}
        users: dict[int, list[Node]] = {key: [] for key in nodes}
        for node in nodes.values():
            for parent in {id(p) for p in node.parents}:
                users[parent].append(node)
        for node in others:
            key, value = id(node.original), self.values[id(node.original)]
            unknown = _UNKNOWN if node.sure else _UNSURE
            how = _ADDED if key in added else _KEPT if key in slopes else unknown
            partials = slopes.get(key) or self._guess(node, users, slopes)
            is_guess = bool(node.parents) and key not in slopes
            value._backward = _PassOn(value, partials, how, is_guess)
        self.silent = {self.values[key] for key, node in nodes.items() if node.is_silent()}
        self.roots = [self.values[id(root)] for root in given]

    def _guess(
        self, node: Node, users: dict[int, list[Node]], slopes: dict[int, list[float]]
    ) -> list[float]:
        expected = [] if node.grad else _expected(node)
        return expected or self._left_over(node, users, slopes)

    def _left_over(
        self, node: Node, users: dict[int, list[Node]], slopes: dict[int, list[float]]
    ) -> list[float]:
        """Return derivatives that account for what the other uses leave of recorded gradients.

        Of two uses that are both unknown nothing says how they share: NaN.
        """
        partials = []
        for place, parent in enumerate(node.parents):
            share = self.values[id(parent)].grad
            for user in users[id(parent)]:
                if user is node:
                    continue
                key = id(user.original)
                op = self.values[key].op
                known = slopes.get(key) or (
                    self.values[key].partials() if op and op.partials else []
                )
                share = share if known else math.nan
                for slope, p in zip(known, user.parents, strict=False):
                    share -= slope * user.grad if p is parent else 0.0
            first = not any(p is parent for p in node.parents[:place])
            partials.append(share / node.grad if first and node.grad else 0.0)
        return partials


def _recognised(node: Node, data: list[float]) -> Op | None:
    """Return the op of the table that has this symbol and gives this number."""
    symbol = _symbol(node)
    power = _POWER.fullmatch(symbol)
    candidates: list[Op] = []
    if power and len(data) == 1:
        candidates = [_power(float(power[1]))]
    elif _SYMBOLS.get(symbol) is ops.POW and node.constant is not None:
        candidates = [_power(node.constant)]
    elif symbol in _SYMBOLS:
        candidates = [_SYMBOLS[symbol]]
    elif not symbol and len(data) == 2:  # the derivatives that it keeps tell these two apart
        kept = node.kept()
        candidates = [ops.ADD] if kept == [1.0, 1.0] else [ops.MUL] if kept == data[::-1] else []
    for op in candidates:
        if op.arity in (None, len(data)) and agrees(op.fn, data, node.data):
            return op
    return None


def _expected(node: Node) -> list[float]:
    """Return what it should add to each parent for a 1; one used twice gets all at its first use.

    Empty where the operation is not known.
    """
    data = [number_of(p, "data") for p in node.parents]
    op = _recognised(node, data)
    if op is None or op.partials is None:
        return []
    partials = [float(slope) for slope in op.partials(*data, node.data)]
    if len(partials) == 2 and node.parents[0] is node.parents[1]:
        return [sum(partials), 0.0]
    return partials


def _settle(node: Node, added: list[float] | None) -> None:
    """Believe an uncertain reading where what the node's own ``_backward`` adds confirms it."""
    if not added:
        return
    amounts = {id(p): amount for p, amount in zip(node.parents, added, strict=True) if amount}
    for parents in (node.parents, node.parents[::-1]):
        reading = replace(node, parents=parents)
        expected = {id(p): x for p, x in zip(parents, _expected(reading), strict=False) if x}
        if all(math.isclose(expected.get(key, 0.0), x, rel_tol=1e-9) for key, x in amounts.items()):
            node.parents, node.sure = parents, True
            return
    node.parents = list({id(p): p for p in node.parents}.values())


def _power(x: float) -> Op:
    return ops.power(int(x) if float(x).is_integer() else float(x))


def _symbol(node: Node) -> str:
    """Return what its operation is called, by its symbol or the method it was written in."""
    symbol = (node.symbol or node.written_in).strip("_").lower()
    return symbol if symbol in _SYMBOLS or symbol[1:] not in _SYMBOLS else symbol[1:]  # rsub


def _arrange(node: Node) -> None:
    op = _SYMBOLS.get(_symbol(node))
    arrange(node, op.fn if op and op.arity == 2 else None)
    if op is ops.POW and node.constant is not None:
        node.parents = node.parents[:1]


@dataclass(frozen=True)
class _PassOn:
    """Gives the parents of a value these multiples of its gradient."""

    value: Value
    partials: Sequence[float]
    how: str  # where these come from, in words; {} is the value's name
    inferred: bool

    def __call__(self) -> None:
        for parent, partial in zip(self.value.parents, self.partials, strict=True):
            parent.grad += partial * self.value.grad


def is_inferred(value: Value) -> bool:
    """Tell whether the local derivatives of a value are a guess, from gradients left by others."""
    return isinstance(value._closure, _PassOn) and value._closure.inferred


def source_of(value: Value, name: str) -> str:
    """Say where the local derivatives of a value come from that no op of ours has."""
    if isinstance(value._closure, _PassOn):
        return value._closure.how.format(name)
    return f"added by the hand-set _backward of {name}"


def doubtful(order: Sequence[Value]) -> set[Value]:
    """Return the values whose gradients come through inferred derivatives, so are not checked.

    Args:
        order: a graph, parents before children.
    """
    values: set[Value] = set()
    for value in reversed(order):
        if value in values or is_inferred(value):
            values.update(value.parents)
    return values


def _measured(nodes: Iterable[Node], everything: Sequence[Any]) -> dict[int, list[float]]:
    """Run the ``_backward`` of each node with gradient 1 over zeros; put all gradients back."""
    held = [(x, name, getattr(x, name)) for x in everything if (name := attribute(x, "grad"))]
    measured = {}
    try:
        for node in nodes:
            amounts = _added(node) if node.pass_on else None
            if amounts:
                measured[id(node.original)] = amounts
    finally:
        for x, name, grad in held:
            setattr(x, name, grad)
    return measured


def _added(node: Node) -> list[float] | None:
    """Return what a ``_backward`` gives each parent; one used twice gets all at its first use."""
    backward: Any = node.pass_on
    try:
        for x, start in ((node.original, 1.0), *[(p, 0.0) for p in node.parents]):
            if name := attribute(x, "grad"):
                setattr(x, name, start)
        try:
            backward()
        except TypeError:
            backward(1.0)  # some want the gradient as an argument
        amounts = [
            0.0 if any(p is q for q in node.parents[:i]) else number_of(p, "grad")
            for i, p in enumerate(node.parents)
        ]
    except Exception:  # a graph with a mistake in it can be drawn too
        return None
    return amounts if any(amounts) else None
