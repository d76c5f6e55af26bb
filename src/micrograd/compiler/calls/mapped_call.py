"""Calls of mapped functions over large batches that take little time but that of the loops."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ...engine import Value
from ..tracing.batches import Batch
from ..tracing.integers import EXACT
from ..tracing.predicates import truth
from ..tracing.signature import Argument
from .compiled import Compiled
from .unpacking import HELD, NotDirect
from .whole_batches import Lazily, NotLazy, whole_batch

Make = Callable[[np.ndarray, Lazily], Any]  # of the results of all examples, a row each


def mapped_call(of: Any, args: Sequence[Argument]) -> Callable[..., Any]:
    """Return a function of a call's arguments.

    Args:
        of: what it is to do, see ``Direct``.
        args: of the first call.

    Raises:
        NotDirect: the arguments are not numbers and arrays, or what comes out is more than arrays.
    """
    call = MappedCall(of, args)
    try:
        shape = _shape(of.recording.result, of.compiled, call.numbers())
    except NotDirect:
        return call
    return call.mapped.on_one_core(call, of.look, shape, len(args)) or call


class MappedCall:
    """What ``MappedRun`` and ``result_of`` do, for arguments that are of one structure.

    Args:
        of: what it is to do, see ``Direct``.
        args: of the first call.

    Raises:
        NotDirect: the arguments are not numbers and arrays, or what comes out is more than arrays.
    """

    def __init__(self, of: Any, args: Sequence[Argument]) -> None:
        if not all(map(_is_taken, args)):
            raise NotDirect
        self._of, self._args = of, [(type(a.value), a.shape, a) for a in args]
        compiled: Compiled = of.compiled
        sizes = compiled.layout.sizes(args)
        self.mapped = compiled.mapped(sizes["B"], compiled.lanes(sizes) or 0)
        self._make = _maker(of.recording.result, compiled, self.numbers())

    def numbers(self) -> Iterator[int]:
        """Yield the rows that come out."""
        compiled = self._of.compiled
        return iter(range(len(compiled.program.outputs) - len(compiled.layout.guards)))

    def __call__(self, *args: Any) -> Any:
        """Return the result, or NotImplemented."""
        of, expected = self._of, self._args
        if len(args) != len(expected):
            return NotImplemented
        given = []
        for x, (kind, shape, a) in zip(args, expected):
            if type(x) is not kind or (x.shape != shape or x.dtype != a.value.dtype if shape
                                       else type(x) is int and not -EXACT < x < EXACT):  # fmt: skip
                return NotImplemented
            given.append(Argument("array", x, shape, a.key, a.form))
        if of.look is not None and of.look() >= 0:
            return NotImplemented
        rows, holds = self.mapped.results(given)
        if not holds:
            return NotImplemented
        try:
            return self._make(rows, Lazily(of.compiled, of.recording, lambda: of.plain(*args)))
        except NotLazy:
            return NotImplemented


def _is_taken(a: Argument) -> bool:
    return a.kind == "array" and (a.form == "array" if a.shape else a.form in ("float", "int"))


def _maker(tree: Any, compiled: Compiled, numbers: Iterator[int]) -> Make:
    if isinstance(tree, Batch):
        return _maker_of_batch(tree, compiled, numbers)
    if type(tree) in (*HELD, float, int):
        return lambda rows, values: tree
    if type(tree) is dict:
        entries = {key: _maker(branch, compiled, numbers) for key, branch in tree.items()}
        return lambda rows, values: {k: make(rows, values) for k, make in entries.items()}
    if type(tree) not in (tuple, list):
        raise NotDirect
    kind, parts = type(tree), [_maker(branch, compiled, numbers) for branch in tree]
    return lambda rows, values: kind([make(rows, values) for make in parts])


def _shape(tree: Any, compiled: Compiled, numbers: Iterator[int]) -> Any:
    """Return nested tuples and lists of the rows that come out as they are."""
    if isinstance(tree, Batch):
        if not _is_row(tree, compiled):
            raise NotDirect
        return next(numbers)
    if type(tree) not in (tuple, list):
        raise NotDirect
    return type(tree)([_shape(branch, compiled, numbers) for branch in tree])


def _is_row(tree: Batch, compiled: Compiled) -> bool:
    """Tell whether an array comes out as a row is computed."""
    leaves = tree.elements()
    if len(leaves) != 1 or np.shape(tree.example) or not isinstance(truth(leaves[0]), Value):
        return False
    return tree.dtype.kind == "f" and compiled.dtype == np.float64 and not tree.is_list


def _maker_of_batch(tree: Batch, compiled: Compiled, numbers: Iterator[int]) -> Make:
    leaves = tree.elements()
    places = [next(numbers) if isinstance(truth(x), Value) else None for x in leaves]
    if _is_row(tree, compiled):
        (k,) = places
        return lambda rows, values: rows[k]

    def make(rows: np.ndarray, values: Lazily) -> Any:
        size = rows.shape[1]
        columns = [np.full(size, x) if k is None else rows[k] for x, k in zip(leaves, places)]
        return whole_batch(tree, columns, size, values)

    return make
