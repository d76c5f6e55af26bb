"""What a traced function did: the Values it made, what came in, what goes out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...engine import Value
from ...value.arrays import LazyArray
from ...value.nested import is_record, record, with_entries, with_fields
from .batches import Batch
from .draws import Draws
from .predicates import truth
from .signature import Argument


@dataclass(slots=True)
class Input:
    """Leaves made for one argument, or for the examples of a batched one."""

    argument: int | None  # its place among the call's arguments; None: 1 / (the batch size)
    batched: bool
    leaves: list[Value]


@dataclass(slots=True)
class Trace:
    """What a function did, as values; ``graph_of`` gives it as numbers."""

    tape: list[Value]
    inputs: list[Input]
    captured: list[Value]
    result: Any
    guards: list[tuple[Value, bool]]
    batch: int | None  # the batch size, if there is a batch
    measured: set[int]  # arguments whose length is part of the program
    depends: list[tuple[Any, str, Any]] = field(default_factory=list)
    draws: Draws = field(default_factory=Draws)
    updated: list[Value] = field(default_factory=list)  # what the end of the result is written to
    kept: dict[int, tuple[int, int] | None] = field(default_factory=dict)  # results from before
    lines: dict[int, str] = field(default_factory=dict)  # where guards stand, if there is a batch

    def holds(self) -> bool:
        """Tell whether all that the recording depends on is still as it was."""
        return all(getattr(owner, name) == was for owner, name, was in self.depends)

    def free(self) -> frozenset[int]:
        """The arguments whose length is the batch size and nothing else."""
        batched = {i.argument for i in self.inputs if i.batched}
        whole = {i.argument for i in self.inputs if not i.batched}
        return frozenset(k for k in batched - whole - self.measured if k is not None)

    def is_pure(self) -> bool:
        """Tell whether nothing but the arguments and the captured values counts."""
        return not (self.depends or self.draws.segments or self.updated)

    def with_draws(self, arguments: list[Argument]) -> list[Argument]:
        """Return the arguments of a call with new random numbers behind them."""
        if not self.draws.segments:
            return arguments
        sized = [arguments[k].shape[0] for k in self.free() if k < len(arguments)]
        size = sized[0] if sized else self.batch or 1
        return [*arguments, *self.draws.again(size)]

    def finish(self, result: Any) -> Any:
        """Write the running state that comes with a result back; return the function's own."""
        if not self.updated:
            return result
        own, states = result
        for state, new in zip(self.updated, states, strict=True):
            state.data = new.data
        return own

    def outputs(self) -> Iterator[Value]:
        """Yield the values that the program must compute: of the guards, then of the result."""
        for v, _ in self.guards:
            yield v
        for x in leaves_of(self.result):
            if isinstance(truth(x), Value):
                yield truth(x)


def leaves_of(tree: Any) -> Iterator[Any]:
    """Yield the values, predicates and numbers in a function's result, of a batch one example's."""
    if isinstance(tree, dict):
        branches: Any = tree.values()
    elif isinstance(tree, (list, tuple)):
        branches = tree
    elif is_record(tree):
        branches = record(tree).values()
    elif isinstance(tree, Batch):
        branches = tree.elements()
    elif isinstance(tree, LazyArray):
        branches = tree._filled().reshape(-1).tolist()
    elif isinstance(tree, np.ndarray) and tree.dtype == object:
        branches = tree.reshape(-1).tolist()
    else:
        yield tree
        return
    for branch in branches:
        yield from leaves_of(branch)


def rebuilt(tree: Any, leaf: Callable[[Any], Any], vector: Callable[[Any, list], Any]) -> Any:
    """The result with ``leaf(x)`` in place of each x that ``leaves_of`` yields.

    ``vector(tree, made)`` makes an array, or a batch, whose elements have become ``made``.
    """
    if isinstance(tree, dict):
        return with_entries(tree, {k: rebuilt(x, leaf, vector) for k, x in tree.items()})
    if isinstance(tree, (list, tuple)):
        branches = [rebuilt(x, leaf, vector) for x in tree]
        if isinstance(tree, list):
            return branches
        return type(tree)(*branches) if hasattr(tree, "_fields") else tuple(branches)
    if is_record(tree):
        return with_fields(tree, {k: rebuilt(x, leaf, vector) for k, x in record(tree).items()})
    if isinstance(tree, Batch):
        return vector(tree, [])
    if isinstance(tree, LazyArray) or (isinstance(tree, np.ndarray) and tree.dtype.kind == "O"):
        objects = tree._filled() if isinstance(tree, LazyArray) else tree
        return vector(tree, [rebuilt(x, leaf, vector) for x in objects.reshape(-1).tolist()])
    return leaf(tree)


def untraced(tree: Any) -> Any:
    """Return a function's result with None for all that is computed anew at each call."""
    nothing = lambda x: None if isinstance(truth(x), Value) else x  # noqa: E731
    return rebuilt(tree, nothing, lambda tree, made: (type(tree).__name__, np.ndim(tree), made[:1]))
