"""What a traced function sees in place of arrays and of batches."""

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import Any

from ... import ops
from ...engine import Value
from ...nested import leaves, rebuild
from ..errors import JitError, users_line
from ..graph import BATCH_SUM


class Rows(Sequence):
    """A traced array or rectangular list of numbers: its items become inputs when they are used.

    Args:
        leaf: makes the input for the number at a flat position.
        shape: of this part of the array.
        start: the flat position of its first number.
        measured: called when the length is used, which makes it part of the program.
    """

    def __init__(
        self,
        leaf: Callable[[int], Value],
        shape: tuple[int, ...],
        start: int = 0,
        measured: Callable[[], None] = lambda: None,
    ) -> None:
        self._leaf, self._measured = leaf, measured
        self.shape, self.start = shape, start

    def __len__(self) -> int:
        self._measured()
        return self.shape[0]

    def __getitem__(self, i: Any) -> Any:
        self._measured()
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(self.shape[0]))]
        if isinstance(i, tuple):
            if not i:
                return self
            part, rest = self[i[0]], i[1:]
            if not rest:
                return part
            return [row[rest] for row in part] if isinstance(i[0], slice) else part[rest]
        k = i.__index__()
        k = k + self.shape[0] if k < 0 else k
        if not 0 <= k < self.shape[0]:
            raise IndexError(f"index {i} is out of range for {self.shape[0]} rows")
        if len(self.shape) == 1:
            return self._leaf(self.start + k)
        return Rows(self._leaf, self.shape[1:], self.start + k * prod(self.shape[1:]))

    def __add__(self, other: Any) -> list:
        return [*self, *other]

    def __radd__(self, other: Any) -> list:
        return [*other, *self]

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"under jit an array is a sequence of rows of Values, and has no .{name}: write it "
            "with sum, mean, maximum and the like over its items"
        )

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)


class Number(Value):
    """A traced argument that is a plain number to its caller, and compares like one."""

    __slots__ = ("_guard",)
    _guard: Callable[[Value], None]

    @staticmethod
    def of(x: float, guard: Callable[[Value], None]) -> "Number":
        """Make one; ``guard`` is for branches on it."""
        made = Number(x)
        made._guard = guard
        return made

    def __bool__(self) -> bool:
        return bool(Predicate(ops.WHERE(self, 1.0, 0.0), self._guard))

    def __eq__(self, other: Any) -> Any:
        if not isinstance(as_value(other), (Value, int, float)):
            return NotImplemented
        reaches = ops.GE(self, as_value(other))
        return Predicate(ops.WHERE(reaches, ops.LE(self, as_value(other)), 0.0), self._guard)

    def __ne__(self, other: Any) -> Any:
        equal = self.__eq__(other)
        return NotImplemented if equal is NotImplemented else ~equal

    __hash__ = Value.__hash__


class Batch:
    """What ``vmap`` returns while it is traced: the values of one example, standing for all."""

    def __init__(self, example: Any, size: int, mean_factor: Callable[[], Value]) -> None:
        self.example, self.size, self._mean_factor = example, size, mean_factor

    def _sum(self) -> Any:
        """The sum over all examples, of each value of the example's nest."""
        return self._reduced(lambda total: total)

    def _mean(self) -> Any:
        factor = self._mean_factor()
        return self._reduced(lambda total: total * factor)

    def _reduced(self, finish: Callable[[Value], Value]) -> Any:
        values = [Value._apply(BATCH_SUM, as_value(v)) for _, v in leaves(self.example)]
        return rebuild(self.example, iter([finish(v) for v in values]))

    def _refuse(self, *args: Any) -> Any:
        raise JitError(
            "under jit the result of vmap has no single items: reduce it by sum or mean, or "
            f"return it\n  at {users_line()}"
        )

    __iter__ = __getitem__ = __len__ = __add__ = __radd__ = __mul__ = __rmul__ = _refuse


class Predicate:
    """A comparison of traced values: give it to ``where``; a branch on it becomes a guard."""

    def __init__(self, value: Value, guard: Callable[[Value], None]) -> None:
        self._traced, self._guard = value, guard

    def __bool__(self) -> bool:
        self._guard(self._traced)
        return bool(self._traced._data)

    @staticmethod
    def _apply(op: ops.Op, *args: Any) -> Value:
        return Value._apply(op, *[getattr(a, "_traced", a) for a in args])

    def __and__(self, other: Any) -> "Predicate":
        return Predicate(ops.WHERE(self, other, 0.0), self._guard)

    def __or__(self, other: Any) -> "Predicate":
        return Predicate(ops.WHERE(self, 1.0, other), self._guard)

    def __invert__(self) -> "Predicate":
        return Predicate(ops.WHERE(self, 0.0, 1.0), self._guard)

    def __eq__(self, other: Any) -> Any:
        return Predicate(ops.WHERE(self, other, ops.WHERE(other, 0.0, 1.0)), self._guard)

    def __ne__(self, other: Any) -> Any:
        return ~(self == other)

    __hash__ = None  # type: ignore[assignment]
    __rand__, __ror__ = __and__, __or__


def as_value(x: Any) -> Any:
    """Return what stands behind a comparison; anything else as it is."""
    return getattr(x, "_traced", x)


def untraced(tree: Any) -> Any:
    """Return a function's result with None for all that is computed anew at each call."""
    if isinstance(tree, dict):
        return {key: untraced(branch) for key, branch in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [untraced(branch) for branch in tree]
    return None if isinstance(as_value(tree), (Value, Batch)) else tree


def items(tree: Any) -> Iterator[Any]:
    """Yield the values, predicates, batches and numbers in a function's result."""
    if isinstance(tree, dict):
        for branch in tree.values():
            yield from items(branch)
    elif isinstance(tree, (list, tuple)):
        for branch in tree:
            yield from items(branch)
    else:
        yield tree


def rebuilt(tree: Any, leaf: Callable[[Any], Any]) -> Any:
    """The result with ``leaf(x)`` in place of everything that is no list, tuple or dict."""
    if isinstance(tree, dict):
        return {key: rebuilt(branch, leaf) for key, branch in tree.items()}
    if isinstance(tree, (list, tuple)):
        branches = [rebuilt(branch, leaf) for branch in tree]
        if isinstance(tree, list):
            return branches
        return type(tree)(*branches) if hasattr(tree, "_fields") else tuple(branches)
    return leaf(tree)
