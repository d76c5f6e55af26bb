"""What comes out of a call: Values that backpropagate through the loops, columns of a batch."""

from collections.abc import Iterator, Sequence
from typing import Any
from weakref import ref

import numpy as np

from ...buffers import add_grad
from ...engine import Value
from ...modes import mode
from ..tracing.arrays import Batch, Predicate, rebuilt
from ..tracing.signature import Argument
from .compiled import AnyRun, Compiled


def result_of(
    compiled: Compiled, name: str, tree: Any, args: Sequence[Argument], run: AnyRun
) -> Any:
    """Return a function's result with the numbers of a run in it.

    Args:
        compiled: the program.
        name: the function's, which its results show as their operation.
        tree: what the function returned while it was traced.
        args: the arguments of this call.
        run: what it has computed.
    """
    nests = {k: a.values() for k, a in enumerate(args) if a.kind == "nest"}
    inner = [x for nest in nests.values() for x in nest if isinstance(x, Value)]
    parents = (*compiled.layout.captured, *inner) if mode.grad else ()
    first = len(compiled.layout.guards)
    outputs = iter(range(first, len(compiled.program.outputs)))

    def wrap(leaf: Any) -> Any:
        if isinstance(leaf, Batch):
            return rebuilt(leaf.example, column)
        if isinstance(leaf, Predicate):
            return bool(run.number(next(outputs)))
        if not isinstance(leaf, Value):
            return leaf
        k = next(outputs)
        if not parents:
            return Value(run.number(k))
        out = Value(run.number(k), parents, f"jit {name}")
        weak = ref(out)  # a cycle would keep the memory until the collector comes
        out._backward = lambda: _backward(compiled, weak, k, nests, run)
        return out

    def column(leaf: Any) -> Any:
        size = compiled.layout.sizes(args)["B"]
        if not isinstance(leaf, (Value, Predicate)):
            return np.full(size, float(leaf))
        k = next(outputs)
        if compiled.is_number(k):  # the same for every example
            return np.full(size, run.number(k))
        return run.column(k)

    return rebuilt(tree, wrap)


def _backward(
    compiled: Compiled, weak: ref[Value], k: int, nests: dict[int, list], run: AnyRun
) -> None:
    out = weak()
    assert out is not None  # it is being differentiated
    captured, slopes = compiled.shares(run, k, out.grad)
    if compiled.layout.captured:
        add_grad(compiled.layout.captured, captured)
    for j, slope in slopes.items():
        here = [i for i, x in enumerate(nests[j]) if isinstance(x, Value)]
        add_grad([nests[j][i] for i in here], slope[here])


def addresses_in(tree: Any, outputs: Iterator[Any]) -> Any:
    """Return a result of tuples, lists and Values with addresses for these; None if it has more."""
    if isinstance(tree, Value):
        return next(outputs)
    if type(tree) not in (tuple, list):
        return None
    branches = [addresses_in(branch, outputs) for branch in tree]
    return None if None in branches else type(tree)(branches)
