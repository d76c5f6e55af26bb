"""What a traced function does to Values: it sets data and gradients, and calls ``backward``.

``data`` and ``grad`` hold traced numbers meanwhile, so all of this is arithmetic: ``backward`` is
the engine's own rule on them. A Value whose data was set has versions: what is recorded afterwards
reads the newest. After each call of the compiled function the last of them are written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ... import ops
from ...engine import Value
from ...transforms.derivatives import plus
from ...value.number import Number
from ...value.numeric import number
from ..errors import JitError, users_line
from .effects import Effects, Share, Versions
from .markers import Marks, NotInStages
from .predicates import count

WRITING_HOOKS = (
    *("is_number", "made", "wrapping", "reading", "reading_grad", "assigning", "backward"),
)


class Writing:
    """The hooks that the engine calls where data and gradients are set or read.

    Args:
        tape: of the trace.
        place_of: tells where a stand-in stands among the arguments; None of what is none.
        share: what a parent gets of a value's gradient, summed over a batch axis of the value's.
        is_batched: tells whether a value has a batch axis.
        allowed: whether anything may be set at all.
        by_marks: whether ``backward`` may be a mark.
        ranks: of the Values that the function finds in lists and modules, by identity.
    """

    def __init__(
        self,
        tape: list[Value],
        place_of: Callable[[Value], Any],
        share: Callable[[Value, Value, Any, Any], Any],
        is_batched: Callable[[Value], bool],
        allowed: bool,
        by_marks: bool,
        ranks: Mapping[int, int],
    ) -> None:
        self._tape, self._place_of, self._share = tape, place_of, share
        self._data: dict[int, tuple[Value, Share]] = {}
        self._grad: dict[int, tuple[Value, Share]] = {}
        self._versions: Versions = {}
        self.read: dict[int, tuple[Value, Number]] = {}
        self._made: set[int] = set()  # what is on the tape, as far as it was looked through
        self._looked_through = 0
        self._passed: set[int] = set()  # constants, whose gradients nobody has asked for
        self._hidden: set[int] = set()  # values whose gradients marks leave out
        self.marks = Marks(tape, self._version_of, self._is_new, is_batched, ranks)
        self._allowed, self._by_marks = allowed, by_marks

    # ---- hooks

    @staticmethod
    def is_number(x: Any) -> bool:
        """Tell whether x stands for a plain number."""
        return isinstance(x, Number)

    def made(self, value: Value, data: Any) -> None:
        """Put a new value on the tape."""
        self._tape.append(value)
        if isinstance(data, Number):
            self.wrapping(value, data)

    @staticmethod
    def wrapping(value: Value, data: Number) -> None:
        """Let a new leaf be the number that it was made of."""
        value._rewire(ops.DETACH, (data,))

    def reading(self, value: Value) -> Any:
        """Return the number of a Value: no gradient passes to it."""
        if id(value) in self._data:
            return self._data[id(value)][1]
        return _number_of(value)

    def reading_grad(self, value: Value) -> Any:
        """Return the gradient that a Value has by now."""
        share = self._gradient(value)
        return share if isinstance(share, (float, Number)) else _number_of(share)

    def assigning(self, value: Value, name: str, x: Any) -> float:
        """Take what is assigned to data or grad; return it as a float."""
        if isinstance(value, Number):
            raise AttributeError(f"'float' object has no attribute {name!r}")
        self._check_allowed(value, name)
        x = count(x)
        number_now = x._data if isinstance(x, Number) else number(x, f"{name} expects")
        traced: Share = x * 1.0 if isinstance(x, Number) else number_now
        if name == "grad":
            self._grad[id(value)] = value, traced
        else:
            self._data[id(value)] = value, traced
            node = traced if isinstance(traced, Number) else Number(traced)
            self._versions.setdefault(id(value), []).append((len(self._tape), node))
        return number_now

    def backward(self, out: Value) -> None:
        """Do what ``out.backward()`` does: see ``engine.Value.backward``."""
        if isinstance(out, Number):
            raise AttributeError("'float' object has no attribute 'backward'")
        self._check_allowed(out, "grad")
        order = _order(out)
        computed = [v for v in order if _is_computed(v)]
        mark = self._by_marks and computed and self.marks.mark(out, order, computed)
        if mark:
            self._hide(order)
            self._grad[id(out)] = out, 1.0
            for leaf, gradient in zip(mark.leaves, mark.gradients):
                self._grad[id(leaf)] = leaf, plus(self._gradient(leaf), gradient)
            return
        for v in computed:
            self._grad[id(v)] = v, 0.0
        self._grad[id(out)] = out, plus(self._gradient(out), 1.0)
        for v in reversed(computed):
            self._pass_on(v)

    def _check_allowed(self, value: Value, name: str) -> None:
        if not self._allowed:
            raise JitError(
                f"{name} of {value!r} is set, which a call of a compiled function can do, and no "
                f"single program: look at the loss alone, or call the function\n  at {users_line()}"
            )

    def _hide(self, order: list[Value]) -> None:
        """Forget the gradients of all that was made by the function."""
        for v in order:
            if not isinstance(v, Number) and self._is_new(v):
                self._hidden.add(id(v))
                self._grad.pop(id(v), None)

    def _version_of(self, value: Value) -> tuple[int, Value] | None:
        return self._versions.get(id(value), [None])[-1]

    def _pass_on(self, v: Value) -> None:
        share_of_all = self._grad[id(v)][1]
        for parent, slope in zip(v.parents, _partials(v), strict=True):
            if isinstance(parent, Number):
                continue
            if self._is_constant(parent):
                self._passed.add(id(parent))
                continue
            share = self._share(v, parent, slope, share_of_all)
            self._grad[id(parent)] = parent, plus(self._gradient(parent), share)

    def _gradient(self, value: Value) -> Share:
        if id(value) in self._grad:
            return self._grad[id(value)][1]
        if id(value) in self._hidden:
            raise NotInStages("the gradient of a value inside of a compiled step")
        if id(value) in self._passed:
            raise JitError(
                "the gradient of a constant that is made inside jit is not computed: make the "
                f"Value outside\n  at {users_line()}"
            )
        if self._is_new(value):
            return 0.0
        if id(value) not in self.read:
            self.read[id(value)] = value, Number(value._grad)
        return self.read[id(value)][1]

    # ---- what is new, and what there was before

    def _is_new(self, value: Value) -> bool:
        """Tell whether a value was made by the function, not given to it."""
        if len(self._tape) > self._looked_through:
            self._made.update(map(id, self._tape[self._looked_through :]))
            self._looked_through = len(self._tape)
        return id(value) in self._made and self._place_of(value) is None

    def _is_constant(self, value: Value) -> bool:
        return not value.parents and id(value) not in self._grad and self._is_new(value)

    # ---- the end

    def leaves(self) -> Iterator[Value]:
        """Yield the leaves that stand for gradients: those read, and those of stages."""
        for _, leaf in self.read.values():
            yield leaf
        for mark in self.marks.made:
            yield from mark.gradients

    def finished(self, results: Sequence[Value], contents: dict[int, Any]) -> Effects:
        """Return what is left behind, as numbers that a program computes.

        Args:
            results: the Values that the function returns or leaves in places.
            contents: what it leaves in places, by their numbers.
        """
        if self._hidden.intersection([id(x) for x in results if id(x) not in self._grad]):
            raise NotInStages("a Value comes out with a gradient that marks leave out")
        data = self._left(self._data)
        if self.marks.made and not data and any(x.parents for x in results if type(x) is Value):
            raise NotInStages("a Value comes out that can still be differentiated")
        new = {
            id(x): _output(self._grad[id(x)][1], self._tape)
            for x in results
            if id(x) in self._grad and self._is_new(x)
        }
        return Effects(
            data=data,
            grad=self._left(self._grad),
            contents=contents,
            new=new,
            versions=self._versions,
            marks=self.marks.made,
            read=[value for value, _ in self.read.values()],
        )

    def _left(self, written: dict[int, tuple[Value, Share]]) -> list[tuple[Value, Share]]:
        last = [(value, share) for value, share in written.values() if not self._is_new(value)]
        return [(value, _output(share, self._tape)) for value, share in last]


def _number_of(value: Value) -> Number:
    traced = Number(value._data)
    traced._rewire(ops.DETACH, (value,))
    return traced


def _output(share: Share, tape: list[Value]) -> Share:
    """Return a number that the program computes without being differentiated by anything."""
    if isinstance(share, float):
        return share
    copy = _number_of(share)
    tape.append(copy)
    return copy


def _is_computed(v: Value) -> bool:
    """Tell whether backward goes on to a value's parents."""
    return bool(v.parents) and not isinstance(v, Number) and v.op is not ops.DETACH


def _order(root: Value) -> list[Value]:
    """Return what ``toposort`` does, without what no gradient comes to."""
    order: list[Value] = []
    visited: set[int] = set()
    stack: list[Any] = [root]
    while stack:
        value = stack.pop()
        if value is None:
            order.append(stack.pop())
        elif id(value) not in visited:
            visited.add(id(value))
            if _is_computed(value):
                stack += (value, None)
                stack += value.parents[::-1]
            else:
                order.append(value)
    return order


def _partials(v: Value) -> tuple:
    if v._closure is not None or v.op is None or v.op.partials is None:
        raise JitError(
            f"{v!r} has a hand-set _backward or local gradients, which jit cannot compile: "
            f"use ops, or call it eagerly\n  at {users_line()}"
        )
    return v.op.partials(*v.parents, v)
