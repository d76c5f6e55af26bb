"""Where Python raises and C does not: divisions by zero, powers that overflow or turn complex.

A float of an array does as NumPy's, a number inside ``grad`` by IEEE 754: neither raises. Of the
other plain numbers one guard says that no power of the program leaves the finite numbers.
"""

from collections.abc import Callable, Collection, Iterator
from functools import reduce
from math import inf, isfinite
from operator import add
from typing import Any

from ... import ops
from ...engine import Value
from ...extended_ops import FLOORDIV, MOD
from ...value.columns import ValueSet, made_by
from ...value.number import Number
from ..graph import BATCH_SUM

_NEAR = 6  # operations between what tells of another and that, or leaves
_RAISING = ("powc", "pow", "mod", "floordiv")


def guards(
    tape: list[Value],
    silent: list[Value],
    loud: ValueSet,
    raising: Collection[int],
    is_batched: Callable[[Value], bool],
    leaves: Collection[int],
    regular: bool = True,
) -> Iterator[tuple[Value, bool]]:
    """Yield what tells whether Python raises or turns complex, and whether it holds.

    What leaves the finite numbers while it is traced does not raise (a number of NumPy, or what an
    ``except`` catches): that is to do so again, and only the others are asked whether they do.

    Args:
        tape: all that was computed, in order.
        silent: the numbers that do not raise; what is computed from one does not.
        loud: those that do raise, whatever they were computed from.
        raising: identities of what was computed by functions that raise.
        is_batched: tells whether a value has a batch axis.
        leaves: identities of those on the tape that are another number at each call.
        regular: nothing that may raise has left the finite numbers, as far as is known.
    """
    suspects = _suspects(tape, silent, loud, raising)
    if not suspects:
        return
    regular = regular and all(isfinite(v._data) for v in suspects)
    if regular:
        suspects = _distinct(suspects, tape, leaves)
        told = _told(suspects)
        suspects = [v for v in suspects if id(v) not in told]
    batched = {id(v): is_batched(v) for v in suspects}

    def asked(nan_raises: Callable[[Value], bool]) -> Iterator[tuple[Value, bool]]:
        lefts = [_left(v, regular, nan_raises(v)) for v in suspects]
        sums = [x._apply(BATCH_SUM, x) if batched[id(v)] else x for v, x in zip(suspects, lefts)]
        if calm := [x for x in sums if not x._data]:
            yield ops.LE(reduce(add, calm), 0.5), True
        if gone := [ops.WHERE(ops.GT(x, 0.5), 0.0, 1.0) for x in sums if x._data]:
            yield ops.GT(reduce(add, gone), 0.5), False

    yield from asked(lambda v: True)
    if not regular:  # a power that is nan may have turned complex: do those that raise?
        yield from asked(lambda v: id(v) in raising)


def is_made_of(x: Value, leaves: Collection[int], loud: ValueSet) -> bool:
    """Tell whether a number is one of some leaves, or made of one without what is loud between."""
    seen, left = {id(x)}, [x]
    while left:
        v = left.pop()
        if id(v) in leaves:
            return True
        new = [p for p in v.parents if id(p) not in seen] if v not in loud else []
        seen.update(map(id, new))
        left += new
    return False


def _suspects(
    tape: list[Value], silent: list[Value], loud: ValueSet, raising: Collection[int]
) -> list[Value]:
    suspects: list[Value] = [v for v in made_by(tape, _RAISING) if isinstance(v, Number)]
    if raising:
        all_of_them = {*map(id, suspects), *raising}
        suspects = [v for v in tape if id(v) in all_of_them]
    if not suspects:
        return []
    quiet = ValueSet(silent)
    quiet.spread(tape, 0, None, loud)
    return [v for v in suspects if v not in quiet]


def _distinct(suspects: list[Value], tape: list[Value], leaves: Collection[int]) -> list[Value]:
    """Leave out what is computed as another is: ``0.9 ** t`` for each of the parameters."""
    alike: dict[tuple[Any, ...], tuple[int, int]] = {}
    number: dict[int, Any] = {}  # how far it is from leaves, and which is the first
    for v in list(tape):
        if not issubclass(type(v), Number):
            continue
        if parents := v.parents:
            made_of = [number.get(id(p)) or (0, id(p)) for p in parents]
            far = 1 + sorted(made_of)[-1][0]  # max is that of the trace, in a trace
            if far <= _NEAR:
                number[id(v)] = alike.setdefault((v.op, *made_of), (far, id(v)))
            else:
                number[id(v)] = far, id(v)
        elif v._data and id(v) not in leaves:
            number[id(v)] = alike.setdefault((v._data,), (0, id(v)))
    return list({number.get(id(v), id(v)): v for v in reversed(suspects)}.values())[::-1]


def _told(suspects: list[Value]) -> set[int]:
    """Return the roots of which another suspect is a power of a sum or product.

    A root of what is finite is that or nan, and so is the other then.
    """
    roots = {id(v) for v in suspects if _power(v) and 0 < _power(v) < 1}
    told: set[int] = set()
    for v in suspects if roots else ():
        if _power(v):
            left, depth = [v.parents[0]], 0
            while left and depth < _NEAR:
                told.update(id(p) for p in left if id(p) in roots)
                left = [q for p in left if p.op in (ops.ADD, ops.MUL) for q in p.parents]
                depth += 1
    return told


def _power(v: Value) -> float:
    """The constant to which something is raised; 0 where it is no such power."""
    return v.op.static or 0.0 if v.op and v.op.name == "powc" else 0.0


def _left(v: Value, regular: bool, nan_raises: bool = True) -> Any:
    """1 where Python raises, else 0: what is infinite or nan has not become so here, or it has."""
    if v.op in (MOD, FLOORDIV):
        return ops.WHERE(ops.GT(ops.ABS(v.parents[1]), 0.0), 0.0, 1.0)
    gone = ops.WHERE(ops.LT(ops.ABS(v), inf), 0.0, 1.0)
    if regular:
        return gone
    if not nan_raises:
        gone = ops.WHERE(ops.LE(v, v), gone, 0.0)
    is_nan = ops.WHERE(ops.LE(v, v), 0.0, 1.0)
    for p in v.parents:
        gone = ops.WHERE(ops.LT(ops.ABS(p), inf), gone, 0.0)
        is_nan = ops.WHERE(ops.LE(p, p), is_nan, 0.0)
    return ops.MAXIMUM(gone, is_nan) if nan_raises else gone
