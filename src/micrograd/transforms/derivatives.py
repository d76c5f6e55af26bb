"""One call of a function, differentiated: the chain rule in numbers and in Values, back and forth.

``backward`` works on numbers. The same rule on Values, with the same partials, gives derivatives
that remember how they were computed, and can be differentiated again. Values are told apart by
identity, since a Number is equal to another of the same data.
"""

import sys
import threading
from array import array
from collections.abc import Callable, Iterator, Sequence
from operator import index
from typing import Any, NamedTuple

from ..engine import Value, toposort
from ..value.buffers import read_grad, write_grad
from ..value.modes import mode
from ..value.nested import checked_leaves, leaves, rebuild
from ..value.number import Number
from ..value.numeric import is_array

Slope = Any  # a float, or a Value


class Variables(threading.local):
    """What this thread is differentiating by just now, from the outermost transform inwards."""

    active: frozenset[int] = frozenset()


variables = Variables()


class Results(NamedTuple):
    """How derivatives are computed, and what they are to the caller."""

    symbolic: bool  # computed in Values, not in numbers
    outer: bool  # a transform or a trace that we are in goes on from them
    of_values: bool  # they are Values, because one took part


class FreshRun(NamedTuple):
    """One call of a function on arguments that were made fresh for it."""

    out: Any  # what the function returned
    inputs: list[Value]  # the leaves of the arguments that we differentiate by
    outer: bool  # whether Numbers came in, or a trace is running
    of_values: bool  # whether Values came in, so that Values are to come out

    def order(self, outs: Sequence[Value]) -> tuple[list[Value], Results]:
        """Return all that outs are computed from, and what the derivatives are to be.

        They are Values where one took part, and remember where an outer transform's variable did.
        """
        if len(outs) == 1:
            order = toposort(outs[0])
        else:
            order = list({id(v): v for out in outs for v in toposort(out)}.values())
        inside = bool(variables.active)  # of another transform
        outer = self.outer or (inside and not variables.active.isdisjoint(map(id, order)))
        of_values = self.of_values or not (all(map(plain, outs)) or by_hand(order))
        return order, Results(outer or of_values, outer, of_values)


def plain(out: Any) -> bool:
    """Tell whether it is a number to its user."""
    return isinstance(out, Number)


def by_hand(order: Sequence[Value]) -> bool:
    """Tell whether there is a value whose derivative is known in numbers only."""
    return any(v._closure is not None or (v.op and v.op.partials is None) for v in order)


def run_on_variables(
    f: Callable[..., Any], args: tuple[Any, ...], by: tuple[int, ...], who: str
) -> FreshRun:
    """Call f with new Values in place of the leaves of the arguments numbered ``by``.

    They are new also where Values are given: ``f`` may use the same ones besides its arguments, and
    the derivative is by the arguments alone. Where numbers are given they are Numbers.
    """
    if "numpy" in sys.modules:
        from ..value import ufuncs  # noqa: F401  # NumPy's functions are to know Numbers
    given = [x for i in by for x in checked_leaves(args[i], who, f"argument {i}")]
    values = [x for x in given if isinstance(x, Value)]
    inputs = [x * 1.0 if isinstance(x, Value) else Number(x) for x in given]
    replacements, new = list(args), iter(inputs)
    for i in by:
        replacements[i] = rebuild(args[i], new)
    if mode.tracer is not None:
        mode.tracer.differentiating(inputs)
    outer = variables.active
    variables.active = outer.union(map(id, inputs))
    try:
        of_values = not all(map(plain, values))
        inside = mode.tracer is not None or any(map(plain, values))
        return FreshRun(f(*replacements), inputs, inside, of_values)
    finally:
        variables.active = outer


def scalar(out: Any, who: str) -> Value:
    """Return what a function returned as one Value; raise a TypeError if it is anything else."""
    if is_array(out) and not out.ndim and out.dtype == object:
        out = out.item()
    if isinstance(out, Value):
        return out
    if leaves(out)[:1] != [("", out)]:
        raise TypeError(f"{who} needs a function that returns one number, got {type(out).__name__}")
    return Number(checked_leaves(out, who, "the function's result")[0])


def positions(argnums: int | Sequence[int], args: tuple[Any, ...], who: str) -> tuple[int, ...]:
    """Return argnums as a tuple of positions, counted from the front; raise if one is beyond."""
    numbers = argnums if isinstance(argnums, Sequence) else (argnums,)
    for i in numbers:
        if not -len(args) <= index(i) < len(args):
            raise TypeError(
                f"{who}: argnums={argnums}, but the call has {len(args)} arguments by position: "
                "by those that are passed by name nothing is differentiated"
            )
    places = tuple(i % len(args) for i in numbers)
    if len(set(places)) < len(places):
        raise ValueError(f"{who}: argnums={argnums} names an argument twice: write each once")
    return places


def partials(v: Value) -> tuple[Any, ...]:
    """The partials of v as Values, which remember how they depend on its parents."""
    if v._closure is not None:
        raise TypeError(
            f"{v!r} (op {v._op!r}) has a hand-set _backward or local gradients, which are numbers "
            "for backward: for jvp, Values as arguments and higher derivatives write it in "
            "micrograd's own operations; and where it is jit's, put jit outermost, as in "
            "jit(grad(f))"
        )
    if v.op is None or v.op.partials is None:
        return (0.0,) * len(v.parents)
    return v.op.partials(*v.parents, v)


def times(slope: Slope, x: Slope) -> Slope:
    """slope · x, without a node for a factor that is the constant 1, or for one that is 0."""
    for a, b in ((slope, x), (x, slope)):
        if not isinstance(a, Value) and isinstance(a, float) and a in (0.0, 1.0):
            return b if a else 0.0
    return slope * x


def _share(value: Value, slope: Slope, given: Slope) -> Slope:
    """slope · given, as the value's parent gets it; a trace knows what was only picked."""
    return times(slope, given) if mode.tracer is None else mode.tracer.share(value, slope, given)


def plus(x: Slope, y: Slope) -> Slope:
    """x + y, without a node for an x that is 0."""
    return y if not isinstance(x, Value) and isinstance(x, float) and x == 0.0 else x + y


def reverse(
    order: Sequence[Value], outs: Sequence[tuple[Value, Slope]], inputs: list[Value]
) -> list[Slope]:
    """The chain rule from results, with their own gradients, back to the inputs, in Values."""
    stop = set(map(id, inputs))
    reached = set(stop)
    for v in order:
        if not reached.isdisjoint(map(id, v.parents)):
            reached.add(id(v))
    adjoint: dict[int, Slope] = {}
    for out, given in outs:
        adjoint[id(out)] = plus(adjoint.get(id(out), 0.0), given)
    for v in reversed(order):
        if id(v) in reached and id(v) in adjoint and id(v) not in stop:
            given = adjoint.pop(id(v))
            for parent, slope in zip(v.parents, partials(v), strict=True):
                if id(parent) in reached:
                    share = _share(v, slope, given)
                    if mode.tracer is not None:
                        share = mode.tracer.gathered(share, v, parent)
                    adjoint[id(parent)] = plus(adjoint.get(id(parent), 0.0), share)
    return [adjoint.get(id(x), 0.0) for x in inputs]


def _reverse_in_numbers(out: Value, order: list[Value], inputs: list[Value]) -> list[float]:
    """What ``backward`` finds for the inputs, with every gradient then put back as it was."""
    before = array("d", bytes(8 * len(order)))
    read_grad(order, before)
    try:
        for x in inputs:  # the function itself may have called backward
            x.grad = 0.0
        out.backward()
        return [x.grad for x in inputs]
    finally:
        write_grad(order, before)


def forward(order: list[Value], speed: dict[int, Slope], symbolic: bool) -> dict[int, Slope]:
    """The chain rule from the inputs on: extend their speeds to all that depends on them."""
    for v in order:
        if id(v) not in speed and not speed.keys().isdisjoint(map(id, v.parents)):
            total: Slope = 0.0
            slopes = partials(v) if symbolic or callable(v._closure) else v.partials()
            for parent, slope in zip(v.parents, slopes, strict=True):
                total = plus(total, _share(v, slope, speed.get(id(parent), 0.0)))
            speed[id(v)] = total
    return speed


def gradient(run: FreshRun, out: Value) -> tuple[list[Slope], Results]:
    """d(out)/d(input) for each input, and what these are."""
    order, results = run.order([out])
    if results.symbolic:
        return reverse(order, [(out, 1.0)], run.inputs), results
    return list(_reverse_in_numbers(out, order, run.inputs)), results


def finished(items: Sequence[Slope], results: Results, remember: bool) -> Iterator[Slope]:
    """The results as they go out: numbers, or Values, which in no_grad have no history."""
    for x in items:
        if results.of_values:
            x = x if isinstance(x, Value) and not plain(x) else _as_value(x)
            yield x if remember else x.detach()
        elif results.outer or not isinstance(x, Value):
            yield x if mode.tracer is None else mode.tracer.of_python(x)
        else:
            yield x.data


def _as_value(x: Slope) -> Value:
    """A number as a Value; the history of one that has it is kept."""
    return Value(x) if isinstance(x, float) else x * Value(1.0)


def in_place(args: tuple[Any, ...], argnums: int | Sequence[int], results: Iterator[Slope]) -> Any:
    """Give the results the shape of the arguments that they are derivatives by."""
    if isinstance(argnums, Sequence):
        return tuple(rebuild(args[i], results) for i in argnums)
    return rebuild(args[argnums], results)
