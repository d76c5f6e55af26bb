"""A call that goes straight to the loops: what a program of one structure needs at every call.

Where each number goes and comes from is worked out once, for the sizes of the first call; C checks
that the arguments are of that structure, and takes their numbers. What it does not take (None is
returned) is for the general way, which says the same at more leisure.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from weakref import ref

import numpy as np

from ... import ops
from ...engine import Value
from ...value.backend import native
from ...value.buffers import add_grad
from ...value.number import Number
from ..tracing.arrays import TracedArray
from ..tracing.integers import EXACT
from ..tracing.recording import Trace
from ..tracing.signature import Argument
from .compiled import Compiled, Run
from .gradients import Slopes
from .kernel import CKernel, TapeKernel
from .memory import Addresses, Span
from .parts import part_size

_FORMS, _NEST = {"float": 0, "int": 0, "list": 1, "array": 2}, 3
_MOST_DIMS, _FIELDS = 4, 11  # of an Argument in ``direct.c``
_KINDS = {np.dtype(float): 0, np.dtype(np.int64): 1}


def direct_call(
    compiled: Compiled,
    name: str,
    recording: Trace,
    slopes: Slopes | None,
    args: Sequence[Argument],
) -> Callable[..., Any] | None:
    """Return the program as a function of a call's arguments; None where that cannot be done.

    Args:
        compiled: the program.
        name: the function's, which Values that come out show as their operation.
        recording: what it was made from.
        slopes: the gradient that is its result, if it is one.
        args: of the first call.
    """
    layout, sizes = compiled.layout, compiled.layout.sizes(args)
    if native is None or not isinstance(compiled.kernel, CKernel | TapeKernel):
        return None
    if compiled.dtype != np.float64:
        return None
    if not args or not recording.is_pure():
        return None
    if "B" in sizes and not layout.guards and part_size(compiled.program, sizes["B"]):
        return None
    at, first = compiled.at(sizes), len(layout.guards)
    if (packed := _packed(args, at)) is None:
        return None
    results, leaves = _Results(iter(at.outputs[first:]), at.size), None
    if slopes:
        shape, seeds = _of_slopes(slopes, at, args, at.outputs[first]), {first: 1.0}
    else:
        shape, seeds = results.addresses(recording.result), {}
        leaves = _leaves(recording) if shape is None else None
    if shape is None and leaves is None:
        return None
    arguments, nests = packed
    constants = results.constants if leaves is None else []
    fixed = _fixed(at, constants, layout.guards, compiled.seeded(at, seeds))
    captured, size = tuple(layout.captured), at.size + len(constants)
    call = compiled.kernel.direct(size, captured, shape, nests, (*fixed, arguments), bool(slopes))
    return call if leaves is None else _ValueCall(compiled, at, call, leaves, first, name)


def _fixed(
    at: Addresses, constants: Sequence[float], guards: Sequence[bool], seeds: np.ndarray
) -> Iterator[bytes]:
    """Yield what is the same at each call, in the order of ``make_direct_call`` in ``direct.c``."""
    places, numbers = at.fixed()
    places = [*places, *range(at.size, at.size + len(constants))]
    numbers = np.array([*numbers, *constants])
    yield _ints(at.sizes)
    yield at.scalars.tobytes()
    yield seeds.tobytes()
    yield _ints(places)
    yield numbers.tobytes()
    yield _ints([2 * address + holds for address, holds in zip(at.outputs, guards)])


def _packed(args: Sequence[Argument], at: Addresses) -> tuple[bytes, tuple] | None:
    """What C has to know of each argument, and the addresses in those that are nests.

    None where one is of a kind that C does not take.
    """
    spans: dict[int, list[tuple[bool, Span]]] = {k: [] for k in range(len(args))}
    for k, batched, span in at.spans:
        if k is not None and k < len(args):
            spans[k].append((batched, span))
        elif k is not None:
            return None
    rows = [_argument(a, spans[k]) for k, a in enumerate(args)]
    nests = tuple([_nest_at(a, spans[k]) for k, a in enumerate(args)])
    if any(row is None for row in rows) or any(nest is NotImplemented for nest in nests):
        return None
    return _ints([x for row in rows for x in row or ()]), nests


def _argument(a: Argument, spans: list[tuple[bool, Span]]) -> list[int] | None:
    if a.kind == "nest":
        return [_NEST, *[0] * (_FIELDS - 1)]
    if a.form not in _FORMS or a.kind != "array" or len(spans) > 1 or len(a.shape) > _MOST_DIMS:
        return None
    kind = _KINDS.get(a.value.dtype) if a.shape else int(a.form == "int")
    count = int(np.prod(a.shape))
    if kind is None or not count:
        return None
    start, outer, row = -1, 0, 0
    for batched, span in spans:
        start, outer, row = span.start, span.outer, span.row
        if count != (span.length * span.outer if batched else span.length):
            return None
    dims = (*a.shape, *[0] * (_MOST_DIMS - len(a.shape)))
    return [_FORMS[a.form], kind, start, outer, row, count, len(a.shape), *dims]


def _nest_at(a: Argument, spans: list[tuple[bool, Span]]) -> Any:
    """Return a nest with addresses for its numbers; NotImplemented of what C does not take."""
    if a.kind != "nest":
        return None
    if len(spans) != 1 or spans[0][0] or spans[0][1].outer:
        return NotImplemented
    span = spans[0][1]
    places = iter(range(span.start, span.start + span.length))
    return _with_addresses(a.value, places) if span.length else NotImplemented


def _with_addresses(tree: Any, places: Iterator[int]) -> Any:
    """Return a nest with an address for each float, and -1 - address for each int."""
    if type(tree) is float:
        return next(places)
    if type(tree) is int and abs(tree) < EXACT:  # others count by their value
        return -1 - next(places)
    if isinstance(tree, np.ndarray) and tree.dtype == np.float64 and tree.size and tree.ndim:
        return np.array([next(places) for _ in range(tree.size)], dtype=float).reshape(tree.shape)
    branches = tree.values() if type(tree) is dict else tree
    if type(tree) not in (list, tuple, dict) or (
        type(tree) is dict and any(type(k) is not str for k in tree)
    ):
        return NotImplemented
    made = [_with_addresses(branch, places) for branch in branches]
    if any(branch is NotImplemented for branch in made):
        return NotImplemented
    return dict(zip(tree, made)) if type(tree) is dict else type(tree)(made)


def _ints(numbers: Sequence[int]) -> bytes:
    return np.array(numbers, np.int64).tobytes()


# What comes out: numbers, by their addresses.


def _of_slopes(slopes: Slopes, at: Addresses, args: Sequence[Argument], value: int) -> Any:
    """Return a value and its gradients with addresses for numbers; gradients are behind all values.

    None if one of them is always zero.
    """
    spans = {k: s for k, batched, s in at.spans if k is not None and not batched and not s.outer}
    if not spans.keys() >= set(slopes.numbers()):
        return None
    ranges = {k: at.size + s.start + np.arange(s.length, dtype=float) for k, s in spans.items()}
    return _whole(slopes.result(value, ranges, args))


def _whole(shape: Any) -> Any:
    """Return addresses as ints; an array of them stays one."""
    if isinstance(shape, dict):
        return {key: _whole(branch) for key, branch in shape.items()}
    if isinstance(shape, (tuple, list)):
        return type(shape)(map(_whole, shape))
    return int(shape) if isinstance(shape, (int, float)) else shape


class _Results:
    """Where the numbers of a result are: what is computed, then the constants behind all else.

    Args:
        outputs: the addresses of what is computed, in order.
        size: of the memory without these constants.
    """

    def __init__(self, outputs: Iterator[int], size: int) -> None:
        self._outputs, self._size = outputs, size
        self.constants: list[float] = []

    def addresses(self, tree: Any) -> Any:
        """Return a result of nests and arrays of plain floats with addresses for these.

        None if it has more.
        """
        if type(tree) in (Number, float):
            return self._number(tree)
        if isinstance(tree, TracedArray) and tree.dtype == np.float64:
            items = np.asarray(tree).reshape(-1).tolist()
            if not items or any(type(x) not in (Number, float) for x in items):
                return None
            return np.array(list(map(self._number, items)), float).reshape(np.shape(tree))
        if type(tree) is dict and all(type(key) is str for key in tree):
            inside = self.addresses(list(tree.values()))
            return None if inside is None else dict(zip(tree, inside))
        if type(tree) not in (tuple, list):
            return None
        branches = list(map(self.addresses, tree))
        return None if any(branch is None for branch in branches) else type(tree)(branches)

    def _number(self, x: Number | float) -> int:
        if isinstance(x, Number):
            return next(self._outputs)
        self.constants.append(x)
        return self._size + len(self.constants) - 1


# What comes out: Values.


def _leaves(recording: Trace) -> Any:
    """Return a result that is a Value, or a flat tuple or list of different Values and floats.

    True stands for a Value, False for a float; None is returned where it is anything else.
    """
    tree = recording.result

    def leaf(x: Any) -> bool | None:
        if type(x) is Number:
            return False
        computed = type(x) is Value and x.op is not ops.DETACH and id(x) not in recording.kept
        return True if computed and x.parents else None

    if type(tree) not in (tuple, list):
        return leaf(tree)
    kinds, values = [leaf(x) for x in tree], [id(x) for x in tree if type(x) is Value]
    if None in kinds or not kinds or len(set(values)) < len(values):
        return None
    return type(tree)(kinds)


class _ValueCall:
    """A call of which Values come out, which keep its memory until they are gone."""

    def __init__(
        self,
        compiled: Compiled,
        at: Addresses,
        call: Any,
        leaves: Any,
        first: int,
        name: str,
    ) -> None:
        self._compiled, self._at, self._fill = compiled, at, call.fill
        self._leaves, self._first = leaves, first
        self._captured = tuple(compiled.layout.captured)
        self._op = ops.handmade(f"jit {name}")

    def __call__(self, *args: Any) -> Any:
        at = self._at
        memory = at.blank()
        if not self._fill(memory, args):
            at.give_back(memory)
            return None
        run, leaves = Run(self._compiled, at, memory), self._leaves
        if leaves is True:
            return self._value(run, self._first)
        made = [
            self._value(run, k) if is_value else run.number(k)
            for k, is_value in enumerate(leaves, self._first)
        ]
        return made if type(leaves) is list else tuple(made)

    def _value(self, run: Run, k: int) -> Value:
        out = Value._make(Value, run.number(k), 0.0, self._op, self._captured, "")
        weak = ref(out)  # a cycle would keep the memory until the collector comes
        out._backward = lambda: self._pass_on(weak, run, k)
        return out

    def _pass_on(self, weak: ref[Value], run: Run, k: int) -> None:
        out = weak()
        assert out is not None  # it is being differentiated
        g = run.gradients({k: out._grad})
        add_grad(self._captured, g[: len(self._captured)])
        self._at.give_back(g)
