"""One call of a function, differentiated: the chain rule in numbers and in Values, back and forth.

``backward`` works on numbers. The same rule on Values, with the same partials, gives derivatives
that remember how they were computed, and can be differentiated again.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from operator import index
from typing import Any, NamedTuple

from .engine import Value, toposort
from .modes import mode
from .nested import checked_leaves, leaves, rebuild

Number = Any  # a float, or a Value


class Variables(threading.local):
    """What this thread is differentiating by just now, from the outermost transform inwards."""

    active: frozenset[Value] = frozenset()


variables = Variables()


class Run(NamedTuple):
    """One call of a function on arguments that were made fresh for it."""

    out: Any  # what the function returned
    inputs: list[Value]  # the leaves of the arguments that we differentiate by
    of_values: bool  # whether Values came in, so that Values are to come out

    def order(self, outs: Sequence[Value]) -> tuple[list[Value], bool]:
        """Return all that outs are computed from, and whether the derivatives are to be Values.

        They are as well where an outer transform's variable is among it.
        """
        order = list(dict.fromkeys([v for out in outs for v in toposort(out)]))
        return order, self.of_values or not variables.active.isdisjoint(order)


def run_on_variables(f: Callable, args: tuple, by: tuple[int, ...], who: str) -> Run:
    """Call f with new Values in place of the leaves of the arguments numbered ``by``.

    They are new also where Values are given: ``f`` may use the same ones besides its arguments, and
    the derivative is by the arguments alone.
    """
    given = [x for i in by for x in checked_leaves(args[i], who, f"argument {i}")]
    of_values = mode.tracer is not None or any(isinstance(x, Value) for x in given)
    inputs = [x * 1.0 if isinstance(x, Value) else Value(x) for x in given]
    replacements, new = list(args), iter(inputs)
    for i in by:
        replacements[i] = rebuild(args[i], new)
    outer = variables.active
    variables.active = outer.union(inputs)
    try:
        return Run(f(*replacements), inputs, of_values)
    finally:
        variables.active = outer


def scalar(out: Any, who: str) -> Value:
    """Return what a function returned as one Value; raise a TypeError if it is anything else."""
    if isinstance(out, Value):
        return out
    if leaves(out)[:1] != [("", out)]:
        raise TypeError(f"{who} needs a function that returns one number, got {type(out).__name__}")
    return Value(checked_leaves(out, who, "the function's result")[0])


def positions(argnums: int | Sequence[int], args: tuple, who: str) -> tuple[int, ...]:
    """Return argnums as a tuple of positions, counted from the front; raise if one is beyond."""
    numbers = argnums if isinstance(argnums, Sequence) else (argnums,)
    for i in numbers:
        if not -len(args) <= index(i) < len(args):
            raise TypeError(f"{who}: argnums={argnums}, but the call has {len(args)} arguments")
    return tuple(i % len(args) for i in numbers)


def partials(v: Value) -> tuple:
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


def times(slope: Number, x: Number) -> Number:
    """slope · x, without a node for a factor that is the constant 1, or for one that is 0."""
    for a, b in ((slope, x), (x, slope)):
        if isinstance(a, float) and a in (0.0, 1.0):
            return b if a else 0.0
    return slope * x


def plus(x: Number, y: Number) -> Number:
    """x + y, without a node for an x that is 0."""
    return y if isinstance(x, float) and x == 0.0 else x + y


def _reverse(out: Value, order: list[Value], inputs: list[Value]) -> list[Number]:
    """The chain rule from the result back to the inputs, in Values."""
    stop, reached = set(inputs), set(inputs)
    for v in order:
        if not reached.isdisjoint(v.parents):
            reached.add(v)
    adjoint: dict[Value, Number] = {out: 1.0}
    for v in reversed(order):
        if v in reached and v in adjoint and v not in stop:
            given = adjoint.pop(v)
            for parent, slope in zip(v.parents, partials(v), strict=True):
                if parent in reached:
                    share = times(slope, given)
                    if mode.tracer is not None:
                        share = mode.tracer.gathered(share, v, parent)
                    adjoint[parent] = plus(adjoint.get(parent, 0.0), share)
    return [adjoint.get(x, 0.0) if x in reached else 0.0 for x in inputs]


def _reverse_in_numbers(out: Value, order: list[Value], inputs: list[Value]) -> list[float]:
    """What ``backward`` finds for the inputs, with every gradient then put back as it was."""
    before = [v.grad for v in order]
    try:
        for x in inputs:  # the function itself may have called backward
            x.grad = 0.0
        out.backward()
        return [x.grad for x in inputs]
    finally:
        for v, former in zip(order, before, strict=True):
            v.grad = former


def forward(order: list[Value], speed: dict[Value, Number], of_values: bool) -> dict[Value, Number]:
    """The chain rule from the inputs on: extend their speeds to all that depends on them."""
    for v in order:
        if v not in speed and not speed.keys().isdisjoint(v.parents):
            total: Number = 0.0
            slopes = partials(v) if of_values or callable(v._closure) else v.partials()
            for parent, slope in zip(v.parents, slopes, strict=True):
                total = plus(total, times(slope, speed.get(parent, 0.0)))
            speed[v] = total
    return speed


def gradient(run: Run, out: Value) -> tuple[list[Number], bool]:
    """d(out)/d(input) for each input, and whether these are Values."""
    order, of_values = run.order([out])
    if of_values:
        return _reverse(out, order, run.inputs), True
    return list(_reverse_in_numbers(out, order, run.inputs)), False


def finished(results: Sequence[Number], of_values: bool, remember: bool) -> Iterator[Number]:
    """The results as they go out: floats, or Values, which in no_grad have no history."""
    for x in results:
        if not of_values:
            yield x.data if isinstance(x, Value) else x
        elif isinstance(x, Value):
            yield x if remember else x.detach()
        else:
            yield Value(x)


def in_place(args: tuple, argnums: int | Sequence[int], results: Iterator[Number]) -> Any:
    """Give the results the shape of the arguments that they are derivatives by."""
    if isinstance(argnums, Sequence):
        return tuple(rebuild(args[i], results) for i in argnums)
    return rebuild(args[argnums], results)
