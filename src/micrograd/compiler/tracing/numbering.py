"""From a recording to a scalar graph: every value gets a number, in the order of their making."""

from collections.abc import Iterator, Sequence
from itertools import count
from operator import attrgetter
from typing import Any

import numpy as np

from ...engine import Value
from ...ops import Op
from ...value.buffers import read_data
from ...value.columns import numbered_parents
from ..errors import JitError, shown
from ..graph import BATCH_SUM, Graph
from .predicates import truth
from .recording import Trace
from .trace import passes_nothing_on
from .trees import rebuilt


def graph_of(recording: Trace, differentiable: set[int]) -> Graph:
    """Return the recording as a Graph: captured values, then inputs, then the tape in its order.

    Args:
        differentiable: the arguments whose gradient is wanted.

    Raises:
        JitError: a hand-set ``_backward``, a branch on a batched value, or a batched result that is
            no batch.
    """
    first = [*recording.captured, *[v for i in recording.inputs for v in i.leaves]]
    number = dict(zip(map(id, first), count()))
    made = [v for v in recording.tape if id(v) not in number]
    number.update(zip(map(id, made), count(len(first))))
    made_by = list(map(attrgetter("op"), made))
    _refuse_hand_written(made, made_by)
    parents: list[tuple[int, ...]] = [()] * len(first)
    if recording.effects.versions:
        parents += _of_versions(recording, number)
    else:
        parents += numbered_parents(number, made)
    data = np.empty(len(first) + len(made))
    read_data([*first, *made], data)
    batched = _batched(recording, made, parents)
    _refuse_single_examples(recording, number, batched)
    captured = len(recording.captured)
    return Graph(
        ops=[*[None for _ in first], *made_by],
        parents=parents,
        data=data.tolist(),
        parameters=list(range(captured)),
        inputs=list(range(captured, len(first))),
        outputs=[number[id(v)] for v in recording.outputs()],
        batched=batched,
        differentiable={*range(captured), *_wanted(recording, differentiable)},
        segments=[len(i.leaves) for i in recording.inputs],
    )


def _of_versions(recording: Trace, number: dict[int, int]) -> Iterator[tuple[int, ...]]:
    """Yield the parents of what was made, where the data of some were set meanwhile."""
    versions = recording.effects.versions
    leaves = {id(v) for i in recording.inputs for v in i.leaves}
    leaves.update(map(id, recording.captured))

    def at(v: Value, place: int) -> int:
        newest = [x for since, x in versions.get(id(v), ()) if since <= place]
        return number[id(newest[-1] if newest else v)]

    for place, v in enumerate(recording.tape):
        if id(v) not in leaves:
            yield tuple([at(p, place) for p in v.parents])


def _refuse_hand_written(made: Sequence[Value], made_by: Sequence[Op | None]) -> None:
    unknown = {op for op in set(made_by) if op is not None and op.partials is None}
    for v, op, closure in zip(made, made_by, map(attrgetter("_closure"), made)):
        if op in unknown or (closure is not None and closure is not passes_nothing_on):
            raise JitError(
                f"{v!r} has a hand-set _backward or local gradients, which jit cannot compile: "
                "use ops, or call it eagerly"
            )


def _batched(
    recording: Trace, made: Sequence[Value], parents: Sequence[tuple[int, ...]]
) -> list[bool]:
    """Tell of each node whether it has a batch axis."""
    batched = [False] * len(recording.captured)
    for i in recording.inputs:
        batched += [i.batched] * len(i.leaves)
    if not any(batched):
        return [False] * len(parents)
    for v, above in zip(made, parents[len(batched) :], strict=True):
        op = v.op
        batched.append(
            op is not None and op is not BATCH_SUM and any(map(batched.__getitem__, above))
        )
    return batched


def _refuse_single_examples(recording: Trace, number: dict[int, int], batched: list[bool]) -> None:
    """Raise where a value of one example would have to stand for itself."""
    for v, _ in recording.guards:
        if batched[number[id(v)]]:
            raise JitError(
                "a branch on a value that differs between the examples of a vmap: "
                "use where(condition, x, y), and maximum(x, y) in place of max(x, y)\n"
                f"  at {shown(recording.lines[id(v)])}"
            )
    left = recording.effects
    for x in [*_single([recording.result, left.contents]), *left.numbers()]:
        if isinstance(truth(x), Value) and batched[number[id(truth(x))]]:
            raise JitError(
                "a value of one example of a vmap leaves it: return it from the mapped function"
            )


def _single(tree: Any) -> Iterator[Any]:
    """Yield what is in a result beside batches."""
    seen: list[Any] = []
    rebuilt(tree, seen.append, lambda tree, made: None)
    yield from seen


def _wanted(recording: Trace, differentiable: set[int]) -> Iterator[int]:
    """Yield the numbers of the inputs whose gradient is wanted."""
    at = len(recording.captured)
    for i in recording.inputs:
        if i.argument in differentiable:
            yield from range(at, at + len(i.leaves))
        at += len(i.leaves)
